#include "environment.h"

#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

#include "guard.h"
#include "lifetime.h"

namespace torchts {

void Environment::leave() {
  inference_guard.reset();
  for (const auto& [device, dtype] : autocast) at::autocast::set_autocast_enabled(device, false);
  at::autocast::clear_cache();
  set_packing(nullptr, 0);
  enter_environment(nullptr);
  devices.emplace();
  active = nullptr;
}

void Environment::take_over() {
  if (active != nullptr) active->leave();
  active = this;
  enter_environment(env);
  if (inference_mode) inference_guard.emplace(true);
  c10::GradMode::set_enabled(grad_mode);
  for (const auto& [device, dtype] : autocast) {
    at::autocast::set_autocast_dtype(device, dtype);
    at::autocast::set_autocast_enabled(device, true);
  }
  set_packing(callbacks, packing);
  if (devices) devices->apply();
}

const Operator& Environment::operator_at(size_t index) const {
  if (index >= operators.size()) throw ArgumentError("expected the index of an operator that was resolved, found " + std::to_string(index));
  return *operators[index];
}

void Environment::attach_wire(Napi::Float64Array array) {
  wire = array.Data();
  wire_length = array.ElementLength();
  wire_owner = Napi::Persistent(array.As<Napi::Object>());
  wire_owner.SuppressDestruct();
}

const at::Tensor& tensor_of(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsNumber()) throw ArgumentError("expected the handle of a tensor, found another value than a number");
  return Environment::of(info.Env()).tensors.get(static_cast<Handle>(info[index].As<Napi::Number>().DoubleValue()));
}

Napi::Value handle_of(Napi::Env env, at::Tensor tensor) {
  Environment& environment = Environment::of(env);
  release_collected(environment);  // a loop may do nothing but this
  return Napi::Number::New(env, static_cast<double>(environment.tensors.insert(std::move(tensor))));
}

at::Tensor elements_on_cpu(const at::Tensor& tensor) { return tensor.detach().resolve_conj().resolve_neg().cpu(); }

}  // namespace torchts
