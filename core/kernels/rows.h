// Work on the rows of a matrix (R, C), a vector of columns at a time.
#pragma once

#include "kernels/simd/vec.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// Calls body(r) for each of R rows of C floats, in parallel where they are many.
template <typename Body>
void for_rows(std::int64_t R, std::int64_t C, const Body& body) {
    if (R <= 0 || C <= 0) return;
    const std::int64_t rows = (8192 + C - 1) / C;  // 32 KiB a task
    parallel_for((R + rows - 1) / rows, [&](std::int64_t task, int) {
        const std::int64_t end = (task + 1) * rows < R ? (task + 1) * rows : R;
        for (std::int64_t r = task * rows; r < end; ++r) body(r);
    });
}

// Calls body(c, lanes) for the vectors of a row; lanes < Vec::width in the last one at most.
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
    if (lanes == Vec::width) {
        store(p, v);
    } else {
        store_partial(p, v, lanes);
    }
}

// v in the first lanes, `other` in the rest.
SUNHWAN_INLINE Vec keep_lanes(Vec v, int lanes, float other) {
    if (lanes == Vec::width) return v;
    const Vec place = convert(lane_index());
    return select(lt(place, broadcast(static_cast<float>(lanes))), v, broadcast(other));
}

SUNHWAN_INLINE void copy_row(std::int64_t C, const float* from, float* to) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        store_lanes(to + c, load_lanes(from + c, lanes), lanes);
    });
}

SUNHWAN_INLINE void fill_row(std::int64_t C, float value, float* to) {
    for_vectors(C,
                [&](std::int64_t c, int lanes) { store_lanes(to + c, broadcast(value), lanes); });
}

SUNHWAN_INLINE void add_row(std::int64_t C, const float* from, float* to) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        store_lanes(to + c, load_lanes(to + c, lanes) + load_lanes(from + c, lanes), lanes);
    });
}

}  // namespace
}  // namespace sunhwan
