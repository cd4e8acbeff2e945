// JavaScript functions that libtorch calls: autograd functions and hooks. Native code holds them by number; the functions
// are in the table of ts/tensor/autograd/callbacks.ts, so that freeing a graph (in a collection, on another thread) touches no JavaScript.
#pragma once
#include <ATen/core/Tensor.h>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <napi.h>
#include <thread>
#include <vector>

#include "reentrant_executor.h"

namespace torchts {

// The callbacks of one JavaScript environment.
class Callbacks {
 public:
  explicit Callbacks(napi_env env) : env_(env), thread_(std::this_thread::get_id()) {}
  void attach(Napi::Function dispatch);
  void close() { closed_ = true; }  // the environment ends; graphs may outlive it

  // Calls function `id` and returns its tensors. Throws CallbackFailed.
  std::vector<at::Tensor> call(uint32_t id, at::TensorList tensors, const std::vector<int64_t>& flags = {});
  // The same for a function that returns a number.
  uint32_t ask(uint32_t id, at::TensorList tensors);

  // Runs `work`, such as a backward pass, so that functions can be called on whichever thread of libtorch reaches them.
  void run(const std::function<void()>& work);
  void always_hand_over(bool always) { always_ = always; }

  void hold() noexcept { ++held_; }
  void drop(uint32_t id) noexcept;  // from any thread
  std::vector<uint32_t> take_dropped();

 private:
  struct Call {
    uint32_t id;
    at::TensorList tensors;
    const std::vector<int64_t>& flags;
    bool grad_mode;
    int64_t graph_task;
  };
  void on_thread(const std::function<void()>& body);  // on JavaScript's
  napi_value write_arguments(const Call& call);
  uint32_t enter(const Call& call);
  std::vector<at::Tensor> read_result();

  napi_env env_;
  std::thread::id thread_;
  Napi::FunctionReference dispatch_;
  ReentrantExecutor executor_;
  std::atomic<int> held_{0};
  std::atomic<bool> closed_{false};
  bool always_ = false;
  std::mutex mutex_;
  std::vector<uint32_t> dropped_;
};

// Keeps one function registered for as long as it lives.
class Callback {
 public:
  Callback(std::shared_ptr<Callbacks> owner, uint32_t id) : owner_(std::move(owner)), id_(id) { owner_->hold(); }
  ~Callback() { owner_->drop(id_); }
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  std::vector<at::Tensor> operator()(at::TensorList tensors, const std::vector<int64_t>& flags = {}) const {
    return owner_->call(id_, tensors, flags);
  }

 private:
  std::shared_ptr<Callbacks> owner_;
  uint32_t id_;
};

}  // namespace torchts
