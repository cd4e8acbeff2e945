// Operators of the namespace "torchts" that turn floating point numbers into 8-bit integers, as oneDNN's quantized products take
// them (onednn::qlinear_pointwise, onednn::qconv2d_pointwise): q = round(x / scale) + zero_point, for the whole tensor. libtorch's own
// give tensors of a quantized type, or numbers to the caller, which no recorded plan could pass on; and they read the input more often.
#include "quantize.h"

#include <ATen/Parallel.h>
#include <ATen/native/quantized/cpu/QuantUtils.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <torch/library.h>
#include <cmath>
#include <limits>
#include <tuple>

namespace torchts {
namespace {

#define ALWAYS_INLINE inline __attribute__((always_inline))

// Elements that a thread takes at once: less is not worth waking another one.
constexpr int64_t kGrain = 1 << 15;

struct Range {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();
  bool has_nan = false;
};

Range merge(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high), a.has_nan || b.has_nan}; }

// The loops are written so that compilers make vector instructions of them: 32 results side by side, and comparisons that say what
// becomes of NaN.
template <typename T>
ALWAYS_INLINE Range range_loop(const T* data, int64_t count) {
  constexpr int kLanes = 32;
  float low[kLanes], high[kLanes];
  int nan[kLanes] = {};
  std::fill(low, low + kLanes, Range().low);
  std::fill(high, high + kLanes, Range().high);
  const auto take = [&](int lane, float x) __attribute__((always_inline)) {
    low[lane] = x < low[lane] ? x : low[lane];
    high[lane] = x > high[lane] ? x : high[lane];
    nan[lane] |= x != x;
  };
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (int lane = 0; lane < kLanes; ++lane) take(lane, static_cast<float>(data[i + lane]));
  for (; i < count; ++i) take(0, static_cast<float>(data[i]));
  Range range;
  for (int lane = 0; lane < kLanes; ++lane) range = merge(range, {low[lane], high[lane], nan[lane] != 0});
  return range;
}

struct QuantizationParams {
  float inverse_scale, zero_point, quant_max;
};

template <typename T>
ALWAYS_INLINE void quantize_loop(const T* data, int64_t count, uint8_t* out, QuantizationParams params) {
  for (int64_t i = 0; i < count; ++i) {
    const float steps = std::nearbyint(static_cast<float>(data[i]) * params.inverse_scale) + params.zero_point;
    const float within = steps > 0 ? (steps < params.quant_max ? steps : params.quant_max) : 0;
    out[i] = static_cast<uint8_t>(static_cast<int32_t>(within));
  }
}

// The same loops for the instructions that the processor has: the addon itself is compiled for any.
template <typename T>
struct Loops {
  Range (*range)(const T*, int64_t);
  void (*quantize)(const T*, int64_t, uint8_t*, QuantizationParams);
};

template <typename T>
Range range_any(const T* data, int64_t count) { return range_loop(data, count); }
template <typename T>
void quantize_any(const T* data, int64_t count, uint8_t* out, QuantizationParams params) { quantize_loop(data, count, out, params); }

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2,fma")))
#define WIDEST __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
template <typename T>
WIDE Range range_wide(const T* data, int64_t count) { return range_loop(data, count); }
template <typename T>
WIDE void quantize_wide(const T* data, int64_t count, uint8_t* out, QuantizationParams params) { quantize_loop(data, count, out, params); }
template <typename T>
WIDEST Range range_widest(const T* data, int64_t count) { return range_loop(data, count); }
template <typename T>
WIDEST void quantize_widest(const T* data, int64_t count, uint8_t* out, QuantizationParams params) { quantize_loop(data, count, out, params); }
#endif

template <typename T>
const Loops<T>& loops() {
  static const Loops<T> chosen = []() -> Loops<T> {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const auto has = [](bool feature) { return feature && __builtin_cpu_supports("fma"); };
    if (has(__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")))
      return {range_widest<T>, quantize_widest<T>};
    if (has(__builtin_cpu_supports("avx2"))) return {range_wide<T>, quantize_wide<T>};
#endif
    return {range_any<T>, quantize_any<T>};
  }();
  return chosen;
}

// Calls `body` with the elements of a dense tensor, in the order of its memory.
template <typename Body>
auto with_data(const at::Tensor& self, Body body) {
  if (self.scalar_type() == at::kBFloat16) return body(self.const_data_ptr<at::BFloat16>());
  return body(self.const_data_ptr<float>());
}

at::Tensor dense(const at::Tensor& self, const char* name) {
  TORCH_CHECK(self.layout() == at::kStrided && (self.scalar_type() == at::kFloat || self.scalar_type() == at::kBFloat16), name,
              ": expected a dense tensor of float32 or bfloat16, found ", self.layout(), " of ", self.scalar_type());
  return self.is_non_overlapping_and_dense() ? self : self.contiguous();
}

Range range_of(const at::Tensor& self) {
  return with_data(self, [&](const auto* data) {
    const auto& chosen = loops<std::remove_cvref_t<decltype(*data)>>();
    const auto range_from = [&](int64_t begin, int64_t end, Range before) { return merge(before, chosen.range(data + begin, end - begin)); };
    return at::parallel_reduce(int64_t{0}, self.numel(), kGrain, Range(), range_from, merge);
  });
}

int32_t quant_max_of(bool reduce_range) { return reduce_range ? 127 : 255; }

at::Tensor quantized(const at::Tensor& self, double scale, int64_t zero_point, bool reduce_range) {
  at::Tensor out = at::empty_like(self, self.options().dtype(at::kByte));
  const QuantizationParams params{1.0f / static_cast<float>(scale), static_cast<float>(zero_point), static_cast<float>(quant_max_of(reduce_range))};
  with_data(self, [&](const auto* data) {
    const auto& chosen = loops<std::remove_cvref_t<decltype(*data)>>();
    auto* const bytes = out.mutable_data_ptr<uint8_t>();
    at::parallel_for(0, self.numel(), kGrain, [&](int64_t begin, int64_t end) { chosen.quantize(data + begin, end - begin, bytes + begin, params); });
  });
  return out;
}

at::Tensor quantize_per_tensor(const at::Tensor& self, double scale, int64_t zero_point, bool reduce_range) {
  TORCH_CHECK(scale > 0 && std::isfinite(scale), "quantize_per_tensor: expected a scale above 0, found ", scale);
  TORCH_CHECK(zero_point >= 0 && zero_point <= quant_max_of(reduce_range),
              "quantize_per_tensor: expected a zero_point from 0 to ", quant_max_of(reduce_range), ", found ",
              zero_point);
  return quantized(dense(self, "quantize_per_tensor"), scale, zero_point, reduce_range);
}

// The scale and the zero point cover the tensor's own range, as quantized::linear_dynamic chooses them. Where that range is not
// finite the scale is NaN, so that all that is computed with it is NaN too.
std::tuple<at::Tensor, at::Tensor, at::Tensor> quantize_per_tensor_dynamic(const at::Tensor& self, bool reduce_range) {
  const at::Tensor input = dense(self, "quantize_per_tensor_dynamic");
  const Range range = input.numel() == 0 ? Range{0, 0, false} : range_of(input);
  double scale = std::numeric_limits<double>::quiet_NaN();
  int64_t zero_point = 0;
  if (!range.has_nan && std::isfinite(range.low) && std::isfinite(range.high)) {
    const auto chosen = quant_utils::ChooseQuantizationParams(range.low, range.high, 0, 255, false, false, reduce_range);
    scale = chosen.scale;
    zero_point = chosen.zero_point;
  }
  return {quantized(input, scale, zero_point, reduce_range), at::scalar_tensor(scale, at::kFloat), at::scalar_tensor(zero_point, at::kInt)};
}

}  // namespace

void install_quantize() {
  static const auto library = [] {
    torch::Library defined(torch::Library::DEF, "torchts", std::nullopt, __FILE__, __LINE__);
    defined.def("quantize_per_tensor(Tensor self, float scale, int zero_point, bool reduce_range=False) -> Tensor");
    defined.def("quantize_per_tensor_dynamic(Tensor self, bool reduce_range=False) -> (Tensor, Tensor, Tensor)");
    defined.impl("quantize_per_tensor", torch::dispatch(c10::DispatchKey::CPU, quantize_per_tensor));
    defined.impl("quantize_per_tensor_dynamic", torch::dispatch(c10::DispatchKey::CPU, quantize_per_tensor_dynamic));
    return defined;
  }();
}

}  // namespace torchts
