#include "graphs.h"

#if __has_include(<ATen/accelerator/Graph.h>)
#include <ATen/accelerator/Graph.h>
#define TORCHTS_GENERIC_GRAPHS
#endif

#include "accelerator.h"
#include "environment.h"
#include "exports.h"

namespace torchts {
namespace {

#ifdef TORCHTS_GENERIC_GRAPHS
// libtorch's device-generic graph.
class GenericGraph final : public DeviceGraph {
 public:
  explicit GenericGraph(bool keep) : graph_(keep) {}
  void capture_begin(Pool pool, Mode mode) override {
    constexpr at::GraphCaptureMode kModes[] = {at::GraphCaptureMode::Global, at::GraphCaptureMode::ThreadLocal, at::GraphCaptureMode::Relaxed};
    graph_.capture_begin(pool, kModes[static_cast<int>(mode)]);
  }
  void capture_end() override { graph_.capture_end(); }
  void instantiate() override { graph_.instantiate(); }
  void replay() override { graph_.replay(); }
  void reset() override { graph_.reset(); }
  Pool pool() override { return graph_.pool(); }
  void debug_dump(const std::string& path) override { graph_.debug_dump(path); }

 private:
  at::accelerator::Graph graph_;
};
#endif

std::unique_ptr<DeviceGraph> make_graph(bool keep) {
  const auto type = required_accelerator();
  if (type == c10::kCUDA)
    if (auto graph = make_cuda_graph(keep)) return graph;
#ifdef TORCHTS_GENERIC_GRAPHS
  return std::make_unique<GenericGraph>(keep);
#else
  throw DeviceMissing("this libtorch has no graphs for " + c10::DeviceTypeName(type, true));
#endif
}

DeviceGraph& graph_of(const Napi::CallbackInfo& info) {
  return *Environment::of(info.Env()).graphs.get(info[0].ToNumber().Uint32Value());
}

unsigned long long id_of(Napi::Value value) {
  bool lossless;
  return value.As<Napi::BigInt>().Uint64Value(&lossless);
}

DeviceGraph::Mode mode_of(const std::string& name) {
  if (name == "global") return DeviceGraph::Mode::Global;
  if (name == "thread_local") return DeviceGraph::Mode::ThreadLocal;
  if (name == "relaxed") return DeviceGraph::Mode::Relaxed;
  throw ArgumentError("expected a capture mode ('global', 'thread_local' or 'relaxed'), found '" + name + "'");
}

// newGraph(keep): id
Napi::Value create(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Environment::of(info.Env()).graphs.add(make_graph(info[0].ToBoolean())));
}

// graphBegin(id, mode, pool?): the pool as two bigints
void begin(const Napi::CallbackInfo& info) {
  DeviceGraph::Pool pool{0, 0};
  if (info[2].IsBigInt() && info[3].IsBigInt()) pool = {id_of(info[2]), id_of(info[3])};
  graph_of(info).capture_begin(pool, mode_of(info[1].ToString()));
}

// graphPool(id): [bigint, bigint]
Napi::Value pool(const Napi::CallbackInfo& info) {
  const auto [first, second] = graph_of(info).pool();
  auto pair = Napi::Array::New(info.Env(), 2);
  pair[0u] = Napi::BigInt::New(info.Env(), static_cast<uint64_t>(first));
  pair[1u] = Napi::BigInt::New(info.Env(), static_cast<uint64_t>(second));
  return pair;
}

}  // namespace

void export_graphs(Napi::Env, Napi::Object exports) {
  export_function(exports, "newGraph", create);
  export_function(exports, "graphBegin", begin);
  export_function(exports, "graphPool", pool);
  // graphEnd(id)
  export_function(exports, "graphEnd", [](const Napi::CallbackInfo& info) { graph_of(info).capture_end(); });
  // graphInstantiate(id)
  export_function(exports, "graphInstantiate", [](const Napi::CallbackInfo& info) { graph_of(info).instantiate(); });
  // graphReplay(id)
  export_function(exports, "graphReplay", [](const Napi::CallbackInfo& info) { graph_of(info).replay(); });
  // graphReset(id)
  export_function(exports, "graphReset", [](const Napi::CallbackInfo& info) { graph_of(info).reset(); });
  // graphDump(id, path)
  export_function(exports, "graphDump", [](const Napi::CallbackInfo& info) { graph_of(info).debug_dump(info[1].ToString()); });
  // disposeGraph(id)
  export_function(exports, "disposeGraph", [](const Napi::CallbackInfo& info) { Environment::of(info.Env()).graphs.remove(info[0].ToNumber().Uint32Value()); });
}

}  // namespace torchts
