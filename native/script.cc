// TorchScript: modules that are loaded, traced, run and saved.
#include <ATen/autocast_mode.h>
#include <caffe2/serialize/inline_container.h>
#include <caffe2/serialize/istream_adapter.h>
#include <algorithm>
#include <fstream>
#include <map>
#include <pthread.h>
#include <sstream>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/serialization/import.h>

#include "exports.h"
#include "memory_pressure.h"
#include "names.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {

// How to decode an argument of a method.
struct ScriptParameter {
  Parameter parameter;
  c10::TypePtr type;
};

struct Script {
  torch::jit::Module module;
  std::map<std::string, std::vector<ScriptParameter>> methods;  // without the module itself, the first argument whatever its name

  const std::vector<ScriptParameter>& parameters_of(const std::string& method) {
    const auto known = methods.find(method);
    if (known != methods.end()) return known->second;
    const auto found = module.find_method(method);
    if (!found) throw ArgumentError("the module has no method '" + method + "'");
    std::vector<ScriptParameter> parameters;
    const auto& arguments = found->function().getSchema().arguments();
    for (size_t i = 1; i < arguments.size(); ++i) parameters.push_back({parameter_of(arguments[i]), arguments[i].type()});
    return methods.emplace(method, std::move(parameters)).first->second;
  }
};

namespace {

using torch::jit::Module;
namespace tracer = torch::jit::tracer;

std::shared_ptr<Script> script_of(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env()).scripts.get(info[0].ToNumber().Uint32Value());
}

Napi::Value add(Napi::Env env, Module module) {
  return Napi::Number::New(env, Environment::of(env).scripts.add(std::make_shared<Script>(Script{std::move(module), {}})));
}

// The bytes of a typed array to read from, without a copy.
class ArrayBytes : public std::streambuf {
 public:
  explicit ArrayBytes(const Napi::Value& value) {
    auto array = value.As<Napi::Uint8Array>();
    char* const start = reinterpret_cast<char*>(array.Data());
    setg(start, start, start + array.ByteLength());
  }

 private:
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    const off_type base = from == std::ios_base::beg ? 0 : from == std::ios_base::cur ? gptr() - eback() : egptr() - eback();
    const off_type target = base + offset;
    if (target < 0 || target > egptr() - eback()) return pos_type(off_type(-1));
    setg(eback(), eback() + target, egptr());
    return pos_type(target);
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode which) override { return seekoff(off_type(position), std::ios_base::beg, which); }
};

class ArrayStream : private ArrayBytes, public std::istream {
 public:
  explicit ArrayStream(const Napi::Value& value) : ArrayBytes(value), std::istream(static_cast<std::streambuf*>(this)) {}
};

std::unique_ptr<std::istream> stream_of(const Napi::Value& source) {
  if (source.IsTypedArray()) return std::make_unique<ArrayStream>(source);
  return std::make_unique<std::ifstream>(std::string(source.ToString()), std::ios::binary);
}

// Runs `body` on a thread with a large stack, and waits: libtorch reads code and nested values by recursion.
template <typename Body>
void on_deep_stack(Body body) {
  struct Job { Body& body; std::exception_ptr error; } job{body, nullptr};
  const auto start = [](void* data) -> void* {
    auto& job = *static_cast<Job*>(data);
    try { job.body(); } catch (...) { job.error = std::current_exception(); }
    return nullptr;
  };
  constexpr size_t kStack = size_t{256} << 20;  // of addresses: pages are mapped as they are used
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  const int failed = pthread_create(&thread, &attributes, start, &job);
  pthread_attr_destroy(&attributes);
  if (failed) throw std::runtime_error("the system gives no thread to read TorchScript on: see its limits on threads and memory (ulimit -u, ulimit -v)");
  pthread_join(thread, nullptr);
  if (job.error) std::rethrow_exception(job.error);
}

// torch::jit::load; scriptLoad(path | bytes, device | null): id
Napi::Value load(const Napi::CallbackInfo& info) {
  std::optional<c10::Device> device;
  if (info[1].IsString()) device = device_from_name(info[1].ToString());
  const auto stream = stream_of(info[0]);
  std::optional<Module> module;
  on_deep_stack([&] { module = torch::jit::load(*stream, device); });
  return add(info.Env(), std::move(*module));
}

// PyTorchStreamReader; scriptRecords(path | bytes): [name, bytes][] of code and pickles, before anything of them is run or built
Napi::Value records(const Napi::CallbackInfo& info) {
  constexpr uint64_t kLargest = uint64_t{256} << 20;
  const auto stream = stream_of(info[0]);
  caffe2::serialize::PyTorchStreamReader reader(std::make_unique<caffe2::serialize::IStreamAdapter>(stream.get()));
  stream->clear();
  stream->seekg(0, std::ios::end);
  const uint64_t size = static_cast<uint64_t>(stream->tellg());
  auto result = Napi::Array::New(info.Env());
  uint32_t count = 0;
  uint64_t unpacked = 0;
  for (const std::string& name : reader.getAllRecords()) {
    // torch.jit.save compresses nothing but code, which is small.
    unpacked += reader.getRecordSize(name);
    if (unpacked > kLargest + 2 * size)
      throw ArgumentError("the archive of " + std::to_string(size) + " bytes unpacks to more than " + std::to_string(unpacked));
    if (!name.ends_with(".py") && !name.ends_with(".pkl")) continue;
    auto [data, bytes] = reader.getRecord(name);
    auto row = Napi::Array::New(info.Env());
    row[0u] = name;
    row[1u] = Napi::Buffer<char>::Copy(info.Env(), static_cast<const char*>(data.get()), bytes);
    result[count++] = row;
  }
  return result;
}

// Whether an argument may be an object: a dictionary, a NamedTuple, an object of a class.
bool takes_object(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::DictType:
    case c10::TypeKind::ClassType:
    case c10::TypeKind::AnyType: return true;
    case c10::TypeKind::TupleType: return type->expect<c10::TupleType>()->schema() != nullptr;
    case c10::TypeKind::OptionalType:
    case c10::TypeKind::UnionType: {
      const auto choices = type->containedTypes();
      return std::any_of(choices.begin(), choices.end(), takes_object);
    }
    default: return false;
  }
}

// Module::get_methods; scriptMethods(id): [name, [parameter, takesObject]…][]
Napi::Value methods(const Napi::CallbackInfo& info) {
  const auto script = script_of(info);
  auto result = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (const auto& method : script->module.get_methods()) {
    auto row = Napi::Array::New(info.Env());
    row[0u] = method.name();
    uint32_t at = 1;
    for (const auto& [parameter, type] : script->parameters_of(method.name())) {
      auto pair = Napi::Array::New(info.Env());
      pair[0u] = parameter.name;
      pair[1u] = takes_object(type);
      row[at++] = pair;
    }
    result[count++] = row;
  }
  return result;
}

std::vector<at::IValue> read_arguments(const Napi::CallbackInfo& info, const std::vector<ScriptParameter>& parameters) {
  WireReader in(info.Env(), Environment::of(info.Env()), info[2]);
  std::vector<at::IValue> arguments;
  for (const auto& [parameter, type] : parameters) arguments.push_back(in.script_argument(parameter, type));
  return arguments;
}

napi_value write_result(napi_env env, const at::IValue& value) {
  Environment& environment = Environment::of(env);
  const double* const before = environment.wire;
  WireWriter out(env, environment);
  out.value(value);
  return out.extra(environment.wire != before);
}

// Method::operator(); scriptCall(id, method, strings): arguments on the wire, then the result
napi_value run(const Napi::CallbackInfo& info) {
  const auto script = script_of(info);
  const std::string method = info[1].ToString();
  auto arguments = read_arguments(info, script->parameters_of(method));
  const at::IValue result = script->module.get_method(method)(std::move(arguments));
  report_memory(info.Env());
  return write_result(info.Env(), result);
}

// The same in the background queue; scriptCallAsync(id, method, strings): { id, promise of { wire, strings? } }
Napi::Value run_async(const Napi::CallbackInfo& info) {
  const auto script = script_of(info);
  const std::string method = info[1].ToString();
  auto arguments = std::make_shared<std::vector<at::IValue>>(read_arguments(info, script->parameters_of(method)));
  auto result = std::make_shared<at::IValue>();
  return Napi::Value(info.Env(), submit_work(
      info.Env(), [=] { *result = script->module.get_method(method)(std::move(*arguments)); },
      [result](napi_env env) { return on_own_wire(env, [&](WireWriter& out) { out.value(*result); }); }));
}

// Module::named_parameters and named_buffers; scriptState(id, buffers): a dictionary of them on the wire
napi_value state(const Napi::CallbackInfo& info) {
  const auto script = script_of(info);
  c10::Dict<std::string, at::Tensor> tensors;
  const auto put = [&](const auto& named) {
    for (const auto& item : named) tensors.insert(item.name, item.value);
  };
  if (info[1].ToBoolean()) put(script->module.named_buffers());
  else put(script->module.named_parameters());
  return write_result(info.Env(), tensors);
}

// Module::to; scriptTo(id, device | null, dtype | null)
void to(const Napi::CallbackInfo& info) {
  const auto script = script_of(info);
  if (info[1].IsString()) script->module.to(device_from_name(info[1].ToString()));
  if (info[2].IsString()) script->module.to(dtype_from_name(info[2].ToString()));
}

// ---- tracing

// The nested modules that dotted state names stand for, each a TorchScript module with a class of its own.
class ModuleTree {
 public:
  explicit ModuleTree(const std::string& name) : root_(c10::QualifiedName("__torch__.torchts", name)) {}

  Module& root() { return root_; }

  void put(const std::string& name, const at::Tensor& tensor, bool is_buffer) {
    const auto dot = name.rfind('.');
    Module& owner = dot == std::string::npos ? root_ : child(name.substr(0, dot));
    owner.register_parameter(name.substr(dot == std::string::npos ? 0 : dot + 1), tensor, is_buffer);
  }

 private:
  Module& child(const std::string& path) {
    const auto known = children_.find(path);
    if (known != children_.end()) return known->second;
    const auto dot = path.rfind('.');
    Module& parent = dot == std::string::npos ? root_ : child(path.substr(0, dot));
    Module made(c10::QualifiedName("__torch__.torchts", "Part" + std::to_string(children_.size())), root_._ivalue()->compilation_unit());
    parent.register_module(path.substr(dot == std::string::npos ? 0 : dot + 1), made);
    return children_.emplace(path, std::move(made)).first->second;
  }

  Module root_;
  std::map<std::string, Module> children_;
};

// Calls forward(…handles), which returns one handle or an array of them.
torch::jit::Stack call_forward(Napi::Env env, const Napi::Function& forward, const torch::jit::Stack& inputs) {
  auto& tensors = Environment::of(env).tensors;
  std::vector<napi_value> handles;
  for (const at::IValue& input : inputs) handles.push_back(Napi::Number::New(env, static_cast<double>(tensors.insert(input.toTensor()))));
  const Napi::Value output = forward.Call(handles);
  const auto tensor = [&](const Napi::Value& handle) { return tensors.get(static_cast<Handle>(handle.ToNumber().DoubleValue())); };
  if (!output.IsArray()) return {tensor(output)};
  std::vector<at::IValue> parts;
  const auto array = output.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) parts.emplace_back(tensor(array.Get(i)));
  return {c10::ivalue::Tuple::create(std::move(parts))};
}

// tracer::trace; scriptTrace(name, names, buffers, inputNames, forward): the state and the inputs on the wire; id
Napi::Value trace(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  WireReader in(info.Env(), environment, nullptr);
  const auto state = in.tensors(), inputs = in.tensors();
  const auto names = info[1].As<Napi::Array>(), buffers = info[2].As<Napi::Array>(), input_names = info[3].As<Napi::Array>();
  ModuleTree tree(info[0].ToString());
  for (uint32_t i = 0; i < state.size(); ++i) tree.put(names.Get(i).ToString(), state[i], buffers.Get(i).ToBoolean());
  std::vector<std::string> arguments;
  for (uint32_t i = 0; i < inputs.size(); ++i) arguments.push_back(input_names.Get(i).ToString());

  at::autocast::clear_cache();  // weights that were cast before would become constants of the trace
  Module& module = tree.root();
  const auto forward = info[4].As<Napi::Function>();
  const auto traced = tracer::trace(
      torch::jit::Stack(inputs.begin(), inputs.end()),
      [&](torch::jit::Stack stack) { return call_forward(info.Env(), forward, stack); },
      [](const at::Tensor&) { return std::string(); }, /*strict=*/true, /*force_outplace=*/false, &module, arguments);
  auto method = module._ivalue()->compilation_unit()->create_function(c10::QualifiedName(*module.type()->name(), "forward"), traced.first->graph);
  module.type()->addMethod(method);
  return add(info.Env(), module);
}

}  // namespace

void export_script(Napi::Env, Napi::Object exports) {
  export_function(exports, "scriptLoad", load);
  export_function(exports, "scriptRecords", records);
  export_function(exports, "scriptMethods", methods);
  export_function(exports, "scriptCall", run);
  export_function(exports, "scriptCallAsync", run_async);
  export_function(exports, "scriptState", state);
  export_function(exports, "scriptTo", to);
  export_function(exports, "scriptTrace", trace);
  // Module::train; scriptTrain(id, mode)
  export_function(exports, "scriptTrain", [](const Napi::CallbackInfo& info) { script_of(info)->module.train(info[1].ToBoolean()); });
  // Module::save; scriptBytes(id): Buffer of a file
  export_function(exports, "scriptBytes", [](const Napi::CallbackInfo& info) {
    std::ostringstream out;
    script_of(info)->module.save(out);
    const std::string bytes = out.str();
    return Napi::Buffer<char>::Copy(info.Env(), bytes.data(), bytes.size());
  });
  // Module::dump_to_str; scriptCode(id): the code of its methods
  export_function(exports, "scriptCode", [](const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), script_of(info)->module.dump_to_str(true, false, false));
  });
  // scriptFree(id)
  export_function(exports, "scriptFree", [](const Napi::CallbackInfo& info) {
    Environment::of(info.Env()).scripts.remove(info[0].ToNumber().Uint32Value());
  });
}

}  // namespace torchts
