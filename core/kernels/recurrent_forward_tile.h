// A tile of rows that goes forward through all its steps, for any cell.
#pragma once

#include "kernels/recurrent_forward_units.h"
#include "kernels/recurrent_rows.h"

namespace sunhwan {
namespace {

// Blocks of units in one register tile: a stage of one gate takes two, to use the registers.
template <typename Stage>
constexpr int blocks_at_once = Stage::gate_count == 1 ? 2 : 1;

// So many rows take two panels at once.
constexpr int few_rows = tile_sums == 24 ? 2 : 1;

// One tile of rows, from its first step to its last. Its state rows are padded to whole vectors.
template <typename Cell, typename Fs>
struct ForwardTile {
    const RecurrentForwardArguments& a;
    const RowTile tile;
    const Fs fs;
    const float* panels;      // the packed kernels, stage after stage: a panel's terms are those of
                              // the inputs, if there are any, then those of the state
    const float* bias;        // (G, padded), only with has_recurrent_bias
    const float* input_bias;  // (G, padded), only with inputs
    const std::int64_t units;
    const std::int64_t padded;
    const bool large;
    const bool near;  // x of all rows of a step stays in the second cache until it is read
    // (rows, padded) each; `masked` is h where it enters the product
    float *h, *next_h, *c, *masked, *operand, *carried, *kept, *mask;
    std::int64_t step[most_tile_rows];
    bool from_zero = false;              // the state before this step is zero
    const float* x_row[most_tile_rows];  // of x, or of the inputs

    static constexpr int state_arrays = 8;

    static std::int64_t scratch_floats(std::int64_t units) {
        return state_arrays * most_rows_of_tile(units) * block_count(units) * Vec::width;
    }

    ForwardTile(const RecurrentForwardArguments& arguments, const RowTile& rows, Fs functions,
                const float* panels_, const float* bias_, const float* input_bias_, float* scratch)
        : a(arguments),
          tile(rows),
          fs(functions),
          panels(panels_),
          bias(bias_),
          input_bias(input_bias_),
          units(a.rows.units),
          padded(block_count(units) * Vec::width),
          large(!stays_near(units)),
          near(a.inputs != nullptr || rows.rows * units <= 8192) {
        float** const states[state_arrays] = {&h,       &next_h,  &c,    &masked,
                                              &operand, &carried, &kept, &mask};
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
            from_zero = done == 0 && a.rows.h0 == nullptr;
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
        if (a.inputs != nullptr) return a.inputs + p * a.features;
        return a.x + (a.x_index == nullptr ? p : a.x_index[p]) * Cell::gates * units;
    }
    std::int64_t x_floats() const { return a.inputs != nullptr ? a.features : Cell::gates * units; }

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
                prefetch(x_of(tile.step(r, done + 1)), x_floats());
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
        const std::int64_t terms = a.features + units;
        const float* stage_panels = panels + Stage::first_gate * terms * padded;
        constexpr int at_once = blocks_at_once<Stage>;
        // Takes the rows through `all` blocks of units, which are panels of `blocks`.
        const auto run_panels = [&](auto blocks, auto all, auto full, auto most, std::int64_t b) {
            constexpr int vectors = all.value * Stage::gate_count;
            const float* const panel = stage_panels + b * terms * Stage::gate_count * Vec::width;
            const std::int64_t floats = terms * vectors * Vec::width;
            AheadOfGroups ahead(panel + floats, floats, units,
                                (active + most.value - 1) / most.value);
            for_row_groups<most.value>(active, [&](auto rows, int first) {
                if (!near) prefetch_group(first + rows.value, rows.value, active, b, all.value);
                run_group<stage, rows.value, all.value, blocks.value, full.value>(first, b, panel,
                                                                                  ahead.next());
            });
        };
        // The sums of few rows in one panel would wait for each other.
        std::int64_t b = 0;
        if (active <= few_rows && !large)
            for (; (b + 2 * at_once) * Vec::width <= units; b += 2 * at_once)
                run_panels(Constant<at_once>{}, Constant<2 * at_once>{}, Truth<true>{},
                           Constant<few_rows>{}, b);
        for_all_panels<at_once>(
            units, tile.shares_units,
            [&](auto blocks, auto full, std::int64_t block) {
                constexpr int most = tile_rows_for(blocks.value * Stage::gate_count);
                run_panels(blocks, blocks, full, Constant<most>{}, block);
            },
            b);
        if constexpr (stage + 1 < Cell::stages) run_stages<stage + 1>(active);
    }

    // A register tile: rows first .. first + rows of `blocks` vectors of units from block b on, in
    // panels of `at_once`.
    template <int stage, int rows, int blocks, int at_once, bool full>
    void run_group(int first, std::int64_t b, const float* panel, Ahead ahead) {
        using Stage = typename Cell::template Stage<stage>;
        constexpr int gates = Stage::gate_count;
        const std::int64_t unit = b * Vec::width;
        const int lanes = static_cast<int>(units - unit);
        float* const state = a.rows.hidden_mask != nullptr ? masked : h;
        const float* multiplied[rows];
        Vec sum[rows][blocks * gates];
        constexpr int width = at_once * gates;
        const std::int64_t apart = (a.features + units) * width * Vec::width;
        if (a.inputs != nullptr) project<stage, width>(first, unit, panel, apart, sum);
        panel += a.features * width * Vec::width;
        SUNHWAN_UNROLL_TILE
        for (int r = 0; r < rows; ++r) {
            multiplied[r] = row_of(stage > 0 ? operand : state, first + r);
            SUNHWAN_UNROLL_TILE
            for (int v = 0; v < blocks * gates; ++v) {
                const int gate = Stage::first_gate + v % gates;
                const std::int64_t u = unit + v / gates * Vec::width;
                Vec start = zero();
                if (a.inputs != nullptr) {
                    if (Cell::starts_from_x(gate))
                        start = sum[r][v];
                    else
                        store(row_of(kept, first + r) + u, sum[r][v]);
                } else if (Cell::starts_from_x(gate)) {
                    start = load_lanes<full>(x_row[first + r] + gate * units + u, lanes);
                }
                if (Cell::has_recurrent_bias) start = start + load(bias + gate * padded + u);
                sum[r][v] = start;
            }
        }
        if (from_zero) {
            // Nothing to add.
        } else if (large) {
            multiply_add<true, width>(sum, multiplied, units, panel, apart, ahead);
        } else {
            multiply_add<false, width>(sum, multiplied, units, panel, apart, ahead);
        }
        for (int r = 0; r < rows; ++r) {
            SUNHWAN_UNROLL_TILE
            for (int j = 0; j < blocks; ++j) {
                auto u = units_at<full>(first + r, unit + j * Vec::width, lanes);
                Stage::forward(fs, sum[r] + j * gates, u);
            }
        }
    }

    // x of a register tile: sum = input_bias + inputs * the panel's first terms.
    template <int stage, int width, int rows, int vectors>
    SUNHWAN_INLINE void project(int first, std::int64_t unit, const float* panel,
                                std::int64_t apart, Vec (&sum)[rows][vectors]) const {
        using Stage = typename Cell::template Stage<stage>;
        const float* values[rows];
        SUNHWAN_UNROLL_TILE
        for (int r = 0; r < rows; ++r) {
            values[r] = x_row[first + r];
            SUNHWAN_UNROLL_TILE
            for (int v = 0; v < vectors; ++v) {
                const int gate = Stage::first_gate + v % Stage::gate_count;
                sum[r][v] =
                    load(input_bias + gate * padded + unit + v / Stage::gate_count * Vec::width);
            }
        }
        multiply_add<false, width>(sum, values, a.features, panel, apart, {});
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
                a.inputs != nullptr ? nullptr : x_row[r] + unit,
                kept + at,
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

}  // namespace
}  // namespace sunhwan
