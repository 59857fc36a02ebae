#include "kernels/packing.h"

#include <cstring>

#include "kernels/simd/vec.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

constexpr float largest = 3.402823466e+38f;

template <typename Number>
bool copy_numbers(Index count, const Number* source, float* out) {
    Index wrong = 0;
    for (Index i = 0; i < count; ++i) {
        const float number = static_cast<float>(source[i]);
        const float size = number < 0 ? -number : number;
        wrong += !(size <= largest);
        out[i] = number;
    }
    return wrong == 0;
}

template <typename Id>
bool copy_whole(Index count, const Id* source, Index limit, std::int32_t* out) {
    Index wrong = 0;
    for (Index i = 0; i < count; ++i) {
        wrong += source[i] < 0 || source[i] >= limit;
        out[i] = static_cast<std::int32_t>(source[i]);
    }
    return wrong == 0;
}

constexpr Index bytes_a_task = 1 << 18;

void take_runs(const RunArguments& r) {
    if (r.N <= 0) return;
    const Index tasks = r.offsets[r.N] * r.step_bytes / bytes_a_task + 1;
    const Index rows = (r.N + tasks - 1) / tasks;
    parallel_for((r.N + rows - 1) / rows, [&](Index task, int) {
        const Index end = (task + 1) * rows < r.N ? (task + 1) * rows : r.N;
        for (Index n = task * rows; n < end; ++n)
            std::memcpy(r.out + r.offsets[n] * r.step_bytes, r.source + r.firsts[n] * r.step_bytes,
                        static_cast<std::size_t>((r.offsets[n + 1] - r.offsets[n]) * r.step_bytes));
    });
}

}  // namespace

extern const PackingKernels SUNHWAN_SYMBOL(packing) = {
    take_runs,
    copy_numbers<float>,
    copy_numbers<double>,
    copy_whole<std::int32_t>,
    copy_whole<std::int64_t>,
};

}  // namespace sunhwan
