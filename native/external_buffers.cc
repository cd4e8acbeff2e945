#include "external_buffers.h"

#include <dlfcn.h>

#include "guard.h"

namespace torchts {
namespace {

// The memory of the array buffer under a typed array, which lives as long as this does, wherever the buffer may pass it on:
// v8::ArrayBuffer::GetBackingStore. Node-API has no word for it, but all versions of Node export it under this name, and a handle
// of Node-API is the address that V8's member functions take. Null where it is not exported, and for shared memory, which
// never moves.
std::shared_ptr<void> backing_store_of(napi_env env, napi_value typed_array) {
  using Member = std::shared_ptr<void> (*)(napi_value buffer);
  static const auto get = reinterpret_cast<Member>(dlsym(RTLD_DEFAULT, "_ZN2v811ArrayBuffer15GetBackingStoreEv"));
  napi_value buffer = nullptr;
  bool is_plain = false;
  if (!get || napi_get_typedarray_info(env, typed_array, nullptr, nullptr, nullptr, &buffer, nullptr) != napi_ok ||
      napi_is_arraybuffer(env, buffer, &is_plain) != napi_ok || !is_plain)
    return nullptr;
  return get(buffer);
}

}  // namespace

std::shared_ptr<ExternalBuffers> ExternalBuffers::open(Napi::Env env) {
  std::shared_ptr<ExternalBuffers> external_buffers(new ExternalBuffers(env));
  const auto settle = [](napi_env, napi_value, void* context, void*) { static_cast<ExternalBuffers*>(context)->settle(); };
  napi_value name = Napi::String::New(env, "torchts.external_buffers");
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, external_buffers.get(), settle, &external_buffers->wake_) != napi_ok)
    throw ArgumentError("this environment is shutting down");
  napi_unref_threadsafe_function(env, external_buffers->wake_);
  // Hooks run in reverse, so this one comes before the function above is torn down.
  napi_add_env_cleanup_hook(env, [](void* closing) { static_cast<ExternalBuffers*>(closing)->close(); }, external_buffers.get());
  return external_buffers;
}

std::function<void(void*)> ExternalBuffers::lend(Napi::Object owner) {
  settle();
  napi_ref reference;
  napi_create_reference(env_, owner, 1, &reference);
  return [self = shared_from_this(), reference, memory = backing_store_of(env_, owner)](void*) { self->end(reference); };
}

void ExternalBuffers::end(napi_ref owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!open_) return;  // the environment has dropped all its references
  ended_.push_back(owner);
  if (ended_.size() == 1) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void ExternalBuffers::settle() {
  std::vector<napi_ref> ended;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (open_) ended.swap(ended_);
  }
  for (napi_ref owner : ended) napi_delete_reference(env_, owner);
}

void ExternalBuffers::close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  open_ = false;
}

}  // namespace torchts
