// What all losses share: tasks of whole rows, sums in double.
#pragma once

#include "kernels/losses.h"
#include "kernels/rows.h"
#include "kernels/simd/math.h"
#include "kernels/task_sums.h"

namespace sunhwan {
namespace {

constexpr std::int64_t loss_task = 4096;  // elements a task, some ten microseconds

// Calls body(first, last) for fixed ranges of rows; returns the sum of what it returns, in their
// order.
template <typename Body>
double sum_over_rows(std::int64_t rows, std::int64_t columns, const Body& body) {
    return sum_over_tasks(rows, columns < loss_task ? loss_task / columns : 1, body);
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
