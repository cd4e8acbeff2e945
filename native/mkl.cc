// By what MKL chooses its kernels: the processor's vendor or its features. MKL itself looks at the features of Intel's
// processors only, and gives others kernels that are up to 2.5 times slower. It asks mkl_serv_intel_cpu_true, which libtorch
// exports and calls through the dynamic linker. The addon, which brings libtorch into the process, comes before it where that
// symbol is looked up, so the definition below is called instead. No file of libtorch is changed.
#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "exports.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A function of MKL: the kernels that it has chosen, -1 before its first computation.
extern "C" __attribute__((weak)) int mkl_serv_get_cpu_type(int);

namespace torchts {
namespace {

#if defined(__x86_64__)
bool is_intel() { return __builtin_cpu_is("intel"); }
bool has_features() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#else
bool is_intel() { return false; }
bool has_features() { return false; }
#endif

// Flags of one word, so that mkl_serv_intel_cpu_true takes one atomic operation.
enum : int { kByFeatures = 1, kAsked = 2 };

int by_environment() {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  const char* dispatch = std::getenv("TORCHTS_MKL_DISPATCH");
  if (dispatch && *dispatch) return std::strcmp(dispatch, "vendor") == 0 ? 0 : kByFeatures;
  // MKL_CBWR asks for the same results on all processors: those that MKL gives by itself.
  const char* reproducible = std::getenv("MKL_CBWR");
  return reproducible && *reproducible ? 0 : kByFeatures;
}

std::atomic<int> state{by_environment()};

int counts_as_intel(int bits) { return is_intel() || ((bits & kByFeatures) && has_features()); }

bool has_mkl() { return mkl_serv_get_cpu_type != nullptr; }

// MKL keeps its first choice for the whole process.
bool decided() { return (state.load() & kAsked) || mkl_serv_get_cpu_type(0) >= 0; }

// False also when MKL chose without a call of our function: something else had brought libtorch into the process before.
bool by_features() {
  const int bits = state.load();
  return (bits & kByFeatures) && ((bits & kAsked) || mkl_serv_get_cpu_type(0) < 0);
}

const char* dispatch_name(bool features) { return features ? "features" : "vendor"; }

// mklDispatch(): 'features', 'vendor', or null without MKL
Napi::Value dispatch(const Napi::CallbackInfo& info) {
  if (!has_mkl()) return info.Env().Null();
  return Napi::String::New(info.Env(), dispatch_name(by_features()));
}

// setMklDispatch(name): whether it is in force
Napi::Value set_dispatch(const Napi::CallbackInfo& info) {
  const std::string name = info[0].ToString();
  const bool features = name == dispatch_name(true);
  if (!features && name != dispatch_name(false))
    throw ArgumentError(std::string("expected ") + dispatch_name(true) + " or " + dispatch_name(false) + ", found " + name);
  if (!has_mkl()) return Napi::Boolean::New(info.Env(), false);
  int undecided = state.load() & ~kAsked;
  if (!decided()) state.compare_exchange_strong(undecided, features ? kByFeatures : 0);
  return Napi::Boolean::New(info.Env(), by_features() == features);
}

// mklInstructions(): the instruction set of MKL's kernels, null before it has chosen
Napi::Value instructions(const Napi::CallbackInfo& info) {
  switch (has_mkl() ? mkl_serv_get_cpu_type(0) : -1) {
    case -1: return info.Env().Null();
    case 3: return Napi::String::New(info.Env(), "SSE4.2");
    case 5: return Napi::String::New(info.Env(), "AVX2");
    case 7: return Napi::String::New(info.Env(), "AVX-512");
    default: return Napi::String::New(info.Env(), "generic");
  }
}

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

constexpr int kRounds = 1 << 20;

// A loop that keeps the multiply-add units of one core busy.
struct Loop {
  float (*run)();
  double operations;  // of floating point, of one run
};

#if defined(__x86_64__)
// Two units with a latency of four cycles take eight independent sums; with some more, no unit waits for the loop itself. A macro,
// for intrinsics cannot be handed to a function that is compiled for other instructions.
#define MULTIPLY_ADD_LOOP(name, instructions, Vector, prefix, count)                                  \
  __attribute__((target(instructions))) float name##_run() {                                          \
    Vector sums[count];                                                                               \
    for (auto& sum : sums) sum = prefix##_set1_ps(1);                                                 \
    const Vector factor = prefix##_set1_ps(0.5f);                                                     \
    for (int round = 0; round < kRounds; round++)                                                     \
      for (auto& sum : sums) sum = prefix##_fmadd_ps(sum, factor, factor);                            \
    float total = 0;                                                                                  \
    for (auto& sum : sums) total += prefix##_cvtss_f32(sum);                                          \
    return total;                                                                                     \
  }                                                                                                   \
  constexpr Loop name{name##_run, 2.0 * (sizeof(Vector) / sizeof(float)) * count * kRounds};

MULTIPLY_ADD_LOOP(kLoop512, "avx512f", __m512, _mm512, 16)
MULTIPLY_ADD_LOOP(kLoop256, "avx2,fma", __m256, _mm256, 12)
#endif

// The widest loop that the processor can run; null where that is none.
const Loop* widest_loop() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return &kLoop512;
  if (has_features()) return &kLoop256;
#endif
  return nullptr;
}

// The least time of the runs that fit into a third of a second: other programs can only add to it.
template <typename Body>
double least_seconds(Body body) {
  double least = 1e9;
  const double end = seconds() + 0.3;
  for (int run = 0; run < 3 || seconds() < end; run++) {
    const double start = seconds();
    body();
    least = std::min(least, seconds() - start);
  }
  return least;
}

// Each thread measures its own time, so that one that had to wait for its core counts no less.
double limit_gflops() {
  const Loop* const loop = widest_loop();
  if (loop == nullptr) return 0;
  std::vector<double> least(at::get_num_threads(), 0);
  std::atomic<float> sink{0};
  at::parallel_for(0, least.size(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) least[i] = least_seconds([&] { sink = loop->run(); });
  });
  double sum = 0;
  for (const double time : least) sum += loop->operations / time / 1e9;
  return sum;
}

// measureProducts(): { gflops, limit, threads, dispatch, instructions } in float32; limit 0 where it is not known
Napi::Value measure(const Napi::CallbackInfo& info) {
  constexpr int64_t size = 1024;
  const auto a = at::ones({size, size}), b = at::ones({size, size});
  const double least = least_seconds([&] { at::mm(a, b); });
  auto result = Napi::Object::New(info.Env());
  result["gflops"] = 2.0 * size * size * size / least / 1e9;
  result["limit"] = limit_gflops();
  result["threads"] = at::get_num_threads();
  result["dispatch"] = dispatch(info);
  result["instructions"] = instructions(info);
  return result;
}

}  // namespace

void export_mkl(Napi::Env, Napi::Object exports) {
  export_function(exports, "mklDispatch", dispatch);
  export_function(exports, "setMklDispatch", set_dispatch);
  export_function(exports, "mklInstructions", instructions);
  export_function(exports, "measureProducts", measure);
}

}  // namespace torchts

#if defined(__x86_64__) && defined(__linux__)
// Called when MKL chooses its kernels, on any thread.
extern "C" __attribute__((visibility("default"))) int mkl_serv_intel_cpu_true() {
  using namespace torchts;
  int bits = state.load();
  if (!(bits & kAsked)) bits = state.fetch_or(kAsked);
  return counts_as_intel(bits);
}
#endif
