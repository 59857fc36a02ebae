// The losses of single elements: value and slope d value / d y for target t and prediction y.
#pragma once

#include "kernels/loss_loop.h"

namespace sunhwan {
namespace {

struct Point {
    Vec value, slope;
};

// log(cosh(e)): log1p(2 sinh(e/2)^2) near 0, |e| + log1p(exp(-2 |e|)) - log(2) elsewhere.
SUNHWAN_INLINE Vec log_cosh(Vec e) {
    const Vec a = abs(e);
    const Vec one = broadcast(1.0f);
    const Vec m = expm1(min(one, a) * broadcast(0.5f));
    const Vec twice_sinh = m + m / (m + one);
    const Vec near = log1p(broadcast(0.5f) * twice_sinh * twice_sinh);
    const Vec far = a + log1p(exp(broadcast(-2.0f) * a)) - broadcast(0.693147181f);
    return select(le(a, one), near, far);
}

template <PointLoss loss>
SUNHWAN_INLINE Point point_loss(Vec t, Vec y, float parameter) {
    const Vec one = broadcast(1.0f);
    const Vec epsilon = broadcast(loss_epsilon);
    if constexpr (loss == PointLoss::squared) {
        const Vec e = y - t;
        return {e * e, e + e};
    } else if constexpr (loss == PointLoss::absolute) {
        const Vec e = y - t;
        return {abs(e), sign(e)};
    } else if constexpr (loss == PointLoss::percentage) {
        const Vec e = y - t;
        const Vec unit = broadcast(100.0f) / max(epsilon, abs(t));
        return {abs(e) * unit, sign(e) * unit};
    } else if constexpr (loss == PointLoss::squared_log) {
        const Vec larger = max(epsilon, y);
        const Vec e = log1p(larger) - log1p(max(epsilon, t));
        const Vec slope = (e + e) / (larger + one);
        return {e * e, select(lt(y, epsilon), zero(), slope)};
    } else if constexpr (loss == PointLoss::huber) {
        const Vec e = y - t;
        const Vec a = abs(e);
        const Vec delta = broadcast(parameter);
        const Vec half = broadcast(0.5f);
        const Mask near = le(a, delta);
        return {select(near, half * e * e, delta * (a - half * delta)),
                select(near, e, delta * sign(e))};
    } else if constexpr (loss == PointLoss::log_cosh) {
        const Vec e = y - t;
        return {log_cosh(e), tanh(e)};
    } else if constexpr (loss == PointLoss::poisson) {
        const Vec rate = y + epsilon;
        return {fnma(t, log(rate), y), one - t / rate};
    } else if constexpr (loss == PointLoss::binary) {
        const float high = 1.0f - loss_epsilon;
        const Vec p = clip(y, loss_epsilon, high);
        const Vec q = one - p;
        const Vec value = -fma(t, log(p), (one - t) * log(q));
        const Vec slope = (p - t) / (p * q);
        return {value, select(lt(y, epsilon) | gt(y, broadcast(high)), zero(), slope)};
    } else if constexpr (loss == PointLoss::binary_logits) {
        const Vec positive = max(zero(), y);
        return {fnma(y, t, positive) + log1p(exp(-abs(y))), sigmoid(y) - t};
    } else {
        const Vec margin = max(zero(), fnma(t, y, one));
        if constexpr (loss == PointLoss::hinge)
            return {margin, select(eq(margin, zero()), zero(), -t)};
        else
            return {margin * margin, broadcast(-2.0f) * t * margin};
    }
}

// Rows of one column: vectors across rows.
template <PointLoss loss>
double single_column(const PointLossArguments& a, std::int64_t first, std::int64_t last) {
    const LossRows& at = a.at;
    return sum_columns(last - first, [&](std::int64_t j, int n) {
        const std::int64_t i = first + j;
        const Vec t = fma(broadcast(a.keep), load_lanes(a.target + i, n), broadcast(a.shift));
        const Point point = point_loss<loss>(t, load_lanes(at.y + i, n), a.parameter);
        const Vec weight = at.weight ? load_lanes(at.weight + i, n) : broadcast(1.0f);
        if (at.values) store_lanes(at.values + i, point.value, n);
        if (at.dy) store_lanes(at.dy + i, point.slope * (weight * broadcast(at.scale)), n);
        return keep_lanes(point.value * weight, n, 0.0f);
    });
}

template <PointLoss loss>
double point_losses(const PointLossArguments& a) {
    const LossRows& at = a.at;
    const std::int64_t C = at.columns;
    return sum_over_rows(at.rows, C, [&](std::int64_t first, std::int64_t last) {
        if (C == 1) return single_column<loss>(a, first, last);
        double total = 0.0;
        for (std::int64_t r = first; r < last; ++r) {
            const float weight = at.weight ? at.weight[r] : 1.0f;
            const Vec factor = broadcast(at.scale * weight / static_cast<float>(C));
            const float* t = a.target + r * C;
            const float* y = at.y + r * C;
            float* dy = at.dy ? at.dy + r * C : nullptr;
            const double row = sum_columns(C, [&](std::int64_t j, int n) {
                const Vec target = fma(broadcast(a.keep), load_lanes(t + j, n), broadcast(a.shift));
                const Point point = point_loss<loss>(target, load_lanes(y + j, n), a.parameter);
                if (dy) store_lanes(dy + j, point.slope * factor, n);
                return keep_lanes(point.value, n, 0.0f);
            });
            const double value = row / static_cast<double>(C);
            if (at.values) at.values[r] = static_cast<float>(value);
            total += value * static_cast<double>(weight);
        }
        return total;
    });
}

}  // namespace
}  // namespace sunhwan
