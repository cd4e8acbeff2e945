#pragma once
#include <napi.h>

#include "environment.h"

namespace torchts {

// The collector frees `handle` when it takes `object`.
void track(napi_env env, Environment& environment, napi_value object, Handle handle);

}  // namespace torchts
