// The loop over time of any cell, forward.
#pragma once

#include "kernels/recurrent_forward_tile.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

template <typename Cell, int stage>
void pack_stages(const RecurrentForwardArguments& a, float* panels) {
    using Stage = typename Cell::template Stage<stage>;
    const std::int64_t units = a.rows.units, terms = a.features + units;
    const auto pack = [&](const float* kernel, std::int64_t first, std::int64_t depth) {
        pack_panels_of_units<blocks_at_once<Stage>>(
            kernel + Stage::first_gate * units, Cell::gates * units, units, 1,
            {first, depth, terms}, Stage::gate_count, units,
            panels + Stage::first_gate * terms * block_count(units) * Vec::width);
    };
    if (a.inputs != nullptr) pack(a.input_kernel, 0, a.features);
    if (a.rows.h0 != nullptr || !all_brief(a.rows)) pack(a.rows.kernel, a.features, units);
    if constexpr (stage + 1 < Cell::stages) pack_stages<Cell, stage + 1>(a, panels);
}

// A bias (G, H) or null for zeros, padded.
inline const float* padded_bias(const float* bias, int gates, std::int64_t units,
                                Scratch& scratch) {
    const std::int64_t padded = block_count(units) * Vec::width;
    float* const rows = scratch.floats(gates * padded);
    for (int g = 0; g < gates; ++g)
        pad_row(bias == nullptr ? nullptr : bias + g * units, units, rows + g * padded);
    return rows;
}

template <typename Cell, typename Fs>
void forward_with(const RecurrentForwardArguments& a, const Fs& fs) {
    const std::int64_t units = a.rows.units;
    Scratch scratch;
    float* panels =
        scratch.floats(Cell::gates * (a.features + units) * block_count(units) * Vec::width);
    pack_stages<Cell, 0>(a, panels);
    const auto pad = [&](const float* bias) {
        return padded_bias(bias, Cell::gates, units, scratch);
    };
    const float* bias = Cell::has_recurrent_bias ? pad(a.recurrent_bias) : nullptr;
    const float* input_bias = a.inputs != nullptr ? pad(a.input_bias) : nullptr;
    const RowPlan plan(a.rows, Cell::gates, scratch);
    parallel_for(plan.parts(), [&](std::int64_t part, int) {
        Scratch states;
        float* floats = states.floats(ForwardTile<Cell, Fs>::scratch_floats(units));
        plan.for_tiles(part, [&](const RowTile& tile) {
            ForwardTile<Cell, Fs>(a, tile, fs, panels, bias, input_bias, floats).run();
        });
    });
}

}  // namespace
}  // namespace sunhwan
