// The export table and the per-environment state; nothing else.
#include "accelerator.h"
#include "allocator.h"
#include "backends.h"
#include "engine.h"
#include "environment.h"
#include "exports.h"
#include "other_copy.h"
#include "preconditions.h"
#include "process_exit.h"
#include "quantize.h"
#include "threads.h"

namespace torchts {

void export_raw(Napi::Object exports, const char* name, napi_callback body) {
  napi_value function;
  napi_create_function(exports.Env(), name, NAPI_AUTO_LENGTH, body, &Environment::of(exports.Env()), &function);
  exports[name] = Napi::Value(exports.Env(), function);
}

namespace {

void warn(Napi::Env env, const char* text) {
  const auto process = env.Global().Get("process").As<Napi::Object>();
  process.Get("emitWarning").As<Napi::Function>().Call(process, {Napi::String::New(env, text)});
}

void install(Napi::Env env) {
  refuse_other_copy(env);
  env.SetInstanceData(new Environment(env));
  install_process_exit(env);
  install_allocator();
  load_cuda();
  install_quantize();
  install_preconditions();
  has_nnpack();
  if (!adapt_to_thread_limit())
    warn(env, "the system gives too few threads (see ulimit -u, ulimit -v and the container's limits): operators run on one thread");
  install_engine();
}

void export_all(Napi::Env env, Napi::Object exports) {
  export_dispatch(env, exports);
  export_lifetime(env, exports);
  export_storage(env, exports);
  export_autograd(env, exports);
  export_callbacks(env, exports);
  export_function_nodes(env, exports);
  export_hooks(env, exports);
  export_engine(env, exports);
  export_anomaly(env, exports);
  export_profiler(env, exports);
  export_random(env, exports);
  export_accelerator(env, exports);
  export_streams(env, exports);
  export_graphs(env, exports);
  export_backends(env, exports);
  export_mkl(env, exports);
  export_threads(env, exports);
  export_background_queue(env, exports);
  export_script(env, exports);
  export_recording(env, exports);
  export_plans(env, exports);
  export_sharing(env, exports);
  export_extension(env, exports);
}

// Under the guard, for what Node calls must not throw exceptions of C++: a libtorch that does not fit may miss an operator.
Napi::Object load(Napi::Env env, Napi::Object exports) {
  bool failed = false;
  const napi_value result = guarded(
      env,
      [&]() -> napi_value {
        install(env);
        export_all(env, exports);
        return exports;
      },
      &failed);
  if (failed) throw Napi::Error(env, result);
  return exports;
}

}  // namespace
}  // namespace torchts

using torchts::load;
NODE_API_MODULE(torchts, load)
