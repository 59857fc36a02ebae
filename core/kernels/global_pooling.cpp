#include "kernels/global_pooling.h"

#include "kernels/window_maximum.h"
#include "kernels/window_rows.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// Row of the run that holds what came before row n's first own step, or -1.
SUNHWAN_INLINE std::int64_t before(const std::int64_t* starts, std::int64_t n) {
    return starts == nullptr ? -1 : starts[n] - 1;
}

void maximum(const GlobalPoolArguments& a) {
    parallel_for(a.N, [&](std::int64_t n, int) {
        for_vectors(a.C, [&](std::int64_t c, int lanes) {
            Maximum largest;
            if (const std::int64_t s = before(a.starts, n); s >= 0)
                largest.join(load_lanes(a.running + s * a.C + c, lanes),
                             load_sources(a.running_source + s * a.C + c, lanes));
            for (std::int64_t q = a.offsets[n]; q < a.offsets[n + 1]; ++q)
                largest.join(load_lanes(a.values + q * a.C + c, lanes),
                             broadcast_int(static_cast<std::int32_t>(q)));
            largest.store_to(a.out + n * a.C + c, a.source ? a.source + n * a.C + c : nullptr,
                             lanes);
        });
    });
}

void maximum_backward(const GlobalPoolBackwardArguments& a) {
    if (a.dvalues != nullptr)
        parallel_for(a.N, [&](std::int64_t n, int) {
            for (std::int64_t q = a.offsets[n]; q < a.offsets[n + 1]; ++q) {
                zero_row(a.dvalues + q * a.C, a.C);
                add_where_source(a.dout + n * a.C, a.source + n * a.C, static_cast<std::int32_t>(q),
                                 a.dvalues + q * a.C, a.C);
            }
        });
    if (a.dhead != nullptr)
        for (std::int64_t i = 0; i < a.N * a.C; ++i)
            if (a.source[i] < 0 && a.source[i] != nothing)
                a.dhead[(-1 - static_cast<std::int64_t>(a.source[i])) * a.C + i % a.C] += a.dout[i];
}

float inverse_count(const std::int64_t* offsets, const std::int64_t* starts, std::int64_t n) {
    const std::int64_t count = offsets[n + 1] - offsets[n] + before(starts, n) + 1;
    return count == 0 ? 0.0f : 1.0f / static_cast<float>(count);
}

void average(const GlobalPoolArguments& a) {
    parallel_for(a.N, [&](std::int64_t n, int) {
        const Vec share = broadcast(inverse_count(a.offsets, a.starts, n));
        const std::int64_t s = before(a.starts, n);
        for_vectors(a.C, [&](std::int64_t c, int lanes) {
            Vec total = s < 0 ? zero() : load_lanes(a.running + s * a.C + c, lanes);
            for (std::int64_t q = a.offsets[n]; q < a.offsets[n + 1]; ++q)
                total = total + load_lanes(a.values + q * a.C + c, lanes);
            store_lanes(a.out + n * a.C + c, share * total, lanes);
        });
    });
}

void average_backward(const GlobalPoolBackwardArguments& a) {
    if (a.dvalues != nullptr)
        parallel_for(a.N, [&](std::int64_t n, int) {
            const Vec share = broadcast(inverse_count(a.offsets, a.starts, n));
            for (std::int64_t q = a.offsets[n]; q < a.offsets[n + 1]; ++q)
                for_vectors(a.C, [&](std::int64_t c, int lanes) {
                    store_lanes(a.dvalues + q * a.C + c,
                                share * load_lanes(a.dout + n * a.C + c, lanes), lanes);
                });
        });
    if (a.dhead != nullptr)
        for (std::int64_t n = 0; n < a.N; ++n) {
            const Vec share = broadcast(inverse_count(a.offsets, a.starts, n));
            const std::int64_t s = before(a.starts, n);
            if (s < 0) continue;
            float* sum = a.dhead + s * a.C;
            for_vectors(a.C, [&](std::int64_t c, int lanes) {
                store_lanes(
                    sum + c,
                    fma(share, load_lanes(a.dout + n * a.C + c, lanes), load_lanes(sum + c, lanes)),
                    lanes);
            });
        }
}

void running_maximum(std::int64_t S, std::int64_t C, const float* x, float* out,
                     std::int32_t* source) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        Maximum largest;
        for (std::int64_t s = 0; s < S; ++s) {
            largest.join(load_lanes(x + s * C + c, lanes),
                         broadcast_int(static_cast<std::int32_t>(-1 - s)));
            largest.store_to(out + s * C + c, source + s * C + c, lanes);
        }
    });
}

void running_sum(std::int64_t S, std::int64_t C, const float* x, float* out) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        Vec total = zero();
        for (std::int64_t s = 0; s < S; ++s) {
            total = total + load_lanes(x + s * C + c, lanes);
            store_lanes(out + s * C + c, total, lanes);
        }
    });
}

void running_sum_backward(std::int64_t S, std::int64_t C, const float* dout, float* dx) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        Vec total = zero();
        for (std::int64_t s = S - 1; s >= 0; --s) {
            total = total + load_lanes(dout + s * C + c, lanes);
            store_lanes(dx + s * C + c, load_lanes(dx + s * C + c, lanes) + total, lanes);
        }
    });
}

}  // namespace

extern const GlobalPoolingKernels SUNHWAN_SYMBOL(global_pooling) = {
    maximum,     maximum_backward,     average, average_backward, running_maximum,
    running_sum, running_sum_backward,
};

}  // namespace sunhwan
