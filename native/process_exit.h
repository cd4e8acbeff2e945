// The end of the process while native threads compute.
#pragma once
#include <napi.h>

namespace torchts {

// `process.exit()` and an uncaught exception end the process by exit(), which destroys libtorch's statics while other threads
// go on. So threads that may use libtorch meanwhile are counted here; as long as there is one, the process ends without
// destructors. begin_native_work() is false once the process is ending: then no work may begin.
bool begin_native_work();
void end_native_work();

// The same for the life of an object, unless it belongs to the main thread, which is the one that ends the process.
class NativeWorkOffMainThread {
 public:
  NativeWorkOffMainThread();
  ~NativeWorkOffMainThread();
  NativeWorkOffMainThread(const NativeWorkOffMainThread&) = delete;
  NativeWorkOffMainThread& operator=(const NativeWorkOffMainThread&) = delete;

 private:
  const bool counted_;
};

void install_process_exit(Napi::Env env);

}  // namespace torchts
