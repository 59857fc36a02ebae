// Where the product's tiles read their factors: the blocks of k, and packed copies of a and b.
#pragma once

#include "kernels/product.h"
#include "kernels/product_tile.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

constexpr Index longest_block = 384;  // terms of k: a tile's rows of a take 21 KiB at most

constexpr Index rows_at_once = 16;  // of b that are packed across all panels

constexpr Index ceil_div(Index a, Index b) { return (a + b - 1) / b; }
constexpr Index smaller(Index a, Index b) { return a < b ? a : b; }
constexpr Index larger(Index a, Index b) { return a > b ? a : b; }

// The blocks of K: of equal length but for the last.
struct Blocks {
    Index K, length;
    explicit Blocks(Index terms)
        : K(terms), length(ceil_div(terms, ceil_div(terms, longest_block))) {}
    Index count() const { return ceil_div(K, length); }
    Index first(Index block) const { return block * length; }
    Index terms(Index block) const { return smaller(length, K - first(block)); }
};

// Where the tiles find b: columns from 0 on, blocks of k from `first_block` on.
struct PackedColumns {
    const float* packed;  // panels of all columns, or of those from `in_place` on
    const float* b;       // or null
    Index b_row;
    Index in_place;    // columns (full panels) that are read from b itself
    Index padded;      // columns of `packed` with the padding of the last panel
    Index first_term;  // the first k in `packed`

    // The panels from column n on (a multiple of panel_width) of a block of k.
    TilePanels at(Index n, Index first, Index terms) const {
        if (n < in_place) return {b + first * b_row + n, panel_width, b_row};
        const float* block = packed + (first - first_term) * padded;
        return {block + (n - in_place) * terms, terms * panel_width, panel_width};
    }
};

// Columns [n, n + N) and blocks [first_block, last_block) of b, packed by blocks, then panels.
void pack_b(const ProductArguments& p, const Blocks& blocks, Index first_block, Index last_block,
            Index n, Index N, bool serial, float* packed) {
    const Index panels = ceil_div(N, panel_width);
    const Index step = p.transpose_b ? 1 : p.b_row;
    const Index column = p.transpose_b ? p.b_row : 1;
    const Index first_term = blocks.first(first_block);
    // What is read lies together: columns of b, or some of its rows across all panels.
    const Index at_once = p.transpose_b ? blocks.length : rows_at_once;
    const Index parts = ceil_div(blocks.length, at_once);
    const auto pack = [&](Index block, Index part, Index panel) {
        const Index terms = blocks.terms(block);
        const Index k = part * at_once, c = panel * panel_width;
        if (k >= terms) return;
        const Index first = blocks.first(block);
        pack_panels(
            p.b + (first + k) * step + (n + c) * column, step, column, smaller(at_once, terms - k),
            smaller(panel_width, N - c),
            packed + (first - first_term) * panels * panel_width + c * terms + k * panel_width);
    };
    const Index count = (last_block - first_block) * parts * panels;
    const Index floats = (last_block - first_block) * panels * panel_width * blocks.length;
    const Index tasks = serial || floats < 65536 ? 1 : smaller(count, 4 * num_threads());
    parallel_for(tasks, [&](Index task, int) {
        for (Index i = count * task / tasks; i < count * (task + 1) / tasks; ++i)
            pack(first_block + i / (parts * panels), i / panels % parts, i % panels);
    });
}

// Rows [m, m + rows) and a block of k of a as the tile of so many rows reads them: element (r, k)
// at packed[k * rows + r]. Writes up to Vec::width floats more.
void pack_a(const ProductArguments& p, Index m, int rows, Index first, Index terms, float* packed) {
    if (p.transpose_a) {
        pack_adjacent_rows(p.a + first * p.a_row + m, p.a_row, terms, rows, packed);
    } else {
        transpose_block(p.a + m * p.a_row + first, p.a_row, rows, terms, packed, rows);
    }
}

}  // namespace
}  // namespace sunhwan
