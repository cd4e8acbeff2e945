// Operators on lists of tensors: fused optimizers and the foreach family.
#include <algorithm>

#include "checks.h"

namespace torchts {
namespace {

// _foreach_add.List(self, other, alpha), _foreach_lerp_.ScalarList(self, tensors1, weight) and their like: for what it saves,
// autograd reads the other lists tensor by tensor before their lengths have been compared.
void lists_are_alike(const Arguments& arguments) {
  const auto tensors = arguments.length("self");
  if (!tensors) return;
  for (const char* const name : {"other", "src", "mat2", "exponent", "tensor1", "tensor2", "tensors1", "weight", "weights", "scalars"}) {
    const auto found = arguments.length(name);
    TORCH_CHECK(!found || *found == *tensors, "expected a list '", name, "' as long as 'self', ", *tensors, ", found ", *found);
  }
}

// The kernels read each step as a single number.
void steps_are_numbers(const Arguments& arguments) {
  for (const at::Tensor& step : arguments.tensors("state_steps"))
    TORCH_CHECK(step.numel() == 1, "expected 'state_steps' of one element each, found the shape ", step.sizes());
  for (const char* const name : {"grad_scale", "found_inf"}) {
    const at::Tensor& found = arguments.tensor(name);
    if (found.defined())
      TORCH_CHECK(found.numel() == 1 && found.scalar_type() == at::kFloat, "expected '", name,
                  "' of one float32, found ", found.scalar_type(), " of the shape ", found.sizes());
  }
}

// The kernels take gradients and moments to have the parameters' type.
void types_fit(const Arguments& arguments) {
  const auto parameters = arguments.tensors("self");
  for (const char* const name : {"grads", "exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs", "momentum_buffer_list", "state_sums"}) {
    const auto list = arguments.tensors(name);
    for (size_t i = 0; i < std::min(list.size(), parameters.size()); ++i)
      TORCH_CHECK(!list[i].defined() || !parameters[i].is_cpu() || list[i].scalar_type() == parameters[i].scalar_type(),
                  "expected '", name, "' of the parameters' type, ", parameters[i].scalar_type(), ", found ",
                  list[i].scalar_type());
  }
}

void max_exp_avg_sqs_are_given(const Arguments& arguments) {
  TORCH_CHECK(!arguments.flag("amsgrad") || arguments.tensors("max_exp_avg_sqs").size() == arguments.tensors("self").size(),
              "expected 'max_exp_avg_sqs' of each parameter for AMSGrad, found ", arguments.tensors("max_exp_avg_sqs").size());
}

// Momentum needs a buffer for each parameter.
void momentum_buffers_are_given(const Arguments& arguments) {
  TORCH_CHECK(arguments.number("momentum") == 0 || arguments.tensors("momentum_buffer_list").size() == arguments.tensors("self").size(),
              "expected a momentum buffer of each parameter, found ", arguments.tensors("momentum_buffer_list").size());
}

std::vector<Check> lists(std::vector<std::pair<Name, bool>> names, std::vector<Check> more) {
  std::vector<Check> checks;
  for (const auto& [name, optional] : names) {
    checks.push_back(same_length(name, "self", optional));
    checks.push_back(same_sizes(name, "self"));
  }
  checks.push_back(same_length("state_steps", "self"));
  checks.insert(checks.end(), {steps_are_numbers, types_fit});
  checks.insert(checks.end(), more.begin(), more.end());
  return checks;
}

}  // namespace

std::vector<Preconditions> preconditions_of_lists() {
  const auto adam = lists({{"grads", false}, {"exp_avgs", false}, {"exp_avg_sqs", false}, {"max_exp_avg_sqs", true}}, {max_exp_avg_sqs_are_given});
  const auto sgd = lists({{"grads", false}, {"momentum_buffer_list", true}}, {momentum_buffers_are_given});
  const auto adagrad = lists({{"grads", false}, {"state_sums", false}}, {});
  std::vector<Preconditions> all{
      {"aten::_fused_adam", adam},
      {"aten::_fused_adam_", adam},
      {"aten::_fused_adamw", adam},
      {"aten::_fused_adamw_", adam},
      {"aten::_fused_sgd", sgd},
      {"aten::_fused_sgd_", sgd},
      {"aten::_fused_adagrad", adagrad},
      {"aten::_fused_adagrad_", adagrad},
      {"aten::cat.out", {[](const Arguments& arguments) {
         TORCH_CHECK(!arguments.tensors("tensors").empty() || !arguments.tensor("out").is_quantized(), "expected a non-empty list of Tensors");
       }}},
      {"aten::_chunk_cat", {[](const Arguments& arguments) {
         for (const at::Tensor& tensor : arguments.tensors("tensors")) TORCH_CHECK(tensor.dim() > 0, "expected tensors with dimensions, found a scalar");
       }}},
  };
  for (const std::string name : {"add", "addcdiv", "addcmul", "clamp_max", "clamp_min", "copy", "div", "lerp", "maximum", "minimum", "mm", "mul", "pow", "sub"})
    for (const char* const form : {"", "_"}) all.push_back({"aten::_foreach_" + name + form, {lists_are_alike}});
  return all;
}

}  // namespace torchts
