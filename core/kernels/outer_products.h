// The sum of the outer products of the rows of two matrices: how most gradients of weights
// are made (product.cpp says which are not).
#pragma once

#include "kernels/product_tile.h"
#include "kernels/rows.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// out (M, N) = [out +] sum over k < K of a[k * a_row + m] * b[k * b_row + n].
struct OuterProducts {
    std::int64_t M, N, K;
    const float* a;
    std::int64_t a_row;
    const float* b;
    std::int64_t b_row;
    float* out;
    std::int64_t out_row;
    bool accumulate;
};

// Cuts of the work, by sizes alone. Each piece of the terms has a sum of its own; these are added
// in order.
constexpr std::int64_t enough_tasks = 16;
constexpr std::int64_t most_strip_rows = 252;  // of out in a task
constexpr std::int64_t most_columns = 512;     // likewise: a block of b takes 512 KiB
constexpr std::int64_t piece_terms = 256;      // a piece has at least so many, unless there is one
constexpr std::int64_t most_sums = 1 << 20;    // floats of all pieces' sums
constexpr std::int64_t block_terms = 256;      // of one running sum

// An interval of rows, columns or terms.
struct Interval {
    std::int64_t first, count;

    // Part i of `parts` of 0..all, in whole units.
    static Interval part(std::int64_t all, std::int64_t unit, std::int64_t i, std::int64_t parts) {
        const std::int64_t units = (all + unit - 1) / unit;
        const std::int64_t first = units * i / parts * unit;
        const std::int64_t end = units * (i + 1) / parts * unit;
        return {first, (end < all ? end : all) - first};
    }
};

// sum (rows.count, columns.count) = [sum +] the outer products of some terms. b is read in place
// but for what does not fill a panel.
inline void add_block(const OuterProducts& p, Interval rows, Interval columns, Interval terms,
                      bool more, float* sum, std::int64_t sum_row, bool add) {
    Scratch scratch;
    const std::int64_t K = terms.count;
    const std::int64_t whole = columns.count / panel_width * panel_width;
    const std::int64_t rest = columns.count - whole;
    const float* a = p.a + terms.first * p.a_row + rows.first;
    const float* b = p.b + terms.first * p.b_row + columns.first;
    float* last_panel = rest > 0 ? scratch.floats(packed_floats(K, rest)) : nullptr;
    if (rest > 0) pack_panels(b + whole, p.b_row, 1, K, rest, last_panel);
    const bool pack = columns.count > 3 * panel_width;
    float* packed = pack ? scratch.floats(K * tile_rows + Vec::width) : nullptr;
    int tile = 0;
    for (std::int64_t r = 0; r < rows.count; ++tile) {
        const int now = next_tile_rows(rows.count - r);
        TileRows of_a{a + r, 1, p.a_row};
        if (pack) {
            pack_adjacent_rows(a + r, p.a_row, K, now, packed);
            of_a = {packed, 1, now};
        }
        // Two rows of tiles bring the next block of b nearer (a panel has two lines of the cache a
        // term), those after them that of a, each panel a line of its rows.
        TileAhead ahead{};
        const std::int64_t brought = (tile - 2) * (whole / panel_width) * line_floats;
        if (more && tile < 2)
            ahead = {b + K * p.b_row + tile * line_floats, line_floats, p.b_row,
                     line_floats * p.b_row, panel_width};
        else if (more && brought < rows.count)
            ahead = {a + K * p.a_row + brought, line_floats, p.a_row, line_floats * p.a_row,
                     line_floats};
        float* to = sum + r * sum_row;
        tile_row(of_a, now, {b, panel_width, p.b_row}, K, whole, {to, sum_row, nullptr, 0, add},
                 ahead);
        if (rest > 0)
            tile_row(of_a, now, {last_panel, 0, panel_width}, K, rest,
                     {to + whole, sum_row, nullptr, 0, add});
        r += now;
    }
}

inline void add_outer_products(const OuterProducts& p) {
    const auto parts = [](std::int64_t a, std::int64_t b) { return (a + b - 1) / b; };
    const auto smaller = [](std::int64_t a, std::int64_t b) { return a < b ? a : b; };
    const std::int64_t size = p.M * p.N;
    const std::int64_t affordable = smaller(enough_tasks, most_sums / size);
    const std::int64_t pieces = affordable < 2 ? 1 : smaller(affordable, parts(p.K, piece_terms));
    const std::int64_t groups = parts(p.N, most_columns);
    std::int64_t strips = parts(p.M, most_strip_rows);
    while (pieces * strips * groups < enough_tasks && p.M / strips > 4 * tile_rows) ++strips;

    Scratch scratch;
    float* sums = pieces > 1 ? scratch.floats((pieces - 1) * size) : nullptr;
    const auto run_task = [&](std::int64_t task, int) {
        const std::int64_t piece = task / (strips * groups);
        const auto rows = Interval::part(p.M, tile_rows, task / groups % strips, strips);
        const auto columns = Interval::part(p.N, panel_width, task % groups, groups);
        const auto terms = Interval::part(p.K, 1, piece, pieces);
        const std::int64_t sum_row = piece == 0 ? p.out_row : p.N;
        float* sum = piece == 0 ? p.out : sums + (piece - 1) * size;
        const std::int64_t blocks = parts(terms.count, block_terms);
        for (std::int64_t i = 0; i < blocks; ++i) {
            auto block = Interval::part(terms.count, 1, i, blocks);
            block.first += terms.first;
            add_block(p, rows, columns, block, i + 1 < blocks,
                      sum + rows.first * sum_row + columns.first, sum_row,
                      i > 0 || (piece == 0 && p.accumulate));
        }
    };
    const std::int64_t tasks = pieces * strips * groups;
    if (size * p.K < serial_work) {
        for (std::int64_t task = 0; task < tasks; ++task) run_task(task, 0);
    } else {
        parallel_for(tasks, run_task);
    }
    if (pieces == 1) return;
    const std::int64_t adding = smaller(p.M, parts(size * (pieces - 1), 65536));
    parallel_for(adding, [&](std::int64_t task, int) {
        const auto rows = Interval::part(p.M, 1, task, adding);
        for (std::int64_t m = rows.first; m < rows.first + rows.count; ++m)
            for (std::int64_t piece = 1; piece < pieces; ++piece)
                add_row(p.N, sums + (piece - 1) * size + m * p.N, p.out + m * p.out_row);
    });
}

}  // namespace
}  // namespace sunhwan
