// The gradient of the recurrent kernel: a product over all packed steps.
#pragma once

#include "kernels/product_tile.h"
#include "kernels/recurrent.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// The steps are cut into pieces and the rows of the result into parts, by sizes alone. Each piece
// has its own sum, which are then added in the order of the pieces.
constexpr std::int64_t most_pieces = 16;
constexpr std::int64_t piece_steps = 256;  // a piece has at least so many, unless there is one
constexpr std::int64_t pieces_floats = 1 << 19;  // of all sums
constexpr std::int64_t block_steps = 64;         // read again from the nearest caches for each tile

struct WeightsPlan {
    std::int64_t pieces;
    std::int64_t parts;

    WeightsPlan(std::int64_t steps, std::int64_t units, std::int64_t columns) {
        pieces = (steps + piece_steps - 1) / piece_steps;
        if (pieces > most_pieces) pieces = most_pieces;
        const std::int64_t affordable = pieces_floats / (units * columns);
        if (pieces > affordable) pieces = affordable > 1 ? affordable : 1;
        parts = most_pieces / pieces;
        const std::int64_t whole_tiles = (units + tile_rows - 1) / tile_rows;
        if (parts > whole_tiles) parts = whole_tiles;
    }
};

// sum (rows, columns) += operand^T dr over some steps: operand's element (r, p) at
// operand[p * operand_step + r], dr's row p at dr + p * dr_step.
inline void add_outer_products(const float* operand, std::int64_t operand_step, std::int64_t rows,
                               const float* dr, std::int64_t dr_step, std::int64_t columns,
                               std::int64_t steps, float* sum, std::int64_t sum_row) {
    Scratch scratch;
    const bool in_place = columns % panel_width == 0;
    float* packed = in_place ? nullptr : scratch.floats(packed_floats(block_steps, columns));
    for (std::int64_t p = 0; p < steps; p += block_steps) {
        const std::int64_t now = steps - p < block_steps ? steps - p : block_steps;
        TilePanels panels{dr + p * dr_step, panel_width, dr_step};
        if (!in_place) {
            pack_panels(dr + p * dr_step, dr_step, 1, now, columns, packed);
            panels = {packed, now * panel_width, panel_width};
        }
        for (std::int64_t r = 0; r < rows;) {
            const int tile = next_tile_rows(rows - r);
            float* out = sum + r * sum_row;
            tile_row({operand + p * operand_step + r, 1, operand_step}, tile, panels, now, columns,
                     {out, sum_row, out, sum_row, false});
            r += tile;
        }
    }
}

template <typename Cell, int stage>
void stage_weights(const RecurrentWeightsArguments& a) {
    using Stage = typename Cell::template Stage<stage>;
    const std::int64_t units = a.units;
    const std::int64_t row = Cell::gates * units;
    const std::int64_t columns = Stage::gate_count * units;
    const bool first = Stage::saved_operand < 0;
    const float* operand = first ? a.saved_h : a.saved_gates + Stage::saved_operand * units;
    const std::int64_t operand_step = first ? units : Cell::saved * units;
    const float* dr = a.dr + Stage::first_gate * units;
    float* dkernel = a.dkernel + Stage::first_gate * units;

    const WeightsPlan plan(a.steps, units, columns);
    const auto part_of = [](std::int64_t all, std::int64_t i, std::int64_t count) {
        return all * i / count;
    };
    Scratch scratch;
    float* sums = plan.pieces > 1 ? scratch.floats(plan.pieces * units * columns) : nullptr;
    parallel_for(plan.pieces * plan.parts, [&](std::int64_t task, int) {
        const std::int64_t piece = task / plan.parts;
        const std::int64_t part = task % plan.parts;
        const std::int64_t p = part_of(a.steps, piece, plan.pieces);
        const std::int64_t steps = part_of(a.steps, piece + 1, plan.pieces) - p;
        const std::int64_t r = part_of(units, part, plan.parts);
        const std::int64_t rows = part_of(units, part + 1, plan.parts) - r;
        float* sum = dkernel + r * row;
        if (sums != nullptr) {
            sum = sums + (piece * units + r) * columns;
            for (std::int64_t i = 0; i < rows * columns; ++i) sum[i] = 0.0f;
        }
        add_outer_products(operand + p * operand_step + r, operand_step, rows, dr + p * row, row,
                           columns, steps, sum, sums != nullptr ? columns : row);
    });
    if (sums != nullptr) {
        for (std::int64_t piece = 0; piece < plan.pieces; ++piece)
            for (std::int64_t r = 0; r < units; ++r)
                for (std::int64_t c = 0; c < columns; ++c)
                    dkernel[r * row + c] += sums[(piece * units + r) * columns + c];
    }
    if constexpr (stage + 1 < Cell::stages) stage_weights<Cell, stage + 1>(a);
}

}  // namespace
}  // namespace sunhwan
