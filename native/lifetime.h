#pragma once
#include <napi.h>

#include "environment.h"

namespace torchts {

// The collector frees `handle` when it takes `object`.
void track(napi_env env, Environment& environment, napi_value object, Handle handle);

// Releases the tensors whose objects the collector has taken. Whoever reads handles off the wire calls it, after that: V8 may
// take an object as soon as its handle is written there, before the addon has seen it.
void release_dead(Environment& environment) noexcept;

}  // namespace torchts
