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
//   kBigInt    high, low          the halves of 64 bits; high is signed; that of a uint64 beyond int64 is 2^31 at least
//   kComplex   re, im
//   kGenerator id
//   kSame      handle             (results only) the argument itself, as in-place operators return it
//   kDict      n, then n keys each before its value (TorchScript only)
//   kSlot      number             (steps of a plan only) a value that the plan computes, see plan.h
//   kConstant  number             (steps of a plan only) a constant of its pool
// ts/native/wire.ts holds the same table; test/native/wire.test.ts compares the two.
#pragma once
#include <cstdint>

namespace torchts::wire {

// The integers that a double holds exactly, as Number.isSafeInteger has them; kInt is for them alone.
constexpr int64_t kLargestSafe = (int64_t{1} << 53) - 1;
constexpr bool is_safe(int64_t value) { return value >= -kLargestSafe && value <= kLargestSafe; }

// How deep TorchScript's lists, dictionaries and objects may be nested, in arguments and in results.
constexpr int kDeepest = 64;

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
