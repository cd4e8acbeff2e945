// The autograd engine, as Python's binding extends it too: hooks on what operators save for the backward pass, and the
// stack of the call that made a node.
#include "engine.h"

#include <mutex>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>

#include "convert.h"
#include "exports.h"

namespace torchts {
namespace {

// The hook that packs whatever this thread's operators save; none while `pack` is 0.
struct Packing {
  std::shared_ptr<Callbacks> callbacks;
  uint32_t pack = 0;
};
thread_local Packing packing;

// The pair of hooks of one saved tensor: packing answers with the function that unpacks.
struct ScriptSavedHooks final : torch::autograd::SavedVariableHooks {
  explicit ScriptSavedHooks(const Packing& from) : packing(from) {}
  void call_pack_hook(const at::Tensor& tensor) override {
    unpack = std::make_unique<Callback>(packing.callbacks, packing.callbacks->ask(packing.pack, {tensor}));
  }
  at::Tensor call_unpack_hook() override {
    TORCH_CHECK(unpack, "a saved tensor was unpacked before it was packed");
    return (*unpack)({}).at(0);
  }
  const Packing packing;
  std::unique_ptr<Callback> unpack;
};

class ScriptEngine final : public torch::autograd::Engine {
 public:
  ~ScriptEngine() override { stop(); }
  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override { return torchts::make_anomaly_metadata(); }
  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    if (packing.pack == 0) return nullptr;
    return std::make_unique<ScriptSavedHooks>(packing);
  }
};

torch::autograd::Engine& script_engine() {
  static ScriptEngine engine;
  return engine;
}

}  // namespace

void install_engine() {
  static std::once_flag once;
  std::call_once(once, [] { torch::autograd::set_default_engine_stub(script_engine); });
}

void export_engine(Napi::Env, Napi::Object exports) {
  // torch::autograd::SavedVariableHooks; setSavedTensorHook(pack): 0 for none
  export_function(exports, "setSavedTensorHook", [](const Napi::CallbackInfo& info) {
    if (!info[0].IsNumber()) throw ArgumentError("expected the number of a callback");
    packing = {Environment::of(info.Env()).callbacks, info[0].ToNumber().Uint32Value()};
  });
}

}  // namespace torchts
