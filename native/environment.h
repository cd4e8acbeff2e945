// What belongs to one JavaScript environment: the main thread and every worker have their own.
#pragma once
#include <ATen/core/Generator.h>
#include <ATen/core/ivalue.h>
#include <c10/core/Event.h>
#include <c10/core/InferenceMode.h>
#include <memory>
#include <napi.h>
#include <optional>
#include <vector>

#include "accelerator.h"
#include "background_queue.h"
#include "callbacks.h"
#include "engine.h"
#include "external_memory.h"
#include "graphs.h"
#include "handle_table.h"
#include "operator.h"
#include "process_exit.h"
#include "recorder.h"
#include "registry.h"

namespace torchts {

struct Script;
class ConstantPool;
class Plan;

// The devices for which autocast is on, with the type that it casts to.
using AutocastTypes = std::vector<std::pair<c10::DeviceType, at::ScalarType>>;

// Decides when V8's young generation alone is collected (see young_collection_due in lifetime.h).
struct YoungGarbage {
  static constexpr int64_t kStep = 16 << 20, kLargestStep = int64_t{1} << 30;
  int64_t floor = 0;     // least memory in use since the last such collection
  int64_t step = kStep;  // how far it may grow before the next
  size_t tracked = 0;    // tensors left to the collector since the last one
};

struct Environment {
  explicit Environment(napi_env env) : env(env), callbacks(std::make_shared<Callbacks>(env)) { activate(); }
  ~Environment() {
    callbacks->close();
    if (active == this) leave();
  }

  const napi_env env;
  const NativeWorkOffMainThread work;
  HandleTable tensors;
  std::vector<Handle> collected;     // the collector has taken their objects (see lifetime.h)
  uint64_t inserted_at_release = 0;  // tensors.inserted() when some of them were last released
  bool release_scheduled = false;    // they are released on the next turn of the event loop at the latest
  YoungGarbage young;
  std::vector<std::unique_ptr<Operator>> operators;
  const Operator& operator_at(size_t index) const;  // throws ArgumentError for one that was not resolved
  Registry<at::Generator> generators{"generator"};
  Registry<c10::Event> events{"event"};                                         // see streams.cc
  Registry<std::unique_ptr<DeviceGraph>> graphs{"graph"};                       // see graphs.cc
  Registry<std::shared_ptr<Script>> scripts{"TorchScript module"};              // see script.cc
  Registry<std::shared_ptr<ConstantPool>> constant_pools{"pool of constants"};  // see plan.h
  Registry<std::shared_ptr<Plan>> plans{"plan"};
  std::unique_ptr<Recorder> recorder;                 // while a forward is recorded
  std::shared_ptr<ExternalBuffers> external_buffers;  // from the first one on
  const std::shared_ptr<Callbacks> callbacks;

  // The wire: a Float64Array shared with JavaScript, through which arguments and results travel (see wire.h).
  double* wire = nullptr;
  size_t wire_length = 0;
  Napi::ObjectReference wire_owner;
  void attach_wire(Napi::Float64Array array);  // replaces the one before

  bool unchecked = false;                       // operators may be called that trust their caller (see unsafe_operators.h)
  std::vector<at::IValue> stack;                // reused from call to call for its capacity
  std::unique_ptr<BackgroundQueue> background;  // from the first long work on

  // The modes that JavaScript has set. A thread can have several environments (each load of the addon makes one), and libtorch's
  // modes are the thread's: the environment that is called brings its own into force.
  bool grad_mode = true, inference_mode = false;
  std::optional<c10::InferenceMode> inference_guard;
  AutocastTypes autocast;
  uint32_t packing = 0;  // see engine.cc
  std::optional<DeviceContext> devices;
  void activate() {
    if (active != this) [[unlikely]] take_over();
  }

  static Environment& of(napi_env env) {
    void* data = nullptr;
    napi_get_instance_data(env, &data);
    auto& environment = *static_cast<Environment*>(data);
    environment.activate();
    return environment;
  }

 private:
  static inline thread_local Environment* active = nullptr;
  void take_over();
  void leave();
};

// A call through Node-API's C interface (export_raw), with up to N arguments.
template <size_t N>
struct RawCall {
  RawCall(napi_env env, napi_callback_info info) {
    void* data = nullptr;
    napi_get_cb_info(env, info, &count, args, nullptr, &data);
    environment = static_cast<Environment*>(data);
    environment->activate();
  }
  size_t count = N;
  napi_value args[N];
  Environment* environment;
};

// The tensor whose handle JavaScript passed as an argument, and the handle of a tensor for JavaScript.
const at::Tensor& tensor_of(const Napi::CallbackInfo& info, size_t index = 0);
Napi::Value handle_of(Napi::Env env, at::Tensor tensor);

// The elements of a tensor as numbers in memory: of a device, or conjugated or negated without having been computed.
at::Tensor elements_on_cpu(const at::Tensor& tensor);

}  // namespace torchts
