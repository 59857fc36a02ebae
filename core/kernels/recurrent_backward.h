// The loop over time of any cell, backward.
#pragma once

#include "kernels/recurrent_backward_tile.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

template <typename Cell, int stage>
void pack_transposed_stages(const RecurrentRows& rows, float* panels) {
    using Stage = typename Cell::template Stage<stage>;
    const std::int64_t units = rows.units;
    pack_panels_of_units<backward_blocks>(
        rows.kernel + Stage::first_gate * units, 1, 0, Cell::gates * units,
        {0, Stage::gate_count * units, Stage::gate_count * units}, 1, units,
        panels + Stage::first_gate * units * block_count(units) * Vec::width);
    if constexpr (stage + 1 < Cell::stages) pack_transposed_stages<Cell, stage + 1>(rows, panels);
}

template <typename Cell, typename Fs>
void backward_with(const RecurrentBackwardArguments& a, const Fs& fs) {
    const std::int64_t units = a.rows.units;
    Scratch scratch;
    float* panels = scratch.floats(Cell::gates * units * block_count(units) * Vec::width);
    if (a.dh0 != nullptr || Cell::stages > 1 || !all_brief(a.rows))
        pack_transposed_stages<Cell, 0>(a.rows, panels);
    const RowPlan plan(a.rows, Cell::gates, scratch);
    parallel_for(plan.parts(), [&](std::int64_t part, int) {
        Scratch states;
        float* floats = states.floats(BackwardTile<Cell, Fs>::scratch_floats(units));
        plan.for_tiles(part, [&](const RowTile& tile) {
            BackwardTile<Cell, Fs>(a, tile, fs, panels, floats).run();
        });
    });
}

}  // namespace
}  // namespace sunhwan
