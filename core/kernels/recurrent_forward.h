// The loop over time of any cell, forward.
#pragma once

#include "kernels/recurrent_rows.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// Blocks of units in one register tile: a stage of one gate takes two, to use the registers.
template <typename Stage>
constexpr int blocks_at_once = Stage::gate_count == 1 ? 2 : 1;

// What a cell sees going forward: one row, one vector of units.
template <bool full>
struct ForwardUnits {
    std::int64_t units;  // H
    int lanes;
    const float* x_row;     // x of this step and these units, a gate every H
    const float* h_row;     // padded
    float* next_h_row;      // padded
    float* c_row;           // padded, overwritten
    float* carried_row;     // padded
    float* operand_row;     // padded
    const float* mask_row;  // padded, or null
    float* gates_row;       // where saved_gates of this step goes, or null
    float* saved_c_row;     // or null
    float* out_row;         // or null

    SUNHWAN_INLINE Vec x(int gate) const { return load_lanes<full>(x_row + gate * units, lanes); }
    SUNHWAN_INLINE Vec h_prev() const { return load(h_row); }
    SUNHWAN_INLINE Vec c_prev() const { return load(c_row); }
    SUNHWAN_INLINE void set_h(Vec h) {
        store(next_h_row, h);
        if (out_row != nullptr) store_lanes<full>(out_row, h, lanes);
    }
    SUNHWAN_INLINE void set_c(Vec c) {
        store(c_row, c);
        if (saved_c_row != nullptr) store_lanes<full>(saved_c_row, c, lanes);
    }
    SUNHWAN_INLINE void save(int slot, Vec v) {
        if (gates_row != nullptr) store_lanes<full>(gates_row + slot * units, v, lanes);
    }
    // From one stage of a step to the next.
    SUNHWAN_INLINE void carry(Vec v) { store(carried_row, v); }
    SUNHWAN_INLINE Vec carried() const { return load(carried_row); }
    // What the next stage multiplies by its columns of the recurrent kernel.
    SUNHWAN_INLINE void set_operand(int slot, Vec v) {
        const Vec operand = mask_row == nullptr ? v : v * load(mask_row);
        store(operand_row, operand);
        save(slot, operand);
    }
};

// One tile of rows, from its first step to its last. Its state rows are padded to whole vectors.
template <typename Cell, typename Fs>
struct ForwardTile {
    const RecurrentForwardArguments& a;
    const RowTile tile;
    const Fs fs;
    const float* panels;  // the packed recurrent kernel, stage after stage
    const float* bias;    // (G, padded), only with has_recurrent_bias
    const std::int64_t units;
    const std::int64_t padded;
    const bool large;
    const bool near;  // x of all rows of a step stays in the second cache until it is read
    // (rows, padded) each; `masked` is h where it enters the product
    float *h, *next_h, *c, *masked, *operand, *carried, *mask;
    std::int64_t step[most_tile_rows];
    const float* x_row[most_tile_rows];

    static constexpr int state_arrays = 7;

    static std::int64_t scratch_floats(std::int64_t units) {
        return state_arrays * most_rows_of_tile(units) * block_count(units) * Vec::width;
    }

    ForwardTile(const RecurrentForwardArguments& arguments, const RowTile& rows, Fs functions,
                const float* panels_, const float* bias_, float* scratch)
        : a(arguments),
          tile(rows),
          fs(functions),
          panels(panels_),
          bias(bias_),
          units(a.rows.units),
          padded(block_count(units) * Vec::width),
          large(!stays_near(units)),
          near(rows.rows * units <= 8192) {
        float** const states[state_arrays] = {&h, &next_h, &c, &masked, &operand, &carried, &mask};
        for (float** state : states) {
            *state = scratch;
            scratch += most_rows_of_tile(units) * padded;
        }
    }

    void run() {
        begin();
        int active = tile.rows;
        const std::int64_t longest = tile.length(0);
        for (std::int64_t done = 0; done < longest; ++done) {
            while (tile.length(active - 1) <= done) finish(--active);
            begin_step(done, active);
            run_stages<0>(active);
            float* const old = h;
            h = next_h;
            next_h = old;
        }
        while (active > 0) finish(--active);
    }

    float* row_of(float* state, int r) const { return state + r * padded; }

    // The initial states. A row's pointer to the batch's row, null where that array is null.
    const float* batch_row(const float* array, int r) const {
        return array == nullptr ? nullptr : array + tile.row(r) * units;
    }

    const float* x_of(std::int64_t p) const {
        return a.x + (a.x_index == nullptr ? p : a.x_index[p]) * Cell::gates * units;
    }

    void begin() {
        for (int r = 0; r < tile.rows; ++r) {
            pad_row(batch_row(a.rows.h0, r), units, row_of(h, r));
            if (Cell::has_c) pad_row(batch_row(a.rows.c0, r), units, row_of(c, r));
            if (a.rows.hidden_mask != nullptr)
                pad_row(batch_row(a.rows.hidden_mask, r), units, row_of(mask, r));
        }
    }

    void finish(int r) {
        copy_row(row_of(h, r), units, a.last_h + tile.row(r) * units);
        if (Cell::has_c) copy_row(row_of(c, r), units, a.last_c + tile.row(r) * units);
    }

    void begin_step(std::int64_t done, int active) {
        for (int r = 0; r < active; ++r) {
            const std::int64_t p = tile.step(r, done);
            step[r] = p;
            x_row[r] = x_of(p);
            if (!near && r < tile_rows_for(Cell::gates))
                prefetch_x(r, 0, Cell::gates);
            else if (near && done + 1 < tile.length(r))
                prefetch(x_of(tile.step(r, done + 1)), Cell::gates * units);
            const float* multiplied = row_of(h, r);
            if (a.rows.hidden_mask != nullptr) {
                float* const product = row_of(masked, r);
                for (std::int64_t u = 0; u < padded; u += Vec::width)
                    store(product + u, load(multiplied + u) * load(row_of(mask, r) + u));
                multiplied = product;
            }
            if (a.saved_h != nullptr) copy_row(multiplied, units, a.saved_h + p * units);
        }
    }

    // Brings a row's x of the units from `unit` on nearer, a line of the cache a gate.
    SUNHWAN_INLINE void prefetch_x(int r, std::int64_t unit, int gates) const {
        for (int g = 0; g < gates; ++g) __builtin_prefetch(x_row[r] + g * units + unit);
    }

    // Brings x of the next register tile nearer, no earlier: rows that lie a power of two apart
    // push each other out of the cache.
    SUNHWAN_INLINE void prefetch_group(int first, int rows, int active, std::int64_t b,
                                       int blocks) const {
        if (first >= active) {
            first = 0;
            b += blocks;
            if (b * Vec::width >= units) return;
        }
        const int end = first + rows < active ? first + rows : active;
        for (int r = first; r < end; ++r)
            for (int j = 0; j < blocks; ++j) prefetch_x(r, (b + j) * Vec::width, Cell::gates);
    }

    template <int stage>
    void run_stages(int active) {
        using Stage = typename Cell::template Stage<stage>;
        const std::int64_t depth_floats = units * Stage::gate_count;
        const float* stage_panels = panels + Stage::first_gate * units * padded;
        for_panels<blocks_at_once<Stage>>(units, [&](auto blocks, auto full, std::int64_t b) {
            constexpr int vectors = blocks.value * Stage::gate_count;
            constexpr int most = tile_rows_for(vectors);
            const float* const panel = stage_panels + b * depth_floats * Vec::width;
            AheadOfGroups ahead(panel + units * vectors * Vec::width, units, vectors,
                                (active + most - 1) / most);
            for_row_groups<most>(active, [&](auto rows, int first) {
                if (!near) prefetch_group(first + rows.value, rows.value, active, b, blocks.value);
                run_group<stage, rows.value, blocks.value, full.value>(first, b, panel,
                                                                       ahead.next());
            });
        });
        if constexpr (stage + 1 < Cell::stages) run_stages<stage + 1>(active);
    }

    // A register tile: rows first .. first + rows of `blocks` vectors of units from block b on.
    template <int stage, int rows, int blocks, bool full>
    void run_group(int first, std::int64_t b, const float* panel, Ahead ahead) {
        using Stage = typename Cell::template Stage<stage>;
        constexpr int gates = Stage::gate_count;
        const std::int64_t unit = b * Vec::width;
        const int lanes = static_cast<int>(units - unit);
        float* const state = a.rows.hidden_mask != nullptr ? masked : h;
        const float* multiplied[rows];
        Vec sum[rows][blocks * gates];
        SUNHWAN_UNROLL_TILE
        for (int r = 0; r < rows; ++r) {
            multiplied[r] = row_of(stage > 0 ? operand : state, first + r);
            SUNHWAN_UNROLL_TILE
            for (int v = 0; v < blocks * gates; ++v) {
                const int gate = Stage::first_gate + v % gates;
                const std::int64_t u = unit + v / gates * Vec::width;
                const float* x = x_row[first + r] + gate * units + u;
                Vec start = zero();
                if (Cell::starts_from_x(gate)) start = load_lanes<full>(x, lanes);
                if (Cell::has_recurrent_bias) start = start + load(bias + gate * padded + u);
                sum[r][v] = start;
            }
        }
        if (large) {
            multiply_add<rows, blocks * gates, true>(sum, multiplied, units, panel, ahead);
        } else {
            multiply_add<rows, blocks * gates, false>(sum, multiplied, units, panel, ahead);
        }
        for (int r = 0; r < rows; ++r) {
            SUNHWAN_UNROLL_TILE
            for (int j = 0; j < blocks; ++j) {
                auto u = units_at<full>(first + r, unit + j * Vec::width, lanes);
                Stage::forward(fs, sum[r] + j * gates, u);
            }
        }
    }

    template <bool full>
    SUNHWAN_INLINE ForwardUnits<full> units_at(int r, std::int64_t unit, int lanes) const {
        const std::int64_t at = r * padded + unit;
        const std::int64_t p = step[r];
        const auto saved = [&](float* array, int vectors) {
            return array == nullptr ? nullptr : array + p * vectors * units + unit;
        };
        return {units,
                lanes,
                x_row[r] + unit,
                h + at,
                next_h + at,
                c + at,
                carried + at,
                operand + at,
                a.rows.hidden_mask == nullptr ? nullptr : mask + at,
                saved(a.saved_gates, Cell::saved),
                saved(a.saved_c, 1),
                saved(a.out, 1)};
    }
};

template <typename Cell, int stage>
void pack_stages(const RecurrentRows& rows, float* panels) {
    using Stage = typename Cell::template Stage<stage>;
    const std::int64_t units = rows.units;
    pack_panels_of_units(rows.kernel + Stage::first_gate * units, Cell::gates * units, units, 1,
                         units, blocks_at_once<Stage>, Stage::gate_count, units,
                         panels + Stage::first_gate * units * block_count(units) * Vec::width);
    if constexpr (stage + 1 < Cell::stages) pack_stages<Cell, stage + 1>(rows, panels);
}

template <typename Cell, typename Fs>
void forward_with(const RecurrentForwardArguments& a, const Fs& fs) {
    const std::int64_t units = a.rows.units;
    const std::int64_t padded = block_count(units) * Vec::width;
    Scratch scratch;
    float* panels = scratch.floats(Cell::gates * units * padded);
    pack_stages<Cell, 0>(a.rows, panels);
    float* bias = nullptr;
    if (Cell::has_recurrent_bias) {
        bias = scratch.floats(Cell::gates * padded);
        for (int g = 0; g < Cell::gates; ++g)
            pad_row(a.recurrent_bias == nullptr ? nullptr : a.recurrent_bias + g * units, units,
                    bias + g * padded);
    }
    const std::int32_t* order = longest_first(a.rows, scratch);
    const RowPlan plan(a.rows, Cell::gates);
    parallel_for(plan.count(), [&](std::int64_t index, int) {
        const RowTile tile(a.rows, order, plan, index);
        if (tile.rows == 0) return;
        Scratch states;
        float* floats = states.floats(ForwardTile<Cell, Fs>::scratch_floats(units));
        ForwardTile<Cell, Fs>(a, tile, fs, panels, bias, floats).run();
    });
}

}  // namespace
}  // namespace sunhwan
