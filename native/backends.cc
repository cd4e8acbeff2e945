// How libtorch was built, and the switches of the libraries that it computes with.
#include "backends.h"

#include <ATen/Context.h>
#include <ATen/Version.h>
#include <ATen/ops/_nnpack_available.h>
#include <c10/util/Logging.h>
#include <torch/version.h>
#include <utility>

#include "exports.h"

namespace torchts {
namespace {

at::Context& context() { return at::globalContext(); }

struct Switch {
  const char* name;
  bool (*get)();
  void (*set)(bool);
};

bool allowed(at::CuBLASReductionOption option) { return option == at::CuBLASReductionOption::AllowReducedPrecisionWithSplitK; }

// The names are those of torch.backends, with the library before the dot.
const Switch kSwitches[] = {
    {"cudnn.enabled", [] { return context().userEnabledCuDNN(); }, [](bool on) { context().setUserEnabledCuDNN(on); }},
    {"cudnn.benchmark", [] { return context().benchmarkCuDNN(); }, [](bool on) { context().setBenchmarkCuDNN(on); }},
    {"cudnn.deterministic", [] { return context().deterministicCuDNN(); }, [](bool on) { context().setDeterministicCuDNN(on); }},
    {"cudnn.allowTF32", [] { return context().allowTF32CuDNN(); }, [](bool on) { context().setAllowTF32CuDNN(on); }},
    {"cuda.matmul.allowTF32", [] { return context().allowTF32CuBLAS(); }, [](bool on) { context().setAllowTF32CuBLAS(on); }},
    {"cuda.matmul.allowFp16ReducedPrecisionReduction", [] { return allowed(context().allowFP16ReductionCuBLAS()); },
     [](bool on) { context().setAllowFP16ReductionCuBLAS(on); }},
    {"cuda.matmul.allowBf16ReducedPrecisionReduction", [] { return allowed(context().allowBF16ReductionCuBLAS()); },
     [](bool on) { context().setAllowBF16ReductionCuBLAS(on); }},
    {"cuda.matmul.allowFp16Accumulation", [] { return context().allowFP16AccumulationCuBLAS(); },
     [](bool on) { context().setAllowFP16AccumulationCuBLAS(on); }},
    {"cuda.flashSdp", [] { return context().userEnabledFlashSDP(); }, [](bool on) { context().setSDPUseFlash(on); }},
    {"cuda.memEfficientSdp", [] { return context().userEnabledMemEfficientSDP(); }, [](bool on) { context().setSDPUseMemEfficient(on); }},
    {"cuda.mathSdp", [] { return context().userEnabledMathSDP(); }, [](bool on) { context().setSDPUseMath(on); }},
    {"cuda.cudnnSdp", [] { return context().userEnabledCuDNNSDP(); }, [](bool on) { context().setSDPUseCuDNN(on); }},
    {"mkldnn.enabled", [] { return context().userEnabledMkldnn(); }, [](bool on) { context().setUserEnabledMkldnn(on); }},
    {"mkldnn.deterministic", [] { return context().deterministicMkldnn(); }, [](bool on) { context().setDeterministicMkldnn(on); }},
    {"nnpack.enabled", [] { return context().userEnabledNNPACK(); }, [](bool on) { context().setUserEnabledNNPACK(on); }},
    {"deterministic.fillUninitializedMemory", [] { return context().deterministicFillUninitializedMemory(); },
     [](bool on) { context().setDeterministicFillUninitializedMemory(on); }},
};

const Switch& switch_of(const Napi::CallbackInfo& info) {
  const std::string name = info[0].ToString();
  for (const Switch& item : kSwitches)
    if (name == item.name) return item;
  std::string known;
  for (const Switch& item : kSwitches) known += (known.empty() ? "" : ", ") + std::string(item.name);
  throw ArgumentError("expected one of the switches " + known + ", found '" + name + "'");
}

constexpr std::pair<const char*, at::Float32MatmulPrecision> kPrecisions[] = {
    {"highest", at::Float32MatmulPrecision::HIGHEST}, {"high", at::Float32MatmulPrecision::HIGH}, {"medium", at::Float32MatmulPrecision::MEDIUM}};

// at::Context::float32MatmulPrecision; matmulPrecision(): string
Napi::Value matmul_precision(const Napi::CallbackInfo& info) {
  const auto found = context().float32MatmulPrecision();
  for (const auto& [name, precision] : kPrecisions)
    if (precision == found) return Napi::String::New(info.Env(), name);
  return info.Env().Null();
}

// at::Context::has…; features(): { mkl, mkldnn, openmp, lapack, cuda, cudnn }, cudnnVersion, which is 0 without, and
// cpuCapability, the instructions that libtorch chose its kernels by
Napi::Value features(const Napi::CallbackInfo& info) {
  const auto& cuda = at::detail::getCUDAHooks();
  auto result = Napi::Object::New(info.Env());
  result["mkl"] = at::hasMKL();
  result["mkldnn"] = at::hasMKLDNN();
  result["openmp"] = at::hasOpenMP();
  result["lapack"] = at::hasLAPACK();
  result["nnpack"] = has_nnpack();
  result["cuda"] = at::hasCUDA();
  result["cudnn"] = at::hasCUDA() && cuda.hasCuDNN();
  result["cudnnVersion"] = at::hasCUDA() && cuda.hasCuDNN() ? static_cast<double>(cuda.versionCuDNN()) : 0;
  result["cpuCapability"] = at::get_cpu_capability();
  return result;
}

}  // namespace

bool has_nnpack() {
  static const bool has = [] {
    constexpr int kErrors = 2;  // and nothing below, by the numbers of glog
    const int before = std::exchange(FLAGS_caffe2_log_level, kErrors);
    const bool found = at::_nnpack_available();
    FLAGS_caffe2_log_level = before;
    if (!found) context().setUserEnabledNNPACK(false);
    return found;
  }();
  return has;
}

void export_backends(Napi::Env, Napi::Object exports) {
  // getSwitch(name): boolean
  export_function(exports, "getSwitch", [](const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), switch_of(info).get()); });
  // setSwitch(name, on)
  export_function(exports, "setSwitch", [](const Napi::CallbackInfo& info) { switch_of(info).set(info[1].ToBoolean()); });
  export_function(exports, "matmulPrecision", matmul_precision);
  // at::Context::setFloat32MatmulPrecision; setMatmulPrecision(name)
  export_function(exports, "setMatmulPrecision", [](const Napi::CallbackInfo& info) { context().setFloat32MatmulPrecision(info[0].ToString()); });
  // at::Context::setDeterministicAlgorithms; setDeterministic(on, warnOnly)
  export_function(exports, "setDeterministic", [](const Napi::CallbackInfo& info) {
    context().setDeterministicAlgorithms(info[0].ToBoolean(), info[1].ToBoolean());
  });
  // at::Context::deterministicAlgorithms; deterministic(): 0 no, 1 warns, 2 throws
  export_function(exports, "deterministic", [](const Napi::CallbackInfo& info) {
    const int level = !context().deterministicAlgorithms() ? 0 : context().deterministicAlgorithmsWarnOnly() ? 1 : 2;
    return Napi::Number::New(info.Env(), level);
  });
  // at::Context::setFlushDenormal; setFlushDenormal(on): whether this processor can
  export_function(exports, "setFlushDenormal", [](const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), at::Context::setFlushDenormal(info[0].ToBoolean()));
  });
  export_function(exports, "features", features);
  // at::show_config; showConfig(): string
  export_function(exports, "showConfig",
                  [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), at::show_config()); });
  // TORCH_VERSION; torchVersion(): string
  export_function(exports, "torchVersion",
                  [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), TORCH_VERSION); });
}

}  // namespace torchts
