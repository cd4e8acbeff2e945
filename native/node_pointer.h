// A pointer to a node of an autograd graph: std::shared_ptr up to libtorch 2.12, c10::intrusive_ptr since.
#pragma once
#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/function.h>

namespace torchts {

using NodePointer = decltype(torch::autograd::Edge::function);

}  // namespace torchts
