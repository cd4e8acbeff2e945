// The autograd engine and the thread's modes.
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>

#include "exports.h"
#include "lifetime.h"
#include "memory_pressure.h"
#include "names.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {
namespace {

void write_tensors(Napi::Env env, const std::vector<at::Tensor>& tensors) {
  WireWriter out(env, Environment::of(env));
  for (const at::Tensor& tensor : tensors) out.tensor(tensor);
}

// retainGraph, the first argument: null for what createGraph says
std::optional<bool> retain_graph(const Napi::CallbackInfo& info) {
  return info[0].IsBoolean() ? std::optional(info[0].As<Napi::Boolean>().Value()) : std::nullopt;
}

// The arguments of a backward pass: tensors, gradients and inputs on the wire, then (retainGraph: boolean | null, createGraph).
struct BackwardPass {
  std::vector<at::Tensor> tensors, gradients, inputs;
  std::optional<bool> retain;
  bool create;

  explicit BackwardPass(const Napi::CallbackInfo& info) : retain(retain_graph(info)), create(info[1].ToBoolean()) {
    WireReader in(info.Env(), Environment::of(info.Env()), nullptr);
    tensors = in.tensors(), gradients = in.tensors(), inputs = in.tensors();
    release_collected(Environment::of(info.Env()));
  }
  void run() const { torch::autograd::backward(tensors, gradients, retain, create, inputs); }
};

constexpr const char* kBackwardRuns = "a backward pass runs";

// torch::autograd::backward; backward(retainGraph: boolean | null, createGraph): tensors, gradients and inputs on the wire
void backward(const Napi::CallbackInfo& info) {
  const BackwardPass pass(info);
  Environment& environment = Environment::of(info.Env());
  refuse_recording(environment, kBackwardRuns);
  environment.callbacks->run([&] { pass.run(); });
  report_memory(info.Env());
}

// The same in the background queue; backwardAsync(retainGraph, createGraph): { id, promise }
Napi::Value backward_async(const Napi::CallbackInfo& info) {
  const BackwardPass pass(info);
  return Napi::Value(info.Env(), submit_work(
      info.Env(), [pass] { pass.run(); },
      [](napi_env) -> napi_value { return nullptr; }));
}

// torch::autograd::grad; grad(retainGraph, createGraph, allowUnused): outputs, inputs and gradients on the wire, results too
Napi::Value grad(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  WireReader in(info.Env(), environment, nullptr);
  const auto outputs = in.tensors(), inputs = in.tensors(), gradients = in.tensors();
  release_collected(environment);
  refuse_recording(environment, kBackwardRuns);
  const auto retain = retain_graph(info);
  const bool create = info[1].ToBoolean(), unused = info[2].ToBoolean();
  std::vector<at::Tensor> result;
  environment.callbacks->run([&] { result = torch::autograd::grad(outputs, inputs, gradients, retain, create, unused); });
  write_tensors(info.Env(), result);
  return Napi::Number::New(info.Env(), static_cast<double>(result.size()));
}

// Tensor::grad; grads(): a list of tensors on the wire is replaced by the list of their gradients
void grads(const Napi::CallbackInfo& info) {
  WireReader in(info.Env(), Environment::of(info.Env()), nullptr);
  std::vector<at::Tensor> result;
  for (const at::Tensor& tensor : in.tensors()) result.push_back(tensor.grad());
  write_tensors(info.Env(), result);
}

// What PyTorch's own assignment checks: an optimizer's kernel trusts that the gradient fits its tensor.
void check_gradient(const at::Tensor& tensor, const at::Tensor& gradient) {
  constexpr const char* kAdvice = "; the gradient must have the tensor's own";
  TORCH_CHECK(!tensor.is_same(gradient), "can't assign Variable as its own grad");
  TORCH_CHECK(tensor.sizes() == gradient.sizes(), "attempting to assign a gradient of size '", gradient.sizes(),
              "' to a tensor of size '", tensor.sizes(), "'", kAdvice);
  TORCH_CHECK(tensor.scalar_type() == gradient.scalar_type(), "attempting to assign a gradient with dtype '",
              dtype_name(gradient.scalar_type()), "' to a tensor with dtype '", dtype_name(tensor.scalar_type()), "'", kAdvice);
  TORCH_CHECK(tensor.device() == gradient.device(), "attempting to assign a gradient with device type '", gradient.device(),
              "' to a tensor with device type '", tensor.device(), "'", kAdvice);
}

// Tensor::mutable_grad; setGrads(): a list of tensors and one of gradients (or null) on the wire
void set_grads(const Napi::CallbackInfo& info) {
  WireReader in(info.Env(), Environment::of(info.Env()), nullptr);
  const auto tensors = in.tensors(), gradients = in.tensors();
  if (tensors.size() != gradients.size()) throw ArgumentError("expected as many gradients as tensors");
  for (size_t i = 0; i < tensors.size(); ++i)
    if (gradients[i].defined()) check_gradient(tensors[i], gradients[i]);
  for (size_t i = 0; i < tensors.size(); ++i) tensors[i].mutable_grad() = gradients[i];
  report_memory(info.Env());
}

// Tensor::grad_fn; gradFn(): the tensor on the wire; name of the operation that autograd recorded as its source, or null
Napi::Value grad_fn(const Napi::CallbackInfo& info) {
  const at::Tensor tensor = WireReader(info.Env(), Environment::of(info.Env()), nullptr).tensor();
  if (!tensor.defined() || !tensor.grad_fn()) return info.Env().Null();
  const std::string name = tensor.grad_fn()->name();
  return Napi::String::New(info.Env(), name.substr(name.rfind(':') + 1));  // without namespaces
}

// at::GradMode and c10::InferenceMode; setModes(grad, inference)
void set_modes(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  environment.inference_mode = info[1].ToBoolean();
  if (!environment.inference_mode) environment.inference_guard.reset();
  else if (!environment.inference_guard) environment.inference_guard.emplace(true);
  environment.grad_mode = info[0].ToBoolean();
  c10::GradMode::set_enabled(environment.grad_mode);
}

// at::autocast; setAutocast(device, dtype | null): null switches it off
void set_autocast(const Napi::CallbackInfo& info) {
  const auto device = device_from_name(info[0].ToString()).type();
  const bool enabled = !info[1].IsNull();
  AutocastTypes& types = Environment::of(info.Env()).autocast;
  if (enabled) {
    const auto dtype = dtype_from_name(info[1].ToString());
    at::autocast::set_autocast_dtype(device, dtype);  // throws for a device without autocast
    std::erase_if(types, [&](const auto& entry) { return entry.first == device; });
    types.emplace_back(device, dtype);
  } else {
    std::erase_if(types, [&](const auto& entry) { return entry.first == device; });
  }
  at::autocast::set_autocast_enabled(device, enabled);
  at::autocast::clear_cache();
}

}  // namespace

void export_autograd(Napi::Env, Napi::Object exports) {
  export_function(exports, "backward", backward);
  export_function(exports, "backwardAsync", backward_async);
  export_function(exports, "grad", grad);
  export_function(exports, "grads", grads);
  export_function(exports, "setGrads", set_grads);
  export_function(exports, "gradFn", grad_fn);
  export_function(exports, "setModes", set_modes);
  // at::autocast::is_autocast_cache_enabled; isAutocastCacheEnabled(): boolean
  export_function(exports, "isAutocastCacheEnabled", [](const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), at::autocast::is_autocast_cache_enabled());
  });
  export_function(exports, "setAutocast", set_autocast);
}

}  // namespace torchts
