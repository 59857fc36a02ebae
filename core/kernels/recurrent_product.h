// The small products inside the loop over time, in register tiles, and the packing of their
// constant matrix.
//
// Each element of a product is one running sum over k in ascending order, whatever the tile, so
// that a row's bits do not depend on its neighbours. Units stand in the lanes, in blocks of a
// vector; the last block may be partial: its panels are padded with zeros.
#pragma once

#include "kernels/prefetch.h"
#include "kernels/simd/transpose.h"
#include "kernels/simd/vec.h"
#include "runtime/threads.h"

#if defined(__clang__)
#define SUNHWAN_UNROLL_TILE _Pragma("unroll")
#else
#define SUNHWAN_UNROLL_TILE _Pragma("GCC unroll 32")
#endif

namespace sunhwan {
namespace {

constexpr std::int64_t block_count(std::int64_t units) {
    return (units + Vec::width - 1) / Vec::width;
}

#if defined(__AVX512F__) || defined(__aarch64__) || defined(_M_ARM64)
constexpr int tile_sums = 24;  // of 32 registers
#else
constexpr int tile_sums = 12;  // of 16 registers
#endif

// The most rows of a register tile that is `vectors` wide.
constexpr int tile_rows_for(int vectors) {
    return tile_sums / vectors < 8 ? tile_sums / vectors : 8;
}

template <int n>
struct Constant {
    static constexpr int value = n;
};

// Calls body(Constant<n>) for n = rows, which is 1 to most.
template <int most, typename Body>
SUNHWAN_INLINE void with_rows(int rows, const Body& body) {
    if constexpr (most > 1) {
        if (rows < most) return with_rows<most - 1>(rows, body);
    }
    body(Constant<most>{});
}

// Calls body(Constant<n>, first) for groups of at most `most` rows, as even as can be, that make up
// `rows`.
template <int most, typename Body>
SUNHWAN_INLINE void for_row_groups(int rows, const Body& body) {
    for (int first = 0; first < rows;) {
        const int left = rows - first;
        const int groups = (left + most - 1) / most;
        const int now = (left + groups - 1) / groups;
        with_rows<most>(now, [&](auto count) { body(count, first); });
        first += now;
    }
}

// What a product brings nearer for those after it, while it runs: so many lines of the cache for
// each `line_terms` terms, one after the other.
struct Ahead {
    const float* data;
    int lines;
};

constexpr std::int64_t line_terms = 16;

// Shares the next panel out to the row groups of one panel.
struct AheadOfGroups {
    const float* data;
    std::int64_t group_floats;
    int lines;

    // The next panel stands at `panel`; each group's product takes `depth` terms.
    AheadOfGroups(const float* panel, std::int64_t panel_floats, std::int64_t depth, int groups)
        : data(panel) {
        const std::int64_t turns = (depth + line_terms - 1) / line_terms * groups;
        const std::int64_t all = (panel_floats + line_floats - 1) / line_floats;
        lines = static_cast<int>((all + turns - 1) / turns);
        group_floats = (depth + line_terms - 1) / line_terms * lines * line_floats;
    }
    Ahead next() {
        const Ahead ahead{data, lines};
        data += group_floats;
        return ahead;
    }
};

// sum[r][v] += the sum over k of operand[r][k] * panel[k][v], over panels of `width` vectors that
// stand `apart` floats from each other.
//
// Not inlined: the sums must have the registers to themselves while k runs.
template <bool far, int width, int rows, int vectors>
__attribute__((noinline)) void multiply_add(Vec (&sum)[rows][vectors],
                                            const float* const (&operand)[rows], std::int64_t depth,
                                            const float* panel, std::int64_t apart, Ahead ahead) {
    Vec running[rows][vectors];
    const float* element[rows];
    SUNHWAN_UNROLL_TILE
    for (int r = 0; r < rows; ++r) {
        element[r] = operand[r];
        SUNHWAN_UNROLL_TILE
        for (int v = 0; v < vectors; ++v) running[r][v] = sum[r][v];
    }
    for (std::int64_t k = 0; k < depth; ++k, panel += width * Vec::width) {
        if (far && k % line_terms == 0) {
            for (int line = 0; line < ahead.lines; ++line, ahead.data += line_floats)
                __builtin_prefetch(ahead.data, 0, 2);
        }
        Vec columns[vectors];
        SUNHWAN_UNROLL_TILE
        for (int v = 0; v < vectors; ++v)
            columns[v] = load(panel + v / width * apart + v % width * Vec::width);
        SUNHWAN_UNROLL_TILE
        for (int r = 0; r < rows; ++r) {
            const Vec factor = broadcast(element[r][k]);
            SUNHWAN_UNROLL_TILE
            for (int v = 0; v < vectors; ++v)
                running[r][v] = fma(factor, columns[v], running[r][v]);
        }
    }
    SUNHWAN_UNROLL_TILE
    for (int r = 0; r < rows; ++r) {
        SUNHWAN_UNROLL_TILE
        for (int v = 0; v < vectors; ++v) sum[r][v] = running[r][v];
    }
}

template <bool value_>
struct Truth {
    static constexpr bool value = value_;
};

// Calls body(Constant<blocks>, Truth<whole>, first block) over panels of `at_once` blocks of
// units while so many are left, from block b to `end`, both between two panels.
template <int at_once, typename Body>
SUNHWAN_INLINE void for_panels(std::int64_t units, const Body& body, std::int64_t b,
                               std::int64_t end) {
    const std::int64_t whole = units / Vec::width < end ? units / Vec::width : end;
    for (; b + at_once <= whole; b += at_once) body(Constant<at_once>{}, Truth<true>{}, b);
    if constexpr (at_once > 1)
        for (; b < whole; ++b) body(Constant<1>{}, Truth<true>{}, b);
    if (b < end) body(Constant<1>{}, Truth<false>{}, b);
}

// The same over all panels from block b on. Where they are `shared`, each thread takes some.
template <int at_once, typename Body>
SUNHWAN_INLINE void for_all_panels(std::int64_t units, bool shared, const Body& body,
                                   std::int64_t b = 0) {
    const std::int64_t blocks = block_count(units);
    if (!shared) {
        for_panels<at_once>(units, body, b, blocks);
        return;
    }
    const std::int64_t panels = (blocks - b + at_once - 1) / at_once;
    const std::int64_t parts = num_threads();
    parallel_for(parts, [&](std::int64_t part, int) {
        const std::int64_t end = b + panels * (part + 1) / parts * at_once;
        for_panels<at_once>(units, body, b + panels * part / parts * at_once,
                            end < blocks ? end : blocks);
    });
}

// One panel: packed[k][j][g][lane] = source[k * step + g * gate + (j * width + lane) * column] for
// `blocks` blocks j and `gates` groups g of columns, zero where the unit is not below `units`. One
// of step and column is 1.
inline void pack_panel(const float* source, std::int64_t step, std::int64_t gate,
                       std::int64_t column, std::int64_t depth, int blocks, int gates,
                       std::int64_t units, float* packed) {
    const std::int64_t row = blocks * gates * Vec::width;
    for (int j = 0; j < blocks; ++j) {
        const std::int64_t left = units - j * Vec::width;
        const int lanes = left < Vec::width ? static_cast<int>(left) : Vec::width;
        for (int g = 0; g < gates; ++g, packed += Vec::width) {
            const float* const from = source + g * gate + j * Vec::width * column;
            if (column == 1) {
                for (std::int64_t k = 0; k < depth; ++k)
                    store(packed + k * row, load_partial(from + k * step, lanes));
            } else {
                if (lanes < Vec::width)
                    for (std::int64_t k = 0; k < depth; ++k) store(packed + k * row, zero());
                transpose_block(from, column, lanes, depth, packed, row);
            }
        }
    }
}

// Where the terms of a matrix stand in panels that hold several: terms first .. first + depth of
// `panel` in all.
struct PanelTerms {
    std::int64_t first, depth, panel;
};

// Floats whose packing pays for waking a thread.
constexpr std::int64_t least_floats_to_share = 1 << 17;

// All panels of `gates` groups of `units` columns, `at_once` blocks a panel while so many are left.
// Block b's panel stands at packed + b * gates * terms.panel * width.
template <int at_once>
void pack_panels_of_units(const float* source, std::int64_t step, std::int64_t gate,
                          std::int64_t column, PanelTerms terms, int gates, std::int64_t units,
                          float* packed) {
    const bool shared = gates * units * terms.depth >= least_floats_to_share;
    for_all_panels<at_once>(units, shared, [&](auto blocks, auto, std::int64_t b) {
        const std::int64_t unit = b * Vec::width;
        pack_panel(source + unit * column, step, gate, column, terms.depth, blocks.value, gates,
                   units - unit,
                   packed + (b * terms.panel + blocks.value * terms.first) * gates * Vec::width);
    });
}

}  // namespace
}  // namespace sunhwan
