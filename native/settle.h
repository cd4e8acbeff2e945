// How a promise for work on another thread comes to its end.
#pragma once
#include <exception>

#include "guard.h"

namespace torchts {

// On JavaScript's thread: settles the promise by the error of the work, else by what `result` gives or throws.
template <typename Result>
void settle(napi_env env, napi_deferred deferred, const std::exception_ptr& error, Result result) {
  bool failed = false;
  napi_value value = guarded(
      env,
      [&]() -> napi_value {
        if (error) std::rethrow_exception(error);
        return result();
      },
      &failed);
  if (!value) napi_get_undefined(env, &value);
  failed ? napi_reject_deferred(env, deferred, value) : napi_resolve_deferred(env, deferred, value);
}

}  // namespace torchts
