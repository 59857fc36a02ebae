// How the recurrent loops go through the rows: tiles of rows, longest first, step after step.
#pragma once

#include "kernels/prefetch.h"
#include "kernels/recurrent.h"
#include "kernels/recurrent_product.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// Rows that one thread takes through all their steps. With few units the recurrent kernel stays in
// the first cache and small tiles suit rows of many lengths; with many it is read again each step.
constexpr int most_tile_rows = 64;
constexpr bool stays_near(std::int64_t units) { return units <= 64; }
constexpr int most_rows_of_tile(std::int64_t units) {
    return stays_near(units) ? 12 : most_tile_rows;
}

// A step of so few rows costs what reading a large recurrent kernel costs.
constexpr int few_tile_rows = 8;

// How the rows are shared out: in groups of rows that stand side by side, longest first, each dealt
// out to its tiles one by one, so that these take as long. Rows of nearly one length are cut as
// they stand: what a thread works on lies together, as in the products before and after the loop.
// Few rows of many units are one tile: the threads go through its steps together, each reading its
// units' part of the recurrent kernel. It may all depend on the number of threads, since no
// element's arithmetic depends on who makes it.
struct RowPlan {
    std::int64_t groups;
    std::int64_t tiles;  // of a group
    bool shares_units;   // one tile, each step's units shared out to the threads

    RowPlan(const RecurrentRows& all, int gates) {
        const std::int64_t row_work = gates * all.units * all.units;  // of a step
        const std::int64_t useful = 1 + all.offsets[all.rows] * row_work / serial_work;
        const std::int64_t threads = useful < num_threads() ? useful : num_threads();
        shares_units = threads > 1 && all.rows <= few_tile_rows && row_work >= serial_work;
        tiles = shares_units ? 1 : threads < all.rows ? threads : all.rows;
        const std::int64_t rows = tiles * most_rows_of_tile(all.units);
        groups = all.rows == 0 ? 0 : (all.rows + rows - 1) / rows;
    }

    std::int64_t count() const { return groups * tiles; }
};

// The rows from the longest to the shortest, those of one length as they stand; null where they
// stand so already. By merging, in `scratch`.
inline const std::int32_t* longest_first(const RecurrentRows& all, Scratch& scratch) {
    const auto length = [&](std::int64_t n) { return all.offsets[n + 1] - all.offsets[n]; };
    std::int64_t sorted = 1;
    while (sorted < all.rows && length(sorted) <= length(sorted - 1)) ++sorted;
    if (sorted >= all.rows) return nullptr;

    std::int32_t* order = scratch.integers(all.rows);
    std::int32_t* merged = scratch.integers(all.rows);
    for (std::int64_t n = 0; n < all.rows; ++n) order[n] = static_cast<std::int32_t>(n);
    for (std::int64_t run = 1; run < all.rows; run *= 2) {
        for (std::int64_t first = 0; first < all.rows; first += 2 * run) {
            const std::int64_t middle = first + run < all.rows ? first + run : all.rows;
            const std::int64_t end = middle + run < all.rows ? middle + run : all.rows;
            std::int64_t left = first, right = middle;
            for (std::int64_t n = first; n < end; ++n) {
                const bool take_left =
                    left < middle && (right >= end || length(order[left]) >= length(order[right]));
                merged[n] = take_left ? order[left++] : order[right++];
            }
        }
        std::int32_t* const other = order;
        order = merged;
        merged = other;
    }
    return order;
}

// Whether no row has more than one step.
inline bool all_brief(const RecurrentRows& all) {
    for (std::int64_t n = 0; n < all.rows; ++n)
        if (all.offsets[n + 1] - all.offsets[n] > 1) return false;
    return true;
}

struct RowTile {
    const RecurrentRows& all;
    const std::int32_t* order;  // of all rows, longest first; null where they stand so
    std::int64_t first;         // place of the tile's first row in that order
    std::int64_t stride;        // from one of its rows to the next
    bool shares_units;
    bool alike = false;  // all rows of the batch have as many steps
    int rows;

    RowTile(const RecurrentRows& rows_, const std::int32_t* order_, const RowPlan& plan,
            std::int64_t tile)
        : all(rows_), order(order_), shares_units(plan.shares_units) {
        if (7 * length_at(0) <= 8 * length_at(all.rows - 1)) {
            first = all.rows * tile / plan.count();
            stride = 1;
            rows = static_cast<int>(all.rows * (tile + 1) / plan.count() - first);
            alike = length_at(0) == length_at(all.rows - 1);
            return;
        }
        // A thread's tasks follow each other: those of all groups, turn by turn with the longest
        // row of a group and with the shortest.
        const std::int64_t group = tile % plan.groups, turn = tile / plan.groups;
        const std::int64_t place = group % 2 == 0 ? turn : plan.tiles - 1 - turn;
        const std::int64_t end = all.rows * (group + 1) / plan.groups;
        stride = plan.tiles;
        first = all.rows * group / plan.groups + place;
        rows = first < end ? static_cast<int>((end - first + stride - 1) / stride) : 0;
    }

    // The tile's row r as a row of the batch.
    std::int64_t row(int r) const { return row_at(place(r)); }
    std::int64_t length(int r) const { return length_at(place(r)); }

    // The packed step that row r comes to after `done` steps.
    std::int64_t step(int r, std::int64_t done) const {
        return all.reverse ? all.offsets[row(r) + 1] - 1 - done : all.offsets[row(r)] + done;
    }
    // The packed step before that one in the order of the loop; done > 0.
    std::int64_t step_before(int r, std::int64_t done) const { return step(r, done - 1); }

private:
    // Rows of one length lie equally far apart. If they were taken as they stand, the processor
    // would guess the next ones and claim their memory, which another thread is writing; so they
    // are taken from both ends in turn.
    std::int64_t place(int r) const {
        if (!alike) return first + r * stride;
        return first + (r % 2 == 0 ? r / 2 : rows - 1 - r / 2);
    }
    std::int64_t row_at(std::int64_t place) const {
        return order == nullptr ? place : order[place];
    }
    std::int64_t length_at(std::int64_t place) const {
        return all.offsets[row_at(place) + 1] - all.offsets[row_at(place)];
    }
};

// Copies `rows` rows of `units` floats out of padded ones, and into them (zeros where from is
// null).
inline void copy_row(const float* from, std::int64_t units, float* to) {
    std::int64_t u = 0;
    for (; u + Vec::width <= units; u += Vec::width) store(to + u, load(from + u));
    if (u < units) {
        const int lanes = static_cast<int>(units - u);
        store_partial(to + u, load_partial(from + u, lanes), lanes);
    }
}

inline void pad_row(const float* from, std::int64_t units, float* to) {
    for (std::int64_t u = 0; u < units; u += Vec::width) {
        const std::int64_t left = units - u;
        const int lanes = left < Vec::width ? static_cast<int>(left) : Vec::width;
        store(to + u, from == nullptr ? zero() : load_partial(from + u, lanes));
    }
}

template <bool full>
SUNHWAN_INLINE Vec load_lanes(const float* p, int lanes) {
    return full ? load(p) : load_partial(p, lanes);
}
template <bool full>
SUNHWAN_INLINE void store_lanes(float* p, Vec v, int lanes) {
    if (full)
        store(p, v);
    else
        store_partial(p, v, lanes);
}

}  // namespace
}  // namespace sunhwan
