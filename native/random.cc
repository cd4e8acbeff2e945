// Generators of random numbers.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/detail/AcceleratorHooksInterface.h>
#include <cmath>

#include "environment.h"
#include "exports.h"
#include "names.h"
#include "wire.h"

namespace torchts {
namespace {

// The name of a device stands for its default generator, 0 for that of the CPU.
at::Generator generator_of(const Napi::CallbackInfo& info) {
  if (info[0].IsString()) return at::globalContext().defaultGenerator(device_from_name(info[0].ToString()));
  const uint32_t id = info[0].ToNumber().Uint32Value();
  if (id == 0) return at::detail::getDefaultCPUGenerator();
  return Environment::of(info.Env()).generators.get(id);
}

// Any integer of 64 bits; a negative one stands for its two's complement, as in PyTorch.
uint64_t seed_of(Napi::Value value) {
  if (value.IsBigInt()) {
    bool fits_unsigned, fits_signed;
    const auto seed = value.As<Napi::BigInt>();
    const uint64_t bits = seed.Uint64Value(&fits_unsigned);
    seed.Int64Value(&fits_signed);
    if (fits_unsigned || fits_signed) return bits;
  } else if (value.IsNumber()) {
    const double seed = value.As<Napi::Number>().DoubleValue();
    if (std::trunc(seed) == seed && std::abs(seed) <= static_cast<double>(wire::kLargestSafe)) return static_cast<uint64_t>(static_cast<int64_t>(seed));
  }
  throw ArgumentError("expected a seed that is a safe integer or a bigint of 64 bits, found " + std::string(value.ToString()));
}

// at::detail::createCPUGenerator; createGenerator(device): id
Napi::Value create(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  const auto device = device_from_name(info[0].ToString());
  at::Generator generator = device.is_cpu()
      ? at::detail::createCPUGenerator()
      : at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
  return Napi::Number::New(info.Env(), environment.generators.add(std::move(generator)));
}

// Generator::set_current_seed under its lock; seedGenerator(id, seed)
void seed(const Napi::CallbackInfo& info) {
  auto generator = generator_of(info);
  const uint64_t seed = seed_of(info[1]);  // not under the lock: its message calls `toString`, which may draw numbers
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(seed);
}

// Generator::current_seed; initialSeed(id): bigint, what the generator was seeded with last
Napi::Value initial_seed(const Napi::CallbackInfo& info) {
  auto generator = generator_of(info);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  return Napi::BigInt::New(info.Env(), generator.current_seed());
}

// Generator::seed; randomSeed(id): bigint, drawn from the system
Napi::Value random_seed(const Napi::CallbackInfo& info) {
  auto generator = generator_of(info);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  return Napi::BigInt::New(info.Env(), generator.seed());
}

// Generator::get_state; generatorState(id): handle of a uint8 tensor
Napi::Value state(const Napi::CallbackInfo& info) {
  auto generator = generator_of(info);
  at::Tensor state;
  {
    const std::lock_guard<std::mutex> lock(generator.mutex());
    state = generator.get_state();
  }
  return handle_of(info.Env(), std::move(state));
}

// Generator::set_state; setGeneratorState(id, handle)
void set_state(const Napi::CallbackInfo& info) {
  auto generator = generator_of(info);
  const at::Tensor state = tensor_of(info, 1);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  // libtorch counts the offset of a view twice and reads past its end, so a view (of a loaded file, say) is copied.
  generator.set_state(state.storage_offset() == 0 ? state : state.clone());
}

}  // namespace

void export_random(Napi::Env, Napi::Object exports) {
  // at::manual_seed: the default generators of all devices; manualSeed(seed)
  export_function(exports, "manualSeed", [](const Napi::CallbackInfo& info) { at::manual_seed(seed_of(info[0])); });
  export_function(exports, "createGenerator", create);
  export_function(exports, "seedGenerator", seed);
  export_function(exports, "initialSeed", initial_seed);
  export_function(exports, "randomSeed", random_seed);
  export_function(exports, "generatorState", state);
  export_function(exports, "setGeneratorState", set_state);
  // disposeGenerator(id): void
  export_function(exports, "disposeGenerator", [](const Napi::CallbackInfo& info) {
    Environment::of(info.Env()).generators.remove(info[0].ToNumber().Uint32Value());
  });
}

}  // namespace torchts
