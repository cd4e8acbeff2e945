#include "callbacks.h"

#include <ATen/DeviceAccelerator.h>
#include <c10/core/GradMode.h>
#include <c10/core/StreamGuard.h>
#include <torch/csrc/autograd/graph_task.h>

#include "accelerator.h"
#include "exports.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {
namespace {

std::optional<c10::Stream> current_stream() {
  if (!has_accelerator()) return std::nullopt;
  return at::accelerator::getCurrentStream(at::accelerator::getDeviceIndex());
}

}  // namespace

void Callbacks::attach(Napi::Function dispatch) {
  dispatch_ = Napi::Persistent(dispatch);
  dispatch_.SuppressDestruct();
}

void Callbacks::run(const std::function<void()>& work) {
  // Without an accelerator every node runs on the calling thread, so a helper thread would only cost time.
  const bool hand_over = held_ > 0 && (always_ || has_accelerator());
  hand_over ? executor_.run(work) : work();
}

void Callbacks::on_thread(const std::function<void()>& body) {
  TORCH_CHECK(!closed_, "a function or hook written in JavaScript was reached after its thread had ended");
  if (std::this_thread::get_id() == thread_) return body();
  executor_.post([&body, stream = current_stream()] {
    std::optional<c10::StreamGuard> guard;
    if (stream) guard.emplace(*stream);
    body();
  });
}

std::vector<at::Tensor> Callbacks::call(uint32_t id, at::TensorList tensors, const std::vector<int64_t>& flags) {
  const Call call{id, tensors, flags, c10::GradMode::is_enabled(), torch::autograd::get_current_graph_task_id()};
  std::vector<at::Tensor> result;
  on_thread([&] {
    enter(call);
    result = read_result();
  });
  return result;
}

uint32_t Callbacks::ask(uint32_t id, at::TensorList tensors) {
  const std::vector<int64_t> flags;
  const Call call{id, tensors, flags, c10::GradMode::is_enabled(), torch::autograd::get_current_graph_task_id()};
  uint32_t result = 0;
  on_thread([&] { result = enter(call); });
  return result;
}

// Puts the tensors and the flags onto the wire; the wire when it had to grow, else undefined.
napi_value Callbacks::write_arguments(const Call& call) {
  Environment& environment = Environment::of(env_);
  const double* const before = environment.wire;
  WireWriter out(env_, environment);
  out.put(static_cast<double>(call.tensors.size()));
  for (const at::Tensor& tensor : call.tensors) out.tensor(tensor);
  out.put(static_cast<double>(call.flags.size()));
  for (const int64_t flag : call.flags) out.put(static_cast<double>(flag));
  if (environment.wire != before) return environment.wire_owner.Value();
  return Napi::Env(env_).Undefined();
}

// dispatch(id, graphTask, recording, wire?): tensors and flags on the wire; a number, or minus the ticket of an error
uint32_t Callbacks::enter(const Call& call) {
  const Napi::HandleScope scope(env_);
  Environment& environment = Environment::of(env_);
  // Autograd has changed this thread's mode; JavaScript must find the one that it set.
  const c10::AutoGradMode mode(environment.grad_mode);
  const Napi::Env env(env_);
  const napi_value wire = write_arguments(call);
  const napi_value arguments[] = {Napi::Number::New(env, call.id), Napi::Number::New(env, static_cast<double>(call.graph_task)),
                                  Napi::Boolean::New(env, call.grad_mode), wire};
  napi_value result = nullptr;
  double number = 0;
  const bool called = napi_call_function(env_, env.Undefined(), dispatch_.Value(), 4, arguments, &result) == napi_ok;
  environment.activate();  // the function may have called another load of the addon
  if (!called || napi_get_value_double(env_, result, &number) != napi_ok) {
    // The dispatcher catches whatever a function throws: here the stack is used up, or the thread is being terminated.
    napi_value lost;
    napi_get_and_clear_last_exception(env_, &lost);
    throw std::runtime_error("a function or hook written in JavaScript could not be called: its stack is full, or its thread ends");
  }
  if (number < 0) throw CallbackFailed(static_cast<uint32_t>(-number));
  return static_cast<uint32_t>(number);
}

// What the dispatcher left on the wire: the tensors of the result, and the handles to free now that they are read.
std::vector<at::Tensor> Callbacks::read_result() {
  Environment& environment = Environment::of(env_);
  WireReader in(env_, environment, nullptr);
  std::vector<at::Tensor> tensors = in.tensors();
  for (const int64_t handle : in.ints()) environment.tensors.release(static_cast<Handle>(handle));
  return tensors;
}

void Callbacks::drop(uint32_t id) noexcept {
  --held_;
  const std::lock_guard<std::mutex> lock(mutex_);
  dropped_.push_back(id);
}

std::vector<uint32_t> Callbacks::take_dropped() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(dropped_, {});
}

namespace {

// attachCallbacks(dispatch): see enter()
void attach(const Napi::CallbackInfo& info) {
  if (!info[0].IsFunction()) throw ArgumentError("expected the function that calls callbacks");
  Environment::of(info.Env()).callbacks->attach(info[0].As<Napi::Function>());
}

// droppedCallbacks(): number[], those that native code has released since the last call
Napi::Value dropped(const Napi::CallbackInfo& info) {
  const auto ids = Environment::of(info.Env()).callbacks->take_dropped();
  auto result = Napi::Array::New(info.Env(), ids.size());
  for (uint32_t i = 0; i < ids.size(); ++i) result[i] = ids[i];
  return result;
}

}  // namespace

void export_callbacks(Napi::Env, Napi::Object exports) {
  export_function(exports, "attachCallbacks", attach);
  export_function(exports, "droppedCallbacks", dropped);
  // handOver(always): backward passes run on a helper thread even without a device, so that tests reach this path
  export_function(exports, "handOver", [](const Napi::CallbackInfo& info) {
    Environment::of(info.Env()).callbacks->always_hand_over(info[0].ToBoolean());
  });
}

}  // namespace torchts
