#include "extension.h"

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

// extension(): what native/extension.h says, as an External
Napi::Value extension(const Napi::CallbackInfo& info) {
  auto* table = new Extension{Extension::kMagic, &Environment::of(info.Env()), tensor_of_handle, insert, begin_native_work, end_native_work};
  return Napi::External<Extension>::New(info.Env(), table, [](Napi::Env, Extension* table) { delete table; });
}

}  // namespace

void export_extension(Napi::Env, Napi::Object exports) { export_function(exports, "extension", extension); }

}  // namespace torchts
