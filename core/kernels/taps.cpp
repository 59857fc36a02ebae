#include "kernels/taps.h"

#include "kernels/window_rows.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t steps_a_task = 256;
constexpr std::int64_t filters_a_task = 64;

void sum(const TapSumArguments& a) {
    parallel_for((a.P + steps_a_task - 1) / steps_a_task, [&](std::int64_t task, int) {
        const std::int64_t first = task * steps_a_task;
        const std::int64_t last = a.P - first < steps_a_task ? a.P : first + steps_a_task;
        for (std::int64_t p = first; p < last; ++p) {
            const std::int32_t* tokens = a.map + p * a.K;
            for_vectors(a.F, [&](std::int64_t f, int lanes) {
                Vec total = a.bias == nullptr ? zero() : load_lanes(a.bias + f, lanes);
                const float* products = a.products + f;
                for (std::int64_t k = 0; k < a.K; ++k, products += a.U * a.F)
                    if (tokens[k] != nothing)
                        total = total + load_lanes(products + tokens[k] * a.F, lanes);
                store_lanes(a.out + p * a.F + f, total, lanes);
            });
        }
    });
}

// A task takes one tap and a block of filters, so that no two write to the same place.
void scatter(const TapScatterArguments& a) {
    const std::int64_t blocks = (a.F + filters_a_task - 1) / filters_a_task;
    parallel_for(a.K * blocks, [&](std::int64_t task, int) {
        const std::int64_t k = task / blocks;
        const std::int64_t f = task % blocks * filters_a_task;
        const std::int64_t filters = a.F - f < filters_a_task ? a.F - f : filters_a_task;
        float* dproducts = a.dproducts + k * a.U * a.F + f;
        for (std::int64_t p = 0; p < a.P; ++p) {
            const std::int32_t token = a.map[p * a.K + k];
            if (token != nothing) add_row(a.dout + p * a.F + f, dproducts + token * a.F, filters);
        }
    });
}

}  // namespace

extern const TapsKernels SUNHWAN_SYMBOL(taps) = {sum, scatter};

}  // namespace sunhwan
