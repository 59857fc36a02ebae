#include "kernels/taps.h"

#include "kernels/prefetch.h"
#include "kernels/window_rows.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t steps_a_task = 256;
constexpr std::int64_t steps_ahead = 4;     // how far ahead products are brought nearer
constexpr std::int64_t least_work = 32768;  // floats added that pay for waking a thread

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

// Adds the filters [from, to) of tap k of every output step, in the order of P.
SUNHWAN_INLINE void scatter_tap(const TapScatterArguments& a, std::int64_t p, std::int64_t k,
                                std::int64_t from, std::int64_t to) {
    const std::int32_t* tokens = a.map + p * a.K + k;
    if (p + steps_ahead < a.P) {
        const std::int64_t later = tokens[steps_ahead * a.K];
        if (later >= 0) expect(a.dproducts, later * a.K + k, a.F, from, to - from);
    }
    if (*tokens == nothing) return;
    add_row(to - from, a.dout + p * a.F + from, a.dproducts + (*tokens * a.K + k) * a.F + from);
}

// A task takes some of the K * F columns, whole vectors of them, so that no two write to the same
// place and each sum runs in the order of P.
void scatter(const TapScatterArguments& a) {
    const std::int64_t vectors = (a.F + Vec::width - 1) / Vec::width;
    std::int64_t tasks = a.P * a.K * a.F < least_work ? 1 : num_threads();
    if (tasks > a.K * vectors) tasks = a.K * vectors;
    parallel_for(tasks, [&](std::int64_t task, int) {
        const std::int64_t first = a.K * vectors * task / tasks;
        const std::int64_t last = a.K * vectors * (task + 1) / tasks;
        // The first tap from its filter `from` on, the last one up to `to`, all of those between.
        const std::int64_t first_tap = first / vectors, last_tap = (last - 1) / vectors;
        const std::int64_t from = (first - first_tap * vectors) * Vec::width;
        const std::int64_t end = (last - last_tap * vectors) * Vec::width;
        const std::int64_t to = end < a.F ? end : a.F;
        for (std::int64_t p = 0; p < a.P; ++p) {
            if (first_tap == last_tap) {
                scatter_tap(a, p, first_tap, from, to);
                continue;
            }
            scatter_tap(a, p, first_tap, from, a.F);
            for (std::int64_t k = first_tap + 1; k < last_tap; ++k) scatter_tap(a, p, k, 0, a.F);
            scatter_tap(a, p, last_tap, 0, to);
        }
    });
}

}  // namespace

extern const TapsKernels SUNHWAN_SYMBOL(taps) = {sum, scatter};

}  // namespace sunhwan
