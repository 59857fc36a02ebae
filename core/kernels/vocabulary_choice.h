// The likeliest token of each row: bounds of all by products of bytes, then the few that may be it.
#pragma once

#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "kernels/product.h"
#include "kernels/vocabulary_rows.h"
#include "runtime/scratch.h"

namespace sunhwan {

extern const ProductKernels SUNHWAN_SYMBOL(product);

namespace {

constexpr int most_rows = Vec::width == 16 ? 12 : 6;  // of a tile: two sums each, in registers
constexpr Index group_bytes = 256 << 10;  // of W for all rows of a task, before the next ones
constexpr Index task_rows = 12 * most_rows;
constexpr Index sums_at_once = 2 * tile_rows;  // of crowded rows

// The sums of bytes of a panel's tokens in R rows, whose bytes stand `stride` apart.
template <int R>
SUNHWAN_BYTE_PRODUCTS void sum_tile(const std::uint8_t* bytes, Index quads, const std::int8_t* x,
                                    Index stride, std::int32_t* out) {
    constexpr int W = Vec::width;
    IVec sums[R][panel_vectors];
    SUNHWAN_UNROLL
    for (int r = 0; r < R; ++r) {
        SUNHWAN_UNROLL
        for (int c = 0; c < panel_vectors; ++c) sums[r][c] = broadcast_int(0);
    }
    const std::int8_t* x_rows[(R + 2) / 3];
    SUNHWAN_UNROLL
    for (int g = 0; g < (R + 2) / 3; ++g) x_rows[g] = x + 3 * g * stride;
    for (Index quad = 0; quad < quads; ++quad) {
        IVec w[panel_vectors];
        SUNHWAN_UNROLL
        for (int c = 0; c < panel_vectors; ++c)
            w[c] = load(reinterpret_cast<const std::int32_t*>(bytes) + c * W);
        bytes += 4 * panel_width;
        SUNHWAN_UNROLL
        for (int r = 0; r < R; ++r) {
            std::int32_t four;
            std::memcpy(&four, x_rows[r / 3] + (r % 3) * stride, sizeof four);
            const IVec terms = broadcast_int(four);
            SUNHWAN_UNROLL
            for (int c = 0; c < panel_vectors; ++c)
                sums[r][c] = add_byte_products(sums[r][c], w[c], terms);
        }
        SUNHWAN_UNROLL
        for (int g = 0; g < (R + 2) / 3; ++g) x_rows[g] += 4;
    }
    SUNHWAN_UNROLL
    for (int r = 0; r < R; ++r) {
        SUNHWAN_UNROLL
        for (int c = 0; c < panel_vectors; ++c) store(out + r * panel_width + c * W, sums[r][c]);
    }
}

// What the biases add to the bounds; of -inf, a token that is not chosen, a number.
Vec bias_rounding(const PackedVocabulary& v, Vec bias) {
    return broadcast(rounding_of(v.K)) * min(abs(bias), broadcast(most_size));
}

// Looks among a panel's tokens for those that may be the likeliest of some rows.
void bound_tile(const PackedVocabulary& v, Index panel, int R, const std::int32_t* sums,
                OpenRow* rows) {
    for (int c = 0; c < panel_width; c += Vec::width) {
        const Index column = panel * panel_width + c;
        const Vec scale = load(v.scale + column), bias = load(v.bias + column);
        const Vec size = load(v.size + column), error = load(v.error + column);
        const Vec rounding = bias_rounding(v, bias);
        for (int r = 0; r < R; ++r) {
            OpenRow& row = rows[r];
            const IVec sum = load(sums + r * panel_width + c) - broadcast_int(row.offset);
            const Vec value = fma(convert(sum), scale * broadcast(row.scale), bias);
            const Vec margin =
                fma(size, broadcast(row.by_size), fma(error, broadcast(row.by_error), rounding));
            const Mask closed = lt(value + margin, broadcast(row.floor));
            if (!all(closed)) note(v, column, value, margin, row);
        }
    }
}

using SumTile = void (*)(const std::uint8_t*, Index, const std::int8_t*, Index, std::int32_t*);

template <int... R>
SumTile sum_tile_of(int rows, std::integer_sequence<int, R...>) {
    static constexpr SumTile tiles[] = {sum_tile<R + 1>...};
    return tiles[rows - 1];
}

// Bounds of the tokens of some panels in all rows of a task.
void bound_panels(const PackedVocabulary& v, Index first, Index last, Index M, const std::int8_t* x,
                  OpenRow* rows) {
    const Index stride = byte_row(v.K), quads = ceil_div(v.K, 4);
    std::int32_t sums[most_rows * panel_width];
    for (Index m = 0; m < M;) {
        const int R = static_cast<int>(ceil_div(M - m, ceil_div(M - m, most_rows)));
        const SumTile sum = sum_tile_of(R, std::make_integer_sequence<int, most_rows>());
        for (Index panel = first; panel < last; ++panel) {
            const std::uint8_t* bytes = v.bytes + panel * quads * 4 * panel_width;
            sum(bytes, quads, x + m * stride, stride, sums);
            bound_tile(v, panel, R, sums, rows + m);
        }
        m += R;
    }
}

// Sums (M, n) of rows x and columns of W (K, n), or rows (n, K) where transposed.
void all_sums(Index M, Index n, Index K, const float* x, const float* W, bool transposed,
              const float* bias, float* out) {
    SUNHWAN_SYMBOL(product).product({.M = M,
                                     .N = n,
                                     .K = K,
                                     .a = x,
                                     .a_row = K,
                                     .b = W,
                                     .b_row = transposed ? K : n,
                                     .out = out,
                                     .out_row = n,
                                     .bias = bias,
                                     .transpose_a = false,
                                     .transpose_b = transposed,
                                     .accumulate = false});
}

// The first of the greatest of n sums; those of bias -inf are left out.
Index greatest_sum(const float* sums, const float* bias, Index n) {
    constexpr float nothing = -std::numeric_limits<float>::infinity();
    Index best = -1;
    float most = nothing;
    for (Index i = 0; i < n; ++i) {
        if (bias[i] == nothing || (best >= 0 && !(sums[i] > most))) continue;
        best = i;
        most = sums[i] > nothing ? sums[i] : nothing;  // NaN: nothing
    }
    return larger(best, 0);
}

// Narrows the bounds of the tokens that may be the likeliest to those of a sum in any order.
void narrow(const PackedVocabulary& v, const float* x, OpenRow& row) {
    for (int i = 0; i < row.count; ++i) {
        const Index token = row.tokens[i];
        const float* w = v.columns + token * v.K;
        Vec terms = zero();
        for_vectors(v.K, [&](Index k, int lanes) {
            terms = fma(load_lanes(x + k, lanes), load_lanes(w + k, lanes), terms);
        });
        const float bias = v.bias[token], value = bias + sum(terms);
        const float margin =
            row.rounding * v.size[token] + rounding_of(v.K) * (bias < 0 ? -bias : bias);
        row.most[i] = value + margin;
        if (value - margin > row.floor) row.floor = value - margin;
    }
    prune(row);
}

// The likeliest token of a row that is not crowded.
std::int32_t choose_open(const PackedVocabulary& v, const float* x, OpenRow& row) {
    if (row.count > 1) narrow(v, x, row);
    if (row.count == 1) return row.tokens[0];
    Scratch scratch;
    float* W = scratch.floats(v.K * row.count);
    float bias[most_open], sums[most_open];
    for (int i = 0; i < row.count; ++i) {
        bias[i] = v.bias[row.tokens[i]];
        copy_row(v.K, v.columns + row.tokens[i] * v.K, W + i * v.K);
    }
    all_sums(1, row.count, v.K, x, W, true, bias, sums);
    return row.tokens[greatest_sum(sums, bias, row.count)];
}

// The likeliest tokens of the crowded rows of a task, from all their sums.
void choose_crowded(const PackedVocabulary& v, Index M, const float* x, const OpenRow* rows,
                    std::int32_t* tokens) {
    Scratch scratch;
    float* some = scratch.floats(sums_at_once * v.K);
    float* sums = scratch.floats(sums_at_once * v.C);
    for (Index m = 0; m < M;) {
        Index places[sums_at_once], count = 0;
        for (; m < M && count < sums_at_once; ++m) {
            if (!rows[m].crowded) continue;
            copy_row(v.K, x + m * v.K, some + count * v.K);
            places[count++] = m;
        }
        if (count == 0) return;
        all_sums(count, v.C, v.K, some, v.W, false, v.bias, sums);
        for (Index i = 0; i < count; ++i)
            tokens[places[i]] =
                static_cast<std::int32_t>(greatest_sum(sums + i * v.C, v.bias, v.C));
    }
}

// The likeliest tokens of the rows of a task.
void choose_some(const PackedVocabulary& v, Index M, const float* x, std::int32_t* tokens) {
    const Index stride = byte_row(v.K), panels = v.padded / panel_width;
    const Index group = larger(group_bytes / (4 * ceil_div(v.K, 4) * panel_width), 1);
    Scratch scratch;
    auto* bytes = static_cast<std::int8_t*>(scratch.bytes(M * stride));
    auto* rows = static_cast<OpenRow*>(scratch.bytes(M * Index{sizeof(OpenRow)}));
    for (Index m = 0; m < M; ++m)
        begin_row(v.K, x + m * v.K, bytes + m * stride, *new (rows + m) OpenRow);
    for (Index first = 0; first < panels; first += group)
        bound_panels(v, first, smaller(first + group, panels), M, bytes, rows);
    bool crowded = false;
    for (Index m = 0; m < M; ++m) {
        prune(rows[m]);
        if (rows[m].count == 0) crowd(rows[m]);
        crowded |= rows[m].crowded;
        if (!rows[m].crowded) tokens[m] = choose_open(v, x + m * v.K, rows[m]);
    }
    if (crowded) choose_crowded(v, M, x, rows, tokens);
}

void choose_tokens(const PackedVocabulary& v, Index M, const float* x, std::int32_t* tokens) {
    if (M <= 0) return;
    const bool serial = M * v.K * v.C < 4 * serial_work;
    const Index wanted = serial ? 1 : 2 * num_threads();
    const Index rows = smaller(ceil_div(M, wanted), task_rows);
    parallel_for(ceil_div(M, rows), [&](Index task, int) {
        const Index m = task * rows;
        choose_some(v, smaller(rows, M - m), x + m * v.K, tokens + m);
    });
}

}  // namespace
}  // namespace sunhwan
