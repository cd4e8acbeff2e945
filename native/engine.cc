// libtorch's autograd engine, extended as Python's binding does it: hooks on what operators save for the backward pass, and the
// JavaScript stack of the call that made a node.
#include "engine.h"

#include <cstring>
#include <mutex>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>

#include "environment.h"
#include "exports.h"
#include "names.h"

namespace torchts {
namespace {

// The hook that packs whatever this thread's operators save; none while `pack` is 0.
struct Packing {
  std::shared_ptr<Callbacks> callbacks;
  uint32_t pack = 0;
};
thread_local Packing packing;

// Of the elements of an integer tensor, which may be indices; 0 for other types.
uint64_t checksum(const at::Tensor& tensor) {
  if (tensor.layout() == c10::kSparse) return checksum(tensor._indices());
  if (tensor.layout() != c10::kStrided || !tensor.is_cpu() || !at::isIntegralType(tensor.scalar_type(), true)) return 0;
  const at::NoGradGuard no_grad;
  const at::Tensor numbers = tensor.detach().contiguous();
  const auto* const bytes = static_cast<const unsigned char*>(numbers.const_data_ptr());
  uint64_t sum = 1;
  size_t done = 0;
  for (uint64_t word; done + sizeof word <= numbers.nbytes(); done += sizeof word) {
    std::memcpy(&word, bytes + done, sizeof word);
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    sum ^= sum >> 29;
  }
  for (; done < numbers.nbytes(); ++done) sum = (sum ^ bytes[done]) * 0x9e3779b97f4a7c15u;
  return sum;
}

// What an unpacked tensor must have in common with the packed one: backward kernels trust what the forward has checked.
struct SavedAs {
  explicit SavedAs(const at::Tensor& tensor)
      : sizes(tensor.sizes().vec()), dtype(tensor.scalar_type()), layout(tensor.layout()), device(tensor.device()), sum(checksum(tensor)) {}

  void check(const at::Tensor& tensor) const {
    constexpr const char* kWhere = "hooks on saved tensors: expected unpack to give back ";
    TORCH_CHECK(tensor.defined(), kWhere, "a tensor, found none");
    TORCH_CHECK(tensor.sizes() == sizes, kWhere, "the shape that was packed, ", c10::IntArrayRef(sizes), ", found ", tensor.sizes());
    TORCH_CHECK(tensor.scalar_type() == dtype, kWhere, "the dtype that was packed, ", dtype_name(dtype), ", found ", dtype_name(tensor.scalar_type()));
    TORCH_CHECK(tensor.layout() == layout, kWhere, "the layout that was packed, ", layout_name(layout), ", found ", layout_name(tensor.layout()));
    TORCH_CHECK(tensor.device() == device, kWhere, "a tensor on the device that was packed, ", device, ", found ", tensor.device());
    TORCH_CHECK(checksum(tensor) == sum, kWhere, "the same integers that were packed, found others: they may be indices");
  }

  std::vector<int64_t> sizes;
  at::ScalarType dtype;
  c10::Layout layout;
  c10::Device device;
  uint64_t sum;
};

// The pair of hooks of one saved tensor: the function that packs returns the number of the function that unpacks.
struct ScriptSavedHooks final : torch::autograd::SavedVariableHooks {
  explicit ScriptSavedHooks(const Packing& from) : packing(from) {}
  void call_pack_hook(const at::Tensor& tensor) override {
    if (!tensor.is_nested()) saved.emplace(tensor);  // a nested tensor has no sizes
    unpack = std::make_unique<Callback>(packing.callbacks, packing.callbacks->ask(packing.pack, {tensor}));
  }
  at::Tensor call_unpack_hook() override {
    TORCH_CHECK(unpack, "a saved tensor was unpacked before it was packed");
    at::Tensor tensor = (*unpack)({}).at(0);
    if (saved) saved->check(tensor);
    return tensor;
  }
  const Packing packing;
  std::optional<SavedAs> saved;
  std::unique_ptr<Callback> unpack;
};

class ScriptEngine final : public torch::autograd::Engine {
 public:
  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override { return torchts::make_anomaly_metadata(); }
  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    if (packing.pack == 0) return nullptr;
    return std::make_unique<ScriptSavedHooks>(packing);
  }
};

torch::autograd::Engine& script_engine() {
  static auto* const engine = new ScriptEngine;  // never destroyed: its threads may run when the process ends
  return *engine;
}

}  // namespace

void install_engine() {
  static std::once_flag once;
  std::call_once(once, [] { torch::autograd::set_default_engine_stub(script_engine); });
}

void set_packing(std::shared_ptr<Callbacks> callbacks, uint32_t pack) { packing = {std::move(callbacks), pack}; }

void export_engine(Napi::Env, Napi::Object exports) {
  // torch::autograd::SavedVariableHooks; setSavedTensorHook(pack): 0 for none
  export_function(exports, "setSavedTensorHook", [](const Napi::CallbackInfo& info) {
    if (!info[0].IsNumber()) throw ArgumentError("expected the number of a callback");
    Environment& environment = Environment::of(info.Env());
    environment.packing = info[0].ToNumber().Uint32Value();
    set_packing(environment.callbacks, environment.packing);
  });
}

}  // namespace torchts
