#include "process_exit.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <unistd.h>

#ifdef __APPLE__
#include <pthread.h>
#else
#include <sys/syscall.h>
#endif

// A function of libuv that Node exports: restores the terminal, as Node's own exit handler does.
extern "C" __attribute__((weak)) int uv_tty_reset_mode();

namespace torchts {
namespace {

// Never destroyed: it is locked by what runs after the destructors of statics.
std::mutex& mutex = *new std::mutex;
int running = 0;
bool ending = false;
int exit_code = 0;

bool on_main_thread() {
#ifdef __APPLE__
  return pthread_main_np() != 0;
#else
  return syscall(SYS_gettid) == getpid();
#endif
}

void leave(int status) {
  {
    const std::lock_guard<std::mutex> lock(mutex);
    ending = true;
    if (running == 0) return;
  }
  if (uv_tty_reset_mode) uv_tty_reset_mode();
  std::fflush(nullptr);
  _exit(status);
}

// Handlers run in reverse order, so this one comes before the destructors of the statics that are there by now.
void watch_exit() {
#ifdef __GLIBC__
  on_exit([](int status, void*) { leave(status); }, nullptr);
#else
  std::atexit([] { leave(exit_code); });
#endif
}

// process.on('exit'): watch_exit() again, so that it also comes before the statics that libtorch has made since
napi_value exit_event(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value code = nullptr;
  napi_get_cb_info(env, info, &count, &code, nullptr, nullptr);
  if (count > 0) napi_get_value_int32(env, code, &exit_code);
  watch_exit();
  return nullptr;
}

}  // namespace

bool begin_native_work() {
  const std::lock_guard<std::mutex> lock(mutex);
  if (ending) return false;
  ++running;
  return true;
}

void end_native_work() {
  const std::lock_guard<std::mutex> lock(mutex);
  --running;
}

NativeWorkOffMainThread::NativeWorkOffMainThread() : counted_(!on_main_thread() && begin_native_work()) {}

NativeWorkOffMainThread::~NativeWorkOffMainThread() {
  if (counted_) end_native_work();
}

void install_process_exit(Napi::Env env) {
  static std::once_flag once, listening;
  std::call_once(once, watch_exit);
  if (!on_main_thread()) return;
  // The real process, whatever a test runner puts into its own contexts.
  std::call_once(listening, [&] {
    const auto process = env.Global().Get("process").As<Napi::Object>();
    napi_value listener = nullptr;
    napi_create_function(env, "torchtsExit", NAPI_AUTO_LENGTH, exit_event, nullptr, &listener);
    process.Get("once").As<Napi::Function>().Call(process, {Napi::String::New(env, "exit"), Napi::Value(env, listener)});
  });
}

}  // namespace torchts
