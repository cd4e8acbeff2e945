// The wire format: how values travel between JavaScript and C++ without one Node-API call each.
//
// A value is a tag and its payload, each one double of the shared Float64Array:
//   kNone                         null
//   kDefault                      argument left out: the schema's default
//   kTensor    handle
//   kInt       value              an integer of at most 53 bits
//   kFloat     value
//   kBool      0 | 1
//   kString    index              into the array of strings that goes with the call
//   kList      n, then n values
//   kBigInt    high, low          two's complement halves; high is signed, and beyond 2^31 that of a uint64
//   kComplex   re, im
//   kGenerator id
//   kSame      handle             (results only) the argument itself, as in-place operators return it
//   kDict      n, then n keys each before its value (TorchScript only)
//   kSlot      number             (steps of a plan only) a value that the plan computes, see plan.h
//   kConstant  number             (steps of a plan only) a constant of its pool
// ts/native/wire.ts holds the same table; test/native/wire.test.ts compares the two.
#pragma once

namespace torchts::wire {

enum Tag : int {
  kNone = 0,
  kDefault = 1,
  kTensor = 2,
  kInt = 3,
  kFloat = 4,
  kBool = 5,
  kString = 6,
  kList = 7,
  kBigInt = 8,
  kComplex = 9,
  kGenerator = 10,
  kSame = 11,
  kDict = 12,
  kSlot = 13,
  kConstant = 14,
};

}  // namespace torchts::wire
