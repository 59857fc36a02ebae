// Patches: the rows that a window reads, side by side, so that a convolution is a matrix product.
#pragma once

#include "kernels/product_tile.h"
#include "kernels/window_rows.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// Rows of C floats to gather from, of which the columns first..first + columns are taken.
struct PatchSource {
    const float* values;
    const float* head;
    std::int64_t C, first, columns;
};

// Patch of the entries (K): K times `columns` floats, zeros for `nothing`. Steps that follow each
// other are copied as one.
inline void copy_patch(const PatchSource& source, const std::int32_t* entries, std::int64_t K,
                       float* patch) {
    const bool whole = source.columns == source.C;
    for (std::int64_t k = 0; k < K;) {
        std::int64_t steps = 1;
        const float* row = row_at(entries[k], source.values, source.head, source.C);
        if (row == nullptr) {
            fill_row(source.columns, 0.0f, patch);
        } else {
            if (whole && entries[k] >= 0)
                while (k + steps < K && entries[k + steps] == entries[k] + steps) ++steps;
            copy_row(steps * source.columns, row + source.first, patch);
        }
        patch += steps * source.columns;
        k += steps;
    }
}

// Patches a task gathers at once: about 64 KiB of them, at least one tile.
constexpr std::int64_t patches_at_once(std::int64_t floats) {
    const std::int64_t rows = 16384 / (floats < 1 ? 1 : floats) / tile_rows * tile_rows;
    return rows < tile_rows ? tile_rows : rows > 256 ? 256 : rows;
}

// The matrix B (D, N) that patches are multiplied by, packed for panel_product, for each of G
// groups.
struct PatchFactor {
    std::int64_t G, D, N;
    float* packed;  // (G, packed_floats(D, N))

    static std::int64_t floats(std::int64_t G, std::int64_t D, std::int64_t N) {
        return G * packed_floats(D, N);
    }
    const float* group(std::int64_t g) const { return packed + g * packed_floats(D, N); }
};

// Calls pack(group, first column, columns, to) for each panel, in parallel.
template <typename Pack>
void pack_factor(const PatchFactor& factor, const Pack& pack) {
    const std::int64_t panels = (factor.N + panel_width - 1) / panel_width;
    parallel_for(factor.G * panels, [&](std::int64_t task, int) {
        const std::int64_t g = task / panels;
        const std::int64_t n = task % panels * panel_width;
        const std::int64_t columns = factor.N - n < panel_width ? factor.N - n : panel_width;
        pack(g, n, columns, factor.packed + g * packed_floats(factor.D, factor.N) + n * factor.D);
    });
}

// out (M, G * N) = start + patches * factor: row m is the sum over the patch of entries m (K), and
// stands at places[m] unless places is null.
inline void patch_product(const PatchSource& rows, const std::int32_t* map, std::int64_t M,
                          std::int64_t K, const PatchFactor& factor, const float* start, float* out,
                          const std::int32_t* places = nullptr) {
    const std::int64_t at_once = patches_at_once(factor.D);
    const std::int64_t width = factor.G * factor.N;
    parallel_for((M + at_once - 1) / at_once, [&](std::int64_t task, int) {
        const std::int64_t first = task * at_once;
        const std::int64_t count = M - first < at_once ? M - first : at_once;
        Scratch scratch;
        float* patches = scratch.floats(count * factor.D);
        float* result = places == nullptr ? out + first * width : scratch.floats(count * width);
        for (std::int64_t g = 0; g < factor.G; ++g) {
            PatchSource source = rows;
            source.columns = rows.C / factor.G;
            source.first = g * source.columns;
            for (std::int64_t m = 0; m < count; ++m)
                copy_patch(source, map + (first + m) * K, K, patches + m * factor.D);
            panel_product(patches, factor.D, count, factor.group(g), factor.D, factor.N,
                          start == nullptr ? nullptr : start + g * factor.N, 0,
                          result + g * factor.N, width);
        }
        if (places != nullptr)
            for (std::int64_t m = 0; m < count; ++m)
                copy_row(width, result + m * width, out + places[first + m] * width);
    });
}

}  // namespace
}  // namespace sunhwan
