#include "plan.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <algorithm>

#include "guard.h"
#include "tensor_version.h"

namespace torchts {
namespace {

const at::Tensor kUndefined;

template <typename T>
at::IValue list_of(const std::vector<Operand>& operands, const Values& values) {
  c10::List<T> list;
  list.reserve(operands.size());
  for (const Operand& operand : operands) {
    if constexpr (std::is_same_v<T, at::Tensor>) list.push_back(values.of(operand));
    else list.push_back(operand.kind == Operand::Kind::None ? std::nullopt : T(values.of(operand)));
  }
  return list;
}

// The tensors among the results of an operator, those of lists one by one; undefined where there is another value.
std::vector<at::Tensor> tensors_of(torch::jit::Stack& results) {
  std::vector<at::Tensor> tensors;
  for (at::IValue& result : results) {
    if (result.isTensorList())
      for (const at::Tensor& tensor : result.toTensorVector()) tensors.push_back(tensor);
    else tensors.push_back(result.isTensor() ? std::move(result).toTensor() : at::Tensor());
  }
  return tensors;
}

const void* data_of(const at::Tensor& tensor) { return tensor.has_storage() ? tensor.const_data_ptr() : nullptr; }

}  // namespace

const at::Tensor& Values::of(const Operand& operand) const {
  switch (operand.kind) {
    case Operand::Kind::Slot: return slots.at(operand.number);
    case Operand::Kind::Constant: return constants.at(operand.number);
    default: return kUndefined;
  }
}

void Step::call(const Values& values, torch::jit::Stack& stack) const {
  stack.assign(arguments.begin(), arguments.end());
  for (const Hole& hole : holes) {
    if (!hole.is_list) stack[hole.argument] = values.of(hole.operands[0]);
    else if (hole.is_optional) stack[hole.argument] = list_of<std::optional<at::Tensor>>(hole.operands, values);
    else stack[hole.argument] = list_of<at::Tensor>(hole.operands, values);
  }
  op->handle.callBoxed(stack);
}

// ---- constants

ConstantPool::Source::Source(size_t number, const at::Tensor& tensor, bool is_witness)
    : number(number), version(version_of(tensor)), data(data_of(tensor)), dtype(tensor.scalar_type()), sizes(tensor.sizes().vec()), is_witness(is_witness) {}

bool ConstantPool::Source::is_same(const at::Tensor& tensor) const { return version == version_of(tensor) && data == data_of(tensor); }
bool ConstantPool::Source::fits(const at::Tensor& tensor) const { return dtype == tensor.scalar_type() && tensor.is_cpu() && tensor.sizes().equals(sizes); }

size_t ConstantPool::add_source(const at::Tensor& tensor) {
  const std::lock_guard lock(mutex_);
  for (const Source& source : sources_)
    if (!source.is_witness && (*constants_)[source.number].is_same(tensor)) return source.number;
  auto constants = std::make_shared<Tensors>(*constants_);
  constants->push_back(tensor);
  constants_ = constants;
  sources_.emplace_back(constants->size() - 1, tensor, false);
  return constants->size() - 1;
}

void ConstantPool::add_witness(const at::Tensor& tensor) {
  const std::lock_guard lock(mutex_);
  auto constants = std::make_shared<Tensors>(*constants_);
  constants->push_back(tensor);
  constants_ = constants;
  sources_.emplace_back(constants->size() - 1, tensor, true);
}

void ConstantPool::compute(const Derived& derived, Tensors& constants) {
  const at::AutoDispatchBelowADInplaceOrView below;
  Tensors none;
  torch::jit::Stack stack;
  derived.step.call({none, constants}, stack);
  auto results = tensors_of(stack);
  if (results.size() != derived.count) throw ArgumentError("a step of a plan gives another number of results than was said");
  std::move(results.begin(), results.end(), constants.begin() + static_cast<std::ptrdiff_t>(derived.first));
}

size_t ConstantPool::add_step(Step step) {
  const std::lock_guard lock(mutex_);
  auto constants = std::make_shared<Tensors>(*constants_);
  const size_t first = constants->size(), count = step.results.size();
  Derived derived{std::move(step), first, count};
  constants->resize(first + count);
  compute(derived, *constants);
  derived_.push_back(std::move(derived));
  constants_ = constants;
  return first;
}

void ConstantPool::drop(const std::vector<size_t>& numbers) {
  const std::lock_guard lock(mutex_);
  const auto dropped = [&](size_t number) { return std::find(numbers.begin(), numbers.end(), number) != numbers.end(); };
  auto constants = std::make_shared<Tensors>(*constants_);
  for (const size_t number : numbers)
    if (number < constants->size()) (*constants)[number].reset();
  std::erase_if(sources_, [&](const Source& source) { return dropped(source.number); });
  std::erase_if(derived_, [&](const Derived& derived) {
    for (size_t i = 0; i < derived.count; ++i)
      if (!dropped(derived.first + i)) return false;
    return true;
  });
  constants_ = constants;
}

at::Tensor ConstantPool::get(size_t number) {
  const std::lock_guard lock(mutex_);
  return constants_->at(number);
}

std::shared_ptr<const ConstantPool::Tensors> ConstantPool::current() {
  const std::lock_guard lock(mutex_);
  std::vector<bool> changed(constants_->size());
  bool any = false, all = false;
  for (const Source& source : sources_) {
    const at::Tensor& tensor = (*constants_)[source.number];
    if (!source.fits(tensor)) return nullptr;
    if (source.is_same(tensor)) continue;
    changed[source.number] = any = true;
    all = all || source.is_witness;
  }
  if (!any) [[likely]] return constants_;
  auto constants = std::make_shared<Tensors>(*constants_);  // a run in the background goes on with those that it has
  for (const Derived& derived : derived_) {
    const auto& holes = derived.step.holes;
    const bool is_stale = all || std::any_of(holes.begin(), holes.end(), [&](const Step::Hole& hole) {
      return std::any_of(hole.operands.begin(), hole.operands.end(),
          [&](const Operand& operand) { return operand.kind == Operand::Kind::Constant && changed[operand.number]; });
    });
    if (!is_stale) continue;
    compute(derived, *constants);
    std::fill_n(changed.begin() + static_cast<std::ptrdiff_t>(derived.first), derived.count, true);
  }
  for (Source& source : sources_) source = Source(source.number, (*constants)[source.number], source.is_witness);
  constants_ = constants;
  return constants_;
}

std::shared_ptr<Workspace> ConstantPool::workspace(size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (!workspace_ || workspace_->bytes() < bytes) workspace_ = std::make_shared<Workspace>(bytes);
  return workspace_;
}

// ---- plans

InputSpec::InputSpec(const at::Tensor& tensor) : dtype(tensor.scalar_type()), sizes(tensor.sizes().vec()), strides(tensor.strides().vec()) {}

bool InputSpec::fits(const at::Tensor& tensor) const {
  return tensor.layout() == at::kStrided && tensor.is_cpu() && !tensor.is_nested() && tensor.scalar_type() == dtype && tensor.sizes().equals(sizes) &&
         tensor.strides().equals(strides);
}

void Plan::add_input(const at::Tensor& example) {
  inputs_.emplace_back(example);
  slots_ = std::max(slots_, inputs_.size());
}

void Plan::add_step(Step step) {
  for (const Operand& result : step.results)
    if (result.kind == Operand::Kind::Slot) slots_ = std::max(slots_, result.number + 1);
  steps_.push_back(std::move(step));
}

void Plan::finish(std::vector<Operand> outputs) {
  outputs_ = std::move(outputs);
  check_order();
  find_dead_slots();
}

// Each slot is written before it is read.
void Plan::check_order() const {
  std::vector<bool> written(slots_);
  std::fill_n(written.begin(), inputs_.size(), true);
  const auto require = [&](const Operand& operand) {
    if (operand.kind == Operand::Kind::Slot && (operand.number >= slots_ || !written[operand.number]))
      throw ArgumentError("a step of a plan reads a value that no step before it gives");
  };
  for (const Step& step : steps_) {
    for (const Step::Hole& hole : step.holes) std::for_each(hole.operands.begin(), hole.operands.end(), require);
    for (const Operand& result : step.results)
      if (result.kind == Operand::Kind::Slot) written[result.number] = true;
  }
  std::for_each(outputs_.begin(), outputs_.end(), require);
}

// A slot is dead after the last step that reads it: the first one that does, seen from the end.
void Plan::find_dead_slots() {
  std::vector<bool> read(slots_);
  for (const Operand& output : outputs_)
    if (output.kind == Operand::Kind::Slot) read[output.number] = true;
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const auto visit = [&](const Operand& operand) {
      if (operand.kind != Operand::Kind::Slot || read[operand.number]) return;
      read[operand.number] = true;
      step->dead.push_back(operand.number);
    };
    std::for_each(step->results.begin(), step->results.end(), visit);
    for (const Step::Hole& hole : step->holes) std::for_each(hole.operands.begin(), hole.operands.end(), visit);
  }
}

Plan::Run Plan::run(const std::vector<at::Tensor>& inputs) const {
  const auto fits = [](const at::Tensor& input, const InputSpec& spec) { return input.defined() && spec.fits(input); };
  if (!std::equal(inputs.begin(), inputs.end(), inputs_.begin(), inputs_.end(), fits)) return {Outcome::InputsDiffer, {}};
  const at::AutoDispatchBelowADInplaceOrView below;
  const auto constants = pool_->current();
  if (!constants) return {Outcome::ConstantsChanged, {}};
  if (const auto known = layout()) {
    const Placement placement(known, pool_->workspace(known->bytes));
    return run_steps(inputs, *constants);
  }
  const Placement placement;
  Run run = run_steps(inputs, *constants);
  if (run.outcome == Outcome::Done) {
    const auto found = std::make_shared<const Layout>(placement.layout());
    pool_->workspace(found->bytes);  // for the next run, which is to allocate nothing
    const std::lock_guard lock(mutex_);
    layout_ = found;
  }
  return run;
}

std::shared_ptr<const Layout> Plan::layout() const {
  const std::lock_guard lock(mutex_);
  return layout_;
}

Plan::Run Plan::run_steps(const std::vector<at::Tensor>& inputs, const ConstantPool::Tensors& constants) const {
  std::vector<at::Tensor> slots(slots_);
  std::copy(inputs.begin(), inputs.end(), slots.begin());
  const Values values{slots, constants};
  torch::jit::Stack stack;
  for (const Step& step : steps_) {
    step.call(values, stack);
    if (step.guard && !(stack.size() == 1 && stack[0].isBool() && stack[0].toBool() == *step.guard)) return {Outcome::GuardFailed, {}};
    auto results = tensors_of(stack);
    for (size_t i = 0; i < step.results.size() && i < results.size(); ++i)
      if (step.results[i].kind == Operand::Kind::Slot) slots[step.results[i].number] = std::move(results[i]);
    for (const size_t slot : step.dead) slots[slot].reset();
  }
  Run run;
  for (const Operand& output : outputs_) run.outputs.push_back(values.of(output));
  return run;
}

}  // namespace torchts
