#include "recorder.h"

#include <ATen/autocast_mode.h>
#include <algorithm>
#include <array>
#include <string_view>

#include "external_memory.h"
#include "tensor_version.h"

namespace torchts {
namespace {

// Operators that tell JavaScript of a tensor's shape, type or memory, and nothing of its elements.
constexpr std::array kMetadataOperators = std::to_array<std::string_view>({
    "aten::_debug_has_internal_overlap", "aten::_has_same_storage_numel", "aten::_is_zerotensor", "aten::_version", "aten::can_cast", "aten::dense_dim",
    "aten::dim", "aten::get_device", "aten::is_complex", "aten::is_conj", "aten::is_contiguous", "aten::is_floating_point", "aten::is_inference",
    "aten::is_leaf", "aten::is_neg", "aten::is_non_overlapping_and_dense", "aten::is_pinned", "aten::is_same_size", "aten::is_set_to", "aten::is_signed",
    "aten::is_strides_like_format", "aten::layout", "aten::numel", "aten::output_nr", "aten::promote_types", "aten::qscheme", "aten::requires_grad",
    "aten::result_type", "aten::retains_grad", "aten::size", "aten::sparse_dim", "aten::storage_offset", "aten::stride", "aten::sym_is_contiguous",
    "aten::sym_numel", "aten::sym_size", "aten::sym_storage_offset", "aten::sym_stride",
});

static_assert(std::is_sorted(kMetadataOperators.begin(), kMetadataOperators.end()));

bool reads_metadata_only(std::string_view name) { return std::binary_search(kMetadataOperators.begin(), kMetadataOperators.end(), name); }

c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> weak(const at::Tensor& tensor) {
  return c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>(tensor.getIntrusivePtr());
}

const at::IValue* argument_named(const Operator& op, const at::IValue* arguments, std::string_view name) {
  for (size_t i = 0; i < op.parameters.size(); ++i)
    if (op.parameters[i].name == name) return arguments + i;
  return nullptr;
}

bool is_zero(const at::IValue* value) { return value && ((value->isDouble() && value->toDouble() == 0) || (value->isInt() && value->toInt() == 0)); }
bool is_true(const at::IValue* value) { return value && value->isBool() && value->toBool(); }
bool is_false(const at::IValue* value) { return value && value->isBool() && !value->toBool(); }

// A dropout that drops nothing, alone or inside of an attention or a recurrent layer.
bool drops_nothing(const Operator& op, const at::IValue* arguments) {
  for (const char* name : {"train", "training"})
    if (is_false(argument_named(op, arguments, name))) return true;
  for (const char* name : {"p", "dropout_p", "dropout"})
    if (is_zero(argument_named(op, arguments, name))) return true;
  return false;
}

// A batch normalisation in training, which libtorch does not declare to write to its arguments.
bool writes_running_statistics(const Operator& op, const at::IValue* arguments) {
  const at::IValue* const statistics = argument_named(op, arguments, "running_mean");
  if (!statistics || !statistics->isTensor() || !statistics->toTensor().defined()) return false;
  return is_true(argument_named(op, arguments, "training")) || is_true(argument_named(op, arguments, "use_input_stats"));
}

bool is_mask(const at::Tensor& tensor) { return tensor.defined() && (tensor.scalar_type() == at::kBool || tensor.scalar_type() == at::kByte); }

bool holds_tensors(const at::IValue& list) {
  if (!list.isList()) return false;
  const auto items = list.toListRef();
  return std::any_of(items.begin(), items.end(), [](const at::IValue& item) { return item.isTensor(); });
}

bool indexes_by_mask(const at::IValue* indices) {
  if (!indices || !indices->isList()) return true;
  const auto list = indices->toListRef();
  return std::any_of(list.begin(), list.end(), [](const at::IValue& index) { return index.isTensor() && is_mask(index.toTensor()); });
}

}  // namespace

Recorder::Recorder(const HandleTable& known, const std::vector<at::Tensor>& inputs) {
  known.each([&](const at::Tensor& tensor) {
    known_.insert(tensor.unsafeGetTensorImpl());
    known_alive_.push_back(weak(tensor));
  });
  for (const at::Tensor& input : inputs)
    if (!numbers_.count(input.unsafeGetTensorImpl())) add(input, Origin::Input);
}

void Recorder::refuse(const std::string& reason) {
  if (!refusal_.empty()) return;
  refusal_ = reason + (module_.empty() ? "" : " (in " + module_ + ")");
  calls_.clear();
  current_.reset();
}

void Recorder::made(const at::Tensor& tensor) {
  if (!refusal_.empty()) return;
  Value& value = values_[add(tensor, Origin::Constant)];
  value.fresh = true;
  value.constant = tensor.clone();  // as it is now: the forward may write to it
  if (tensor.unsafeGetTensorImpl()->is_wrapped_number()) value.constant.unsafeGetTensorImpl()->set_wrapped_number(true);
}

int32_t Recorder::storage_number(const at::Tensor& tensor) {
  if (!tensor.has_storage()) return -1;
  const auto [found, is_new] = storages_.emplace(tensor.storage().unsafeGetStorageImpl(), static_cast<int32_t>(storages_.size()));
  if (is_new) storages_alive_.push_back(tensor.storage().getWeakStorageImpl());
  return found->second;
}

int32_t Recorder::add(const at::Tensor& tensor, Origin origin) {
  if (tensor.layout() != at::kStrided || tensor.is_nested()) refuse("a tensor is not dense");
  else if (!tensor.is_cpu()) refuse("a tensor lies on " + tensor.device().str() + ", and only the CPU's are recorded");
  else if (origin == Origin::Constant && uses_external_memory(tensor))
    refuse("a tensor shares the memory of a JavaScript array, whose changes nobody would notice");
  const auto number = static_cast<int32_t>(values_.size());
  Value value{origin, tensor.scalar_type(), {}, {}, storage_number(tensor), {}, weak(tensor)};
  if (tensor.layout() == at::kStrided && !tensor.is_nested()) value.sizes = tensor.sizes().vec(), value.strides = tensor.strides().vec();
  if (origin == Origin::Constant) {
    value.constant = tensor;
    versions_[number] = version_of(tensor);
  }
  values_.push_back(std::move(value));
  depends_.push_back(origin == Origin::Input);
  numbers_[tensor.unsafeGetTensorImpl()] = number;
  return number;
}

int32_t Recorder::argument_number(const at::Tensor& tensor) {
  if (!tensor.defined()) return -1;
  const auto found = numbers_.find(tensor.unsafeGetTensorImpl());
  if (found != numbers_.end()) return found->second;
  if (!known_.count(tensor.unsafeGetTensorImpl())) refuse("a tensor comes from something else than an operator");
  return add(tensor, Origin::Constant);
}

Recorded Recorder::recorded(const at::IValue& value, bool is_result) {
  Recorded result;
  const auto tensor_number = [&](const at::Tensor& tensor) {
    if (!is_result || !tensor.defined() || numbers_.count(tensor.unsafeGetTensorImpl())) return argument_number(tensor);
    return add(tensor, Origin::Made);
  };
  if (value.isTensor()) {
    result.kind = Recorded::Kind::Value;
    result.value = tensor_number(value.toTensor());
  } else if (holds_tensors(value)) {
    result.kind = Recorded::Kind::List;
    for (const at::IValue& item : value.toListRef()) result.items.push_back(recorded(item, is_result));
  } else {
    result.plain = value;
  }
  return result;
}

void Recorder::refuse_write(const Operator& op, const at::IValue& argument) {
  if (argument.isTensorList()) {
    for (const at::Tensor& tensor : argument.toTensorVector()) refuse_write(op, tensor);
    return;
  }
  if (!argument.isTensor() || !argument.toTensor().defined()) return;
  const int32_t storage = values_[argument_number(argument.toTensor())].storage;
  for (const Value& value : values_) {
    if (value.storage != storage || value.origin == Origin::Made || value.fresh) continue;
    const char* const what = value.origin == Origin::Input ? "an input" : "a parameter, a buffer or another tensor that outlives the forward";
    return refuse(c10::toString(op.handle.operator_name()) + " writes to " + what);
  }
}

bool Recorder::writes(const Operator& op, size_t argument) const {
  const auto* const alias = op.handle.schema().arguments()[argument].alias_info();
  return alias && alias->isWrite();
}

void Recorder::check(const Operator& op, const at::IValue* arguments, size_t count) {
  const std::string name = c10::toString(op.handle.operator_name());
  if (at::autocast::is_autocast_enabled(at::kCPU)) return refuse(name + " runs under autocast");
  if (op.handle.hasTag(at::Tag::nondeterministic_seeded) && !drops_nothing(op, arguments)) return refuse(name + " draws random numbers");
  const bool is_index = name == "aten::index.Tensor";
  if (op.handle.hasTag(at::Tag::dynamic_output_shape) && !(is_index && !indexes_by_mask(argument_named(op, arguments, "indices"))))
    return refuse("the shape of what " + name + " gives depends on the elements of its arguments");
  if (writes_running_statistics(op, arguments)) return refuse(name + " measures its batch and writes the running statistics");
  for (size_t i = 0; i < count && refusal_.empty(); ++i)
    if (writes(op, i)) refuse_write(op, arguments[i]);
}

void Recorder::before(const Operator& op, const at::IValue* arguments, size_t count) {
  if (!refusal_.empty()) return;
  current_.reset();
  check(op, arguments, count);
  if (!refusal_.empty()) return;
  Call call{&op, {}, {}, module_, {}};
  for (size_t i = 0; i < count; ++i) call.arguments.push_back(recorded(arguments[i], false));
  if (refusal_.empty()) current_ = std::move(call);
}

namespace {

template <typename Visit>
void each_value(const std::vector<Recorded>& items, Visit visit) {
  for (const Recorded& item : items) {
    if (item.kind == Recorded::Kind::Value && item.value >= 0) visit(item.value);
    each_value(item.items, visit);
  }
}

}  // namespace

void Recorder::after(const at::IValue* results, size_t count) {
  if (!refusal_.empty() || !current_) return;
  Call call = std::move(*current_);
  current_.reset();
  const std::string name = c10::toString(call.op->handle.operator_name());
  bool depends = false, has_plain = false;
  each_value(call.arguments, [&](int32_t value) { depends = depends || depends_[value]; });
  for (size_t i = 0; i < count; ++i) {
    call.results.push_back(recorded(results[i], true));
    const bool is_empty = results[i].isNone() || (results[i].isList() && results[i].toListRef().empty());
    has_plain = has_plain || (call.results.back().kind == Recorded::Kind::Plain && !is_empty);
  }
  if (!refusal_.empty()) return;
  each_value(call.results, [&](int32_t value) { depends_[value] = depends_[value] || depends; });
  if (has_plain) {
    if (reads_metadata_only(call.op->handle.operator_name().name)) return;
    if (count != 1 || !results[0].isBool()) return refuse(name + " gives JavaScript a number that depends on the elements of a tensor");
    call.guard = results[0].toBool();
  }
  calls_.push_back(std::move(call));
}

int32_t Recorder::number_of(const at::Tensor& tensor) {
  const auto found = numbers_.find(tensor.unsafeGetTensorImpl());
  if (found != numbers_.end()) return found->second;
  return known_.count(tensor.unsafeGetTensorImpl()) ? add(tensor, Origin::Constant) : -1;
}

void Recorder::finish(const std::vector<at::Tensor>& outputs) {
  module_.clear();
  std::unordered_set<int32_t> returned;
  for (const at::Tensor& output : outputs) {
    const int32_t number = number_of(output);
    if (number < 0) return refuse("a result comes from something else than an operator");
    returned.insert(values_[number].storage);
  }
  for (size_t i = 0; i < values_.size() && refusal_.empty(); ++i) {
    const Value& value = values_[i];
    if (value.origin == Origin::Constant && !value.fresh && versions_.at(static_cast<int32_t>(i)) != version_of(value.constant))
      refuse("the forward writes to a parameter, a buffer or another tensor that outlives it");
    // A view keeps its base alive, so one that shares the memory of a result says nothing.
    if (value.origin == Origin::Made && depends_[i] && !value.alive.expired() && !returned.count(value.storage))
      refuse("the forward keeps a tensor that it made of its inputs");
  }
}

}  // namespace torchts
