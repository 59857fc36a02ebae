#include "kernels/losses.h"

#include <algorithm>
#include <cmath>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

constexpr double tolerance = 1e-5;
constexpr double step = 1e-6;
constexpr double epsilon = 1e-7;

double log_one_more(double x) { return std::log1p(std::fmax(x, epsilon)); }

double point(PointLoss loss, double t, double y, double parameter) {
    const double e = y - t;
    const double p = std::fmin(std::fmax(y, epsilon), 1 - epsilon);
    switch (loss) {
        case PointLoss::squared: return e * e;
        case PointLoss::absolute: return std::fabs(e);
        case PointLoss::percentage: return 100 * std::fabs(e) / std::fmax(std::fabs(t), epsilon);
        case PointLoss::squared_log: return std::pow(log_one_more(y) - log_one_more(t), 2);
        case PointLoss::huber:
            return std::fabs(e) <= parameter ? e * e / 2
                                             : parameter * (std::fabs(e) - parameter / 2);
        case PointLoss::log_cosh: return std::log(std::cosh(e));
        case PointLoss::poisson: return y - t * std::log(y + epsilon);
        case PointLoss::binary: return -t * std::log(p) - (1 - t) * std::log(1 - p);
        case PointLoss::binary_logits:
            return std::fmax(y, 0) - y * t + std::log1p(std::exp(-std::fabs(y)));
        case PointLoss::hinge: return std::fmax(0, 1 - t * y);
        case PointLoss::squared_hinge: return std::pow(std::fmax(0, 1 - t * y), 2);
    }
    return 0;
}

// Numbers in (0.05, 0.95), where every loss is smooth or has its slope.
std::vector<float> chances(std::int64_t count, std::uint32_t seed) {
    std::vector<float> x = test::random_floats(count, seed);
    for (float& value : x) value = 0.05f + 0.9f / (1.0f + std::exp(-value));
    return x;
}

TEST(point_losses_and_gradients) {
    constexpr float parameter = 0.2f;
    for (const std::int64_t C : {1, 2, 7, 16, 33}) {
        const std::int64_t R = 19;
        const std::vector<float> t = chances(R * C, 1), y = chances(R * C, 2), w = chances(R, 3);
        for (int kind = 0; kind < point_loss_count; ++kind) {
            const auto loss = static_cast<PointLoss>(kind);
            std::vector<float> values(w.size()), dy(y.size());
            const LossRows at{R, C, y.data(), w.data(), 0.5f, values.data(), dy.data()};
            const double total =
                kernels().losses.point({loss, at, t.data(), 1.0f, 0.0f, parameter});
            double expected_total = 0;
            for (std::int64_t r = 0; r < R; ++r) {
                double value = 0;
                for (std::int64_t i = r * C; i < (r + 1) * C; ++i) {
                    value += point(loss, t[i], y[i], parameter) / static_cast<double>(C);
                    const double slope = (point(loss, t[i], y[i] + step, parameter) -
                                          point(loss, t[i], y[i] - step, parameter)) /
                                         (2 * step);
                    const double expected = 0.5 * w[r] * slope / static_cast<double>(C);
                    CHECK_NEAR(dy[i], expected, 1e-4 * (1 + std::fabs(expected)));
                }
                CHECK_NEAR(values[r], value, tolerance * (1 + value));
                expected_total += w[r] * value;
            }
            CHECK_NEAR(total, expected_total, tolerance * (1 + expected_total));
        }
    }
}

// The value of row y and, by differences, its gradient.
template <typename Value>
void check_row(const float* y, const float* dy, float got, std::int64_t C, const Value& value) {
    std::vector<double> row(y, y + C);
    CHECK_NEAR(got, value(row), tolerance * (1 + std::fabs(value(row))));
    for (std::int64_t j = 0; j < C; ++j) {
        std::vector<double> up = row, down = row;
        up[j] += step;
        down[j] -= step;
        const double slope = (value(up) - value(down)) / (2 * step);
        CHECK_NEAR(dy[j], slope, 1e-4 * (1 + std::fabs(slope)));
    }
}

double row_value(RowLoss loss, const float* t, const std::vector<double>& y) {
    double sum = 0, exponentials = 0, tt = 0, yy = 0, ty = 0, top = -1e30;
    for (std::size_t j = 0; j < y.size(); ++j) {
        sum += y[j];
        exponentials += std::exp(y[j]);
        tt += static_cast<double>(t[j]) * t[j];
        yy += y[j] * y[j];
        ty += t[j] * y[j];
        top = std::fmax(top, (1 - t[j]) * y[j]);
    }
    double value = 0;
    for (std::size_t j = 0; j < y.size(); ++j) {
        if (loss == RowLoss::categorical) value -= t[j] * std::log(y[j] / sum);
        if (loss == RowLoss::categorical_logits) value += t[j] * (std::log(exponentials) - y[j]);
        if (loss == RowLoss::kl_divergence) value += t[j] * std::log(t[j] / y[j]);
    }
    if (loss == RowLoss::cosine) value = -ty / std::sqrt(tt * yy);
    if (loss == RowLoss::categorical_hinge) value = std::fmax(0, 1 + top - ty);
    return value;
}

TEST(row_losses_and_gradients) {
    for (const std::int64_t C : {2, 3, 8, 17, 33}) {
        const std::int64_t R = 5;
        const std::vector<float> t = chances(R * C, 4), y = chances(R * C, 5);
        for (int kind = 0; kind < row_loss_count; ++kind) {
            const auto loss = static_cast<RowLoss>(kind);
            std::vector<float> values(R), dy(y.size());
            const LossRows at{R, C, y.data(), nullptr, 1.0f, values.data(), dy.data()};
            kernels().losses.row({loss, at, t.data(), 1.0f, 0.0f});
            for (std::int64_t r = 0; r < R; ++r)
                check_row(&y[r * C], &dy[r * C], values[r], C, [&](const std::vector<double>& row) {
                    return row_value(loss, &t[r * C], row);
                });
        }
    }
}

TEST(sparse_losses_and_gradients) {
    for (const std::int64_t C : {2, 3, 8, 17, 33}) {
        const std::int64_t R = 6;
        const std::vector<float> y = chances(R * C, 6);
        std::vector<std::int32_t> labels(R);
        for (std::int64_t r = 0; r < R; ++r) labels[r] = static_cast<std::int32_t>((7 * r) % C);
        labels[4] = -1;
        for (const bool logits : {false, true}) {
            std::vector<float> values(R), dy(y.size(), 1.0f);
            const LossRows at{R, C, y.data(), nullptr, 1.0f, values.data(), dy.data()};
            kernels().losses.sparse({logits, at, labels.data()});
            for (std::int64_t r = 0; r < R; ++r) {
                check_row(&y[r * C], &dy[r * C], values[r], C, [&](const std::vector<double>& row) {
                    if (labels[r] < 0) return 0.0;
                    double sum = 0;
                    for (const double value : row) sum += logits ? std::exp(value) : value;
                    const double own = row[labels[r]];
                    return std::log(sum) - (logits ? own : std::log(own));
                });
            }
        }
    }
}

}  // namespace
}  // namespace sunhwan
