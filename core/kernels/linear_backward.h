// All gradients of y = x W + b over many steps, while dy is near.
#pragma once

#include "kernels/column_sums.h"
#include "kernels/outer_products.h"
#include "kernels/product.h"

namespace sunhwan {
namespace {

constexpr std::int64_t most_weights = 65536;  // of W, for its sums and panels to stay in cache

inline bool fits_one_pass(const LinearBackwardArguments& a) {
    return a.N <= most_columns && a.I * a.N <= most_weights;
}

// Sums of the rows first..last of dy; added to or written into out (N).
inline void add_bias_block(const LinearBackwardArguments& a, std::int64_t first, std::int64_t last,
                           bool add, float* out) {
    Scratch scratch;
    float* sums = scratch.floats(a.N);
    float* const to[1] = {sums};
    const auto at = [&](std::int64_t k, std::int64_t n, int lanes, Vec* terms) {
        terms[0] = load_lanes(a.dy + k * a.N + n, lanes);
    };
    std::int64_t n = 0;
    for (; n + 4 * Vec::width <= a.N; n += 4 * Vec::width)
        sum_columns<1, 4>(first, last, n, Vec::width, at, to);
    for (; n + Vec::width <= a.N; n += Vec::width)
        sum_columns<1, 1>(first, last, n, Vec::width, at, to);
    if (n < a.N) sum_columns<1, 1>(first, last, n, static_cast<int>(a.N - n), at, to);
    if (add) {
        add_row(a.N, sums, out);
    } else {
        copy_row(a.N, sums, out);
    }
}

// One pass over dy by blocks of steps, in pieces as outer_products.h cuts them: each has its own
// sums, added in order.
inline void linear_backward_in_one_pass(const LinearBackwardArguments& a) {
    const std::int64_t size = a.I * a.N;
    const std::int64_t row = size + a.N;  // of a piece's sums: W's, then b's
    std::int64_t pieces = (a.K + piece_terms - 1) / piece_terms;
    if (pieces > enough_tasks) pieces = enough_tasks;
    Scratch scratch;
    float* sums = scratch.floats((pieces - 1) * row);
    float* panels = a.dx == nullptr ? nullptr : scratch.floats(packed_floats(a.N, a.I));
    if (a.dx != nullptr) pack_panels(a.W, 1, a.N, a.N, a.I, panels);
    const OuterProducts weights{a.I, a.N, a.K, a.x, a.I, a.dy, a.N, a.dW, a.N, true};
    const auto run_piece = [&](std::int64_t piece, int) {
        const auto terms = Interval::part(a.K, 1, piece, pieces);
        const bool first_piece = piece == 0;
        float* own = first_piece ? nullptr : sums + (piece - 1) * row;
        const std::int64_t blocks = (terms.count + block_terms - 1) / block_terms;
        for (std::int64_t i = 0; i < blocks; ++i) {
            auto block = Interval::part(terms.count, 1, i, blocks);
            block.first += terms.first;
            const bool add = first_piece || i > 0, more = i + 1 < blocks;
            if (a.dW != nullptr)
                add_block(weights, {0, a.I}, {0, a.N}, block, more, first_piece ? a.dW : own, a.N,
                          add);
            if (a.db != nullptr)
                add_bias_block(a, block.first, block.first + block.count, add,
                               first_piece ? a.db : own + size);
            if (a.dx != nullptr)
                panel_product(a.dy + block.first * a.N, a.N, block.count, panels, a.N, a.I, nullptr,
                              0, a.dx + block.first * a.I, a.I);
        }
    };
    if (2 * size * a.K < serial_work) {
        for (std::int64_t piece = 0; piece < pieces; ++piece) run_piece(piece, 0);
    } else {
        parallel_for(pieces, run_piece);
    }
    for (std::int64_t piece = 1; piece < pieces; ++piece) {
        const float* own = sums + (piece - 1) * row;
        if (a.dW != nullptr) add_row(size, own, a.dW);
        if (a.db != nullptr) add_row(a.N, own + size, a.db);
    }
}

}  // namespace
}  // namespace sunhwan
