// Any operator of libtorch, called boxed: the name is resolved once to an index, the schema decodes the arguments.
#include <ATen/core/LegacyTypeDispatch.h>
#include <c10/core/GradMode.h>
#include <algorithm>

#include "exports.h"
#include "external_memory.h"
#include "guard.h"
#include "lifetime.h"
#include "memory_pressure.h"
#include "tensor_invariants.h"
#include "wire.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {
namespace {

constexpr size_t kMostUnboxed = 3;

const Operator& allowed_operator(const Environment& environment, size_t index) {
  const Operator& op = environment.operator_at(index);
  if (op.unsafe && !environment.unchecked)
    throw ArgumentError(
        "this operator does not check its arguments, and wrong ones would end the process; "
        "if yours are right, call torch.allowUnchecked() first");
  return op;
}

// Without gradients, the autograd kernel of an operator that makes no views only passes the call on: skip it.
struct BelowAutograd {
  explicit BelowAutograd(const Operator& op) {
    if (op.pure && !c10::GradMode::is_enabled()) guard.emplace();
  }
  std::optional<at::AutoDispatchBelowAutograd> guard;
};

// The shapes of the tensors that an operator writes to, to be restored when it fails: libtorch sets a new shape before it
// allocates, so when that is refused (an external buffer cannot grow, memory runs out) the shape exceeds the memory.
class ShapeSnapshot {
 public:
  ShapeSnapshot(const Operator& op, const torch::jit::Stack& arguments);
  void restore() const noexcept;

 private:
  struct State {
    at::Tensor tensor;
    c10::Storage storage;
    std::vector<int64_t> sizes, strides;
    int64_t offset;
  };
  void add(const at::IValue& argument);
  void add(const at::Tensor& tensor);
  std::vector<State> states_;
};

ShapeSnapshot::ShapeSnapshot(const Operator& op, const torch::jit::Stack& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (op.parameters[i].aliased) add(arguments[i]);
}

void ShapeSnapshot::add(const at::IValue& argument) {
  if (argument.isTensor()) return add(argument.toTensor());
  if (!argument.isTensorList()) return;
  for (const at::Tensor& tensor : argument.toTensorVector()) add(tensor);
}

void ShapeSnapshot::add(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.is_nested() || tensor.layout() != c10::kStrided || !tensor.has_storage()) return;
  states_.push_back({tensor, tensor.storage(), tensor.sizes().vec(), tensor.strides().vec(), tensor.storage_offset()});
}

void ShapeSnapshot::restore() const noexcept {
  for (const State& state : states_) {
    c10::TensorImpl* const tensor = state.tensor.unsafeGetTensorImpl();
    try {
      tensor->set_storage_keep_dtype(state.storage);
      tensor->set_sizes_and_strides(state.sizes, state.strides, state.offset);
    } catch (...) {  // a tensor whose shape cannot be set was not given another one
    }
  }
}

void call_boxed(const Operator& op, torch::jit::Stack& stack, Recorder* recorder) {
  if (op.index_use == IndexUse::Builds) copy_indices(op.handle.schema(), stack);
  if (op.reshapes) {
    const ShapeSnapshot before(op, stack);
    try {
      op.handle.callBoxed(stack);
    } catch (...) {
      before.restore();
      throw;
    }
  } else {
    op.handle.callBoxed(stack);
  }
  if (op.index_use == IndexUse::Reads || op.index_use == IndexUse::ReadsValues) detach_parts(op.index_use, stack);
  if (recorder) [[unlikely]] recorder->after(stack.data(), stack.size());
}

at::Tensor run_unboxed(const Operator& op, at::Tensor* arguments, size_t count, Recorder* recorder) {
  const BelowAutograd below(op);
  if (!recorder && op.unboxed.tensors() == count && !op.reshapes && op.index_use == IndexUse::None) return op.unboxed(arguments);
  std::vector<at::IValue> stack(arguments, arguments + count);
  for (size_t i = count; i < op.parameters.size(); ++i) {
    if (!op.parameters[i].fallback) throw ArgumentError("argument '" + op.parameters[i].name + "' (" + op.parameters[i].type + ") is missing");
    stack.push_back(*op.parameters[i].fallback);
  }
  if (recorder) {
    recorder->before(op, stack.data(), stack.size());
    copy_external_integers(op, stack);
  }
  call_boxed(op, stack, recorder);
  if (stack.size() != 1 || !stack[0].isTensor()) throw ArgumentError("expected an operator that gives one tensor");
  return std::move(stack[0]).toTensor();
}

Collect next_collection(Environment& environment) {
  if (full_collection_due()) return Collect::All;
  return young_collection_due(environment) ? Collect::Young : Collect::None;
}

// callUnboxed(owner?): a faster `call` for an operator on up to three tensors, with defaults for all else, that returns one
// tensor. On the wire: the operator's index, the number of tensors, their handles. The result replaces them: its handle, or 0
// for none, or where the operator has written to its first argument. Returns undefined, or what is to be collected.
napi_value call_unboxed(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const RawCall<1> owner(env, info);
    Environment& environment = *owner.environment;
    double* const wire = environment.wire;
    const Operator& op = allowed_operator(environment, static_cast<size_t>(wire[0]));
    const auto count = static_cast<size_t>(wire[1]);
    const size_t most = std::min(kMostUnboxed, op.parameters.size());
    if (count > most) throw ArgumentError("expected at most " + std::to_string(most) + " tensors for this operator, found " + std::to_string(count));
    // Copies: an operator that calls JavaScript may move the table.
    at::Tensor arguments[kMostUnboxed];
    for (size_t i = 0; i < count; ++i) {
      arguments[i] = environment.tensors.get(static_cast<Handle>(wire[2 + i]));
      if (!op.parameters[i].aliased && !environment.recorder) copy_external_integers(arguments[i]);
      require_invariants(arguments[i]);
    }
    make_room(environment);
    at::Tensor result = run_unboxed(op, arguments, count, environment.recorder.get());
    if (op.returns_alias || !result.defined()) {
      environment.wire[0] = 0;
    } else {
      if (!result.is_cpu()) note_device_tensor(result);
      const Handle handle = environment.tensors.insert(std::move(result));
      environment.wire[0] = static_cast<double>(handle);
      if (owner.count > 0) track(env, environment, owner.args[0], handle);
    }
    report_memory(env);
    const Collect next = next_collection(environment);
    if (next == Collect::None) return nullptr;
    napi_value collect;
    napi_create_uint32(env, static_cast<uint32_t>(next), &collect);
    return collect;
  });
}

// call(index, strings?, owner?): the arguments are on the wire, the results replace them there. When the result is one
// tensor, the collector frees it together with `owner`: tracking it here spares the call that `track` would be.
// Returns undefined, or { strings, wire, collect } when a result holds strings, the wire had to grow, or something is to be
// collected.
napi_value call(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    const RawCall<3> given(env, info);
    Environment& environment = *given.environment;
    uint32_t index = 0;
    if (napi_get_value_uint32(env, given.args[0], &index) != napi_ok)
      throw ArgumentError("expected the index of an operator, found another value than a number");
    const Operator& op = allowed_operator(environment, index);

    // Moved out, not referenced: an operator that calls back into JavaScript may lead to another call.
    std::vector<at::IValue> stack = std::move(environment.stack);
    stack.clear();
    WireReader reader(env, environment, given.count > 1 ? given.args[1] : nullptr);
    for (const Parameter& parameter : op.parameters) stack.push_back(reader.argument(parameter));
    if (environment.recorder) [[unlikely]] environment.recorder->before(op, stack.data(), stack.size());
    copy_external_integers(op, stack);

    WireWriter writer(env, environment);
    if (op.returns_alias) reader.each_tensor([&](const at::Tensor& tensor, Handle handle) { writer.alias(tensor, handle); });

    make_room(environment);  // all arguments are read, and the operator may need the memory

    {
      const BelowAutograd below(op);
      call_boxed(op, stack, environment.recorder.get());
    }

    const double* const before = environment.wire;
    writer.put(static_cast<double>(stack.size()));
    for (const at::IValue& result : stack) writer.value(result);
    stack.clear();
    environment.stack = std::move(stack);
    if (given.count > 2 && environment.wire[0] == 1 && static_cast<int>(environment.wire[1]) == wire::kTensor)
      track(env, environment, given.args[2], static_cast<Handle>(environment.wire[2]));
    report_memory(env);
    return writer.extra(environment.wire != before, next_collection(environment));
  });
}

// c10::Dispatcher::findSchema; resolve(name, overload) -> { index, schema }
Napi::Value resolve(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  auto op = std::make_unique<Operator>(resolve_operator(info[0].As<Napi::String>(), info[1].As<Napi::String>()));
  auto result = Napi::Object::New(info.Env());
  result["index"] = static_cast<double>(environment.operators.size());
  result["schema"] = c10::toString(op->handle.schema());
  environment.operators.push_back(std::move(op));
  return result;
}

// c10::Dispatcher::getAllOpNames; schemas() -> string[], one schema an operator
Napi::Value schemas(const Napi::CallbackInfo& info) {
  auto result = Napi::Array::New(info.Env());
  uint32_t count = 0;
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const auto& name : dispatcher.getAllOpNames())
    if (const auto op = dispatcher.findSchema(name)) result[count++] = c10::toString(op->schema());
  return result;
}

// attachWire(wire: Float64Array): void
void attach(const Napi::CallbackInfo& info) {
  if (!info[0].IsTypedArray() || info[0].As<Napi::TypedArray>().TypedArrayType() != napi_float64_array)
    throw ArgumentError("the wire must be a Float64Array");
  Environment::of(info.Env()).attach_wire(info[0].As<Napi::Float64Array>());
}

}  // namespace

void export_dispatch(Napi::Env, Napi::Object exports) {
  export_raw(exports, "call", call);
  export_raw(exports, "callUnboxed", call_unboxed);
  export_function(exports, "resolve", resolve);
  export_function(exports, "schemas", schemas);
  export_function(exports, "attachWire", attach);
  // allowUnchecked(on): lets the operators of unsafe_operators.h be called
  export_function(exports, "allowUnchecked", [](const Napi::CallbackInfo& info) { Environment::of(info.Env()).unchecked = info[0].ToBoolean(); });
}

}  // namespace torchts
