// Runs a torch::nn module with weights and inputs that come from JavaScript as plain arrays, so that its TypeScript twin
// can be compared with it bit for bit. Nothing here shares code with the addon that it judges.
#pragma once
#include <functional>
#include <napi.h>
#include <torch/nn/module.h>

namespace reference {

using Forward = std::function<at::Tensor(const at::Tensor&)>;

// Reads the call (options, weights: { [key]: Float32Array }, input: Float32Array, inputShape, outputGradient: Float32Array),
// and gives { output, inputGradient, gradients: { [key]: Float32Array } }. Every parameter must be given, none beside them.
Napi::Value run_twin(const Napi::CallbackInfo& info, torch::nn::Module& module, const Forward& forward);

// A number of the options; throws std::invalid_argument, which names it, when it is absent.
double number(const Napi::Object& options, const char* name);
int64_t integer(const Napi::Object& options, const char* name);

// Turns C++ exceptions into JavaScript errors.
template <typename Body>
Napi::Value guarded(const Napi::CallbackInfo& info, Body body) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
}

}  // namespace reference
