// Any operator of libtorch, called boxed: the name is resolved once to an index, the schema decodes the arguments.
#include <ATen/core/LegacyTypeDispatch.h>
#include <c10/core/GradMode.h>

#include "convert.h"
#include "exports.h"
#include "guard.h"
#include "lifetime.h"
#include "memory.h"
#include "wire.h"

namespace torchts {
namespace {

// call(index, strings?, owner?): the arguments are on the wire, the results replace them there. When the result is one
// tensor, the collector frees it together with `owner`: tracking it here spares the call that `track` would be.
// Returns undefined, or { strings, wire, collect } when a result holds strings, the wire had to grow, or memory has passed a
// watermark.
napi_value call(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    size_t count = 3;
    napi_value args[3];
    void* data;
    napi_get_cb_info(env, info, &count, args, nullptr, &data);
    auto& environment = *static_cast<Environment*>(data);
    uint32_t index = 0;
    if (napi_get_value_uint32(env, args[0], &index) != napi_ok || index >= environment.operators.size())
      throw ArgumentError("unknown operator");
    const Operator& op = *environment.operators[index];

    if (op.trusting && !environment.unchecked)
      throw ArgumentError("this operator does not check its arguments, and wrong ones would end the process; if yours are right, call torch.allowUnchecked() first");

    // Taken, not borrowed: an operator that calls back into JavaScript may bring another call along.
    std::vector<at::IValue> stack = std::move(environment.stack);
    stack.clear();
    WireReader reader(env, environment, count > 1 ? args[1] : nullptr);
    for (const Parameter& parameter : op.parameters) stack.push_back(reader.argument(parameter));

    if (op.precondition) op.precondition(stack);

    WireWriter writer(env, environment);
    if (op.returns_alias) reader.each_tensor([&](const at::Tensor& tensor, Handle handle) { writer.alias(tensor, handle); });

    {
      // Without recording, the autograd kernel of an operator that makes no views only passes the call on: skip it.
      std::optional<at::AutoDispatchBelowAutograd> below;
      if (op.pure && !c10::GradMode::is_enabled()) below.emplace();
      op.handle.callBoxed(stack);
    }

    const double* const before = environment.wire;
    writer.put(static_cast<double>(stack.size()));
    for (const at::IValue& result : stack) writer.value(result);
    stack.clear();
    environment.stack = std::move(stack);
    if (count > 2 && environment.wire[0] == 1 && static_cast<int>(environment.wire[1]) == wire::kTensor)
      track(env, environment, args[2], static_cast<Handle>(environment.wire[2]));
    report_memory(env);
    return writer.extra(environment.wire != before, collection_due());
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
  attach_wire(Environment::of(info.Env()), info[0].As<Napi::Float64Array>());
}

}  // namespace

void export_dispatch(Napi::Env env, Napi::Object exports) {
  // By the plain C interface: node-addon-api's CallbackInfo costs a third of an operator's time here.
  napi_value function;
  napi_create_function(env, "call", NAPI_AUTO_LENGTH, call, &Environment::of(env), &function);
  exports["call"] = Napi::Value(env, function);
  export_function(exports, "resolve", resolve);
  export_function(exports, "schemas", schemas);
  export_function(exports, "attachWire", attach);
  // allowUnchecked(on): lets operators be called that trust their caller
  export_function(exports, "allowUnchecked", [](const Napi::CallbackInfo& info) { Environment::of(info.Env()).unchecked = info[0].ToBoolean(); });
}

}  // namespace torchts
