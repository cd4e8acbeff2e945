// What JavaScript sees of a recording (recorder.h).
#include "exports.h"
#include "names.h"
#include "wire.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {
namespace {

Napi::Value number_or_bigint(Napi::Env env, int64_t value) {
  if (wire::is_safe(value)) return Napi::Number::New(env, static_cast<double>(value));
  return Napi::BigInt::New(env, value);
}

// A value without tensors, as JavaScript would pass it: names for types, and { float } for a whole number that is not an integer.
Napi::Value plain_value(Napi::Env env, const at::IValue& value, Kind kind) {
  if (value.isNone()) return env.Null();
  if (value.isBool()) return Napi::Boolean::New(env, value.toBool());
  if (value.isInt() && kind == Kind::DType) return Napi::String::New(env, dtype_name(static_cast<c10::ScalarType>(value.toInt())));
  if (value.isInt() && kind == Kind::Layout) return Napi::String::New(env, layout_name(static_cast<c10::Layout>(value.toInt())));
  if (value.isInt() && kind == Kind::MemoryFormat) return Napi::String::New(env, memory_format_name(static_cast<c10::MemoryFormat>(value.toInt())));
  if (value.isInt()) return number_or_bigint(env, value.toInt());
  if (value.isSymInt()) return number_or_bigint(env, value.toSymInt().expect_int());
  if (value.isDouble()) {
    auto wrapped = Napi::Object::New(env);
    wrapped["float"] = value.toDouble();
    return wrapped;
  }
  if (value.isComplexDouble()) {
    auto number = Napi::Object::New(env);
    number["re"] = value.toComplexDouble().real();
    number["im"] = value.toComplexDouble().imag();
    return number;
  }
  if (value.isString()) return Napi::String::New(env, value.toStringRef());
  if (value.isDevice()) return Napi::String::New(env, value.toDevice().str());
  if (value.isList()) {
    auto list = Napi::Array::New(env);
    uint32_t count = 0;
    for (const at::IValue& item : value.toListRef()) list[count++] = plain_value(env, item, kind);
    return list;
  }
  throw ArgumentError("an argument has the type " + value.tagKind() + ", which a recording cannot hold");
}

Napi::Value recorded_value(Napi::Env env, const Recorded& value, Kind kind) {
  if (value.kind == Recorded::Kind::Plain) return plain_value(env, value.plain, kind);
  if (value.kind == Recorded::Kind::Value) {
    if (value.value < 0) return env.Null();
    auto wrapped = Napi::Object::New(env);
    wrapped["value"] = value.value;
    return wrapped;
  }
  auto list = Napi::Array::New(env);
  uint32_t count = 0;
  for (const Recorded& item : value.items) list[count++] = recorded_value(env, item, kind);
  return list;
}

Napi::Array numbers(Napi::Env env, const std::vector<int64_t>& values) {
  auto list = Napi::Array::New(env);
  uint32_t count = 0;
  for (const int64_t value : values) list[count++] = number_or_bigint(env, value);
  return list;
}

Napi::Object call_object(Napi::Env env, const Recorder::Call& call) {
  auto object = Napi::Object::New(env);
  object["name"] = call.op->handle.operator_name().name;
  object["overload"] = call.op->handle.operator_name().overload_name;
  object["module"] = call.module;
  auto arguments = Napi::Array::New(env), results = Napi::Array::New(env);
  for (uint32_t i = 0; i < call.arguments.size(); ++i) arguments[i] = recorded_value(env, call.arguments[i], call.op->parameters[i].kind);
  if (!call.guard)
    for (uint32_t i = 0; i < call.results.size(); ++i) results[i] = recorded_value(env, call.results[i], Kind::Tensor);
  object["arguments"] = arguments;
  object["results"] = results;
  if (call.guard) object["guard"] = *call.guard;
  return object;
}

Napi::Object value_object(Napi::Env env, const Recorder::Value& value) {
  constexpr const char* kOrigins[] = {"input", "constant", "made"};
  auto object = Napi::Object::New(env);
  object["origin"] = kOrigins[static_cast<int>(value.origin)];
  object["dtype"] = dtype_name(value.dtype);
  object["shape"] = numbers(env, value.sizes);
  object["strides"] = numbers(env, value.strides);
  object["storage"] = value.storage;
  if (value.origin == Recorder::Origin::Constant) {
    object["fresh"] = value.fresh;
    object["handle"] = handle_of(env, value.constant);
  }
  return object;
}

Recorder& recorder_of(const Napi::CallbackInfo& info) {
  const auto& recorder = Environment::of(info.Env()).recorder;
  if (!recorder) throw ArgumentError("nothing is being recorded");
  return *recorder;
}

// recordBegin(): the inputs on the wire
void begin(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  if (environment.recorder) throw ArgumentError("a forward is being recorded already");
  const auto inputs = WireReader(info.Env(), environment, nullptr).tensors();
  environment.recorder = std::make_unique<Recorder>(environment.tensors, inputs);
}

// recordEnd(): the results of the forward on the wire; { refusal } or { values, calls, outputs }
Napi::Value end(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  Recorder& running = recorder_of(info);
  const std::unique_ptr<Recorder> recorder = std::move(environment.recorder);
  const auto outputs = WireReader(info.Env(), environment, nullptr).tensors();
  running.finish(outputs);
  auto result = Napi::Object::New(info.Env());
  if (!recorder->refusal().empty()) {
    result["refusal"] = recorder->refusal();
    return result;
  }
  auto returned = Napi::Array::New(info.Env()), values = Napi::Array::New(info.Env()), calls = Napi::Array::New(info.Env());
  for (uint32_t i = 0; i < outputs.size(); ++i) returned[i] = recorder->number_of(outputs[i]);
  for (uint32_t i = 0; i < recorder->calls().size(); ++i) calls[i] = call_object(info.Env(), recorder->calls()[i]);
  for (uint32_t i = 0; i < recorder->values().size(); ++i) values[i] = value_object(info.Env(), recorder->values()[i]);
  result["values"] = values;
  result["calls"] = calls;
  result["outputs"] = returned;
  return result;
}

}  // namespace

void refuse_recording(Environment& environment, const char* reason) {
  if (environment.recorder) environment.recorder->refuse(reason);
}

void export_recording(Napi::Env, Napi::Object exports) {
  export_function(exports, "recordBegin", begin);
  export_function(exports, "recordEnd", end);
  // recordAbort(): after an error of the forward
  export_function(exports, "recordAbort", [](const Napi::CallbackInfo& info) { Environment::of(info.Env()).recorder.reset(); });
  // recordModule(path): whose forward runs from now on
  export_function(exports, "recordModule", [](const Napi::CallbackInfo& info) { recorder_of(info).enter(info[0].ToString()); });
  // recordRefuse(reason)
  export_function(exports, "recordRefuse", [](const Napi::CallbackInfo& info) { recorder_of(info).refuse(info[0].ToString()); });
}

}  // namespace torchts
