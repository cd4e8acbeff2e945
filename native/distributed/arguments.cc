#include "state.h"

namespace torchts {

uint32_t number_of(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsNumber()) throw ArgumentError("expected a number");
  return info[index].As<Napi::Number>().Uint32Value();
}

std::string text_of(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsString()) throw ArgumentError("expected a string");
  return info[index].As<Napi::String>();
}

std::chrono::milliseconds timeout_of(const Napi::CallbackInfo& info, size_t index) {
  return std::chrono::milliseconds(info[index].ToNumber().Int64Value());
}

std::vector<at::Tensor> tensors_of(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsArray()) throw ArgumentError("expected an array of tensors");
  const auto handles = info[index].As<Napi::Array>();
  const Extension& extension = Distributed::of(info.Env()).extension;
  std::vector<at::Tensor> tensors;
  tensors.reserve(handles.Length());
  for (uint32_t i = 0; i < handles.Length(); ++i) {
    const auto handle = static_cast<Handle>(Napi::Value(handles[i]).ToNumber().DoubleValue());
    const at::Tensor* const tensor = extension.tensor(extension.environment, handle);
    if (tensor == nullptr) throw StaleHandle{handle};
    tensors.push_back(*tensor);
  }
  return tensors;
}

std::vector<int64_t> integers_of(const Napi::CallbackInfo& info, size_t index) {
  std::vector<int64_t> values;
  if (!info[index].IsArray()) return values;
  const auto items = info[index].As<Napi::Array>();
  for (uint32_t i = 0; i < items.Length(); ++i) values.push_back(Napi::Value(items[i]).ToNumber().Int64Value());
  return values;
}

std::shared_ptr<SharedStore> store_of(const Napi::CallbackInfo& info, size_t index) {
  return Distributed::of(info.Env()).stores.get(number_of(info, index));
}

Group group_of(const Napi::CallbackInfo& info, size_t index) {
  return Distributed::of(info.Env()).groups.get(number_of(info, index)).group;
}

}  // namespace torchts
