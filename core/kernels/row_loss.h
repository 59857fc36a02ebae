// The losses of whole rows. Each function takes one row of C columns, returns its value and, where
// dy is not null, writes dy = factor * d value / d y.
#pragma once

#include "kernels/loss_loop.h"

namespace sunhwan {
namespace {

constexpr float highest_probability = 1.0f - loss_epsilon;

struct Row {
    std::int64_t columns;
    const float* target;  // null for sparse losses
    float keep, shift;
    const float* y;
    float* dy;  // or null
    float factor;

    SUNHWAN_INLINE Vec t(std::int64_t j, int n) const {
        return keep_lanes(fma(broadcast(keep), load_lanes(target + j, n), broadcast(shift)), n,
                          0.0f);
    }
};

SUNHWAN_INLINE double row_sum(const float* x, std::int64_t columns) {
    return sum_columns(columns, [&](std::int64_t j, int n) { return load_lanes(x + j, n); });
}

// The largest of a row and the sum of exp(y - largest); writes these exponentials to dy if wanted.
struct Exponentials {
    float largest;
    double sum;
};

inline Exponentials exponentials(const Row& row) {
    Vec top = broadcast(-infinity);
    for_vectors(row.columns, [&](std::int64_t j, int n) {
        top = max(top, keep_lanes(load_lanes(row.y + j, n), n, -infinity));
    });
    const float largest = max_lane(top);
    const double total = sum_columns(row.columns, [&](std::int64_t j, int n) {
        const Vec e = keep_lanes(exp(load_lanes(row.y + j, n) - broadcast(largest)), n, 0.0f);
        if (row.dy) store_lanes(row.dy + j, e, n);
        return e;
    });
    return {largest, total};
}

// u = y / sum(y);  value = -sum t log(clip(u));  du = -t / u where not clipped.
inline double categorical(const Row& row) {
    const auto total = static_cast<float>(row_sum(row.y, row.columns));
    const Vec inverse = broadcast(1.0f / total);
    double value = 0.0, counted = 0.0;  // counted: sum of t where not clipped, = -sum u du
    for_vectors(row.columns, [&](std::int64_t j, int n) {
        const Vec t = row.t(j, n);
        const Vec u = load_lanes(row.y + j, n) * inverse;
        value -= static_cast<double>(sum(t * log(clip(u, loss_epsilon, highest_probability))));
        const Mask active = within(u, loss_epsilon, highest_probability);
        counted += static_cast<double>(sum(select(active, t, zero())));
    });
    if (row.dy) {
        const Vec level = broadcast(static_cast<float>(counted));
        const Vec factor = inverse * broadcast(row.factor);
        for_vectors(row.columns, [&](std::int64_t j, int n) {
            const Vec u = load_lanes(row.y + j, n) * inverse;
            const Mask active = within(u, loss_epsilon, highest_probability);
            const Vec du = select(active, row.t(j, n) / u, zero());
            store_lanes(row.dy + j, (level - du) * factor, n);
        });
    }
    return value;
}

// value = sum t (log sum exp(y) - y);  dy = softmax(y) sum(t) - t.
inline double categorical_logits(const Row& row) {
    const Exponentials e = exponentials(row);
    double targets = 0.0, along = 0.0;
    for_vectors(row.columns, [&](std::int64_t j, int n) {
        const Vec t = row.t(j, n);
        targets += static_cast<double>(sum(t));
        along += static_cast<double>(sum(t * (load_lanes(row.y + j, n) - broadcast(e.largest))));
    });
    if (row.dy) {
        const Vec share = broadcast(static_cast<float>(targets / e.sum));
        for_vectors(row.columns, [&](std::int64_t j, int n) {
            const Vec gradient = load_lanes(row.dy + j, n) * share - row.t(j, n);
            store_lanes(row.dy + j, gradient * broadcast(row.factor), n);
        });
    }
    return targets * __builtin_log(e.sum) - along;
}

inline double kl_divergence(const Row& row) {
    double value = 0.0;
    for_vectors(row.columns, [&](std::int64_t j, int n) {
        const Vec y = load_lanes(row.y + j, n);
        const Vec t = clip(row.t(j, n), loss_epsilon, 1.0f);
        const Vec p = clip(y, loss_epsilon, 1.0f);
        value += static_cast<double>(sum(keep_lanes(t * log(t / p), n, 0.0f)));
        if (row.dy) {
            const Vec slope = select(within(y, loss_epsilon, 1.0f), -t / p, zero());
            store_lanes(row.dy + j, slope * broadcast(row.factor), n);
        }
    });
    return value;
}

// With unit vectors t', y':  value = -t' y';  dy = -(t' - (t' y') y') / |y|. Where |y| <= epsilon
// the length counts as a constant: dy = -t' / epsilon.
inline double cosine(const Row& row) {
    double tt = 0.0, yy = 0.0, ty = 0.0;
    for_vectors(row.columns, [&](std::int64_t j, int n) {
        const Vec t = row.t(j, n);
        const Vec y = load_lanes(row.y + j, n);
        tt += static_cast<double>(sum(t * t));
        yy += static_cast<double>(sum(y * y));
        ty += static_cast<double>(sum(t * y));
    });
    const double epsilon = static_cast<double>(loss_epsilon);
    const double t_norm = __builtin_sqrt(tt), y_norm = __builtin_sqrt(yy);
    const double t_scale = 1.0 / (t_norm < epsilon ? epsilon : t_norm);
    const double y_scale = 1.0 / (y_norm < epsilon ? epsilon : y_norm);
    const double similarity = ty * t_scale * y_scale;
    if (row.dy) {
        const double factor = static_cast<double>(row.factor) * y_scale;
        const double own = y_norm > epsilon ? similarity * y_scale * factor : 0.0;
        const Vec along_t = broadcast(static_cast<float>(-t_scale * factor));
        const Vec along_y = broadcast(static_cast<float>(own));
        for_vectors(row.columns, [&](std::int64_t j, int n) {
            const Vec gradient = fma(along_t, row.t(j, n), along_y * load_lanes(row.y + j, n));
            store_lanes(row.dy + j, gradient, n);
        });
    }
    return -similarity;
}

// The gradient of a largest element that occurs several times is shared equally.
inline double categorical_hinge(const Row& row) {
    const Vec one = broadcast(1.0f);
    Vec top = broadcast(-infinity);
    double positive = 0.0;
    for_vectors(row.columns, [&](std::int64_t j, int n) {
        const Vec t = row.t(j, n);
        const Vec y = load_lanes(row.y + j, n);
        positive += static_cast<double>(sum(t * y));
        top = max(top, keep_lanes((one - t) * y, n, -infinity));
    });
    const float negative = max_lane(top);
    const double margin = static_cast<double>(negative) - positive + 1.0;
    if (row.dy) {
        double ties = 0.0;
        const auto is_top = [&](std::int64_t j, int n) {
            const Vec other =
                keep_lanes((one - row.t(j, n)) * load_lanes(row.y + j, n), n, -infinity);
            return select(eq(other, broadcast(negative)), one, zero());
        };
        for_vectors(row.columns,
                    [&](std::int64_t j, int n) { ties += static_cast<double>(sum(is_top(j, n))); });
        const Vec share = broadcast(static_cast<float>(1.0 / ties));
        const Vec factor = broadcast(margin > 0.0 ? row.factor : 0.0f);
        for_vectors(row.columns, [&](std::int64_t j, int n) {
            const Vec t = row.t(j, n);
            store_lanes(row.dy + j, (is_top(j, n) * share * (one - t) - t) * factor, n);
        });
    }
    return margin > 0.0 ? margin : (margin <= 0.0 ? 0.0 : margin);
}

// p = clip(y);  value = log(sum(p)) - log(p[label]);  dy = 1 / sum(p) - [label] / p, 0 if clipped.
inline double sparse_categorical(const Row& row, std::int32_t label) {
    const double total = sum_columns(row.columns, [&](std::int64_t j, int n) {
        return keep_lanes(clip(load_lanes(row.y + j, n), loss_epsilon, highest_probability), n,
                          0.0f);
    });
    const float own = row.y[label];
    const bool low = own < loss_epsilon;
    const bool high = own > highest_probability;
    if (row.dy) {
        const Vec level = broadcast(row.factor / static_cast<float>(total));
        for_vectors(row.columns, [&](std::int64_t j, int n) {
            const Mask active = within(load_lanes(row.y + j, n), loss_epsilon, highest_probability);
            store_lanes(row.dy + j, select(active, level, zero()), n);
        });
        if (!low && !high) row.dy[label] -= row.factor / own;
    }
    const float p = low ? loss_epsilon : high ? highest_probability : own;
    return __builtin_log(total) - __builtin_log(static_cast<double>(p));
}

inline double sparse_categorical_logits(const Row& row, std::int32_t label) {
    const Exponentials e = exponentials(row);
    if (row.dy) {
        const Vec share = broadcast(static_cast<float>(1.0 / e.sum));
        const float own = row.dy[label] * static_cast<float>(1.0 / e.sum);
        for_vectors(row.columns, [&](std::int64_t j, int n) {
            store_lanes(row.dy + j, load_lanes(row.dy + j, n) * share * broadcast(row.factor), n);
        });
        row.dy[label] = (own - 1.0f) * row.factor;
    }
    return __builtin_log(e.sum) - static_cast<double>(row.y[label] - e.largest);
}

}  // namespace
}  // namespace sunhwan
