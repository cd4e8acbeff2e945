// Anomaly detection: each node keeps the JavaScript stack of the call that made it, for the error of its backward.
#include <mutex>

#include "engine.h"
#include "exports.h"
#include "node_pointer.h"

namespace torchts {
namespace {

thread_local napi_env running = nullptr;

// Process-wide, as anomaly mode is: the report of the node that failed last.
std::mutex report_mutex;
std::string report;

// As V8 prints it, with more frames than the ten of its default.
std::string javascript_stack(Napi::Env env) {
  constexpr int kDepth = 100;
  const Napi::HandleScope scope(env);
  auto error = env.Global().Get("Error").As<Napi::Object>();
  const Napi::Value depth = error.Get("stackTraceLimit");
  error.Set("stackTraceLimit", kDepth);
  const std::string text = Napi::Error::New(env, "").Get("stack").ToString();
  error.Set("stackTraceLimit", depth);
  const size_t first = text.find('\n');
  return first == std::string::npos ? "" : text.substr(first + 1);
}

struct ScriptAnomaly final : torch::autograd::AnomalyMetadata {
  std::string stack;
  NodePointer parent;

  void store_stack() override {
    if (running) stack = javascript_stack(running);
  }
  void assign_parent(const NodePointer& node) override { parent = node; }

  void print_stack(const std::string& name) override {
    std::string text = "error in " + name + "; the forward call that made it:\n" + known();
    for (NodePointer node = parent; node;) {
      auto* const maker = dynamic_cast<ScriptAnomaly*>(node->metadata());
      if (!maker) break;
      text += "\nthat was part of the backward of " + node->name() + ", made by:\n" + maker->known();
      node = maker->parent;
    }
    const std::lock_guard<std::mutex> lock(report_mutex);
    report = std::move(text);
  }

  std::string known() const {
    return stack.empty() ? "    (not known: it ran before anomaly detection was switched on, or on another thread)" : stack;
  }
};

// anomalyReport(): string | null; reading clears it
Napi::Value take_report(const Napi::CallbackInfo& info) {
  const std::lock_guard<std::mutex> lock(report_mutex);
  if (report.empty()) return info.Env().Null();
  return Napi::String::New(info.Env(), std::exchange(report, {}));
}

}  // namespace

std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() { return std::make_unique<ScriptAnomaly>(); }

void enter_environment(napi_env env) { running = env; }

void export_anomaly(Napi::Env, Napi::Object exports) {
  // torch::autograd::AnomalyMode::set_enabled; setAnomaly(enabled, checkNan)
  export_function(exports, "setAnomaly", [](const Napi::CallbackInfo& info) {
    torch::autograd::AnomalyMode::set_enabled(info[0].ToBoolean(), info[1].ToBoolean());
  });
  export_function(exports, "anomalyReport", take_report);
}

}  // namespace torchts
