#include "names.h"

#include "guard.h"

namespace torchts {
namespace {

constexpr std::pair<const char*, c10::Layout> kLayouts[] = {
    {"strided", c10::Layout::Strided},       {"sparse_coo", c10::Layout::Sparse},
    {"sparse_csr", c10::Layout::SparseCsr},  {"sparse_csc", c10::Layout::SparseCsc},
    {"sparse_bsr", c10::Layout::SparseBsr},  {"sparse_bsc", c10::Layout::SparseBsc},
    {"mkldnn", c10::Layout::Mkldnn},         {"jagged", c10::Layout::Jagged},
};

constexpr std::pair<const char*, c10::MemoryFormat> kMemoryFormats[] = {
    {"contiguous", c10::MemoryFormat::Contiguous},
    {"preserve", c10::MemoryFormat::Preserve},
    {"channels_last", c10::MemoryFormat::ChannelsLast},
    {"channels_last_3d", c10::MemoryFormat::ChannelsLast3d},
};

template <typename T, size_t N>
T value_of(const std::pair<const char*, T> (&table)[N], const std::string& name, const char* expected) {
  for (const auto& [text, value] : table)
    if (name == text) return value;
  throw ArgumentError(std::string("expected ") + expected + ", found '" + name + "'");
}

template <typename T, size_t N>
const char* name_of(const std::pair<const char*, T> (&table)[N], T value, const char* fallback) {
  for (const auto& [text, known] : table)
    if (known == value) return text;
  return fallback;
}

}  // namespace

c10::ScalarType dtype_from_name(const std::string& name) { return value_of(kDTypes, name, "a dtype such as 'float32' or 'int64'"); }
const char* dtype_name(c10::ScalarType dtype) { return name_of(kDTypes, dtype, c10::toString(dtype)); }

c10::Layout layout_from_name(const std::string& name) { return value_of(kLayouts, name, "a layout such as 'strided' or 'sparse_coo'"); }
const char* layout_name(c10::Layout layout) { return name_of(kLayouts, layout, "unknown"); }

c10::MemoryFormat memory_format_from_name(const std::string& name) {
  return value_of(kMemoryFormats, name, "a memory format ('contiguous', 'preserve', 'channels_last' or 'channels_last_3d')");
}
const char* memory_format_name(c10::MemoryFormat format) { return name_of(kMemoryFormats, format, "unknown"); }

c10::Device device_from_name(const std::string& name) {
  try {
    return c10::Device(name);
  } catch (const c10::Error&) {
    throw ArgumentError("expected a device such as 'cpu' or 'cuda:0', found '" + name + "'");
  }
}

}  // namespace torchts
