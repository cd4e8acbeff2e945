// Quantization to 8 bits, as operators of the namespace "torchts".
#pragma once

namespace torchts {

// Defines the operators, once in a process.
void install_quantize();

}  // namespace torchts
