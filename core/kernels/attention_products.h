// Products of the few steps of one row with the few steps of its memory.
//
// An element is one running sum of fused multiply-adds, so its bits do not depend on the tiles.
#pragma once

#include "kernels/rows.h"

namespace sunhwan {
namespace {

// `count` steps whose numbers stand `row` floats apart.
struct Steps {
    const float* first;
    std::int64_t row, count;

    const float* at(std::int64_t i) const { return first + i * row; }
};

// out[i, j] = sum over d of a[i, d] b[j, d], for A rows of a and B of b.
template <int A, int B>
SUNHWAN_INLINE void pair_tile(const Steps& a, std::int64_t i, const Steps& b, std::int64_t j,
                              std::int64_t D, float* out, std::int64_t out_row) {
    Vec sums[A][B];
    for (int m = 0; m < A; ++m)
        for (int n = 0; n < B; ++n) sums[m][n] = zero();
    for_vectors(D, [&](std::int64_t d, int lanes) {
        Vec y[B];
        for (int n = 0; n < B; ++n) y[n] = load_lanes(b.at(j + n) + d, lanes);
        for (int m = 0; m < A; ++m) {
            const Vec x = load_lanes(a.at(i + m) + d, lanes);
            for (int n = 0; n < B; ++n) sums[m][n] = fma(x, y[n], sums[m][n]);
        }
    });
    for (int m = 0; m < A; ++m)
        for (int n = 0; n < B; ++n) out[(i + m) * out_row + j + n] = sum(sums[m][n]);
}

template <int A>
SUNHWAN_INLINE void pair_row(const Steps& a, std::int64_t i, const Steps& b, std::int64_t D,
                             float* out, std::int64_t out_row) {
    std::int64_t j = 0;
    for (; j + 4 <= b.count; j += 4) pair_tile<A, 4>(a, i, b, j, D, out, out_row);
    for (; j < b.count; ++j) pair_tile<A, 1>(a, i, b, j, D, out, out_row);
}

// out (a.count, b.count) of rows `out_row` apart = a b', over D numbers.
inline void multiply_pairs(const Steps& a, const Steps& b, std::int64_t D, float* out,
                           std::int64_t out_row) {
    std::int64_t i = 0;
    for (; i + 2 <= a.count; i += 2) pair_row<2>(a, i, b, D, out, out_row);
    if (i < a.count) pair_row<1>(a, i, b, D, out, out_row);
}

// How much of source step s goes to target step t: at[t * target + s * source].
struct Shares {
    const float* at;
    std::int64_t target, source;
};

template <int A, int B>
SUNHWAN_INLINE void mix_tile(const Shares& w, std::int64_t t, const Steps& v, std::int64_t c,
                             int lanes, float* out, std::int64_t out_row) {
    Vec sums[A][B];
    for (int m = 0; m < A; ++m)
        for (int n = 0; n < B; ++n) sums[m][n] = zero();
    const auto lanes_of = [&](int n) { return n + 1 < B ? Vec::width : lanes; };
    for (std::int64_t s = 0; s < v.count; ++s) {
        Vec x[B];
        for (int n = 0; n < B; ++n) x[n] = load_lanes(v.at(s) + c + n * Vec::width, lanes_of(n));
        for (int m = 0; m < A; ++m) {
            const Vec share = broadcast(w.at[(t + m) * w.target + s * w.source]);
            for (int n = 0; n < B; ++n) sums[m][n] = fma(share, x[n], sums[m][n]);
        }
    }
    for (int m = 0; m < A; ++m)
        for (int n = 0; n < B; ++n)
            store_lanes(out + (t + m) * out_row + c + n * Vec::width, sums[m][n], lanes_of(n));
}

template <int A>
SUNHWAN_INLINE void mix_row(const Shares& w, std::int64_t t, const Steps& v, std::int64_t C,
                            float* out, std::int64_t out_row) {
    constexpr int B = 8 / A;
    std::int64_t c = 0;
    for (; c + B * Vec::width <= C; c += B * Vec::width)
        mix_tile<A, B>(w, t, v, c, Vec::width, out, out_row);
    for (; c < C; c += Vec::width) {
        const int lanes = static_cast<int>(C - c < Vec::width ? C - c : Vec::width);
        mix_tile<A, 1>(w, t, v, c, lanes, out, out_row);
    }
}

// out (targets, C), rows `out_row` apart: out[t] = sum over s of share[t, s] v[s], in order.
inline void mix(const Shares& w, std::int64_t targets, const Steps& v, std::int64_t C, float* out,
                std::int64_t out_row) {
    std::int64_t t = 0;
    for (; t + 4 <= targets; t += 4) mix_row<4>(w, t, v, C, out, out_row);
    for (; t < targets; ++t) mix_row<1>(w, t, v, C, out, out_row);
}

}  // namespace
}  // namespace sunhwan
