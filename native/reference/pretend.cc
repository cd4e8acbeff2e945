#include "pretend.h"

#include <ATen/EmptyTensor.h>
#include <ATen/InferSize.h>
#include <ATen/core/GraphImplInterface.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/native/TensorFactories.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/view_native.h>
#include <array>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <chrono>
#include <cstring>
#include <mutex>
#include <set>
#include <torch/library.h>
#include <unordered_map>

namespace reference {
namespace {

constexpr c10::DeviceIndex kDevices = 2;
constexpr auto kType = c10::DeviceType::PrivateUse1;
constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);

std::mutex journal_mutex;
std::vector<std::string> entries;

template <typename... Parts>
void write(const Parts&... parts) {
  const std::lock_guard<std::mutex> lock(journal_mutex);
  entries.push_back(c10::str(parts...));
}

std::string name(const c10::Stream& stream) { return c10::str("device ", static_cast<int>(stream.device_index()), " stream ", stream.id()); }

thread_local c10::DeviceIndex current_device = 0;
thread_local std::array<c10::StreamId, kDevices> current_streams{};

// Memory of its own limit; blocks come from the CPU.
struct Memory final : c10::DeviceAllocator {
  struct Block {
    size_t bytes;
    c10::DeviceIndex device;
  };
  struct Statistics {
    int64_t allocated = 0, peak = 0, allocations = 0, failures = 0;
  };
  int64_t total = 0;
  std::mutex mutex;
  std::unordered_map<void*, Block> blocks;
  std::array<Statistics, kDevices> statistics;

  c10::DataPtr allocate(size_t bytes) override;
  void release(void* data);
  c10::DeleterFnPtr raw_deleter() const override;
  void copy_data(void* target, const void* source, size_t count) const override { std::memcpy(target, source, count); }
  bool initialized() override { return true; }
  void emptyCache(c10::MempoolId_t) override { write("empty cache"); }
  void recordStream(const c10::DataPtr&, c10::Stream stream) override { write(name(stream), ": uses memory"); }
  c10::CachingDeviceAllocator::DeviceStats getDeviceStats(c10::DeviceIndex device) override {
    const std::lock_guard<std::mutex> lock(mutex);
    const Statistics& own = statistics.at(device);
    c10::CachingDeviceAllocator::DeviceStats stats;
    stats.allocated_bytes[kAll].current = stats.reserved_bytes[kAll].current = own.allocated;
    stats.allocated_bytes[kAll].peak = stats.reserved_bytes[kAll].peak = own.peak;
    stats.allocation[kAll].allocated = own.allocations;
    stats.num_ooms = own.failures;
    return stats;
  }
  void resetAccumulatedStats(c10::DeviceIndex device) override { statistics.at(device).allocations = 0; }
  void resetPeakStats(c10::DeviceIndex device) override { statistics.at(device).peak = statistics.at(device).allocated; }
  std::pair<size_t, size_t> getMemoryInfo(c10::DeviceIndex device) override {
    return {static_cast<size_t>(total - statistics.at(device).allocated), static_cast<size_t>(total)};
  }
};
Memory memory;

void release_block(void* data) { memory.release(data); }

c10::DataPtr Memory::allocate(size_t bytes) {
  const c10::Device device(kType, current_device);
  if (bytes == 0) return {nullptr, device};
  const std::lock_guard<std::mutex> lock(mutex);
  Statistics& own = statistics.at(current_device);
  if (own.allocated + static_cast<int64_t>(bytes) > total) {
    ++own.failures;
    TORCH_CHECK_WITH(OutOfMemoryError, false, "the pretended device is out of memory: tried to allocate ", bytes, " bytes");
  }
  void* data = c10::alloc_cpu(bytes);
  blocks[data] = {bytes, current_device};
  ++own.allocations;
  own.allocated += static_cast<int64_t>(bytes);
  own.peak = std::max(own.peak, own.allocated);
  return {data, data, &release_block, device};
}

void Memory::release(void* data) {
  const std::lock_guard<std::mutex> lock(mutex);
  const auto block = blocks.find(data);
  statistics.at(block->second.device).allocated -= static_cast<int64_t>(block->second.bytes);
  blocks.erase(block);
  c10::free_cpu(data);
}

c10::DeleterFnPtr Memory::raw_deleter() const { return &release_block; }

// Host memory that the device could read directly: of the CPU, but remembered.
struct Pinned final : c10::Allocator {
  std::mutex mutex;
  std::set<const void*> blocks;
  c10::DataPtr allocate(size_t bytes) override;
  c10::DeleterFnPtr raw_deleter() const override;
  void copy_data(void* target, const void* source, size_t count) const override { std::memcpy(target, source, count); }
};
Pinned pinned;

void release_pinned(void* data) {
  const std::lock_guard<std::mutex> lock(pinned.mutex);
  pinned.blocks.erase(data);
  c10::free_cpu(data);
}

c10::DataPtr Pinned::allocate(size_t bytes) {
  void* data = c10::alloc_cpu(bytes);
  const std::lock_guard<std::mutex> lock(mutex);
  blocks.insert(data);
  return {data, data, &release_pinned, c10::Device(c10::kCPU)};
}

c10::DeleterFnPtr Pinned::raw_deleter() const { return &release_pinned; }

struct Hooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return kDevices; }
  c10::DeviceIndex getCurrentDevice() const override { return current_device; }
  void setCurrentDevice(c10::DeviceIndex device) const override { current_device = device; }
  c10::DeviceIndex exchangeDevice(c10::DeviceIndex device) const override { return std::exchange(current_device, device); }
  c10::DeviceIndex maybeExchangeDevice(c10::DeviceIndex device) const override { return exchangeDevice(device); }
  c10::Allocator* getPinnedMemoryAllocator() const override { return &pinned; }
  bool isPinnedPtr(const void* data) const override {
    const std::lock_guard<std::mutex> lock(pinned.mutex);
    return pinned.blocks.count(data) > 0;
  }
};

// Streams are numbers, for all work is done at once; what matters is what was asked, in which order.
struct Guard final : c10::impl::DeviceGuardImplInterface {
  using Clock = std::chrono::steady_clock;
  struct Mark {
    int number;
    Clock::time_point time;
  };
  c10::DeviceType type() const override { return kType; }
  c10::Device exchangeDevice(c10::Device device) const override { return {kType, std::exchange(current_device, device.index())}; }
  c10::Device getDevice() const override { return {kType, current_device}; }
  void setDevice(c10::Device device) const override { current_device = device.index(); }
  void uncheckedSetDevice(c10::Device device) const noexcept override { current_device = device.index(); }
  c10::Stream stream(c10::Device device, c10::StreamId id) const { return c10::Stream(c10::Stream::UNSAFE, device, id); }
  c10::Stream getStream(c10::Device device) const override { return stream(device, current_streams.at(device.index())); }
  c10::Stream getDefaultStream(c10::Device device) const override { return stream(device, 0); }
  c10::Stream getNewStream(c10::Device device, int priority) const override {
    static std::atomic<int> last{0};
    const c10::Stream made = stream(device, ++last);
    write(name(made), ": made with priority ", priority);
    return made;
  }
  c10::Stream exchangeStream(c10::Stream next) const override {
    write(name(next), ": current");
    return stream(next.device(), std::exchange(current_streams.at(next.device_index()), next.id()));
  }
  void destroyEvent(void* event, const c10::DeviceIndex) const noexcept override { delete static_cast<Mark*>(event); }
  void record(void** event, const c10::Stream& stream, const c10::DeviceIndex, const c10::EventFlag) const override {
    static std::atomic<int> last{0};
    if (!*event) *event = new Mark{++last, {}};
    Mark& mark = *static_cast<Mark*>(*event);
    mark.time = Clock::now();
    write(name(stream), ": record event ", mark.number);
  }
  void block(void* event, const c10::Stream& stream) const override { write(name(stream), ": wait for event ", static_cast<Mark*>(event)->number); }
  bool queryEvent(void*) const override { return true; }
  void synchronizeEvent(void* event) const override { write("synchronize event ", static_cast<Mark*>(event)->number); }
  double elapsedTime(void* start, void* end, const c10::DeviceIndex) const override {
    return std::chrono::duration<double, std::milli>(static_cast<Mark*>(end)->time - static_cast<Mark*>(start)->time).count();
  }
  c10::DeviceIndex deviceCount() const noexcept override { return kDevices; }
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream& stream) const override { write(name(stream), ": synchronize"); }
  void synchronizeDevice(const c10::DeviceIndex device) const override { write("device ", static_cast<int>(device), ": synchronize"); }
  void recordDataPtrOnStream(const c10::DataPtr& data, const c10::Stream& stream) const override { memory.recordStream(data, stream); }
};
Guard guard;
Hooks hooks;

struct Graph final : at::GraphImplInterface {
  explicit Graph(const at::GraphImplArgs& args) { write("graph: made", args.keep_graph ? ", kept" : ""); }
  void capture_begin(c10::MempoolId_t pool, at::GraphCaptureMode mode) override {
    TORCH_CHECK(current_streams.at(current_device) != 0, "graphs must be captured on a non-default stream");
    write("graph: begin in mode ", static_cast<int>(mode), " and pool ", pool.first, ", ", pool.second);
  }
  void capture_end() override { write("graph: end"); }
  void instantiate() override { write("graph: instantiate"); }
  void replay() override { write("graph: replay on stream ", current_streams.at(current_device)); }
  void reset() override { write("graph: reset"); }
  c10::MempoolId_t pool() const override { return {7, 9}; }
  void enable_debug_mode() override {}
  void debug_dump(const std::string& path) override { write("graph: dump to ", path); }
};

at::Tensor empty(at::IntArrayRef size, std::optional<at::ScalarType> dtype, std::optional<at::Layout>, std::optional<at::Device> device,
                 std::optional<bool>, std::optional<at::MemoryFormat> format) {
  const c10::DeviceGuard on(device.value_or(c10::Device(kType, current_device)));
  return at::detail::empty_generic(size, &memory, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), dtype.value_or(at::kFloat), format);
}

at::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef stride, std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                         std::optional<at::Device> device, std::optional<bool>) {
  const c10::DeviceGuard on(device.value_or(c10::Device(kType, current_device)));
  return at::detail::empty_strided_generic(size, stride, &memory, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), dtype.value_or(at::kFloat));
}

// A tensor of the CPU over the same memory.
at::Tensor on_cpu(const at::Tensor& tensor) {
  if (tensor.is_cpu()) return tensor;
  return at::from_blob(tensor.data_ptr(), tensor.sizes(), tensor.strides(), tensor.options().device(c10::kCPU));
}

at::Tensor copy_from(const at::Tensor& source, const at::Tensor& target, bool non_blocking) {
  write("copy to ", target.device(), non_blocking ? " without waiting" : "", " on stream ", current_streams.at(current_device));
  at::NoGradGuard no_grad;
  on_cpu(target).copy_(on_cpu(source));
  return target;
}

at::Tensor copy_from_and_resize(const at::Tensor& source, const at::Tensor& target) {
  TORCH_CHECK(source.sizes() == target.sizes(), "the pretended device does not resize");
  return copy_from(source, target, false);
}

void record_stream(at::Tensor& tensor, c10::Stream stream) { memory.recordStream(tensor.storage().data_ptr(), stream); }

void fallback(const c10::OperatorHandle& op, torch::jit::Stack* stack) { at::native::cpu_fallback(op, stack); }

}  // namespace

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) { library.fallback(torch::CppFunction::makeFromBoxedFunction<&fallback>()); }

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", empty);
  library.impl("empty_strided", empty_strided);
  library.impl("_copy_from", copy_from);
  library.impl("_copy_from_and_resize", copy_from_and_resize);
  library.impl("record_stream", record_stream);
  library.impl("as_strided", at::native::as_strided_tensorimpl);
  library.impl("view", at::native::view);
}

Napi::Value pretend(const Napi::CallbackInfo& info) {
  memory.total = static_cast<int64_t>(info[0].ToNumber().DoubleValue());
  c10::register_privateuse1_backend("privateuseone");
  at::RegisterPrivateUse1HooksInterface(&hooks);
  static const c10::impl::DeviceGuardImplRegistrar registrar(kType, &guard);
  c10::SetAllocator(kType, &memory, 255);
  at::GraphImplRegistry()->Register(c10::DeviceTypeName(kType), [](const at::GraphImplArgs& args) -> std::unique_ptr<at::GraphImplInterface> {
    return std::make_unique<Graph>(args);
  });
  return info.Env().Undefined();
}

Napi::Value journal(const Napi::CallbackInfo& info) {
  const std::lock_guard<std::mutex> lock(journal_mutex);
  auto result = Napi::Array::New(info.Env(), entries.size());
  for (uint32_t i = 0; i < entries.size(); ++i) result[i] = entries[i];
  entries.clear();
  return result;
}

}  // namespace reference
