// The likeliest token of each row: bounds of all by products of bytes, then the few that may be it.
#pragma once

#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "kernels/product.h"
#include "kernels/rows.h"
#include "kernels/vocabulary_pack.h"
#include "runtime/scratch.h"

namespace sunhwan {

extern const ProductKernels SUNHWAN_SYMBOL(product);

namespace {

constexpr int most_open = 128;                        // tokens of a row that may be the likeliest
constexpr int most_rows = Vec::width == 16 ? 12 : 6;  // of a tile: two sums each, in registers
constexpr Index group_bytes = 256 << 10;  // of W for all rows of a task, before the next ones
constexpr Index task_rows = 12 * most_rows;

// A row of x, and what is known of its likeliest token.
struct OpenRow {
    float scale;            // of its bytes
    std::int32_t offset;    // what the 128 in the bytes of W add to its sums
    float by_size = 0.0f;   // what a token's size and its error, times these, add to the bound
    float by_error = 0.0f;  //
    float rounding = 0.0f;  // the part of by_size that sums in single precision need
    float floor = std::numeric_limits<float>::lowest();  // no token below it is the likeliest
    bool crowded = false;  // more tokens may be the likeliest than there is room for
    int count = 0;
    std::int32_t tokens[most_open];
    float most[most_open];  // their sums are not above
};

Index byte_row(Index K) { return ceil_div(K, Vec::width) * Vec::width; }

// Rounds a row x (K) to bytes.
void begin_row(Index K, const float* x, std::int8_t* bytes, OpenRow& row) {
    Vec greatest = zero(), plain = zero();
    for_vectors(K, [&](Index k, int lanes) {
        const Vec part = load_lanes(x + k, lanes);
        greatest = max(abs(part), greatest);
        plain = fma(part, zero(), plain);  // not zero where a number is infinite or NaN
    });
    row.scale = max_lane(greatest) * (1.0f / byte_range);
    row.crowded = !all(eq(plain, zero()));
    const Vec scale = broadcast(row.scale);
    const Vec factor = broadcast(row.scale > 0.0f && !row.crowded ? 1.0f / row.scale : 0.0f);
    Vec errors = zero(), squares = zero();
    row.offset = 0;
    for_vectors(K, [&](Index k, int lanes) {
        const Vec part = load_lanes(x + k, lanes);
        const Vec rounded = to_byte(part, factor);
        const Vec error = fnma(rounded, scale, part);
        errors = fma(error, error, errors);
        squares = fma(part, part, squares);
        std::int32_t numbers[Vec::width];
        store(numbers, convert(rounded));
        for (int i = 0; i < Vec::width; ++i) {
            bytes[k + i] = static_cast<std::int8_t>(numbers[i]);
            row.offset += 128 * numbers[i];
        }
    });
    const float error = max_lane(root_above(broadcast(sum(errors))));
    const float size = max_lane(root_above(broadcast(sum(squares) + 1.0f)));
    // A sum in single precision, here and in the product, is wrong by so much of |x| |w| at most.
    row.rounding = 4.0f * 0x1p-24f * static_cast<float>(K + 16) * size;
    row.by_size = error + row.rounding;
    row.by_error = size + error;
}

// Drops the tokens that cannot be the likeliest any more.
void prune(OpenRow& row) {
    int kept = 0;
    for (int i = 0; i < row.count; ++i) {
        if (row.most[i] < row.floor) continue;  // NaN: stays
        row.tokens[kept] = row.tokens[i];
        row.most[kept++] = row.most[i];
    }
    row.count = kept;
}

// Notes those of a vector of tokens that may be the likeliest.
__attribute__((noinline)) void note(const PackedVocabulary& v, Index column, Vec value, Vec margin,
                                    OpenRow& row) {
    float most[Vec::width], least[Vec::width];
    store(most, value + margin);
    store(least, value - margin);
    for (int i = 0; i < Vec::width; ++i)
        if (column + i < v.C && least[i] > row.floor) row.floor = least[i];
    for (int i = 0; i < Vec::width && column + i < v.C && !row.crowded; ++i) {
        if (most[i] < row.floor) continue;
        if (row.count == most_open) prune(row);
        row.crowded = row.count == most_open;
        if (row.crowded) break;
        row.tokens[row.count] = static_cast<std::int32_t>(column + i);
        row.most[row.count++] = most[i];
    }
}

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

// Looks among a panel's tokens for those that may be the likeliest of some rows.
void bound_tile(const PackedVocabulary& v, Index panel, int R, const std::int32_t* sums,
                OpenRow* rows) {
    for (int c = 0; c < panel_width; c += Vec::width) {
        const Index column = panel * panel_width + c;
        const Vec scale = load(v.scale + column), bias = load(v.bias + column);
        const Vec size = load(v.size + column), error = load(v.error + column);
        for (int r = 0; r < R; ++r) {
            OpenRow& row = rows[r];
            const IVec sum = load(sums + r * panel_width + c) - broadcast_int(row.offset);
            const Vec value = fma(convert(sum), scale * broadcast(row.scale), bias);
            const Vec margin = fma(size, broadcast(row.by_size), error * broadcast(row.by_error));
            const Mask closed = lt(value + margin, broadcast(row.floor));
            if (!all(closed)) note(v, column, value, margin, row);
        }
    }
}

using SumTile = void (*)(const std::uint8_t*, Index, const std::int8_t*, Index, std::int32_t*);

template <int... R>
constexpr std::array<SumTile, sizeof...(R)> sum_tiles(std::integer_sequence<int, R...>) {
    return {sum_tile<R + 1>...};
}

// Bounds of the tokens of some panels in all rows of a task.
void bound_panels(const PackedVocabulary& v, Index first, Index last, Index M, const std::int8_t* x,
                  OpenRow* rows) {
    static constexpr auto tiles = sum_tiles(std::make_integer_sequence<int, most_rows>());
    const Index stride = byte_row(v.K), quads = ceil_div(v.K, 4);
    std::int32_t sums[most_rows * panel_width];
    for (Index m = 0; m < M;) {
        const int R = static_cast<int>(ceil_div(M - m, ceil_div(M - m, most_rows)));
        for (Index panel = first; panel < last; ++panel) {
            const std::uint8_t* bytes = v.bytes + panel * quads * 4 * panel_width;
            tiles[R - 1](bytes, quads, x + m * stride, stride, sums);
            bound_tile(v, panel, R, sums, rows + m);
        }
        m += R;
    }
}

// The first of the greatest of n sums of x and columns of W (K, n), or rows (n, K) where
// transposed; those of bias -inf are left out.
Index greatest_sum(Index K, const float* x, const float* W, bool transposed, const float* bias,
                   Index n) {
    constexpr float nothing = -std::numeric_limits<float>::infinity();
    Scratch scratch;
    float* sums = scratch.floats(n);
    SUNHWAN_SYMBOL(product).product({.M = 1,
                                     .N = n,
                                     .K = K,
                                     .a = x,
                                     .a_row = K,
                                     .b = W,
                                     .b_row = transposed ? K : n,
                                     .out = sums,
                                     .out_row = n,
                                     .bias = bias,
                                     .transpose_a = false,
                                     .transpose_b = transposed,
                                     .accumulate = false});
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
        const float value = v.bias[token] + sum(terms), margin = row.rounding * v.size[token];
        row.most[i] = value + margin;
        if (value - margin > row.floor) row.floor = value - margin;
    }
    prune(row);
}

// The likeliest token of a row whose bounds are known.
std::int32_t choose_token(const PackedVocabulary& v, const float* x, OpenRow& row) {
    prune(row);
    if (row.crowded || row.count == 0)
        return static_cast<std::int32_t>(greatest_sum(v.K, x, v.W, false, v.bias, v.C));
    if (row.count > 1) narrow(v, x, row);
    if (row.count == 1) return row.tokens[0];
    Scratch scratch;
    float* W = scratch.floats(v.K * row.count);
    float bias[most_open];
    for (int i = 0; i < row.count; ++i) {
        bias[i] = v.bias[row.tokens[i]];
        copy_row(v.K, v.columns + row.tokens[i] * v.K, W + i * v.K);
    }
    return row.tokens[greatest_sum(v.K, x, W, true, bias, row.count)];
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
    for (Index m = 0; m < M; ++m) tokens[m] = choose_token(v, x + m * v.K, rows[m]);
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
