#include "kernels/pooling.h"

#include "kernels/window_maximum.h"
#include "kernels/window_rows.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t steps_a_task = 256;

// Calls body(p) for each output step.
template <typename Body>
void for_steps(std::int64_t P, const Body& body) {
    parallel_for((P + steps_a_task - 1) / steps_a_task, [&](std::int64_t task, int) {
        const std::int64_t first = task * steps_a_task;
        const std::int64_t last = P - first < steps_a_task ? P : first + steps_a_task;
        for (std::int64_t p = first; p < last; ++p) body(p);
    });
}

void maximum(const PoolArguments& a) {
    for_steps(a.P, [&](std::int64_t p) {
        const std::int32_t* entries = a.map + p * a.K;
        for_vectors(a.C, [&](std::int64_t c, int lanes) {
            Maximum largest;
            for (std::int64_t k = 0; k < a.K; ++k)
                if (const float* row = row_at(entries[k], a.values, a.head, a.C))
                    largest.join(load_lanes(row + c, lanes), broadcast_int(entries[k]));
            largest.store_to(a.out + p * a.C + c, a.source ? a.source + p * a.C + c : nullptr,
                             lanes);
        });
    });
}

float inverse_count(const std::int32_t* entries, std::int64_t K) {
    std::int64_t count = 0;
    for (std::int64_t k = 0; k < K; ++k) count += entries[k] != nothing;
    return count == 0 ? 0.0f : 1.0f / static_cast<float>(count);
}

void average(const PoolArguments& a) {
    for_steps(a.P, [&](std::int64_t p) {
        const std::int32_t* entries = a.map + p * a.K;
        const Vec share = broadcast(inverse_count(entries, a.K));
        for_vectors(a.C, [&](std::int64_t c, int lanes) {
            Vec total = zero();
            for (std::int64_t k = 0; k < a.K; ++k)
                if (const float* row = row_at(entries[k], a.values, a.head, a.C))
                    total = total + load_lanes(row + c, lanes);
            store_lanes(a.out + p * a.C + c, share * total, lanes);
        });
    });
}

// Calls add(p, entry, gradient row) for every element of a window: own steps row by row in
// parallel, head rows in the order of the windows.
template <typename Add>
void scatter(const PoolBackwardArguments& a, const Add& add) {
    if (a.dvalues != nullptr)
        parallel_for(a.N, [&](std::int64_t n, int) {
            const std::int64_t own = a.offsets[n + 1] - a.offsets[n];
            fill_row(own * a.C, 0.0f, a.dvalues + a.offsets[n] * a.C);
            for (std::int64_t p = a.out_offsets[n]; p < a.out_offsets[n + 1]; ++p)
                for (std::int64_t k = 0; k < a.K; ++k) {
                    const std::int32_t entry = a.map[p * a.K + k];
                    if (entry >= 0) add(p, entry, a.dvalues + entry * a.C);
                }
        });
    if (a.dhead != nullptr)
        for (std::int64_t p = 0; p < a.P; ++p)
            for (std::int64_t k = 0; k < a.K; ++k) {
                const std::int32_t entry = a.map[p * a.K + k];
                if (entry < 0 && entry != nothing)
                    add(p, entry, a.dhead + (-1 - static_cast<std::int64_t>(entry)) * a.C);
            }
}

void maximum_backward(const PoolBackwardArguments& a) {
    scatter(a, [&](std::int64_t p, std::int32_t entry, float* gradient) {
        add_where_source(a.dout + p * a.C, a.source + p * a.C, entry, gradient, a.C);
    });
}

void average_backward(const PoolBackwardArguments& a) {
    scatter(a, [&](std::int64_t p, std::int32_t, float* gradient) {
        const Vec share = broadcast(inverse_count(a.map + p * a.K, a.K));
        for_vectors(a.C, [&](std::int64_t c, int lanes) {
            const Vec dout = load_lanes(a.dout + p * a.C + c, lanes);
            store_lanes(gradient + c, fma(share, dout, load_lanes(gradient + c, lanes)), lanes);
        });
    });
}

}  // namespace

extern const PoolingKernels SUNHWAN_SYMBOL(pooling) = {maximum, maximum_backward, average,
                                                       average_backward};

}  // namespace sunhwan
