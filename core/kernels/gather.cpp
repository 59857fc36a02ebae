#include "kernels/gather.h"

#include "kernels/prefetch.h"
#include "kernels/rows.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

constexpr Index floats_a_task = 16384;
constexpr Index least_columns = 16;   // of a task that scatters
constexpr Index rows_ahead = 10;      // how far ahead rows are brought nearer
constexpr Index most_expected = 256;  // columns of them: for more, the processor does so by itself

void range(Index P, const std::int32_t* index, std::int32_t* lowest, std::int32_t* highest) {
    std::int32_t low = index[0], high = index[0];
    for (Index p = 1; p < P; ++p) {
        low = index[p] < low ? index[p] : low;
        high = index[p] > high ? index[p] : high;
    }
    *lowest = low;
    *highest = high;
}

// Brings the first `columns` of a row of C floats nearer.
SUNHWAN_INLINE void expect_row(const float* base, Index row, Index C, Index columns) {
    prefetch(base + row * C, columns < most_expected ? columns : most_expected);
}

void gather_rows(const GatherArguments& g) {
    if (g.P <= 0 || g.C <= 0) return;
    const Index rows = (floats_a_task + g.C - 1) / g.C;
    parallel_for((g.P + rows - 1) / rows, [&](Index task, int) {
        const Index end = (task + 1) * rows < g.P ? (task + 1) * rows : g.P;
        for (Index p = task * rows; p < end; ++p) {
            const Index later = p + rows_ahead < end ? g.index[p + rows_ahead] : -1;
            if (later >= 0) expect_row(g.source, later, g.C, g.C);
            const Index i = g.index[p];
            copy_row(g.C, i >= 0 ? g.source + i * g.C : g.head + (-1 - i) * g.C, g.out + p * g.C);
        }
    });
}

// Columns of a task, where `threads` tasks share C columns of P rows.
Index columns_of_task(Index P, Index C, Index threads) {
    Index tasks = C / least_columns;
    if (tasks > threads) tasks = threads;
    if (tasks < 1 || P * C < 2 * floats_a_task) tasks = 1;
    return ((C + tasks - 1) / tasks + least_columns - 1) / least_columns * least_columns;
}

// Calls add(first column, columns): a task takes some columns of every row, so that each sum runs
// in the order of P.
template <typename Add>
void share_columns(Index P, Index C, const Add& add) {
    if (P <= 0 || C <= 0) return;
    const Index width = columns_of_task(P, C, num_threads());
    parallel_for((C + width - 1) / width, [&](Index task, int) {
        const Index first = task * width;
        add(first, C - first < width ? C - first : width);
    });
}

// Adds the columns first .. first + columns of rows begin .. end.
void scatter_range(const ScatterArguments& s, Index begin, Index end, Index first, Index columns) {
    for (Index p = begin; p < end; ++p) {
        const Index later = p + rows_ahead < end ? s.index[p + rows_ahead] : -1;
        if (later >= 0 && s.dsource != nullptr) expect_row(s.dsource + first, later, s.C, columns);
        if (p + rows_ahead < end) expect_row(s.dout + first, p + rows_ahead, s.C, columns);
        const Index i = s.index[p];
        float* base = i >= 0 ? s.dsource : s.dhead;
        if (base == nullptr) continue;
        add_row(columns, s.dout + p * s.C + first, base + (i >= 0 ? i : -1 - i) * s.C + first);
    }
}

void scatter_rows(const ScatterArguments& s) {
    share_columns(s.P, s.C,
                  [&](Index first, Index columns) { scatter_range(s, 0, s.P, first, columns); });
}

void scatter_halves(const HalvesArguments& h) {
    if (h.P <= 0 || h.C <= 0) return;
    const Index width = columns_of_task(h.P, h.C, num_threads() / 2);
    const Index groups = (h.C + width - 1) / width, middle = h.P / 2;
    const auto add = [&](Index task, int) {
        const Index half = task / groups, first = task % groups * width;
        const ScatterArguments rows{h.P,    h.C, h.dout, h.index, h.dsource + half * h.R * h.C,
                                    nullptr};
        scatter_range(rows, half == 0 ? 0 : middle, half == 0 ? middle : h.P, first,
                      h.C - first < width ? h.C - first : width);
    };
    if (h.P * h.C < 2 * floats_a_task) {
        add(0, 0);
        add(1, 0);
    } else {
        parallel_for(2 * groups, add);
    }
}

void gather_scaled(const ScaledGatherArguments& g) {
    const Index N = g.rows.N;
    if (N <= 0) return;
    const Index places = (g.rows.offsets[N] + N - 1) / N;
    for_rows(N, places * g.C, [&](Index n) {
        const float* factors = g.rows.factors + n * g.C;
        const Index end = g.rows.offsets[n + 1];
        for (Index p = g.rows.offsets[n]; p < end; ++p) {
            if (g.index != nullptr && p + rows_ahead < end)
                expect_row(g.source, g.index[p + rows_ahead], g.C, g.C);
            const float* from = g.source + (g.index == nullptr ? p : g.index[p]) * g.C;
            for_vectors(g.C, [&](Index c, int lanes) {
                const Vec scaled = load_lanes(from + c, lanes) * load_lanes(factors + c, lanes);
                store_lanes(g.out + p * g.C + c, scaled, lanes);
            });
        }
    });
}

void scatter_scaled(const ScaledScatterArguments& s) {
    const Index P = s.rows.N == 0 ? 0 : s.rows.offsets[s.rows.N];
    share_columns(P, s.C, [&](Index first, Index columns) {
        for (Index n = 0; n < s.rows.N; ++n) {
            const float* factors = s.rows.factors + n * s.C + first;
            for (Index p = s.rows.offsets[n]; p < s.rows.offsets[n + 1]; ++p) {
                if (p + rows_ahead < P) {
                    expect_row(s.dsource + first, s.index[p + rows_ahead], s.C, columns);
                    expect_row(s.dout + first, p + rows_ahead, s.C, columns);
                }
                const float* from = s.dout + p * s.C + first;
                float* to = s.dsource + s.index[p] * s.C + first;
                for_vectors(columns, [&](Index c, int lanes) {
                    const Vec scaled = load_lanes(from + c, lanes) * load_lanes(factors + c, lanes);
                    store_lanes(to + c, load_lanes(to + c, lanes) + scaled, lanes);
                });
            }
        }
    });
}

Index distinct(Index P, const std::int32_t* ids, std::int32_t* marks, std::int32_t* index,
               std::int32_t* found) {
    std::int32_t count = 0;
    for (Index p = 0; p < P; ++p) {
        std::int32_t number = marks[ids[p]];
        if (number < 0) {
            number = count++;
            marks[ids[p]] = number;
            found[number] = ids[p];
        }
        index[p] = number;
    }
    for (std::int32_t u = 0; u < count; ++u) marks[found[u]] = -1;
    return count;
}

}  // namespace

extern const GatherKernels SUNHWAN_SYMBOL(gather) = {
    range, gather_rows, scatter_rows, scatter_halves, gather_scaled, scatter_scaled, distinct};

}  // namespace sunhwan
