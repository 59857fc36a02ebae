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

// A step of so few rows costs what reading a large recurrent kernel costs; from so many products a
// row on, threads that read a part each gain more than they wait for each other.
constexpr int few_tile_rows = 8;
constexpr std::int64_t least_work_to_share = serial_work / 2;

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

// Rows that one thread takes through all their steps together, longest first.
struct RowTile {
    const RecurrentRows& all;
    const std::int32_t* order;  // of all rows, longest first; null where they stand so
    std::int64_t first;         // place of the tile's first row in that order
    int rows;
    bool shares_units;
    bool alike;  // all have as many steps

    RowTile(const RecurrentRows& rows_, const std::int32_t* order_, std::int64_t first_,
            std::int64_t end, bool shares)
        : all(rows_),
          order(order_),
          first(first_),
          rows(static_cast<int>(end - first_)),
          shares_units(shares),
          alike(length_at(first_) == length_at(end - 1)) {}

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
        if (!alike) return first + r;
        return first + (r % 2 == 0 ? r / 2 : rows - 1 - r / 2);
    }
    std::int64_t row_at(std::int64_t at) const { return order == nullptr ? at : order[at]; }
    std::int64_t length_at(std::int64_t at) const {
        return all.offsets[row_at(at) + 1] - all.offsets[row_at(at)];
    }
};

// How the rows are shared out: longest first, in parts that follow each other and have as many
// steps, or nearly. So a thread's part lies together, and lies where its part lay in the batch
// before, as in the products before and after the loop. Few rows of many units are one part: the
// threads go through its steps together, each reading its units' part of the recurrent kernel. It
// may all depend on the number of threads, since no element's arithmetic depends on who makes it.
class RowPlan {
public:
    RowPlan(const RecurrentRows& all, int gates, Scratch& scratch)
        : all_(all), order_(longest_first(all, scratch)) {
        const std::int64_t row_work = gates * all.units * all.units;  // of a step
        const std::int64_t useful = 1 + all.offsets[all.rows] * row_work / serial_work;
        std::int64_t threads = useful < num_threads() ? useful : num_threads();
        shares_units_ = threads > 1 && all.rows <= few_tile_rows && row_work >= least_work_to_share;
        if (!shares_units_) {
            if (threads > all.rows) threads = all.rows < 1 ? 1 : all.rows;
            const std::int64_t tiles = all.rows / (threads * most_rows_of_tile(all.units));
            parts_ = threads * (tiles < 1 ? 1 : tiles);
        }
        cut(scratch);
    }

    std::int64_t parts() const { return parts_; }

    // Calls body(tile) for the tiles of a part.
    template <typename Body>
    void for_tiles(std::int64_t part, const Body& body) const {
        const std::int64_t first = cuts_[part], rows = cuts_[part + 1] - first;
        const std::int64_t most = most_rows_of_tile(all_.units);
        const std::int64_t tiles = (rows + most - 1) / most;
        for (std::int64_t tile = 0; tile < tiles; ++tile)
            body(RowTile(all_, order_, first + rows * tile / tiles,
                         first + rows * (tile + 1) / tiles, shares_units_));
    }

private:
    // A row belongs to the part that its middle lies in.
    void cut(Scratch& scratch) {
        cuts_ = scratch.integers(parts_ + 1);
        cuts_[0] = 0;
        std::int64_t part = 1, before = 0;
        const std::int64_t steps = all_.offsets[all_.rows] + all_.rows;  // one more for each row
        for (std::int64_t at = 0; at < all_.rows && part < parts_; ++at) {
            const std::int64_t row = order_ == nullptr ? at : order_[at];
            const std::int64_t own = all_.offsets[row + 1] - all_.offsets[row] + 1;
            while (part < parts_ && (2 * before + own) * parts_ >= 2 * steps * part)
                cuts_[part++] = static_cast<std::int32_t>(at);
            before += own;
        }
        while (part <= parts_) cuts_[part++] = static_cast<std::int32_t>(all_.rows);
    }

    const RecurrentRows& all_;
    const std::int32_t* order_;  // null where the rows stand longest first
    std::int64_t parts_ = 1;
    bool shares_units_;   // one tile, each step's units shared out to the threads
    std::int32_t* cuts_;  // (parts + 1) places in that order
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
