// libtorch's device-generic graphs, where it has them.
#pragma once

#if __has_include(<ATen/accelerator/Graph.h>)
#include <ATen/accelerator/Graph.h>
#define TORCHTS_GRAPHS
#else
namespace at::accelerator {
class Graph {};
}  // namespace at::accelerator
#endif
