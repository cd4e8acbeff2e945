// Autograd functions whose forward and backward are written in JavaScript.
#include <c10/core/DeviceGuard.h>
#include <torch/csrc/autograd/custom_function.h>
#include <unordered_set>

#include "exports.h"
#include "memory_pressure.h"
#include "node_pointer.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {
namespace {

using torch::autograd::SavedVariable;
using torch::autograd::VariableInfo;
using torch::autograd::variable_list;

template <typename Node>
auto make_node() {
  if constexpr (std::is_same_v<NodePointer, std::shared_ptr<torch::autograd::Node>>)
    return std::shared_ptr<Node>(new Node(), [](auto* node) { deleteNode(node); });
  else
    return c10::make_intrusive<Node>();
}

// The node of one call. Its backward gets the gradients of the outputs and then the saved tensors, and returns a gradient for
// each input.
struct ScriptNode final : torch::autograd::Node {
  std::string title;
  std::unique_ptr<Callback> backward;
  std::vector<VariableInfo> outputs;  // for gradients of zeros; empty when gradients are not materialized
  std::vector<SavedVariable> saved;

  std::string name() const override { return title; }

  variable_list apply(variable_list&& gradients) override {
    at::OptionalDeviceGuard guard;
    variable_list arguments;
    for (size_t i = 0; i < gradients.size(); ++i)
      arguments.push_back(gradients[i].defined() || outputs.empty() ? gradients[i] : outputs[i].zeros(guard));
    gradients.clear();
    for (const SavedVariable& variable : saved) arguments.push_back(variable.unpack(getptr()));
    std::vector<int64_t> needed;
    for (size_t i = 0; i < num_outputs(); ++i) needed.push_back(task_should_compute_output(i));
    return (*backward)(arguments, needed);
  }

  void release_variables() override {
    for (SavedVariable& variable : saved) variable.reset_data();
  }
};

std::unordered_set<at::TensorImpl*> set_of(const variable_list& tensors) {
  std::unordered_set<at::TensorImpl*> result;
  for (const at::Tensor& tensor : tensors) result.insert(tensor.unsafeGetTensorImpl());
  return result;
}

// Counts up the version of each input that forward changed in place, as every in-place operator does.
std::unordered_set<at::TensorImpl*> bump_versions(const variable_list& tensors) {
  for (const at::Tensor& tensor : tensors) torch::autograd::impl::bump_version(tensor);
  return set_of(tensors);
}

variable_list no_forward_mode(const variable_list&, const variable_list&) {
  TORCH_CHECK(false, "a function written in JavaScript has no forward-mode derivative");
}

// From libtorch 2.14 on there is one more argument, in which it returns the node that it attached.
template <typename... Arguments>
auto wrap_outputs(const Arguments&... arguments) {
  NodePointer attached;
  if constexpr (requires { torch::autograd::_wrap_outputs(arguments..., attached); })
    return torch::autograd::_wrap_outputs(arguments..., attached);
  else
    return torch::autograd::_wrap_outputs(arguments...);
}

// torch::autograd::_wrap_outputs; applyFunction(backward, name, materialize): inputs, outputs, saved, changed and
// non-differentiable tensors on the wire, replaced by the recorded outputs; returns how many
Napi::Value apply(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  auto backward = std::make_unique<Callback>(environment.callbacks, info[0].ToNumber().Uint32Value());
  WireReader in(info.Env(), environment, nullptr);
  const auto inputs = in.tensors(), raw = in.tensors(), saved = in.tensors(), dirty = in.tensors(), non_differentiable = in.tensors();

  // Before a hook on saved tensors runs JavaScript, which may free the handles.
  WireWriter out(info.Env(), environment);
  in.each_tensor([&](const at::Tensor& tensor, Handle handle) { out.alias(tensor, handle); });

  const bool requires_grad = c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(inputs);
  decltype(make_node<ScriptNode>()) node;
  if (requires_grad) {
    node = make_node<ScriptNode>();
    node->title = info[1].ToString();
    node->backward = std::move(backward);
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
    node->clear_input_metadata();
  }
  const auto view = [](const at::Tensor& tensor) { return tensor.view_as(tensor); };
  const std::vector<std::optional<at::Tensor>> outputs(raw.begin(), raw.end());
  const NodePointer grad_fn = node;
  const auto results = wrap_outputs(inputs, set_of(non_differentiable), bump_versions(dirty), outputs, grad_fn, no_forward_mode,
                                    std::unordered_set<at::TensorImpl*>{}, view, false);

  if (requires_grad) {
    if (info[2].ToBoolean())
      for (const auto& result : results) node->outputs.emplace_back(*result);
    // Before the results are written: a hook on saved tensors runs JavaScript, which writes to the wire.
    for (const at::Tensor& tensor : saved)
      node->saved.emplace_back(tensor, tensor.defined() && tensor.grad_fn().get() == node.get());
  }
  for (const auto& result : results) out.tensor(*result);
  report_memory(info.Env());
  return Napi::Number::New(info.Env(), static_cast<double>(results.size()));
}

// torch::autograd::SavedVariable::unpack; savedTensors(): an output of such a function on the wire, replaced by what its
// forward saved; returns how many
Napi::Value saved_tensors(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  const at::Tensor output = WireReader(info.Env(), environment, nullptr).tensor();
  auto* const node = dynamic_cast<ScriptNode*>(output.grad_fn().get());
  if (!node) throw ArgumentError("expected an output of a function written in JavaScript");
  variable_list tensors;
  for (const SavedVariable& variable : node->saved) tensors.push_back(variable.unpack(node->getptr()));
  WireWriter out(info.Env(), environment);
  for (const at::Tensor& tensor : tensors) out.tensor(tensor);
  return Napi::Number::New(info.Env(), static_cast<double>(tensors.size()));
}

}  // namespace

void export_function_nodes(Napi::Env, Napi::Object exports) {
  export_function(exports, "applyFunction", apply);
  export_function(exports, "savedTensors", saved_tensors);
}

}  // namespace torchts
