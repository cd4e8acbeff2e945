// Operators that read and write memory by the indices, offsets or lengths among their arguments.
#include <algorithm>

#include "checks.h"

namespace torchts {
namespace {

// The shape of `tensor` up to `axis`, with `size` after it.
std::vector<int64_t> shape_before(const at::Tensor& tensor, int64_t axis, int64_t size) {
  std::vector<int64_t> shape(tensor.sizes().begin(), tensor.sizes().begin() + axis);
  shape.push_back(size);
  return shape;
}

// One row of segments covers the axis exactly.
void check_segment_row(c10::ArrayRef<int64_t> row, int64_t length, bool offsets) {
  int64_t last = 0;
  for (const int64_t value : row) {
    TORCH_CHECK_INDEX(offsets || (value >= 0 && value <= length), "expected lengths from 0 to ", length, ", found ", value);
    TORCH_CHECK_INDEX(!offsets || (value >= last && value <= length), "expected offsets that never fall and end at ",
                      length, ", found ", value, " after ", last);
    last = offsets ? value : last + value;
  }
  if (offsets && !row.empty()) TORCH_CHECK_INDEX(row[0] == 0, "expected offsets that begin with 0, found ", row[0]);
  TORCH_CHECK_INDEX(row.empty() || last == length, "expected segments that cover the ", length, " elements of the axis, found an end at ", last);
}

// segment_reduce and its backward: 'lengths' or 'offsets' of the segments of 'axis', whatever 'unsafe' says.
void segments_within(const Arguments& arguments) {
  const at::Tensor& data = arguments.tensor("data");
  const int64_t axis = arguments.integer("axis") < 0 ? arguments.integer("axis") + data.dim() : arguments.integer("axis");
  TORCH_CHECK_INDEX(axis >= 0 && axis < data.dim(), "expected an axis of the data, found ", arguments.integer("axis"), " for the shape ", data.sizes());
  for (const char* const name : {"lengths", "offsets"}) {
    const at::Tensor& segments = arguments.tensor(name);
    if (!segments.defined()) continue;
    const bool offsets = name[0] == 'o';
    TORCH_CHECK(segments.dim() == axis + 1, "expected '", name, "' of ", axis + 1, " dimensions, one more than the axis, found the shape ", segments.sizes());
    const int64_t count = segments.size(axis);
    TORCH_CHECK(segments.sizes().vec() == shape_before(data, axis, count), "expected '", name,
                "' whose leading dimensions are those of the data, found the shape ", segments.sizes(), " beside ",
                data.sizes());
    TORCH_CHECK(!offsets || count > 0, "expected at least one offset, found none");
    auto wanted = shape_before(data, axis, offsets ? count - 1 : count);
    wanted.insert(wanted.end(), data.sizes().begin() + axis + 1, data.sizes().end());
    for (const char* const result : {"grad", "output"})
      if (arguments.has(result))
        TORCH_CHECK(arguments.tensor(result).sizes().vec() == wanted, "expected '", result, "' of the shape ", wanted,
                    ", found ", arguments.tensor(result).sizes());
    if (!is_readable_integer(segments) || count == 0) continue;
    const auto values = values_of(segments);
    for (size_t row = 0; row < values.size(); row += static_cast<size_t>(count))
      check_segment_row({values.data() + row, static_cast<size_t>(count)}, data.size(axis), offsets);
  }
}

// embedding_bag: indices need at least one bag.
void bags_hold_indices(const Arguments& arguments) {
  const auto &indices = arguments.tensor("indices"), &offsets = arguments.tensor("offsets");
  TORCH_CHECK(indices.dim() != 1 || indices.numel() == 0 || offsets.numel() > 0, "expected offsets of the bags, found none for ", indices.numel(), " indices");
}

// The backward of embedding_bag: which bag each index belongs to, and which index was the largest of each bag.
void bags_within(const Arguments& arguments) {
  const at::Tensor& grad = arguments.tensor("grad");
  TORCH_CHECK(grad.dim() == 2, "expected 'grad' of two dimensions, found the shape ", grad.sizes());
  const at::Tensor& bags = arguments.tensor("offset2bag");
  TORCH_CHECK(bags.numel() == 0 || bags.sizes() == arguments.tensor("indices").sizes(),
              "expected 'offset2bag' with a bag for each index, found the shape ", bags.sizes());
  const at::Tensor& sizes = arguments.tensor("bag_size");
  TORCH_CHECK(!sizes.defined() || sizes.numel() == 0 || sizes.numel() == grad.size(0), "expected 'bag_size' of ",
              grad.size(0), " bags, found the shape ", sizes.sizes());
  const at::Tensor& largest = arguments.tensor("maximum_indices");
  if (arguments.integer("mode") == 2 && largest.defined() && !arguments.flag("sparse"))
    TORCH_CHECK(largest.sizes() == grad.sizes(), "expected 'maximum_indices' of the shape of 'grad', ", grad.sizes(), ", found ", largest.sizes());
}

// CTC: targets are labels within bounds, as many as their lengths say.
void ctc_targets_within(const Arguments& arguments) {
  const auto &log_probs = arguments.tensor("log_probs"), &targets = arguments.tensor("targets");
  TORCH_CHECK(log_probs.dim() == 3, "expected 'log_probs' of the shape (time, batch, labels), found ", log_probs.sizes());
  TORCH_CHECK(targets.dim() == 1 || targets.dim() == 2, "expected 'targets' of one or two dimensions, found the shape ", targets.sizes());
  const int64_t batch = log_probs.size(1), labels = log_probs.size(2);
  const auto inputs = arguments.integers("input_lengths"), lengths = arguments.integers("target_lengths");
  TORCH_CHECK(static_cast<int64_t>(inputs.size()) == batch && static_cast<int64_t>(lengths.size()) == batch, "expected lengths of ", batch,
              " inputs and targets, found ", inputs.size(), " and ", lengths.size());
  for (const int64_t length : inputs)
    TORCH_CHECK(length >= 0 && length <= log_probs.size(0), "expected input lengths from 0 to ", log_probs.size(0), ", found ", length);
  const int64_t most = targets.dim() == 2 ? targets.size(1) : targets.numel();
  int64_t sum = 0;
  for (const int64_t length : lengths) {
    TORCH_CHECK(length >= 0 && length <= most, "expected target lengths from 0 to ", most, ", found ", length);
    sum += length;
  }
  const bool rows = targets.dim() == 2;
  TORCH_CHECK(rows || sum == targets.numel(), "expected ", sum, " targets, the sum of their lengths, found ", targets.numel());
  TORCH_CHECK(!rows || targets.size(0) == batch, "expected targets of ", batch, " inputs, found the shape ", targets.sizes());
  if (!is_readable_integer(targets) || targets.numel() == 0) return;
  const auto values = values_of(targets);
  // Beyond its length a row of targets holds padding.
  const int64_t columns = targets.dim() == 2 ? targets.size(1) : 0;
  for (int64_t i = 0; i < static_cast<int64_t>(values.size()); ++i)
    if (columns == 0 || i % columns < lengths[static_cast<size_t>(i / columns)])
      TORCH_CHECK_INDEX(values[static_cast<size_t>(i)] >= 0 && values[static_cast<size_t>(i)] < labels, "expected targets from 0 to ", labels - 1, ", found ",
                        values[static_cast<size_t>(i)]);
}

void ctc_results_fit(const Arguments& arguments) {
  const auto &log_probs = arguments.tensor("log_probs"), &alpha = arguments.tensor("log_alpha"), &loss = arguments.tensor("neg_log_likelihood");
  const int64_t batch = log_probs.size(1);
  const auto lengths = arguments.integers("target_lengths");
  const int64_t longest = lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end());
  TORCH_CHECK(alpha.dim() == 3 && alpha.size(0) == batch && alpha.size(1) == log_probs.size(0) && alpha.size(2) >= 2 * longest + 1,
              "expected 'log_alpha' as the forward made it, found the shape ", alpha.sizes());
  TORCH_CHECK(loss.numel() == batch && arguments.tensor("grad").numel() == batch, "expected ", batch, " losses and gradients, found ", loss.numel(), " and ",
              arguments.tensor("grad").numel());
}

// The number of classes of nll_loss.
Limit classes() {
  return [](const Arguments& arguments) {
    const at::Tensor& input = arguments.tensor("self");
    TORCH_CHECK(input.dim() > 0, "expected an input with classes, found a scalar");
    return input.size(input.dim() == 1 ? 0 : 1);
  };
}

// The last size of an input of (batch, classes) or (classes); a scalar is one class.
Limit last_size_of(Name tensor) {
  return [=](const Arguments& arguments) { return arguments.tensor(tensor).dim() == 0 ? 1 : arguments.tensor(tensor).size(-1); };
}

// Input (batch, classes, d1, …), target (batch, d1, …).
void targets_fit(const Arguments& arguments) {
  const auto &input = arguments.tensor("self"), &target = arguments.tensor("target");
  auto wanted = input.sizes().vec();
  if (!wanted.empty()) wanted.erase(wanted.begin() + (wanted.size() == 1 ? 0 : 1));
  TORCH_CHECK(target.sizes().vec() == wanted || (wanted.empty() && target.numel() == 1), "expected 'target' of the shape ", wanted, ", found ", target.sizes());
}

std::vector<Check> with(std::vector<Check> checks, const std::vector<Check>& more) {
  checks.insert(checks.end(), more.begin(), more.end());
  return checks;
}

std::vector<Preconditions> embeddings() {
  const std::vector<Check> rows{indices_within("indices", value_of("num_weights"))};
  const std::vector<Check> bag{has_dims("weight", 2, 2), has_dims("indices", 1, 2), has_dims("offsets", 0, 1), numbers_between("mode", 0, 2),
                               indices_within("indices", size_of("weight", 0)), offsets_monotonic("offsets", elements_of("indices")), bags_hold_indices};
  const std::vector<Check> bag_backward{has_dims("indices", 1, 1), has_dims("offsets", 1, 1), numbers_between("mode", 0, 2),
                                        bags_within, indices_within("offset2bag", size_of("grad", 0)), offsets_monotonic("offsets", elements_of("indices"))};
  const std::vector<Check> rows_of_bags = with(bag_backward, with(rows, {indices_within("maximum_indices", value_of("num_weights")),
                                                                       vector_of("per_sample_weights", elements_of("indices"))}));
  return {
      {"aten::embedding_dense_backward", with(rows, {has_dims("grad_output", 1)})},
      {"aten::embedding_sparse_backward", rows},
      {"aten::_embedding_bag", bag},
      {"aten::_embedding_bag_forward_only", bag},
      {"aten::_embedding_bag_backward", rows_of_bags},
      {"aten::_embedding_bag_dense_backward", rows_of_bags},
      {"aten::_embedding_bag_sparse_backward", rows_of_bags},
      {"aten::_embedding_bag_per_sample_weights_backward", with(bag_backward, {has_dims("weight", 2, 2), indices_within("indices", size_of("weight", 0))})},
  };
}

std::vector<Preconditions> poolings() {
  const auto backward = [](int64_t dims) -> std::vector<Check> {
    return {has_dims("self", dims + 1, dims + 2), same_shape("grad_output", "indices"), has_dims("grad_output", dims + 1, dims + 2),
            indices_within("indices", plane_of("self", dims))};
  };
  return {
      {"aten::max_pool2d_with_indices_backward", backward(2)},
      {"aten::max_pool3d_with_indices_backward", backward(3)},
      {"aten::adaptive_max_pool2d_backward", backward(2)},
      {"aten::adaptive_max_pool3d_backward", backward(3)},
      {"aten::fractional_max_pool2d_backward", backward(2)},
      {"aten::fractional_max_pool3d_backward", backward(3)},
      {"aten::fractional_max_pool2d", {values_between("random_samples", 0, 1)}},
      {"aten::fractional_max_pool3d", {values_between("random_samples", 0, 1)}},
      {"aten::max_unpool2d", {has_dims("self", 3, 4), same_shape("self", "indices")}},
      {"aten::max_unpool3d", {has_dims("self", 4, 5), same_shape("self", "indices")}},
  };
}

std::vector<Preconditions> losses() {
  const std::vector<Check> nll{numbers_between("reduction", 0, 2), vector_of("weight", classes()), indices_within("target", classes(), 0, "ignore_index")};
  const std::vector<Check> nll_backward = with(nll, {targets_fit, has_elements("total_weight", [](const Arguments&) { return 1; })});
  return {
      {"aten::_ctc_loss", {ctc_targets_within}},
      {"aten::_ctc_loss_backward", {ctc_targets_within, ctc_results_fit}},
      {"aten::nll_loss_forward", nll},
      {"aten::nll_loss2d_forward", nll},
      {"aten::nll_loss_backward", nll_backward},
      {"aten::nll_loss2d_backward", nll_backward},
      {"aten::multilabel_margin_loss_backward",
       {same_shape("self", "target"), same_shape("target", "is_target"), indices_within("target", last_size_of("self"), -1)}},
      {"aten::multi_margin_loss_backward", {indices_within("target", last_size_of("self"))}},
  };
}

// Rows of a nested tensor in the jagged layout: the offsets of one dimension.
void jagged_offsets_within(const Arguments& arguments) {
  const auto offsets = arguments.tensors("offsets");
  TORCH_CHECK(offsets.size() == 1, "expected one tensor of offsets, found ", offsets.size());
  TORCH_CHECK(offsets[0].dim() == 1 && offsets[0].numel() > 0, "expected offsets in a list, found the shape ", offsets[0].sizes());
  if (!is_readable_integer(offsets[0])) return;
  const bool padded = arguments.has("dense");
  const at::Tensor& rows = arguments.tensor(padded ? "dense" : "values");
  const auto values = values_of(offsets[0]);
  TORCH_CHECK(!padded || (rows.dim() >= 2 && rows.size(0) == static_cast<int64_t>(values.size()) - 1),
              "expected a row of 'dense' for each pair of offsets, found the shape ", rows.sizes());
  const int64_t end = padded ? arguments.integer("total_L", values.back()) : rows.dim() > 0 ? rows.size(0) : 0;
  TORCH_CHECK_INDEX(values[0] == 0 && values.back() == end, "expected offsets from 0 to ", end, ", found ", values[0], " and ", values.back());
  for (size_t i = 1; i < values.size(); ++i) {
    TORCH_CHECK_INDEX(values[i] >= values[i - 1], "expected offsets that never fall, found ", values[i], " after ", values[i - 1]);
    TORCH_CHECK_INDEX(!padded || values[i] - values[i - 1] <= rows.size(1), "expected rows of ", rows.size(1),
                      " elements at most, found ", values[i] - values[i - 1]);
  }
}

// _validate_compressed_sparse_indices(is_crow, compressed_idx, plain_idx, cdim, dim, nnz) walks through the plain indices from
// one compressed index to the next before it has checked these.
void compressed_indices_fit(const Arguments& arguments) {
  const auto &compressed = arguments.tensor("compressed_idx"), &plain = arguments.tensor("plain_idx");
  TORCH_CHECK(compressed.dim() > 0 && compressed.dim() == plain.dim(),
              "expected compressed and plain indices of as many dimensions, one or more, found the shapes ",
              compressed.sizes(), " and ", plain.sizes());
  const auto batch = static_cast<size_t>(plain.dim() - 1);
  TORCH_CHECK(compressed.sizes().slice(0, batch) == plain.sizes().slice(0, batch) &&
              compressed.size(-1) - 1 == arguments.integer("cdim") && plain.size(-1) == arguments.integer("nnz"),
              "expected ", arguments.integer("cdim"), " + 1 compressed and ", arguments.integer("nnz"),
              " plain indices, found the shapes ", compressed.sizes(), " and ", plain.sizes());
  indices_within("compressed_idx", [](const Arguments& all) { return all.integer("nnz") + 1; })(arguments);
}

// A tensor in the layout of oneDNN has no storage, which the kernels' check for overlaps would read.
void is_not_opaque(const Arguments& arguments) {
  for (const char* const name : {"index", "source", "src"})
    TORCH_CHECK(!arguments.tensor(name).defined() || arguments.tensor(name).layout() != at::kMkldnn, "expected '", name,
                "' in another layout than that of oneDNN");
}

}  // namespace

std::vector<Preconditions> preconditions_of_indices() {
  std::vector<Preconditions> all{
      {"aten::_validate_compressed_sparse_indices", {compressed_indices_fit}},
      {"aten::segment_reduce", {segments_within}},
      {"aten::_segment_reduce_backward", {segments_within}},
      {"aten::_jagged_to_padded_dense_forward", {jagged_offsets_within}},
      {"aten::_padded_dense_to_jagged_forward", {jagged_offsets_within}},
  };
  for (const char* const name : {"aten::scatter_", "aten::scatter_add_", "aten::scatter_reduce_", "aten::index_copy_",
                                 "aten::index_add_", "aten::index_reduce_"})
    all.push_back({name, {is_not_opaque}});
  for (auto table : {embeddings(), poolings(), losses()}) all.insert(all.end(), table.begin(), table.end());
  return all;
}

}  // namespace torchts
