#include "twin.h"

#include <ATen/ops/empty.h>
#include <cstring>
#include <torch/csrc/autograd/autograd.h>

namespace reference {
namespace {

at::Tensor tensor_of(const Napi::Value& value, at::IntArrayRef shape) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
    throw std::invalid_argument("expected a Float32Array");
  }
  auto array = value.As<Napi::Float32Array>();
  at::Tensor tensor = at::empty(shape);
  if (static_cast<int64_t>(array.ElementLength()) != tensor.numel()) {
    throw std::invalid_argument("expected " + std::to_string(tensor.numel()) + " numbers, found " + std::to_string(array.ElementLength()));
  }
  std::memcpy(tensor.data_ptr<float>(), array.Data(), tensor.nbytes());
  return tensor;
}

Napi::Float32Array array_of(Napi::Env env, const at::Tensor& tensor) {
  at::Tensor contiguous = tensor.contiguous();
  auto array = Napi::Float32Array::New(env, contiguous.numel());
  std::memcpy(array.Data(), contiguous.data_ptr<float>(), contiguous.nbytes());
  return array;
}

std::vector<int64_t> sizes_of(const Napi::Value& value) {
  auto array = value.As<Napi::Array>();
  std::vector<int64_t> sizes;
  for (uint32_t i = 0; i < array.Length(); ++i) sizes.push_back(array.Get(i).As<Napi::Number>().Int64Value());
  return sizes;
}

void load(torch::nn::Module& module, const Napi::Object& weights) {
  auto parameters = module.named_parameters();
  if (weights.GetPropertyNames().Length() != parameters.size()) {
    throw std::invalid_argument("expected " + std::to_string(parameters.size()) + " weights");
  }
  at::NoGradGuard no_grad;
  for (auto& entry : parameters) {
    if (!weights.Has(entry.key())) throw std::invalid_argument("expected the weight " + entry.key());
    entry.value().copy_(tensor_of(weights.Get(entry.key()), entry.value().sizes()));
  }
}

}  // namespace

double number(const Napi::Object& options, const char* name) {
  Napi::Value value = options.Get(name);
  if (!value.IsNumber()) throw std::invalid_argument(std::string("expected the number ") + name);
  return value.As<Napi::Number>().DoubleValue();
}

int64_t integer(const Napi::Object& options, const char* name) {
  return static_cast<int64_t>(number(options, name));
}

Napi::Value run_twin(const Napi::CallbackInfo& info, torch::nn::Module& module, const Forward& forward) {
  Napi::Env env = info.Env();
  load(module, info[1].As<Napi::Object>());
  at::Tensor input = tensor_of(info[2], sizes_of(info[3])).requires_grad_();
  at::Tensor output = forward(input);
  torch::autograd::backward({output}, {tensor_of(info[4], output.sizes())});

  auto result = Napi::Object::New(env);
  auto gradients = Napi::Object::New(env);
  for (auto& entry : module.named_parameters()) gradients.Set(entry.key(), array_of(env, entry.value().grad()));
  result.Set("output", array_of(env, output.detach()));
  result.Set("inputGradient", array_of(env, input.grad()));
  result.Set("gradients", gradients);
  return result;
}

}  // namespace reference
