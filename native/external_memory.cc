#include "external_memory.h"

#include <ATen/NestedTensorImpl.h>
#include <ATen/ops/_make_per_channel_quantized_tensor.h>
#include <ATen/ops/_nested_view_from_buffer.h>
#include <c10/core/Allocator.h>
#include <dlfcn.h>

#include "guard.h"

namespace torchts {
namespace {

// The backing store of a typed array's buffer (v8::ArrayBuffer::GetBackingStore): whoever holds it keeps the memory, even when
// the buffer is transferred. Node-API has no such function, but all versions of Node export it under this name, and a handle of
// Node-API is the address that V8's member functions take. Null where it is not exported, and for a SharedArrayBuffer, which
// cannot be transferred.
std::shared_ptr<void> backing_store_of(napi_env env, napi_value typed_array) {
  using Member = std::shared_ptr<void> (*)(napi_value buffer);
  static const auto get = reinterpret_cast<Member>(dlsym(RTLD_DEFAULT, "_ZN2v811ArrayBuffer15GetBackingStoreEv"));
  napi_value buffer = nullptr;
  bool is_array_buffer = false;
  if (!get || napi_get_typedarray_info(env, typed_array, nullptr, nullptr, nullptr, &buffer, nullptr) != napi_ok ||
      napi_is_arraybuffer(env, buffer, &is_array_buffer) != napi_ok || !is_array_buffer)
    return nullptr;
  return get(buffer);
}

bool is_external(const at::Tensor& tensor) {
  static const auto kExternal = c10::InefficientStdFunctionContext::makeDataPtr(nullptr, [](void*) {}, c10::kCPU).get_deleter();
  return tensor.has_storage() && tensor.storage().data_ptr().get_deleter() == kExternal;
}

bool has_channel_scales(const at::Tensor& tensor) {
  return tensor.is_quantized() && (tensor.qscheme() == at::kPerChannelAffine || tensor.qscheme() == at::kPerChannelAffineFloatQParams);
}

std::vector<at::Tensor> parts_of(const at::Tensor& tensor) {
  if (tensor.is_nested() && tensor.layout() == c10::kStrided) {
    const auto* const nested = at::native::get_nested_tensor_impl(tensor);
    return {nested->get_buffer(), nested->get_nested_sizes(), nested->get_nested_strides(), nested->get_storage_offsets()};
  }
  if (has_channel_scales(tensor)) return {tensor, tensor.q_per_channel_scales(), tensor.q_per_channel_zero_points()};
  switch (tensor.layout()) {
    case c10::kSparse: return {tensor._indices(), tensor._values()};
    case c10::kSparseCsr:
    case c10::kSparseBsr: return {tensor.crow_indices(), tensor.col_indices(), tensor.values()};
    case c10::kSparseCsc:
    case c10::kSparseBsc: return {tensor.ccol_indices(), tensor.row_indices(), tensor.values()};
    default: return {tensor};
  }
}

// Not bytes: a copy of pixels would cost as much as the work on them, and no kernel takes bytes for indices.
bool may_be_indices(const at::Tensor& tensor) {
  if (!tensor.defined()) return false;
  const auto dtype = tensor.scalar_type();
  return dtype == at::kLong || dtype == at::kInt || dtype == at::kShort || dtype == at::kBool;
}

}  // namespace

std::shared_ptr<ExternalBuffers> ExternalBuffers::open(Napi::Env env) {
  std::shared_ptr<ExternalBuffers> external_buffers(new ExternalBuffers(env));
  const auto wake = [](napi_env, napi_value, void* context, void*) { static_cast<ExternalBuffers*>(context)->release_ended(); };
  napi_value name = Napi::String::New(env, "torchts.external_buffers");
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, external_buffers.get(), wake, &external_buffers->wake_) != napi_ok)
    throw ArgumentError("this environment is shutting down");
  napi_unref_threadsafe_function(env, external_buffers->wake_);
  // Cleanup hooks run in reverse order, so this one runs before the thread-safe function is torn down.
  napi_add_env_cleanup_hook(env, [](void* closing) { static_cast<ExternalBuffers*>(closing)->close(); }, external_buffers.get());
  return external_buffers;
}

std::function<void(void*)> ExternalBuffers::lend(Napi::Object owner) {
  release_ended();
  napi_ref reference;
  napi_create_reference(env_, owner, 1, &reference);
  return [self = shared_from_this(), reference, memory = backing_store_of(env_, owner)](void*) { self->queue_release(reference); };
}

void ExternalBuffers::queue_release(napi_ref owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!open_) return;  // the environment has dropped all its references
  ended_.push_back(owner);
  if (ended_.size() == 1) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void ExternalBuffers::release_ended() {
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

bool uses_external_memory(const at::Tensor& tensor) {
  for (const at::Tensor& part : parts_of(tensor))
    if (is_external(part)) return true;
  return false;
}

at::Tensor deep_copy(const at::Tensor& tensor) {
  const auto parts = parts_of(tensor);
  if (tensor.is_nested() && tensor.layout() == c10::kStrided)
    return at::_nested_view_from_buffer(parts[0].clone(), parts[1].clone(), parts[2].clone(), parts[3].clone());
  if (has_channel_scales(tensor))
    return at::_make_per_channel_quantized_tensor(tensor.int_repr(), parts[1].clone(), parts[2].clone(), tensor.q_per_channel_axis());
  return tensor.clone();
}

void copy_external_integers(at::Tensor& tensor) {
  if (!may_be_indices(tensor) || !is_external(tensor)) return;
  const at::NoGradGuard no_grad;
  tensor = tensor.clone();
}

void copy_external_integers(const Operator& op, std::vector<at::IValue>& arguments) {
  const auto copied = [](const at::Tensor& tensor) {
    at::Tensor result = tensor;
    copy_external_integers(result);
    return result;
  };
  for (size_t i = 0; i < arguments.size(); ++i) {
    at::IValue& argument = arguments[i];
    if (op.parameters[i].aliased) continue;
    if (argument.isTensor()) {
      const at::Tensor& tensor = argument.toTensor();
      if (may_be_indices(tensor) && is_external(tensor)) argument = copied(tensor);
    } else if (argument.isTensorList()) {
      auto list = argument.toTensorList();
      for (size_t item = 0; item < list.size(); ++item) list.set(item, copied(list.get(item)));
    } else if (argument.isList() && op.parameters[i].kind == Kind::Tensor) {
      auto list = argument.toList();
      for (size_t item = 0; item < list.size(); ++item)
        if (list.get(item).isTensor()) list.set(item, copied(list.get(item).toTensor()));
    }
  }
}

}  // namespace torchts
