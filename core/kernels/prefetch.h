// Bringing memory nearer that will be read, or added to, a little later.
#pragma once

#include <cstdint>

#include "kernels/simd/vec.h"

namespace sunhwan {
namespace {

constexpr int line_floats = 16;  // of a line of the cache

// Brings `floats` floats into the nearest cache: for more streams, or wilder ones, than the
// processor foresees by itself.
SUNHWAN_INLINE void prefetch(const float* p, std::int64_t floats) {
    for (std::int64_t i = 0; i < floats; i += line_floats) __builtin_prefetch(p + i);
}

}  // namespace
}  // namespace sunhwan
