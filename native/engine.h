// What libtorch's autograd engine asks of JavaScript: hooks on saved tensors (engine.cc), stacks for anomaly mode (anomaly.cc).
#pragma once
#include <memory>
#include <napi.h>
#include <torch/csrc/autograd/anomaly_mode.h>

namespace torchts {

class Callbacks;

// Makes ours the engine of libtorch's backward passes, with JavaScript's hooks and stacks; once a process.
void install_engine();

// The hook that packs whatever this thread's operators save for their backward; none for 0.
void set_packing(std::shared_ptr<Callbacks> callbacks, uint32_t pack);

// anomaly.cc: what a node keeps of the JavaScript call that made it.
std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata();

// anomaly.cc: the environment that runs on this thread; null where no JavaScript runs.
void enter_environment(napi_env env);

}  // namespace torchts
