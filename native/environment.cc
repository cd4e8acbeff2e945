#include "environment.h"

#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

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

}  // namespace torchts
