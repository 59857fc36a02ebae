#include "kernels/optimizers.h"

#include "kernels/rows.h"
#include "kernels/simd/math.h"
#include "kernels/task_sums.h"

namespace sunhwan {
namespace {

constexpr std::int64_t chunk = 8192;           // floats of a partial sum
constexpr std::int64_t floats_a_task = 32768;  // of each array: less does not pay for a thread

// Calls body(i, n) for each n = width elements from i on, and for the rest; tasks are fixed chunks.
template <typename Body>
void for_elements(std::int64_t count, const Body& body) {
    parallel_for((count + floats_a_task - 1) / floats_a_task, [&](std::int64_t task, int) {
        std::int64_t i = task * floats_a_task;
        const std::int64_t end = count - i < floats_a_task ? count : i + floats_a_task;
        for (; i + Vec::width <= end; i += Vec::width) body(i, Vec::width);
        if (i < end) body(i, static_cast<int>(end - i));
    });
}

// Calls body(i, n, w, g) with the decayed w and the scaled and clipped g; it returns the new w.
// Nothing is called for nor written where `rests(i, g)`.
template <typename Rests, typename Body>
void update(const Parameters& at, const Rests& rests, const Body& body) {
    const Vec scale = broadcast(at.scale), limit = broadcast(at.limit);
    const Vec keep = broadcast(1.0f - at.decay);
    for_elements(at.count, [&](std::int64_t i, int n) {
        const Vec g = min(limit, max(-limit, load_lanes(at.g + i, n) * scale));
        if (n == Vec::width && rests(i, g)) return;
        store_lanes(at.w + i, body(i, n, load_lanes(at.w + i, n) * keep, g), n);
    });
}

template <typename Body>
void update(const Parameters& at, const Body& body) {
    update(at, [](std::int64_t, Vec) { return false; }, body);
}

// Whether a step of a weight without gradient and moments leaves all as it is.
bool may_rest(const Parameters& at, float rate, float epsilon) {
    return at.decay == 0.0f && epsilon > 0.0f && rate - rate == 0.0f;
}

SUNHWAN_INLINE bool all_zero(IVec v) { return all(eq(v, broadcast_int(0))); }

// old + share * (new - old), written back to p.
SUNHWAN_INLINE Vec blend(float* p, int n, Vec next, Vec share) {
    const Vec old = load_lanes(p, n);
    const Vec blended = fma(share, next - old, old);
    store_lanes(p, blended, n);
    return blended;
}

void sgd(const SgdArguments& a) {
    const Vec rate = broadcast(a.rate), momentum = broadcast(a.momentum);
    update(a.at, [&](std::int64_t i, int n, Vec w, Vec g) {
        if (!a.m) return fnma(rate, g, w);
        const Vec m = fnma(rate, g, momentum * load_lanes(a.m + i, n));
        store_lanes(a.m + i, m, n);
        return a.nesterov ? w + fnma(rate, g, momentum * m) : w + m;
    });
}

void rmsprop(const RmspropArguments& a) {
    const Vec rate = broadcast(a.rate), rho = broadcast(a.rho), rest = broadcast(a.rest);
    const Vec epsilon = broadcast(a.epsilon), momentum = broadcast(a.momentum);
    const bool may = may_rest(a.at, a.rate, a.epsilon) && !a.mean && !a.m;
    const auto rests = [&](std::int64_t i, Vec g) {
        return may && all_zero(bits(g)) && all_zero(bits(load(a.v + i)));
    };
    update(a.at, rests, [&](std::int64_t i, int n, Vec w, Vec g) {
        const Vec v = fma(rho, load_lanes(a.v + i, n), rest * (g * g));
        store_lanes(a.v + i, v, n);
        Vec divisor = v + epsilon;
        if (a.mean) {
            const Vec mean = fma(rho, load_lanes(a.mean + i, n), rest * g);
            store_lanes(a.mean + i, mean, n);
            divisor = fnma(mean, mean, v) + epsilon;
        }
        const Vec step = (rate * g) / sqrt(divisor);
        if (!a.m) return w - step;
        const Vec m = fma(momentum, load_lanes(a.m + i, n), step);
        store_lanes(a.m + i, m, n);
        return w - m;
    });
}

void adagrad(const AdagradArguments& a) {
    const Vec rate = broadcast(a.rate), epsilon = broadcast(a.epsilon);
    update(a.at, [&](std::int64_t i, int n, Vec w, Vec g) {
        const Vec sum = fma(g, g, load_lanes(a.a + i, n));
        store_lanes(a.a + i, sum, n);
        return w - (rate * g) / sqrt(sum + epsilon);
    });
}

void adadelta(const AdadeltaArguments& a) {
    const Vec rate = broadcast(a.rate), rho = broadcast(a.rho), rest = broadcast(a.rest);
    const Vec epsilon = broadcast(a.epsilon);
    update(a.at, [&](std::int64_t i, int n, Vec w, Vec g) {
        const Vec squares = fma(rho, load_lanes(a.a + i, n), rest * (g * g));
        store_lanes(a.a + i, squares, n);
        const Vec before = load_lanes(a.d + i, n);
        const Vec step = (sqrt(before + epsilon) * g) / sqrt(squares + epsilon);
        store_lanes(a.d + i, fma(rho, before, rest * (step * step)), n);
        return fnma(rate, step, w);
    });
}

void adam(const AdamArguments& a) {
    const Vec rate = broadcast(a.rate), epsilon = broadcast(a.epsilon);
    const Vec rest_1 = broadcast(a.rest_1), rest_2 = broadcast(a.rest_2);
    const bool may = may_rest(a.at, a.rate, a.epsilon) && !a.top;
    const auto rests = [&](std::int64_t i, Vec g) {
        return may && all_zero(bits(g)) && all_zero(bits(load(a.m + i)) | bits(load(a.v + i)));
    };
    update(a.at, rests, [&](std::int64_t i, int n, Vec w, Vec g) {
        const Vec m = blend(a.m + i, n, g, rest_1);
        Vec v = blend(a.v + i, n, g * g, rest_2);
        if (a.top) {
            v = max(load_lanes(a.top + i, n), v);
            store_lanes(a.top + i, v, n);
        }
        return w - (m * rate) / (sqrt(v) + epsilon);
    });
}

void adamax(const AdamaxArguments& a) {
    const Vec rate = broadcast(a.rate), epsilon = broadcast(a.epsilon);
    const Vec rest_1 = broadcast(a.rest_1), beta_2 = broadcast(a.beta_2);
    update(a.at, [&](std::int64_t i, int n, Vec w, Vec g) {
        const Vec m = blend(a.m + i, n, g, rest_1);
        const Vec u = max(beta_2 * load_lanes(a.u + i, n), abs(g));
        store_lanes(a.u + i, u, n);
        return w - (rate * m) / (u + epsilon);
    });
}

void nadam(const NadamArguments& a) {
    const Vec rate = broadcast(a.rate), epsilon = broadcast(a.epsilon);
    const Vec rest_1 = broadcast(a.rest_1), rest_2 = broadcast(a.rest_2);
    const Vec of_m = broadcast(a.of_m), of_g = broadcast(a.of_g), of_v = broadcast(a.of_v);
    update(a.at, [&](std::int64_t i, int n, Vec w, Vec g) {
        const Vec m = blend(a.m + i, n, g, rest_1);
        const Vec v = blend(a.v + i, n, g * g, rest_2);
        return w - (fma(of_m, m, of_g * g) * rate) / (sqrt(of_v * v) + epsilon);
    });
}

void average(std::int64_t count, const float* w, float share, float* average) {
    for_elements(count, [&](std::int64_t i, int n) {
        blend(average + i, n, load_lanes(w + i, n), broadcast(share));
    });
}

// Sixteen running sums, so that no addition waits for the one before.
double sum_of_squares(const float* x, std::int64_t count) {
    constexpr int lanes = 16;
    double sums[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int lane = 0; lane < lanes; ++lane) {
            const double value = static_cast<double>(x[i + lane]);
            sums[lane] += value * value;
        }
    for (; i < count; ++i) sums[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    double total = 0.0;
    for (const double sum : sums) total += sum;
    return total;
}

double sum_of_squares_of(std::int64_t count, const float* x) {
    return sum_over_tasks(count, chunk, [&](std::int64_t first, std::int64_t last) {
        return sum_of_squares(x + first, last - first);
    });
}

}  // namespace

extern const OptimizersKernels SUNHWAN_SYMBOL(optimizers) = {
    sgd, rmsprop, adagrad, adadelta, adam, adamax, nadam, average, sum_of_squares_of,
};

}  // namespace sunhwan
