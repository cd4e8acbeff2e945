// Hooks on gradients.
#include <map>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include "exports.h"
#include "wire_reader.h"

namespace torchts {
namespace {

// Made before the tensor is read: should that fail, its destructor tells JavaScript to forget the function.
std::shared_ptr<Callback> callback_of(const Napi::CallbackInfo& info) {
  return std::make_shared<Callback>(Environment::of(info.Env()).callbacks, info[0].ToNumber().Uint32Value());
}

at::Tensor tensor_on_wire(const Napi::CallbackInfo& info) {
  return WireReader(info.Env(), Environment::of(info.Env()), nullptr).tensor();
}

// at::Tensor::register_hook; addHook(callback): the tensor on the wire; a number for removeHook
Napi::Value add(const Napi::CallbackInfo& info) {
  const auto hook = callback_of(info);
  const auto position = tensor_on_wire(info).register_hook([hook](const at::Tensor& gradient) {
    return gradient.defined() ? (*hook)({gradient}).at(0) : at::Tensor();
  });
  return Napi::Number::New(info.Env(), position);
}

// The hooks of one leaf, called once its gradient is accumulated.
struct AfterAccumulation final : torch::autograd::PostAccumulateGradHook {
  std::map<uint32_t, std::shared_ptr<Callback>> hooks;
  uint32_t next = 0;
  void operator()(const at::Tensor& tensor) override {
    const auto now = hooks;  // a hook may remove hooks
    for (const auto& [position, hook] : now) (*hook)({tensor});
  }
};

AfterAccumulation* after_accumulation(const at::Tensor& tensor) {
  return dynamic_cast<AfterAccumulation*>(torch::autograd::impl::post_acc_grad_hooks(tensor).get());
}

// torch::autograd::impl::set_post_acc_grad_hooks; addPostAccumulateHook(callback): the tensor on the wire; a number
Napi::Value add_after(const Napi::CallbackInfo& info) {
  const auto hook = callback_of(info);
  const at::Tensor tensor = tensor_on_wire(info);
  TORCH_CHECK(tensor.requires_grad(), "cannot register a hook on a tensor that doesn't require gradient");
  TORCH_CHECK(tensor.is_leaf(), "post accumulate grad hooks cannot be registered on non-leaf tensors");
  if (!after_accumulation(tensor))
    torch::autograd::impl::set_post_acc_grad_hooks(tensor, std::make_unique<AfterAccumulation>());
  AfterAccumulation* const all = after_accumulation(tensor);
  all->hooks.emplace(all->next, hook);
  return Napi::Number::New(info.Env(), all->next++);
}

// removePostAccumulateHook(position): the tensor on the wire
void remove_after(const Napi::CallbackInfo& info) {
  if (AfterAccumulation* const all = after_accumulation(tensor_on_wire(info))) all->hooks.erase(info[0].ToNumber().Uint32Value());
}

}  // namespace

void export_hooks(Napi::Env, Napi::Object exports) {
  export_function(exports, "addHook", add);
  // at::Tensor::remove_hook; removeHook(position): the tensor on the wire
  export_function(exports, "removeHook",
                  [](const Napi::CallbackInfo& info) { tensor_on_wire(info).remove_hook(info[0].ToNumber().Uint32Value()); });
  export_function(exports, "addPostAccumulateHook", add_after);
  export_function(exports, "removePostAccumulateHook", remove_after);
}

}  // namespace torchts
