#include "kernels/taps.h"

#include "kernels/prefetch.h"
#include "kernels/window_rows.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t steps_a_task = 256;
constexpr std::int64_t steps_ahead = 4;  // how far ahead products are brought nearer
constexpr std::int64_t passages_a_task = 1024;
constexpr std::int64_t passages_ahead = 4;  // likewise gradients

// Brings the first..first + columns of F filters of a product nearer.
SUNHWAN_INLINE void expect(const float* products, std::int64_t place, std::int64_t F,
                           std::int64_t first, std::int64_t columns) {
    prefetch(products + place * F + first, columns);
}

// V vectors of an output step from filter f on; `lanes` of the last.
template <int V>
SUNHWAN_INLINE void sum_taps(const TapSumArguments& a, const std::int32_t* tokens, std::int64_t f,
                             int lanes, float* out) {
    Vec totals[V];
    for (int v = 0; v < V; ++v)
        totals[v] = a.bias == nullptr
                        ? zero()
                        : load_lanes(a.bias + f + v * Vec::width, v + 1 < V ? Vec::width : lanes);
    for (std::int64_t k = 0; k < a.K; ++k) {
        if (tokens[k] == nothing) continue;
        const float* product = a.products + (tokens[k] * a.K + k) * a.F + f;
        for (int v = 0; v < V; ++v)
            totals[v] =
                totals[v] + load_lanes(product + v * Vec::width, v + 1 < V ? Vec::width : lanes);
    }
    for (int v = 0; v < V; ++v)
        store_lanes(out + f + v * Vec::width, totals[v], v + 1 < V ? Vec::width : lanes);
}

void sum(const TapSumArguments& a) {
    parallel_for((a.P + steps_a_task - 1) / steps_a_task, [&](std::int64_t task, int) {
        const std::int64_t first = task * steps_a_task;
        const std::int64_t last = a.P - first < steps_a_task ? a.P : first + steps_a_task;
        for (std::int64_t p = first; p < last; ++p) {
            const std::int32_t* tokens = a.map + p * a.K;
            if (p + steps_ahead < last)
                for (std::int64_t k = 0; k < a.K; ++k) {
                    const std::int64_t token = tokens[steps_ahead * a.K + k];
                    if (token >= 0) expect(a.products, token * a.K + k, a.F, 0, a.F);
                }
            float* out = a.out + p * a.F;
            std::int64_t f = 0;
            for (; f + 2 * Vec::width <= a.F; f += 2 * Vec::width)
                sum_taps<2>(a, tokens, f, Vec::width, out);
            for (; f < a.F; f += Vec::width)
                sum_taps<1>(a, tokens, f,
                            static_cast<int>(a.F - f < Vec::width ? a.F - f : Vec::width), out);
        }
    });
}

// A token as a window after the other reads it, by an earlier tap each: taps k, k - 1, ... of the
// output steps p, p + 1, ..., `count` of them.
struct Passage {
    std::int32_t token, p, k, count;
};

// Whether the window p reads what the one before it read, a tap earlier, and one step more.
SUNHWAN_INLINE bool moves_on(const TapScatterArguments& a, std::int64_t p) {
    const std::int32_t* now = a.map + p * a.K;
    for (std::int64_t k = 0; k + 1 < a.K; ++k)
        if (now[k] != now[k + 1 - a.K]) return false;
    return true;
}

// Calls body(passage) for all passages, such that those that share a token and a tap come in the
// order of P.
template <typename Body>
void for_passages(const TapScatterArguments& a, const Body& body) {
    for (std::int64_t first = 0, end; first < a.P; first = end) {
        for (end = first + 1; end < a.P && moves_on(a, end);) ++end;
        const auto begin = [&](std::int64_t p, std::int64_t k) {
            const std::int32_t token = a.map[p * a.K + k];
            const std::int64_t count = k + 1 < end - p ? k + 1 : end - p;
            if (token != nothing)
                body(Passage{token, static_cast<std::int32_t>(p), static_cast<std::int32_t>(k),
                             static_cast<std::int32_t>(count)});
        };
        for (std::int64_t k = 0; k + 1 < a.K; ++k) begin(first, k);
        for (std::int64_t p = first; p < end; ++p) begin(p, a.K - 1);
    }
}

SUNHWAN_INLINE void add_passage(const TapScatterArguments& a, const Passage& passage) {
    const float* from = a.dout + passage.p * a.F;
    float* to = a.dproducts + (passage.token * a.K + passage.k) * a.F;
    std::int64_t f = 0;
    for (; f + 2 * Vec::width <= a.F; f += 2 * Vec::width)
        for (std::int64_t n = 0; n < passage.count; ++n) {
            float* const sums = to + f - n * a.F;
            const float* const added = from + f + n * a.F;
            store(sums, load(sums) + load(added));
            store(sums + Vec::width, load(sums + Vec::width) + load(added + Vec::width));
        }
    if (f == a.F) return;
    for (std::int64_t n = 0; n < passage.count; ++n)
        add_row(a.F - f, from + f + n * a.F, to + f - n * a.F);
}

// Adds to each token's products what the windows owe to them, a token after the other: its sums
// stay near, and no two threads write side by side.
void scatter(const TapScatterArguments& a) {
    if (a.P == 0 || a.U == 0) return;
    Scratch scratch;
    std::int32_t* ends = scratch.integers(a.U + 1);  // of each token's passages
    for (std::int64_t u = 0; u <= a.U; ++u) ends[u] = 0;
    for_passages(a, [&](const Passage& passage) { ++ends[passage.token + 1]; });
    for (std::int64_t u = 0; u < a.U; ++u) ends[u + 1] += ends[u];
    const std::int64_t all = ends[a.U];
    auto* passages =
        static_cast<Passage*>(scratch.bytes(all * static_cast<std::int64_t>(sizeof(Passage))));
    for_passages(a, [&](const Passage& passage) { passages[ends[passage.token]++] = passage; });

    // A task takes all passages of its tokens, so that each sum runs in the order of P.
    const std::int64_t tasks = (all + passages_a_task - 1) / passages_a_task;
    const auto first_of = [&](std::int64_t task) {
        std::int64_t i = all * task / tasks;
        while (i > 0 && i < all && passages[i].token == passages[i - 1].token) ++i;
        return i;
    };
    parallel_for(tasks, [&](std::int64_t task, int) {
        const std::int64_t end = first_of(task + 1);
        for (std::int64_t i = first_of(task); i < end; ++i) {
            if (i + passages_ahead < end) {
                const Passage& later = passages[i + passages_ahead];
                prefetch(a.dout + later.p * a.F, later.count * a.F);
            }
            add_passage(a, passages[i]);
        }
    });
}

}  // namespace

extern const TapsKernels SUNHWAN_SYMBOL(taps) = {sum, scatter};

}  // namespace sunhwan
