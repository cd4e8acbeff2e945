// An operator of libtorch's dispatcher, with its schema turned into what the reader of its arguments needs.
#pragma once
#include <ATen/core/dispatch/Dispatcher.h>
#include <optional>
#include <string>
#include <vector>

#include "tensor_invariants.h"
#include "unboxed.h"
#include "unsafe_operators.h"

namespace torchts {

enum class Kind { Tensor, Scalar, Int, Float, Bool, String, DType, Layout, MemoryFormat, Device, Generator, Unsupported };

struct Parameter {
  std::string name;
  std::string type;  // as the schema prints it, for messages
  Kind kind;
  bool list = false;
  bool optional = false;          // None is allowed
  bool optional_element = false;  // Tensor?[]
  bool single_as_list = false;    // int[2]: a lone number stands for a list
  int32_t length = 0;             // of int[2]; 0 when free
  bool aliased = false;           // it is written to, or a result is a view of it
  std::optional<at::IValue> fallback = std::nullopt;
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
  bool pure;           // neither writes to an argument nor returns a view of one
  IndexUse index_use;  // of sparse and nested tensors
  bool unsafe;         // refused unless allowed, see unsafe_operators.h
  bool returns_alias;  // some result is an argument written in place
  bool reshapes;       // it may give an argument another shape or other memory (see ShapeSnapshot in dispatch.cc)
  UnboxedCall unboxed;  // empty for other signatures than those of unboxed.h
};

Parameter parameter_of(const c10::Argument& argument);
Operator resolve_operator(const std::string& name, const std::string& overload);

}  // namespace torchts
