#include "environment.h"

#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

#include "guard.h"
#include "lifetime.h"

namespace torchts {

void Environment::leave() {
  inference.reset();
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
  if (inferring) inference.emplace(true);
  c10::GradMode::set_enabled(recording);
  for (const auto& [device, dtype] : autocast) {
    at::autocast::set_autocast_dtype(device, dtype);
    at::autocast::set_autocast_enabled(device, true);
  }
  set_packing(callbacks, packing);
  if (devices) devices->apply();
}

void Environment::attach_wire(Napi::Float64Array array) {
  wire = array.Data();
  wire_length = array.ElementLength();
  wire_owner = Napi::Persistent(array.As<Napi::Object>());
  wire_owner.SuppressDestruct();
}

const at::Tensor& tensor_of(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsNumber()) throw ArgumentError("expected a tensor handle");
  return Environment::of(info.Env()).tensors.get(static_cast<Handle>(info[index].As<Napi::Number>().DoubleValue()));
}

Napi::Value handle_of(Napi::Env env, at::Tensor tensor) {
  release_collected(Environment::of(env));  // a loop may do nothing but this
  return Napi::Number::New(env, static_cast<double>(Environment::of(env).tensors.insert(std::move(tensor))));
}

}  // namespace torchts
