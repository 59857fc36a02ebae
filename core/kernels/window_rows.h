// What the kernels that read through a window map share.
#pragma once

#include "kernels/simd/vec.h"
#include "kernels/windows.h"

namespace sunhwan {
namespace {

// The row of C floats that an entry of a map names, null for `nothing`.
SUNHWAN_INLINE const float* row_at(std::int32_t entry, const float* values, const float* head,
                                   std::int64_t C) {
    if (entry == nothing) return nullptr;
    if (entry < 0) return head + (-1 - static_cast<std::int64_t>(entry)) * C;
    return values + static_cast<std::int64_t>(entry) * C;
}

// Calls body(column, lanes) for each vector of C columns; lanes is Vec::width but in the last one.
template <typename Body>
SUNHWAN_INLINE void for_vectors(std::int64_t C, const Body& body) {
    std::int64_t c = 0;
    for (; c + Vec::width <= C; c += Vec::width) body(c, Vec::width);
    if (c < C) body(c, static_cast<int>(C - c));
}

SUNHWAN_INLINE Vec load_lanes(const float* p, int lanes) {
    return lanes == Vec::width ? load(p) : load_partial(p, lanes);
}

SUNHWAN_INLINE void store_lanes(float* p, Vec v, int lanes) {
    if (lanes == Vec::width)
        store(p, v);
    else
        store_partial(p, v, lanes);
}

SUNHWAN_INLINE void copy_row(const float* from, float* to, std::int64_t C) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        store_lanes(to + c, load_lanes(from + c, lanes), lanes);
    });
}

SUNHWAN_INLINE void zero_row(float* to, std::int64_t C) {
    for_vectors(C, [&](std::int64_t c, int lanes) { store_lanes(to + c, zero(), lanes); });
}

SUNHWAN_INLINE void add_row(const float* from, float* to, std::int64_t C) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        store_lanes(to + c, load_lanes(to + c, lanes) + load_lanes(from + c, lanes), lanes);
    });
}

}  // namespace
}  // namespace sunhwan
