// Names of element types, layouts, memory formats and devices, as PyTorch prints them without the `torch.` prefix.
#pragma once
#include <c10/core/Device.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>
#include <string>
#include <utility>

namespace torchts {

inline constexpr std::pair<const char*, c10::ScalarType> kDTypes[] = {
    {"uint8", c10::ScalarType::Byte},
    {"int8", c10::ScalarType::Char},
    {"int16", c10::ScalarType::Short},
    {"int32", c10::ScalarType::Int},
    {"int64", c10::ScalarType::Long},
    {"float16", c10::ScalarType::Half},
    {"float32", c10::ScalarType::Float},
    {"float64", c10::ScalarType::Double},
    {"complex32", c10::ScalarType::ComplexHalf},
    {"complex64", c10::ScalarType::ComplexFloat},
    {"complex128", c10::ScalarType::ComplexDouble},
    {"bool", c10::ScalarType::Bool},
    {"bfloat16", c10::ScalarType::BFloat16},
    {"float8_e5m2", c10::ScalarType::Float8_e5m2},
    {"float8_e4m3fn", c10::ScalarType::Float8_e4m3fn},
    {"float8_e5m2fnuz", c10::ScalarType::Float8_e5m2fnuz},
    {"float8_e4m3fnuz", c10::ScalarType::Float8_e4m3fnuz},
    {"float8_e8m0fnu", c10::ScalarType::Float8_e8m0fnu},
    {"uint16", c10::ScalarType::UInt16},
    {"uint32", c10::ScalarType::UInt32},
    {"uint64", c10::ScalarType::UInt64},
    {"qint8", c10::ScalarType::QInt8},
    {"quint8", c10::ScalarType::QUInt8},
    {"qint32", c10::ScalarType::QInt32},
};

// The codes travel to JavaScript (storage.cc, ts/native/wire.ts), so they are pinned.
static_assert(static_cast<int>(c10::ScalarType::Byte) == 0);
static_assert(static_cast<int>(c10::ScalarType::Long) == 4);
static_assert(static_cast<int>(c10::ScalarType::Float) == 6);
static_assert(static_cast<int>(c10::ScalarType::Bool) == 11);
static_assert(static_cast<int>(c10::ScalarType::BFloat16) == 15);
static_assert(static_cast<int>(c10::ScalarType::UInt16) == 27);

// Those that take a name throw ArgumentError for an unknown one.
c10::ScalarType dtype_from_name(const std::string& name);
const char* dtype_name(c10::ScalarType dtype);
c10::Layout layout_from_name(const std::string& name);
const char* layout_name(c10::Layout layout);
c10::MemoryFormat memory_format_from_name(const std::string& name);
const char* memory_format_name(c10::MemoryFormat format);
c10::Device device_from_name(const std::string& name);

}  // namespace torchts
