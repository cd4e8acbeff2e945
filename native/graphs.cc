// Graphs of an accelerator: work that is recorded once and replayed as a whole.
#include "graphs.h"

#include "environment.h"
#include "exports.h"

namespace torchts {
namespace {

#ifdef TORCHTS_GRAPHS

at::accelerator::Graph& graph_of(const Napi::CallbackInfo& info) {
  auto& graphs = Environment::of(info.Env()).graphs;
  const auto found = graphs.find(info[0].ToNumber().Uint32Value());
  if (found == graphs.end()) throw ArgumentError("the graph was disposed");
  return *found->second;
}

uint64_t half(Napi::Value value) {
  bool lossless;
  return value.As<Napi::BigInt>().Uint64Value(&lossless);
}

at::GraphCaptureMode mode_of(const std::string& name) {
  if (name == "global") return at::GraphCaptureMode::Global;
  if (name == "thread_local") return at::GraphCaptureMode::ThreadLocal;
  if (name == "relaxed") return at::GraphCaptureMode::Relaxed;
  throw ArgumentError("expected a capture mode ('global', 'thread_local' or 'relaxed'), found '" + name + "'");
}

// at::accelerator::Graph; newGraph(keep): id
Napi::Value create(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  environment.graphs.emplace(environment.next_graph, std::make_unique<at::accelerator::Graph>(info[0].ToBoolean()));
  return Napi::Number::New(info.Env(), environment.next_graph++);
}

// Graph::capture_begin; graphBegin(id, mode, pool?): the pool as two bigints
void begin(const Napi::CallbackInfo& info) {
  c10::MempoolId_t pool{0, 0};
  if (info[2].IsBigInt() && info[3].IsBigInt()) pool = {half(info[2]), half(info[3])};
  graph_of(info).capture_begin(pool, mode_of(info[1].ToString()));
}

// Graph::pool; graphPool(id): [bigint, bigint]
Napi::Value pool(const Napi::CallbackInfo& info) {
  const auto [first, second] = graph_of(info).pool();
  auto pair = Napi::Array::New(info.Env(), 2);
  pair[0u] = Napi::BigInt::New(info.Env(), static_cast<uint64_t>(first));
  pair[1u] = Napi::BigInt::New(info.Env(), static_cast<uint64_t>(second));
  return pair;
}

#endif

}  // namespace

void export_graphs(Napi::Env, Napi::Object exports) {
#ifdef TORCHTS_GRAPHS
  export_function(exports, "newGraph", create);
  export_function(exports, "graphBegin", begin);
  export_function(exports, "graphPool", pool);
  // Graph::capture_end; graphEnd(id)
  export_function(exports, "graphEnd", [](const Napi::CallbackInfo& info) { graph_of(info).capture_end(); });
  // Graph::instantiate; graphInstantiate(id)
  export_function(exports, "graphInstantiate", [](const Napi::CallbackInfo& info) { graph_of(info).instantiate(); });
  // Graph::replay; graphReplay(id)
  export_function(exports, "graphReplay", [](const Napi::CallbackInfo& info) { graph_of(info).replay(); });
  // Graph::reset; graphReset(id)
  export_function(exports, "graphReset", [](const Napi::CallbackInfo& info) { graph_of(info).reset(); });
  // Graph::debug_dump; graphDump(id, path)
  export_function(exports, "graphDump", [](const Napi::CallbackInfo& info) { graph_of(info).debug_dump(info[1].ToString()); });
  // disposeGraph(id)
  export_function(exports, "disposeGraph", [](const Napi::CallbackInfo& info) { Environment::of(info.Env()).graphs.erase(info[0].ToNumber().Uint32Value()); });
#else
  // newGraph(keep)
  export_function(exports, "newGraph", [](const Napi::CallbackInfo&) {
    throw ArgumentError("graphs need libtorch 2.13 or newer; this addon was built against an older one");
  });
#endif
}

}  // namespace torchts
