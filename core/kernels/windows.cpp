#include "kernels/windows.h"

#include "kernels/simd/vec.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t rows_a_task = 8;

void map_row(const WindowMapArguments& a, std::int64_t n) {
    const std::int64_t start = a.starts[n];
    const std::int64_t extent = a.extents[n];
    const std::int64_t own = a.offsets[n] - start;  // step of position q: own + q
    const std::int64_t windows = a.out_offsets[n + 1] - a.out_offsets[n];
    std::int32_t* entry = a.map + a.out_offsets[n] * a.K;
    const std::int64_t reach = (a.K - 1) * a.dilation;
    for (std::int64_t w = 0; w < windows; ++w) {
        std::int64_t q = (a.out_starts[n] + w) * a.stride - a.paddings[n];
        if (q >= start && q + reach < extent) {  // every tap reads an own step
            std::int64_t step = own + q;
            for (std::int64_t k = 0; k < a.K; ++k, ++entry, step += a.dilation)
                *entry = a.index ? a.index[step] : static_cast<std::int32_t>(step);
            continue;
        }
        for (std::int64_t k = 0; k < a.K; ++k, ++entry, q += a.dilation) {
            if (q < 0 || q >= extent) {
                *entry = nothing;
            } else if (q < start) {
                *entry = a.run_index ? a.run_index[q] : static_cast<std::int32_t>(-1 - q);
            } else {
                *entry = a.index ? a.index[own + q] : static_cast<std::int32_t>(own + q);
            }
        }
    }
}

void window_map(const WindowMapArguments& a) {
    parallel_for((a.N + rows_a_task - 1) / rows_a_task, [&](std::int64_t task, int) {
        const std::int64_t first = task * rows_a_task;
        const std::int64_t last = first + rows_a_task < a.N ? first + rows_a_task : a.N;
        for (std::int64_t n = first; n < last; ++n) map_row(a, n);
    });
}

void range(std::int64_t count, const std::int32_t* map, std::int32_t* lowest,
           std::int32_t* highest) {
    std::int32_t low = 0, high = -1;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int32_t entry = map[i] == nothing ? 0 : map[i];
        high = map[i] > high ? map[i] : high;
        low = entry < low ? entry : low;
    }
    *lowest = low;
    *highest = high;
}

}  // namespace

extern const WindowsKernels SUNHWAN_SYMBOL(windows) = {window_map, range};

}  // namespace sunhwan
