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

}  // namespace

c10::ScalarType dtype_from_name(const std::string& name) {
  for (const auto& [text, dtype] : kDTypes)
    if (name == text) return dtype;
  throw ArgumentError("expected a dtype such as 'float32' or 'int64', found '" + name + "'");
}

const char* dtype_name(c10::ScalarType dtype) {
  for (const auto& [text, known] : kDTypes)
    if (known == dtype) return text;
  return c10::toString(dtype);
}

c10::Layout layout_from_name(const std::string& name) {
  for (const auto& [text, layout] : kLayouts)
    if (name == text) return layout;
  throw ArgumentError("expected a layout such as 'strided' or 'sparse_coo', found '" + name + "'");
}

const char* layout_name(c10::Layout layout) {
  for (const auto& [text, known] : kLayouts)
    if (known == layout) return text;
  return "unknown";
}

c10::MemoryFormat memory_format_from_name(const std::string& name) {
  if (name == "contiguous") return c10::MemoryFormat::Contiguous;
  if (name == "preserve") return c10::MemoryFormat::Preserve;
  if (name == "channels_last") return c10::MemoryFormat::ChannelsLast;
  if (name == "channels_last_3d") return c10::MemoryFormat::ChannelsLast3d;
  throw ArgumentError(
      "expected a memory format ('contiguous', 'preserve', 'channels_last' or 'channels_last_3d'), found '" + name + "'");
}

const char* memory_format_name(c10::MemoryFormat format) {
  switch (format) {
    case c10::MemoryFormat::Contiguous: return "contiguous";
    case c10::MemoryFormat::ChannelsLast: return "channels_last";
    case c10::MemoryFormat::ChannelsLast3d: return "channels_last_3d";
    default: return "preserve";
  }
}

c10::Device device_from_name(const std::string& name) {
  try {
    return c10::Device(name);
  } catch (const c10::Error&) {
    throw ArgumentError("expected a device such as 'cpu' or 'cuda:0', found '" + name + "'");
  }
}

}  // namespace torchts
