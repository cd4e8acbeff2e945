// Operators on planes and volumes whose kernels take the sizes of one tensor for those of another: convolutions, paddings,
// resizing, and the backward of poolings.
#include <cmath>

#include "checks.h"

namespace torchts {
namespace {

// Both tensors have as many dimensions, and the same sizes except in the last `dims`.
void check_leading_sizes(const Arguments& arguments, Name one, Name other, int64_t dims) {
  const auto &left = arguments.tensor(one), &right = arguments.tensor(other);
  TORCH_CHECK(left.dim() == right.dim() && left.dim() >= dims && left.sizes().slice(0, left.dim() - dims) == right.sizes().slice(0, right.dim() - dims),
              "expected '", one, "' and '", other, "' whose sizes differ in the last ", dims,
              " dimensions alone, found the shapes ", left.sizes(), " and ", right.sizes());
}

Check same_leading_sizes(Name one, Name other, int64_t dims) {
  return [=](const Arguments& arguments) { check_leading_sizes(arguments, one, other, dims); };
}

// replication_pad1d_backward(grad_output, self, padding) and its like: pairs of paddings, those of the last dimension first.
Check gradient_is_padded(int64_t dims) {
  return [=](const Arguments& arguments) {
    check_leading_sizes(arguments, "grad_output", "self", dims);
    const auto padding = arguments.integers("padding");
    TORCH_CHECK(static_cast<int64_t>(padding.size()) == 2 * dims, "expected ", 2 * dims, " paddings, found ", padding.size());
    const auto &grad = arguments.tensor("grad_output"), &self = arguments.tensor("self");
    for (int64_t dim = 1; dim <= dims; ++dim) {
      int64_t wanted = self.size(-dim);
      for (const size_t side : {2 * dim - 2, 2 * dim - 1})
        TORCH_CHECK(!__builtin_add_overflow(wanted, padding[side], &wanted), "expected paddings that fit into memory, found ", padding[side]);
      TORCH_CHECK(grad.size(-dim) == wanted, "expected 'grad_output' of 'self' and its padding, ", wanted,
                  " in dimension ", -dim, ", found the shape ", grad.sizes());
    }
  };
}

// The gradient of an input without elements has none either.
void gradient_has_source(const Arguments& arguments) {
  const auto &grad = arguments.tensor("grad_output"), &self = arguments.tensor("self");
  TORCH_CHECK(grad.numel() == 0 || self.numel() > 0, "expected 'self' with elements for the gradient of the shape ",
              grad.sizes(), ", found the shape ", self.sizes());
}

// The quantized kernels of _adaptive_avg_pool2d(self, output_size) do not check the number of sizes.
Check one_size_for_each(int64_t dims) {
  return [=](const Arguments& arguments) {
    const auto sizes = arguments.integers("output_size").size();
    TORCH_CHECK(static_cast<int64_t>(sizes) == dims, "expected an 'output_size' of ", dims, " sizes, found ", sizes);
  };
}

// slow_conv3d(self, weight, kernel_size, …) and its like: the kernel has the size that the weight says. The weight may
// be flat, a row for each output channel, where the input is unfolded.
Check kernel_fits(bool may_be_flat) {
  return [=](const Arguments& arguments) {
    const auto &input = arguments.tensor("self"), &weight = arguments.tensor("weight");
    const auto kernel = arguments.integers("kernel_size");
    const auto dims = static_cast<int64_t>(kernel.size());
    if (may_be_flat && weight.dim() == 2 && input.dim() > dims) {
      int64_t wanted = input.size(input.dim() - dims - 1);
      for (const int64_t size : kernel)
        TORCH_CHECK(size > 0 && !__builtin_mul_overflow(wanted, size, &wanted),
                    "expected a kernel that fits into memory, found ", kernel);
      TORCH_CHECK(weight.size(1) == wanted, "expected 'weight' with rows of ", wanted, ", found the shape ", weight.sizes());
    } else {
      TORCH_CHECK(weight.dim() == dims + 2 && weight.sizes().slice(2) == at::IntArrayRef(kernel), "expected 'weight' of ", dims + 2,
                  " dimensions, the last of them the kernel's ", kernel, ", found the shape ", weight.sizes());
    }
  };
}

// convolution_backward(grad_output, input, weight, bias_sizes, …)
void gradient_is_of_batch(const Arguments& arguments) {
  const auto &grad = arguments.tensor("grad_output"), &input = arguments.tensor("input");
  TORCH_CHECK(grad.dim() == input.dim() && grad.dim() > 2 && grad.size(0) == input.size(0),
              "expected 'grad_output' of the dimensions and the batch of 'input', found the shapes ", grad.sizes(),
              " and ", input.sizes());
  const auto bias = arguments.integers("bias_sizes");
  TORCH_CHECK(bias.size() <= 1, "expected a bias of one dimension, found the shape ", bias);
}

// convolution_backward(…, stride, padding, dilation, transposed, output_padding, …)
void output_padding_is_small(const Arguments& arguments) {
  if (!arguments.flag("transposed")) return;
  const auto found = arguments.integers("output_padding"), stride = arguments.integers("stride"), dilation = arguments.integers("dilation");
  for (size_t dim = 0; dim < found.size(); ++dim) {
    // One number stands for all dimensions.
    const auto along = [dim](const std::vector<int64_t>& list) { return list.empty() ? 1 : list[std::min(dim, list.size() - 1)]; };
    const int64_t most = std::max(along(stride), along(dilation));
    TORCH_CHECK(found[dim] >= 0 && found[dim] < most, "expected an output padding that is smaller than stride or dilation, ", most, ", found ", found[dim]);
  }
}

// _upsample_bilinear2d_aa(self, output_size, align_corners, scales_h, scales_w) and its like, and their backward: a scale that is
// given agrees with the sizes, for it decides how many pixels are averaged.
void scales_fit(const Arguments& arguments) {
  const auto input = arguments.has("self") ? arguments.tensor("self").sizes().vec() : arguments.integers("input_size");
  const auto output = arguments.integers("output_size");
  if (input.size() != 4 || output.size() != 2) return;
  for (const size_t dim : {0, 1}) {
    const double scale = arguments.number(dim == 0 ? "scales_h" : "scales_w", 0);
    TORCH_CHECK(!(scale > 0) || std::abs(static_cast<double>(input[dim + 2]) * scale - static_cast<double>(output[dim])) <= 1,
                "expected a scale that makes ", output[dim], " of ", input[dim + 2], ", found ", scale);
  }
}

}  // namespace

std::vector<Preconditions> preconditions_of_planes() {
  const auto pooled = [](int64_t dims) -> std::vector<Check> { return {same_leading_sizes("grad_output", "self", dims), gradient_has_source}; };
  return {
      {"aten::convolution_backward", {gradient_is_of_batch, output_padding_is_small}},
      {"aten::_slow_conv2d_forward", {kernel_fits(true)}},
      {"aten::slow_conv3d_forward", {kernel_fits(true)}},
      {"aten::slow_conv_dilated2d", {kernel_fits(false)}},
      {"aten::slow_conv_dilated3d", {kernel_fits(false)}},
      {"aten::slow_conv_transpose2d", {kernel_fits(false)}},
      {"aten::slow_conv_transpose3d", {kernel_fits(false)}},
      {"aten::_adaptive_avg_pool2d", {one_size_for_each(2)}},
      {"aten::_adaptive_avg_pool3d", {one_size_for_each(3)}},
      {"aten::avg_pool2d_backward", pooled(2)},
      {"aten::avg_pool3d_backward", pooled(3)},
      {"aten::_adaptive_avg_pool2d_backward", pooled(2)},
      {"aten::_adaptive_avg_pool3d_backward", pooled(3)},
      {"aten::adaptive_max_pool2d_backward", pooled(2)},
      {"aten::adaptive_max_pool3d_backward", pooled(3)},
      {"aten::max_pool2d_with_indices_backward", pooled(2)},
      {"aten::max_pool3d_with_indices_backward", pooled(3)},
      {"aten::fractional_max_pool2d_backward", pooled(2)},
      {"aten::fractional_max_pool3d_backward", pooled(3)},
      {"aten::_upsample_bilinear2d_aa", {scales_fit}},
      {"aten::_upsample_bilinear2d_aa_backward", {scales_fit}},
      {"aten::_upsample_bicubic2d_aa", {scales_fit}},
      {"aten::_upsample_bicubic2d_aa_backward", {scales_fit}},
      {"aten::_upsample_lanczos2d_aa", {scales_fit}},
      {"aten::_upsample_lanczos2d_aa_backward", {scales_fit}},
      {"aten::replication_pad1d_backward", {gradient_is_padded(1)}},
      {"aten::replication_pad2d_backward", {gradient_is_padded(2)}},
      {"aten::replication_pad3d_backward", {gradient_is_padded(3)}},
      {"aten::reflection_pad3d_backward", {gradient_is_padded(3)}},
  };
}

}  // namespace torchts
