// What a tensor is, and its data on their way into and out of JavaScript.
#include <ATen/TracerMode.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/DefaultDtype.h>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <unistd.h>

#include "exports.h"
#include "names.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {
namespace {

// Tensor::sizes and friends; describe(handle): puts [dtype, requiresGrad, isLeaf, dims, sizes…, strides…] on the
// wire and returns the device
Napi::Value describe(const Napi::CallbackInfo& info) {
  constexpr int64_t kMostDimensions = 1000;  // fits the smallest wire, so that JavaScript need not take a grown one
  const at::Tensor tensor = tensor_of(info);
  if (tensor.dim() > kMostDimensions)
    throw ArgumentError("a tensor of " + std::to_string(tensor.dim()) + " dimensions has more than can be described");
  WireWriter out(info.Env(), Environment::of(info.Env()));
  out.put(static_cast<double>(tensor.scalar_type()));
  out.put(tensor.requires_grad());
  out.put(tensor.is_leaf());
  out.put(static_cast<double>(tensor.dim()));
  for (int64_t size : tensor.sizes()) out.put(static_cast<double>(size));
  const bool strided = tensor.layout() == c10::kStrided;
  for (int64_t d = 0; d < tensor.dim(); ++d) out.put(strided ? static_cast<double>(tensor.stride(d)) : 0);
  return Napi::String::New(info.Env(), tensor.device().str());
}

// Tensor::layout; layout(handle): string
Napi::Value layout(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), layout_name(tensor_of(info).layout()));
}

// Tensor::data_ptr; read(handle): ArrayBuffer, a copy of the elements in row-major order
Napi::Value read(const Napi::CallbackInfo& info) {
  refuse_recording(Environment::of(info.Env()), "JavaScript reads the elements of a tensor");
  const at::Tensor source = elements_on_cpu(tensor_of(info)).contiguous();
  auto bytes = Napi::ArrayBuffer::New(info.Env(), source.nbytes());
  if (source.nbytes() > 0) std::memcpy(bytes.Data(), source.const_data_ptr(), source.nbytes());
  return bytes;
}

struct Source {
  void* data;
  size_t bytes;
  Napi::Object owner;
};

// Through Node-API's C interface, which also takes arrays over a SharedArrayBuffer.
Source source_of(Napi::Value value) {
  if (!value.IsTypedArray()) throw ArgumentError("expected a typed array");
  void* data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, nullptr, nullptr, &data, nullptr, nullptr) != napi_ok)
    throw ArgumentError("expected a typed array over plain or shared memory");
  return {data, value.As<Napi::TypedArray>().ByteLength(), value.As<Napi::Object>()};
}

void check_size(const Source& source, c10::ScalarType dtype, const std::vector<int64_t>& shape) {
  size_t wanted = c10::elementSize(dtype);
  for (int64_t size : shape) {
    if (size < 0) throw ArgumentError("expected sizes of at least 0, found " + std::to_string(size));
    if (__builtin_mul_overflow(wanted, static_cast<size_t>(size), &wanted))
      throw ArgumentError(c10::str("expected a shape whose bytes can be counted in 64 bits, found ", c10::IntArrayRef(shape)));
  }
  if (wanted != source.bytes)
    throw ArgumentError("the shape wants " + std::to_string(wanted) + " bytes of " + dtype_name(dtype) +
                        ", the typed array has " + std::to_string(source.bytes));
}

// at::empty and a copy; write(typedArray, dtype): handle, with the shape on the wire
Napi::Value write(const Napi::CallbackInfo& info) {
  const Source source = source_of(info[0]);
  const auto dtype = dtype_from_name(info[1].ToString());
  const auto shape = WireReader(info.Env(), Environment::of(info.Env()), nullptr).ints();
  check_size(source, dtype, shape);
  // A tracer does not see the copy, so it must not see where the memory comes from either: the tensor is a constant to it.
  const at::tracer::impl::NoTracerDispatchMode untraced;
  at::Tensor target = at::empty(shape, dtype);
  if (source.bytes > 0) std::memcpy(target.mutable_data_ptr(), source.data, source.bytes);
  if (const auto& recorder = Environment::of(info.Env()).recorder) recorder->made(target);
  return handle_of(info.Env(), target);
}

// at::from_blob; adopt(typedArray, dtype): handle of a tensor over the same memory, with the shape on the wire
Napi::Value adopt(const Napi::CallbackInfo& info) {
  const Source source = source_of(info[0]);
  const auto dtype = dtype_from_name(info[1].ToString());
  const auto shape = WireReader(info.Env(), Environment::of(info.Env()), nullptr).ints();
  check_size(source, dtype, shape);
  if (reinterpret_cast<uintptr_t>(source.data) % c10::elementSize(dtype) != 0)
    throw ArgumentError("the typed array is not aligned for its dtype; copy it");
  Environment& environment = Environment::of(info.Env());
  if (!environment.external_buffers) environment.external_buffers = ExternalBuffers::open(info.Env());
  return handle_of(info.Env(), at::from_blob(source.data, shape, environment.external_buffers->lend(source.owner), at::TensorOptions(dtype)));
}

// Tensor::set_data; swap(handle, other): `handle` takes over shape, type, device and memory of `other`, and keeps its identity
void swap(const Napi::CallbackInfo& info) {
  refuse_recording(Environment::of(info.Env()), "a tensor takes over the memory of another");
  tensor_of(info, 0).set_data(tensor_of(info, 1));
}

// pread into the elements of a tensor; readFile(handle, descriptor, position): bytes read, fewer than the tensor's at the end of
// the file. A mapping would end the process by SIGBUS where the file is truncated meanwhile; a read just stops.
Napi::Value read_file(const Napi::CallbackInfo& info) {
  constexpr size_t kLongestRead = size_t{1} << 30;  // one pread gives less than 2^31 bytes
  const at::Tensor target = tensor_of(info);
  if (!target.is_contiguous() || !target.is_cpu()) throw ArgumentError("expected a contiguous tensor in memory");
  const int descriptor = info[1].ToNumber().Int32Value();
  const int64_t position = info[2].ToNumber().Int64Value();
  auto* const bytes = static_cast<char*>(target.mutable_data_ptr());
  size_t done = 0;
  while (done < target.nbytes()) {
    const auto count = pread(descriptor, bytes + done, std::min(target.nbytes() - done, kLongestRead), position + static_cast<int64_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category(), "the file cannot be read");
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  return Napi::Number::New(info.Env(), static_cast<double>(done));
}

// Tensor::storage; storage(handle): [identity, bytes], or null for a tensor that has none
Napi::Value storage(const Napi::CallbackInfo& info) {
  const at::Tensor tensor = tensor_of(info);
  if (!tensor.has_storage()) return info.Env().Null();
  auto result = Napi::Array::New(info.Env());
  const c10::StorageImpl* const impl = tensor.storage().unsafeGetStorageImpl();
  result[0u] = static_cast<double>(reinterpret_cast<uintptr_t>(impl));
  result[1u] = static_cast<double>(impl->nbytes());
  return result;
}

// wrapped_scalar_tensor; scalar(value: number | boolean, integral): handle of a number that takes part in type promotion as a
// number; integral: as an int64, else as a float64
Napi::Value scalar(const Napi::CallbackInfo& info) {
  at::Tensor tensor;
  if (info[0].IsBoolean()) {
    tensor = at::empty({}, at::kBool).fill_(info[0].As<Napi::Boolean>().Value());
  } else {
    const double value = info[0].ToNumber().DoubleValue();
    const bool integral = info[1].ToBoolean();
    tensor = at::empty({}, integral ? at::kLong : at::kDouble).fill_(value);
  }
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  if (const auto& recorder = Environment::of(info.Env()).recorder) recorder->made(tensor);
  return handle_of(info.Env(), tensor);
}

// dtypes(): name of each element type at the index of its code
Napi::Value dtypes(const Napi::CallbackInfo& info) {
  auto names = Napi::Object::New(info.Env());
  for (const auto& [name, dtype] : kDTypes) names[static_cast<uint32_t>(dtype)] = name;
  return names;
}

// caffe2::get_default_dtype; defaultDType(): its code
Napi::Value default_dtype(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<int>(c10::typeMetaToScalarType(c10::get_default_dtype())));
}

// c10::set_default_dtype; setDefaultDType(name): of floating point, for the whole process
void set_default_dtype(const Napi::CallbackInfo& info) {
  const c10::ScalarType dtype = dtype_from_name(info[0].ToString());
  if (!c10::isFloatingType(dtype))
    throw ArgumentError("only floating-point types are supported as the default type, found '" + info[0].ToString().Utf8Value() + "'");
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(dtype));
}

// Tensor::data_ptr, Storage::data_ptr, Storage::nbytes, Tensor::storage_offset; memoryOf(handle): [address, address of the
// storage, its bytes, offset]
Napi::Value memory_of(const Napi::CallbackInfo& info) {
  const at::Tensor tensor = tensor_of(info);
  if (!tensor.has_storage())
    throw ArgumentError("a tensor of layout " + std::string(layout_name(tensor.layout())) + " has no storage of its own: look at its parts");
  const auto address = [&](const void* pointer) { return Napi::BigInt::New(info.Env(), static_cast<uint64_t>(reinterpret_cast<uintptr_t>(pointer))); };
  auto memory = Napi::Array::New(info.Env(), 4);
  memory[0u] = address(tensor.const_data_ptr());
  memory[1u] = address(tensor.storage().data());
  memory[2u] = Napi::Number::New(info.Env(), static_cast<double>(tensor.storage().nbytes()));
  memory[3u] = Napi::Number::New(info.Env(), static_cast<double>(tensor.storage_offset()));
  return memory;
}

}  // namespace

void export_storage(Napi::Env, Napi::Object exports) {
  export_function(exports, "describe", describe);
  export_function(exports, "layout", layout);
  export_function(exports, "read", read);
  export_function(exports, "write", write);
  export_function(exports, "adopt", adopt);
  export_function(exports, "readFile", read_file);
  export_function(exports, "storage", storage);
  export_function(exports, "swap", swap);
  export_function(exports, "scalar", scalar);
  export_function(exports, "dtypes", dtypes);
  export_function(exports, "defaultDType", default_dtype);
  export_function(exports, "setDefaultDType", set_default_dtype);
  export_function(exports, "memoryOf", memory_of);
}

}  // namespace torchts
