// What all losses share: tasks of whole rows, sums in double, vectors with a rest.
#pragma once

#include "kernels/losses.h"
#include "kernels/simd/math.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t loss_task = 4096;  // elements a task, some ten microseconds

// Calls body(first, last) for fixed ranges of rows; returns the sum of what it returns, in their
// order.
template <typename Body>
double sum_over_rows(std::int64_t rows, std::int64_t columns, const Body& body) {
    const std::int64_t each = columns < loss_task ? loss_task / columns : 1;
    const std::int64_t tasks = (rows + each - 1) / each;
    Scratch scratch;
    auto* sums = static_cast<double*>(
        const_cast<Scratch&>(scratch).bytes(tasks * static_cast<std::int64_t>(sizeof(double))));
    parallel_for(tasks, [&](std::int64_t task, int) {
        const std::int64_t first = task * each;
        sums[task] = body(first, rows - first < each ? rows : first + each);
    });
    double total = 0.0;
    for (std::int64_t task = 0; task < tasks; ++task) total += sums[task];
    return total;
}

// Calls body(j, n) for each n = width columns from j on, and once for the rest.
template <typename Body>
SUNHWAN_INLINE void for_vectors(std::int64_t columns, const Body& body) {
    std::int64_t j = 0;
    for (; j + Vec::width <= columns; j += Vec::width) body(j, Vec::width);
    if (j < columns) body(j, static_cast<int>(columns - j));
}

SUNHWAN_INLINE Vec read(const float* p, int n) {
    return n == Vec::width ? load(p) : load_partial(p, n);
}

SUNHWAN_INLINE void write(float* p, Vec v, int n) {
    if (n == Vec::width)
        store(p, v);
    else
        store_partial(p, v, n);
}

// The sum of what body(j, n) returns, zeros beyond n, over the columns: four vectors are added in
// single precision, all else in double.
template <typename Body>
SUNHWAN_INLINE double sum_columns(std::int64_t columns, const Body& body) {
    constexpr int width = Vec::width;
    double total = 0.0;
    std::int64_t j = 0;
    for (; j + 4 * width <= columns; j += 4 * width) {
        const Vec near = body(j, width) + body(j + width, width);
        const Vec far = body(j + 2 * width, width) + body(j + 3 * width, width);
        total += static_cast<double>(sum(near + far));
    }
    for (; j + width <= columns; j += width) total += static_cast<double>(sum(body(j, width)));
    if (j < columns) {
        const int rest = static_cast<int>(columns - j);
        total += static_cast<double>(sum(body(j, rest)));
    }
    return total;
}

// v in the first n lanes, `other` beyond.
SUNHWAN_INLINE Vec first_of(Vec v, int n, float other) {
    if (n == Vec::width) return v;
    return select(lt(convert(lane_index()), broadcast(static_cast<float>(n))), v, broadcast(other));
}

// -1, 0 or 1; NaN stays NaN.
SUNHWAN_INLINE Vec sign(Vec x) {
    const Vec negative = select(lt(x, zero()), broadcast(-1.0f), x);
    return select(gt(x, zero()), broadcast(1.0f), negative);
}

// NaN stays NaN.
SUNHWAN_INLINE Vec clip(Vec x, float low, float high) {
    return min(broadcast(high), max(broadcast(low), x));
}

SUNHWAN_INLINE Mask within(Vec x, float low, float high) {
    return le(broadcast(low), x) & le(x, broadcast(high));
}

}  // namespace
}  // namespace sunhwan
