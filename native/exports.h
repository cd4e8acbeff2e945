// What each source file exports, and how a function is exported under the guard.
#pragma once
#include <napi.h>

#include "guard.h"

namespace torchts {

void export_dispatch(Napi::Env env, Napi::Object exports);
void export_lifetime(Napi::Env env, Napi::Object exports);
void export_storage(Napi::Env env, Napi::Object exports);
void export_autograd(Napi::Env env, Napi::Object exports);
void export_callbacks(Napi::Env env, Napi::Object exports);
void export_function_nodes(Napi::Env env, Napi::Object exports);
void export_hooks(Napi::Env env, Napi::Object exports);
void export_engine(Napi::Env env, Napi::Object exports);
void export_anomaly(Napi::Env env, Napi::Object exports);
void export_profiler(Napi::Env env, Napi::Object exports);
void export_random(Napi::Env env, Napi::Object exports);
void export_accelerator(Napi::Env env, Napi::Object exports);
void export_streams(Napi::Env env, Napi::Object exports);
void export_graphs(Napi::Env env, Napi::Object exports);
void export_backends(Napi::Env env, Napi::Object exports);
void export_mkl(Napi::Env env, Napi::Object exports);
void export_threads(Napi::Env env, Napi::Object exports);
void export_background_queue(Napi::Env env, Napi::Object exports);
void export_script(Napi::Env env, Napi::Object exports);
void export_recording(Napi::Env env, Napi::Object exports);
void export_plans(Napi::Env env, Napi::Object exports);
void export_sharing(Napi::Env env, Napi::Object exports);
void export_extension(Napi::Env env, Napi::Object exports);

// `body` returns void or something that converts to Napi::Value.
template <typename Body>
void export_function(Napi::Object exports, const char* name, Body body) {
  exports[name] = Napi::Function::New(
      exports.Env(),
      [body](const Napi::CallbackInfo& info) -> Napi::Value {
        return Napi::Value(info.Env(), guarded(info.Env(), [&]() -> napi_value {
                             if constexpr (std::is_void_v<decltype(body(info))>) {
                               body(info);
                               return info.Env().Undefined();
                             } else {
                               return body(info);
                             }
                           }));
      },
      name);
}

// Through Node-API's C interface, with the environment as data: node-addon-api's CallbackInfo costs a third of a small
// operator's time.
void export_raw(Napi::Object exports, const char* name, napi_callback body);

}  // namespace torchts
