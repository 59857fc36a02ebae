// Sums of rows, in a fixed order.
#pragma once

#include "kernels/product_pack.h"
#include "kernels/simd/vec.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

void add_row(Index n, const float* a, float* out) {
    for (; n >= Vec::width; n -= Vec::width, a += Vec::width, out += Vec::width)
        store(out, load(out) + load(a));
    const int rest = static_cast<int>(n);
    if (rest > 0) store_partial(out, load_partial(out, rest) + load_partial(a, rest), rest);
}

// a may be null, for zeros.
void copy_row(Index n, const float* a, float* out) {
    for (Index i = 0; i < n; ++i) out[i] = a == nullptr ? 0.0f : a[i];
}

// Sums of the columns [c, c + columns) of R rows, in order.
template <int V>
void sum_columns(Index R, Index C, const float* x, float* out, int columns) {
    Vec sums[V];
    SUNHWAN_UNROLL
    for (int v = 0; v < V; ++v) sums[v] = zero();
    const int last = columns - (V - 1) * Vec::width;
    for (Index r = 0; r < R; ++r, x += C) {
        SUNHWAN_UNROLL
        for (int v = 0; v < V - 1; ++v) sums[v] = sums[v] + load(x + v * Vec::width);
        sums[V - 1] = sums[V - 1] + load_partial(x + (V - 1) * Vec::width, last);
    }
    SUNHWAN_UNROLL
    for (int v = 0; v < V - 1; ++v) store(out + v * Vec::width, sums[v]);
    store_partial(out + (V - 1) * Vec::width, sums[V - 1], last);
}

void sum_rows(Index R, Index C, const float* x, float* out) {
    Index c = 0;
    for (; c + 4 * Vec::width <= C; c += 4 * Vec::width)
        sum_columns<4>(R, C, x + c, out + c, 4 * Vec::width);
    for (; c < C; c += Vec::width)
        sum_columns<1>(R, C, x + c, out + c, static_cast<int>(smaller(Vec::width, C - c)));
}

void column_sums(Index R, Index C, const float* x, float* out, bool accumulate) {
    if (C <= 0) return;
    if (!accumulate) copy_row(C, nullptr, out);
    constexpr Index chunk = 1024;
    constexpr Index chunks_at_once = 64;  // bounds the scratch
    Scratch scratch;
    float* partial = scratch.floats(C * smaller(chunks_at_once, ceil_div(R, chunk)));
    for (Index r = 0; r < R; r += chunk * chunks_at_once) {
        const Index count = smaller(chunks_at_once, ceil_div(R - r, chunk));
        const auto sum_chunk = [&](Index task, int) {
            const Index first = r + task * chunk;
            sum_rows(smaller(chunk, R - first), C, x + first * C, partial + task * C);
        };
        if (count * chunk * C < 65536) {
            for (Index task = 0; task < count; ++task) sum_chunk(task, 0);
        } else {
            parallel_for(count, sum_chunk);
        }
        for (Index i = 0; i < count; ++i) add_row(C, partial + i * C, out);
    }
}

}  // namespace
}  // namespace sunhwan
