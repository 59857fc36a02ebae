#include "kernels/gather.h"

#include "kernels/rows.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

constexpr Index floats_a_task = 16384;
constexpr Index least_columns = 16;  // of a task that scatters: a line of the cache

void range(Index P, const std::int32_t* index, std::int32_t* lowest, std::int32_t* highest) {
    std::int32_t low = index[0], high = index[0];
    for (Index p = 1; p < P; ++p) {
        low = index[p] < low ? index[p] : low;
        high = index[p] > high ? index[p] : high;
    }
    *lowest = low;
    *highest = high;
}

void gather_rows(const GatherArguments& g) {
    if (g.P <= 0 || g.C <= 0) return;
    const Index rows = (floats_a_task + g.C - 1) / g.C;
    parallel_for((g.P + rows - 1) / rows, [&](Index task, int) {
        const Index end = (task + 1) * rows < g.P ? (task + 1) * rows : g.P;
        for (Index p = task * rows; p < end; ++p) {
            const Index i = g.index[p];
            copy_row(g.C, i >= 0 ? g.source + i * g.C : g.head + (-1 - i) * g.C, g.out + p * g.C);
        }
    });
}

void scatter_rows(const ScatterArguments& s) {
    if (s.P <= 0 || s.C <= 0) return;
    // A task takes some columns of every row, so that each sum runs in the order of P.
    Index tasks = s.C / least_columns;
    if (tasks > num_threads()) tasks = num_threads();
    if (tasks < 1 || s.P * s.C < 2 * floats_a_task) tasks = 1;
    const Index width =
        ((s.C + tasks - 1) / tasks + least_columns - 1) / least_columns * least_columns;
    parallel_for((s.C + width - 1) / width, [&](Index task, int) {
        const Index first = task * width;
        const Index columns = s.C - first < width ? s.C - first : width;
        for (Index p = 0; p < s.P; ++p) {
            const Index i = s.index[p];
            float* base = i >= 0 ? s.dsource : s.dhead;
            if (base == nullptr) continue;
            add_row(columns, s.dout + p * s.C + first, base + (i >= 0 ? i : -1 - i) * s.C + first);
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

extern const GatherKernels SUNHWAN_SYMBOL(gather) = {range, gather_rows, scatter_rows, distinct};

}  // namespace sunhwan
