// A tile of rows that goes backward through all its steps, for any cell.
#pragma once

#include "kernels/recurrent_backward_units.h"
#include "kernels/recurrent_rows.h"

namespace sunhwan {
namespace {

// Blocks of units in one register tile of the products with the transposed kernel.
constexpr int backward_blocks = 2;

// Terms of these products at a time, so that the gradients of all rows of a tile stay near while
// the panels go by.
constexpr std::int64_t chunk_terms = 1024;

// Some terms of the products of a stage.
struct Chunk {
    std::int64_t first, terms;
    bool begins, ends;
};

// One tile of rows, from its last step to its first.
template <typename Cell, typename Fs>
struct BackwardTile {
    const RecurrentBackwardArguments& a;
    const RowTile tile;
    const Fs fs;
    const float* panels;  // the packed transposed kernel, stage after stage
    const std::int64_t units;
    const std::int64_t padded;
    const bool large;
    const bool near;  // all rows' numbers of a step stay in the second cache until the next
    float *dh, *dc, *doperand, *partial, *mask;  // (rows, padded) each
    bool to_zero = false;  // nobody asks for the gradient of the state before this step
    std::int64_t step[most_tile_rows];
    const float* c_before[most_tile_rows];
    const float* h_before[most_tile_rows];

    static constexpr int state_arrays = 5;

    static std::int64_t scratch_floats(std::int64_t units) {
        return state_arrays * most_rows_of_tile(units) * block_count(units) * Vec::width;
    }

    BackwardTile(const RecurrentBackwardArguments& arguments, const RowTile& rows, Fs functions,
                 const float* panels_, float* scratch)
        : a(arguments),
          tile(rows),
          fs(functions),
          panels(panels_),
          units(a.rows.units),
          padded(block_count(units) * Vec::width),
          large(!stays_near(units)),
          near(rows.rows * units <= 8192) {
        float** const states[state_arrays] = {&dh, &dc, &doperand, &partial, &mask};
        for (float** state : states) {
            *state = scratch;
            scratch += most_rows_of_tile(units) * padded;
        }
    }

    void run() {
        for (int r = 0; r < tile.rows; ++r) {
            pad_row(batch_row(a.dlast_h, r), units, row_of(dh, r));
            if (Cell::has_c) pad_row(batch_row(a.dlast_c, r), units, row_of(dc, r));
            if (a.rows.hidden_mask != nullptr)
                pad_row(batch_row(a.rows.hidden_mask, r), units, row_of(mask, r));
        }
        int active = 0;
        for (std::int64_t done = tile.length(0) - 1; done >= 0; --done) {
            while (active < tile.rows && tile.length(active) > done) ++active;
            begin_step(done, active);
            if (a.total_dh != nullptr) put_total(dh, a.dout, a.total_dh, active);
            if (a.total_dc != nullptr) put_total(dc, a.dc, a.total_dc, active);
            to_zero = done == 0 && a.dh0 == nullptr;
            run_stages<Cell::stages - 1>(active);
        }
        for (int r = 0; r < tile.rows; ++r) {
            const std::int64_t at = tile.row(r) * units;
            if (a.dh0 != nullptr) copy_row(row_of(dh, r), units, a.dh0 + at);
            if (a.dc0 != nullptr) copy_row(row_of(dc, r), units, a.dc0 + at);
        }
    }

    float* row_of(float* state, int r) const { return state + r * padded; }

    const float* batch_row(const float* array, int r) const {
        return array == nullptr ? nullptr : array + tile.row(r) * units;
    }

    void begin_step(std::int64_t done, int active) {
        for (int r = 0; r < active; ++r) {
            const std::int64_t p = tile.step(r, done);
            step[r] = p;
            const std::int64_t before = done > 0 ? tile.step_before(r, done) : p;
            if (near) prefetch_step(before);
            const auto state_before = [&](const float* states, const float* initial) {
                return done > 0 ? states + before * units : batch_row(initial, r);
            };
            if (Cell::has_c) c_before[r] = state_before(a.saved_c, a.rows.c0);
            if (Cell::carries_h)
                h_before[r] = a.rows.hidden_mask == nullptr ? a.saved_h + p * units
                                                            : state_before(a.out, a.rows.h0);
        }
    }

    // The gradients of a state of this step: from the step after, and from outside.
    void put_total(const float* after, const float* outside, float* total, int active) const {
        for (int r = 0; r < active; ++r) {
            const float* row = after + r * padded;
            for (std::int64_t h = 0; h < units; ++h) {
                const std::int64_t at = step[r] * units + h;
                total[at] = outside == nullptr ? row[h] : row[h] + outside[at];
            }
        }
    }

    // Brings what run_units reads of a step nearer.
    void prefetch_step(std::int64_t p) const {
        prefetch(a.saved_gates + p * Cell::saved * units, Cell::saved * units);
        if (Cell::has_c) prefetch(a.saved_c + p * units, units);
        if (a.dout != nullptr) prefetch(a.dout + p * units, units);
    }

    template <int stage>
    void run_stages(int active) {
        for (int r = 0; r < active; ++r) {
            if (!near && r + 1 < active) prefetch_step(step[r + 1]);
            for_all_panels<1>(units, false, [&](auto, auto full, std::int64_t b) {
                run_units<stage, full.value>(r, b * Vec::width);
            });
        }
        if (stage == 0 && to_zero) return;
        using Stage = typename Cell::template Stage<stage>;
        const std::int64_t depth = Stage::gate_count * units;
        const float* stage_panels = panels + Stage::first_gate * units * padded;
        for (std::int64_t k = 0; k < depth; k += chunk_terms) {
            const Chunk chunk{k, depth - k < chunk_terms ? depth - k : chunk_terms, k == 0,
                              k + chunk_terms >= depth};
            const auto run_panel = [&](auto blocks, auto, std::int64_t b) {
                constexpr int most = tile_rows_for(backward_blocks);
                constexpr int row = blocks.value * Vec::width;
                const float* const panel = stage_panels + b * depth * Vec::width + k * row;
                AheadOfGroups ahead(panel + depth * row, chunk.terms * row, chunk.terms,
                                    (active + most - 1) / most);
                for_row_groups<most>(active, [&](auto rows, int first) {
                    run_product<stage, rows.value, blocks.value>(first, b * Vec::width, chunk,
                                                                 panel, ahead.next());
                });
            };
            for_all_panels<backward_blocks>(units, tile.shares_units, run_panel);
        }
        if constexpr (stage > 0) run_stages<stage - 1>(active);
    }

    template <int stage, bool full>
    void run_units(int r, std::int64_t unit) {
        const std::int64_t at = r * padded + unit;
        const std::int64_t p = step[r];
        const auto of_step = [&](auto* array, int vectors) {
            return array == nullptr ? nullptr : array + p * vectors * units + unit;
        };
        const auto from = [&](const float* row) { return row == nullptr ? nullptr : row + unit; };
        BackwardUnits<Cell, full> u{units,
                                    static_cast<int>(units - unit),
                                    of_step(a.saved_gates, Cell::saved),
                                    of_step(a.saved_c, 1),
                                    Cell::has_c ? from(c_before[r]) : nullptr,
                                    Cell::carries_h ? from(h_before[r]) : nullptr,
                                    of_step(a.dout, 1),
                                    of_step(a.dc, 1),
                                    dh + at,
                                    dc + at,
                                    doperand + at,
                                    of_step(a.dx, Cell::gates),
                                    of_step(a.dr, Cell::gates)};
        Cell::template Stage<stage>::backward(fs, u);
    }

    // The gradient of what the stage multiplied: of h_prev in the first stage, added to what
    // reached it beside the product, else of the operand that the stage before gave.
    template <int stage, int rows, int blocks>
    void run_product(int first, std::int64_t unit, const Chunk& chunk, const float* panel,
                     Ahead ahead) {
        using Stage = typename Cell::template Stage<stage>;
        const float* gradient[rows];
        Vec sum[rows][blocks];
        const auto place = [&](int r, int j) {
            return (first + r) * padded + unit + j * Vec::width;
        };
        SUNHWAN_UNROLL_TILE
        for (int r = 0; r < rows; ++r) {
            gradient[r] =
                a.dr + (step[first + r] * Cell::gates + Stage::first_gate) * units + chunk.first;
            SUNHWAN_UNROLL_TILE
            for (int j = 0; j < blocks; ++j)
                sum[r][j] = chunk.begins ? zero() : load(partial + place(r, j));
        }
        if (large) {
            multiply_add<true, blocks>(sum, gradient, chunk.terms, panel, 0, ahead);
        } else {
            multiply_add<false, blocks>(sum, gradient, chunk.terms, panel, 0, ahead);
        }
        SUNHWAN_UNROLL_TILE
        for (int r = 0; r < rows; ++r) {
            SUNHWAN_UNROLL_TILE
            for (int j = 0; j < blocks; ++j) {
                const std::int64_t at = place(r, j);
                if (!chunk.ends) {
                    store(partial + at, sum[r][j]);
                    continue;
                }
                Vec v = sum[r][j];
                if (a.rows.hidden_mask != nullptr) v = v * load(mask + at);
                if (stage > 0) {
                    store(doperand + at, v);
                } else {
                    store(dh + at, Cell::carries_h ? load(dh + at) + v : v);
                }
            }
        }
    }
};

}  // namespace
}  // namespace sunhwan
