// When tensors are released that the collector has taken the objects of (lifetime.cc says why not at once).
#pragma once
#include <limits>
#include <napi.h>

#include "environment.h"

namespace torchts {

// The collector frees `handle` when it takes `object`.
void track(napi_env env, Environment& environment, napi_value object, Handle handle);

// Releases the tensors whose objects the collector has taken. Whoever reads handles off the wire calls it, after that: V8 may
// take an object as soon as its handle is written there, before the addon has seen it.
void release_collected(Environment& environment, size_t most = std::numeric_limits<size_t>::max()) noexcept;

// Whether memory has grown so much since the last time that JavaScript should collect its young generation, which takes a third
// of a millisecond. V8 does not see that a few hundred small objects hold many megabytes; when that is reported, it collects all.
bool young_collection_due(Environment& environment) noexcept;

// Called before an operator that may need memory. While there is plenty, only as many collected tensors are released as the last
// operator made: the C library uses blocks that are freed one by one again as they are, but merges a hundred thousand that are
// freed at once, only to split them again, which takes a seventh of a small operator's time.
void make_room(Environment& environment) noexcept;

}  // namespace torchts
