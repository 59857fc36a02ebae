#include "kernels/windows.h"

#include "kernels/simd/vec.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t rows_a_task = 8;

// What stands for `count` own steps, `apart` steps from each to the next.
SUNHWAN_INLINE void put_steps(const std::int32_t* index, std::int64_t first, std::int64_t apart,
                              std::int64_t count, std::int32_t* entry) {
    if (apart == 1 && index != nullptr) {
        for (std::int64_t i = 0; i < count; ++i) entry[i] = index[first + i];
    } else {
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t step = first + i * apart;
            entry[i] = index != nullptr ? index[step] : static_cast<std::int32_t>(step);
        }
    }
}

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
            std::int64_t count = a.K, apart = a.dilation;
            if (a.K == 1 && a.stride == 1) {  // and so do those of all windows that follow
                count = windows - w < extent - q ? windows - w : extent - q;
                apart = 1;
                w += count - 1;
            }
            put_steps(a.index, own + q, apart, count, entry);
            entry += count;
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

constexpr std::int64_t least_entries = 32768;  // that pay for waking a thread

void window_map(const WindowMapArguments& a) {
    if (a.N > 0 && a.out_offsets[a.N] * a.K < least_entries) {
        for (std::int64_t n = 0; n < a.N; ++n) map_row(a, n);
        return;
    }
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
