#include "preconditions.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <algorithm>
#include <map>
#include <mutex>
#include <torch/library.h>

#include "checks.h"

namespace torchts {

const at::IValue* Arguments::find(std::string_view name) const {
  const auto& parameters = schema_.arguments();
  for (size_t i = 0; i < parameters.size(); ++i)
    if (parameters[i].name() == name) return &stack_[stack_.size() - parameters.size() + i];
  return nullptr;
}

std::optional<size_t> Arguments::length(std::string_view name) const {
  const at::IValue* const found = find(name);
  if (!found || found->isTensor()) return std::nullopt;
  if (found->isTensorList()) return found->toTensorList().size();
  return found->isList() ? std::optional(found->toListRef().size()) : std::nullopt;
}

const at::Tensor& Arguments::tensor(std::string_view name) const {
  static const at::Tensor kNone;
  const at::IValue* const found = find(name);
  return found && found->isTensor() ? found->toTensor() : kNone;
}

std::vector<at::Tensor> Arguments::tensors(std::string_view name) const {
  const at::IValue* const found = find(name);
  if (!found) return {};
  if (found->isTensor()) return {found->toTensor()};
  if (found->isTensorList()) return found->toTensorVector();
  std::vector<at::Tensor> result;
  if (found->isList())
    for (const at::IValue& item : found->toListRef()) result.push_back(item.isTensor() ? item.toTensor() : at::Tensor());
  return result;
}

int64_t Arguments::integer(std::string_view name, int64_t fallback) const {
  const at::IValue* const found = find(name);
  if (!found || found->isNone()) return fallback;
  if (found->isSymInt()) return found->toSymInt().guard_int(__FILE__, __LINE__);
  return found->isInt() ? found->toInt() : fallback;
}

double Arguments::number(std::string_view name, double fallback) const {
  const at::IValue* const found = find(name);
  if (!found || !found->isScalar()) return fallback;
  const c10::Scalar value = found->toScalar();
  return value.isComplex() ? fallback : value.toDouble();
}

bool Arguments::flag(std::string_view name) const {
  const at::IValue* const found = find(name);
  return found && found->isBool() && found->toBool();
}

std::string_view Arguments::text(std::string_view name) const {
  const at::IValue* const found = find(name);
  return found && found->isString() ? found->toStringView() : std::string_view();
}

std::vector<int64_t> Arguments::integers(std::string_view name) const {
  const at::IValue* const found = find(name);
  if (!found || found->isNone()) return {};
  if (found->isTensor()) return is_readable_integer(found->toTensor()) ? values_of(found->toTensor()) : std::vector<int64_t>();
  if (found->isIntList()) return found->toIntVector();
  if (!found->isList()) return {integer(name)};
  std::vector<int64_t> result;
  for (const at::IValue& item : found->toListRef())
    result.push_back(item.isSymInt() ? item.toSymInt().guard_int(__FILE__, __LINE__) : item.isInt() ? item.toInt() : 0);
  return result;
}

namespace {

// Dispatched before all keys that compute, and enabled for a thread, not by a tensor: PyTorch keeps it for such extensions.
constexpr auto kKey = c10::DispatchKey::TESTING_ONLY_GenericMode;

bool any_nested(c10::ArrayRef<at::IValue> arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const at::IValue& value) {
    return value.isTensor() && value.toTensor().defined() && value.toTensor().is_nested();
  });
}

bool is_expanded(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.layout() != at::kStrided || tensor.is_nested()) return false;
  for (int64_t dim = 0; dim < tensor.dim(); ++dim)
    if (tensor.stride(dim) == 0 && tensor.size(dim) > 1) return true;
  return false;
}

// The kernel of one operator: runs its checks and redispatches the call.
class CheckedCall final : public c10::OperatorKernel {
 public:
  explicit CheckedCall(Preconditions preconditions) : preconditions_(std::move(preconditions)) {}
  void operator()(const c10::OperatorHandle& op, c10::DispatchKeySet keys, torch::jit::Stack* stack) const {
    if (any_nested(torch::jit::last(*stack, op.schema().arguments().size()))) {
      TORCH_CHECK(preconditions_.nested == Nested::Pass, "expected dense tensors, found a nested one");
    } else {
      const Arguments arguments(op.schema(), *stack);
      for (const Check& check : preconditions_.checks) check(arguments);
    }
    if (preconditions_.copies_expanded) {
      at::IValue& self = (*stack)[stack->size() - op.schema().arguments().size()];
      if (is_expanded(self.toTensor())) self = self.toTensor().contiguous();
    }
    op.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kKey), stack);
  }

 private:
  Preconditions preconditions_;
};

void register_all() {
  auto& dispatcher = c10::Dispatcher::singleton();
  std::map<std::string, Preconditions> tables;
  for (const auto& table : {preconditions_of_indices(), preconditions_of_sizes(), preconditions_of_planes(),
                            preconditions_of_lists(), preconditions_of_numbers()})
    for (const Preconditions& row : table) {
      const auto [known, is_new] = tables.emplace(row.name, row);
      if (!is_new) known->second.add(row);
    }

  // Never destroyed: the dispatcher calls the kernels as long as the process lasts.
  static auto* const libraries = new std::map<std::string, torch::Library>;
  const auto library = [&](const std::string& space) -> torch::Library& {
    return libraries->try_emplace(space, torch::Library::IMPL, space, kKey, __FILE__, __LINE__).first->second;
  };
  if (!dispatcher.hasBackendFallbackForDispatchKey(kKey)) library("_").fallback(torch::CppFunction::makeFallthrough());
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    const auto overload = tables.find(name.name + "." + name.overload_name), found = overload == tables.end() ? tables.find(name.name) : overload;
    const auto op = dispatcher.findSchema(name);
    // Another load of the addon may have registered it.
    if (found == tables.end() || !op || op->hasKernelForDispatchKey(kKey)) continue;
    const auto colons = name.name.find("::");
    const std::string rest = name.name.substr(colons + 2) + (name.overload_name.empty() ? "" : "." + name.overload_name);
    library(name.name.substr(0, colons)).impl(rest.c_str(), torch::CppFunction::makeFromBoxedFunctor(std::make_unique<CheckedCall>(found->second)));
  }
}

}  // namespace

void install_preconditions() {
  static std::once_flag once;
  std::call_once(once, register_all);
  c10::impl::tls_set_dispatch_key_included(kKey, true);
}

}  // namespace torchts
