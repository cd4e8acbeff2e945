// What the second addon holds for a JavaScript thread, and how its functions read their arguments.
#pragma once
#include <c10/util/intrusive_ptr.h>
#include <memory>
#include <napi.h>
#include <string>
#include <vector>

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/logger.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>

#include "../extension.h"
#include "../registry.h"
#include "promises.h"

namespace torchts {

using Group = c10::intrusive_ptr<c10d::ProcessGroup>;
using StorePtr = c10::intrusive_ptr<c10d::Store>;

// While there are groups and stores their threads run, so the process has to end without destructors (../process_exit.h).
class NativeWork {
 public:
  explicit NativeWork(const Extension& extension) : extension_(extension), counted_(extension.begin_native_work()) {}
  ~NativeWork() {
    if (counted_) extension_.end_native_work();
  }
  NativeWork(const NativeWork&) = delete;
  NativeWork& operator=(const NativeWork&) = delete;

 private:
  const Extension& extension_;
  const bool counted_;
};

// A store with further connections to its server: a call that waits holds the connection of a TCPStore, and the next must not wait
// for it.
class SharedStore {
 public:
  SharedStore(StorePtr store, const Extension& extension);
  const StorePtr& get() const { return store_; }
  // Calls `body` with a connection that nobody else uses meanwhile.
  template <typename Body>
  auto use(Body body) {
    const StorePtr connection = take();
    try {
      auto result = body(*connection);
      give_back(connection);
      return result;
    } catch (...) {
      give_back(connection);
      throw;
    }
  }

 private:
  StorePtr take();
  void give_back(const StorePtr& connection);

  const StorePtr store_;
  const bool connected_;  // to a server
  const NativeWork work_;
  std::mutex mutex_;
  bool taken_ = false;
  std::vector<StorePtr> idle_;
};

struct ProcessGroupEntry {
  Group group;
  std::shared_ptr<NativeWork> work;
};

// The reducer writes to the logger without asking whether there is one. The logger goes first, for it has a last look at the reducer.
struct ReducerEntry {
  std::shared_ptr<c10d::Reducer> reducer;
  std::shared_ptr<c10d::Logger> logger;
};

// Never destroyed: the destructor of a group waits for calls that may never end, such as one to a rank that is stopped.
struct Distributed {
  explicit Distributed(napi_env env, const Extension& extension) : extension(extension), promises(env, extension) {}

  const Extension& extension;
  Promises promises;
  Registry<std::shared_ptr<SharedStore>> stores{"store"};
  Registry<ProcessGroupEntry> groups{"process group"};
  Registry<ReducerEntry> reducers{"reducer"};

  static Distributed& of(napi_env env);
};

// Arguments of a call from JavaScript.
uint32_t number_of(const Napi::CallbackInfo& info, size_t index);
std::string text_of(const Napi::CallbackInfo& info, size_t index);
std::chrono::milliseconds timeout_of(const Napi::CallbackInfo& info, size_t index);
std::vector<at::Tensor> tensors_of(const Napi::CallbackInfo& info, size_t index);
std::vector<int64_t> integers_of(const Napi::CallbackInfo& info, size_t index);
std::shared_ptr<SharedStore> store_of(const Napi::CallbackInfo& info, size_t index = 0);
Group group_of(const Napi::CallbackInfo& info, size_t index = 0);

void export_stores(Napi::Env env, Napi::Object exports);
void export_groups(Napi::Env env, Napi::Object exports);
void export_collectives(Napi::Env env, Napi::Object exports);
void export_reducers(Napi::Env env, Napi::Object exports);

}  // namespace torchts
