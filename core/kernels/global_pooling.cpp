#include "kernels/global_pooling.h"

#include "kernels/window_rows.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// Row of the run that holds what came before row n's own steps, or -1.
SUNHWAN_INLINE std::int64_t before(const RowSteps& rows, std::int64_t n) {
    return rows.starts == nullptr ? -1 : rows.starts[n] - 1;
}

// A maximum and how many of the values that joined it are equal to it. NaN is larger than all.
struct CountedMaximum {
    Vec value = broadcast(-__builtin_inff());
    Vec count = zero();

    SUNHWAN_INLINE void join(Vec x, Vec times) {
        const Mask larger = gt(x, value) | !eq(x, x);
        count = select(larger, times, select(eq(x, value), count + times, count));
        value = select(larger, x, value);
    }
};

void maximum(const GlobalMaximumArguments& a) {
    const RowSteps& rows = a.rows;
    parallel_for(rows.N, [&](std::int64_t n, int) {
        const std::int64_t s = before(rows, n);
        const bool empty = s < 0 && rows.offsets[n] == rows.offsets[n + 1];
        for_vectors(rows.C, [&](std::int64_t c, int lanes) {
            CountedMaximum largest;
            if (s >= 0)
                largest.join(load_lanes(a.running + s * rows.C + c, lanes),
                             load_lanes(a.running_count + s * rows.C + c, lanes));
            for (std::int64_t q = rows.offsets[n]; q < rows.offsets[n + 1]; ++q)
                largest.join(load_lanes(a.values + q * rows.C + c, lanes), broadcast(1.0f));
            store_lanes(a.out + n * rows.C + c, empty ? zero() : largest.value, lanes);
            store_lanes(a.share + n * rows.C + c, empty ? zero() : broadcast(1.0f) / largest.count,
                        lanes);
        });
    });
}

void maximum_backward(const GlobalMaximumBackwardArguments& a) {
    const RowSteps& rows = a.rows;
    // dout's share at row n for a step with the value x
    const auto gradient = [&](std::int64_t n, std::int64_t c, int lanes, Vec x) {
        const std::int64_t i = n * rows.C + c;
        const Vec share = load_lanes(a.share + i, lanes) * load_lanes(a.dout + i, lanes);
        return select(eq(x, load_lanes(a.out + i, lanes)), share, zero());
    };
    if (a.dvalues != nullptr)
        parallel_for(rows.N, [&](std::int64_t n, int) {
            for (std::int64_t q = rows.offsets[n]; q < rows.offsets[n + 1]; ++q)
                for_vectors(rows.C, [&](std::int64_t c, int lanes) {
                    const Vec x = load_lanes(a.values + q * rows.C + c, lanes);
                    store_lanes(a.dvalues + q * rows.C + c, gradient(n, c, lanes, x), lanes);
                });
        });
    if (a.drunning != nullptr)
        for (std::int64_t n = 0; n < rows.N; ++n) {
            const std::int64_t s = before(rows, n);
            if (s < 0) continue;
            for_vectors(rows.C, [&](std::int64_t c, int lanes) {
                float* sum = a.drunning + s * rows.C + c;
                const Vec x = load_lanes(a.running + s * rows.C + c, lanes);
                store_lanes(sum, load_lanes(sum, lanes) + gradient(n, c, lanes, x), lanes);
            });
        }
}

float inverse_count(const RowSteps& rows, std::int64_t n) {
    const std::int64_t count = rows.offsets[n + 1] - rows.offsets[n] + before(rows, n) + 1;
    return count == 0 ? 0.0f : 1.0f / static_cast<float>(count);
}

void average(const GlobalAverageArguments& a) {
    const RowSteps& rows = a.rows;
    parallel_for(rows.N, [&](std::int64_t n, int) {
        const Vec share = broadcast(inverse_count(rows, n));
        const std::int64_t s = before(rows, n);
        for_vectors(rows.C, [&](std::int64_t c, int lanes) {
            Vec total = s < 0 ? zero() : load_lanes(a.running + s * rows.C + c, lanes);
            for (std::int64_t q = rows.offsets[n]; q < rows.offsets[n + 1]; ++q)
                total = total + load_lanes(a.values + q * rows.C + c, lanes);
            store_lanes(a.out + n * rows.C + c, share * total, lanes);
        });
    });
}

void average_backward(const GlobalAverageBackwardArguments& a) {
    const RowSteps& rows = a.rows;
    if (a.dvalues != nullptr)
        parallel_for(rows.N, [&](std::int64_t n, int) {
            const Vec share = broadcast(inverse_count(rows, n));
            for (std::int64_t q = rows.offsets[n]; q < rows.offsets[n + 1]; ++q)
                for_vectors(rows.C, [&](std::int64_t c, int lanes) {
                    const Vec dout = load_lanes(a.dout + n * rows.C + c, lanes);
                    store_lanes(a.dvalues + q * rows.C + c, share * dout, lanes);
                });
        });
    if (a.drunning != nullptr)
        for (std::int64_t n = 0; n < rows.N; ++n) {
            const Vec share = broadcast(inverse_count(rows, n));
            const std::int64_t s = before(rows, n);
            if (s < 0) continue;
            for_vectors(rows.C, [&](std::int64_t c, int lanes) {
                float* sum = a.drunning + s * rows.C + c;
                const Vec dout = load_lanes(a.dout + n * rows.C + c, lanes);
                store_lanes(sum, fma(share, dout, load_lanes(sum, lanes)), lanes);
            });
        }
}

void running_maximum(std::int64_t S, std::int64_t C, const float* x, float* out, float* count) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        CountedMaximum largest;
        for (std::int64_t i = c; i < S * C; i += C) {
            largest.join(load_lanes(x + i, lanes), broadcast(1.0f));
            store_lanes(out + i, largest.value, lanes);
            store_lanes(count + i, largest.count, lanes);
        }
    });
}

// From the end, a sum lasts as long as the maximum does not change.
void running_maximum_backward(std::int64_t S, std::int64_t C, const float* x, const float* out,
                              const float* dout, float* dx) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        Vec total = zero();
        Vec later = zero();
        for (std::int64_t i = (S - 1) * C + c; i >= 0; i -= C) {
            const Vec largest = load_lanes(out + i, lanes);
            total = select(eq(largest, later), total, zero()) + load_lanes(dout + i, lanes);
            later = largest;
            const Vec mine = select(eq(load_lanes(x + i, lanes), largest), total, zero());
            store_lanes(dx + i, load_lanes(dx + i, lanes) + mine, lanes);
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
    maximum,         maximum_backward,         average,     average_backward,
    running_maximum, running_maximum_backward, running_sum, running_sum_backward,
};

}  // namespace sunhwan
