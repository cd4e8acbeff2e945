#include "extension.h"

#include "callbacks.h"
#include "environment.h"
#include "exports.h"

namespace torchts {
namespace {

const at::Tensor* tensor_of_handle(void* environment, Handle handle) noexcept {
  try {
    return &static_cast<Environment*>(environment)->tensors.get(handle);
  } catch (const StaleHandle&) {
    return nullptr;
  }
}

Handle insert(void* environment, at::Tensor tensor) { return static_cast<Environment*>(environment)->tensors.insert(std::move(tensor)); }

std::shared_ptr<void> hold_callback(void* environment, uint32_t id) {
  return std::make_shared<Callback>(static_cast<Environment*>(environment)->callbacks, id);
}

std::vector<at::Tensor> call(const std::shared_ptr<void>& callback, at::TensorList tensors, const std::vector<int64_t>& numbers) {
  return (*static_cast<Callback*>(callback.get()))(tensors, numbers);
}

// extension(): what native/extension.h says, as an External
Napi::Value extension(const Napi::CallbackInfo& info) {
  auto* table = new Extension{Extension::kMagic, &Environment::of(info.Env()), tensor_of_handle, insert,
                              hold_callback,    call,                           begin_native_work, end_native_work};
  return Napi::External<Extension>::New(info.Env(), table, [](Napi::Env, Extension* table) { delete table; });
}

}  // namespace

void export_extension(Napi::Env, Napi::Object exports) { export_function(exports, "extension", extension); }

}  // namespace torchts
