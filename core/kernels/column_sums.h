// Sums over rows, one for each column: chunks of 1024 rows, each summed in order, added in order.
#pragma once

#include "kernels/product_tile.h"
#include "kernels/rows.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// What adds up in S sums at once: at(r, c, lanes, terms) sets terms[s] for the columns c, c + 1,
// ... of row r.
template <int S, int V, typename At>
SUNHWAN_INLINE void sum_columns(std::int64_t first, std::int64_t last, std::int64_t c, int lanes,
                                const At& at, float* const* out) {
    Vec sums[S][V];
    SUNHWAN_UNROLL
    for (int s = 0; s < S; ++s) {
        SUNHWAN_UNROLL
        for (int v = 0; v < V; ++v) sums[s][v] = zero();
    }
    for (std::int64_t r = first; r < last; ++r) {
        SUNHWAN_UNROLL
        for (int v = 0; v < V; ++v) {
            Vec terms[S];
            at(r, c + v * Vec::width, lanes, terms);
            SUNHWAN_UNROLL
            for (int s = 0; s < S; ++s) sums[s][v] = sums[s][v] + terms[s];
        }
    }
    SUNHWAN_UNROLL
    for (int s = 0; s < S; ++s) {
        SUNHWAN_UNROLL
        for (int v = 0; v < V; ++v) store_lanes(out[s] + c + v * Vec::width, sums[s][v], lanes);
    }
}

// Adds to each out[s] (C) the sums of what `at` gives for rows 0..R-1.
template <int S, typename At>
void add_column_sums(std::int64_t R, std::int64_t C, float* const (&out)[S], const At& at) {
    if (R <= 0 || C <= 0) return;
    constexpr int V = S == 1 ? 4 : 2;
    constexpr std::int64_t chunk = 1024;
    constexpr std::int64_t chunks_at_once = 64;  // bounds the scratch
    Scratch scratch;
    const std::int64_t chunks = (R + chunk - 1) / chunk;
    float* partial = scratch.floats(S * C * (chunks < chunks_at_once ? chunks : chunks_at_once));
    for (std::int64_t done = 0; done < chunks; done += chunks_at_once) {
        const std::int64_t now = chunks - done < chunks_at_once ? chunks - done : chunks_at_once;
        const auto sum_chunk = [&](std::int64_t task, int) {
            const std::int64_t first = (done + task) * chunk;
            const std::int64_t last = first + chunk < R ? first + chunk : R;
            float* sums[S];
            for (int s = 0; s < S; ++s) sums[s] = partial + (task * S + s) * C;
            std::int64_t c = 0;
            for (; c + V * Vec::width <= C; c += V * Vec::width)
                sum_columns<S, V>(first, last, c, Vec::width, at, sums);
            for (; c + Vec::width <= C; c += Vec::width)
                sum_columns<S, 1>(first, last, c, Vec::width, at, sums);
            if (c < C) sum_columns<S, 1>(first, last, c, static_cast<int>(C - c), at, sums);
        };
        if (R * C < 32768) {
            for (std::int64_t task = 0; task < now; ++task) sum_chunk(task, 0);
        } else {
            parallel_for(now, sum_chunk);
        }
        for (std::int64_t i = 0; i < now; ++i)
            for (int s = 0; s < S; ++s) add_row(C, partial + (i * S + s) * C, out[s]);
    }
}

}  // namespace
}  // namespace sunhwan
