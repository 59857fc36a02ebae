#include "kernels/optimizers.h"

#include <cmath>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

constexpr double tolerance = 1e-5;
constexpr float scale = 0.7f, limit = 0.9f, decay = 0.1f, rate = 0.05f, epsilon = 1e-3f;

using Floats = std::vector<float>;

struct Case {
    Floats w, g, first, second, third;  // parameters, gradients and slots (positive)
    Parameters at() {
        return {static_cast<std::int64_t>(w.size()), w.data(), g.data(), scale, limit, decay};
    }
};

Case make(std::int64_t count) {
    Case c{test::random_floats(count, 1), test::random_floats(count, 2),
           test::random_floats(count, 3), test::random_floats(count, 4),
           test::random_floats(count, 5)};
    for (Floats* slot : {&c.first, &c.second, &c.third})
        for (float& value : *slot) value = std::fabs(value) + 0.1f;
    return c;
}

// Runs `kernel` and checks each parameter against `expected(i, w, g)`, prepared and in double.
template <typename Kernel, typename Expected>
void check(std::int64_t count, const Kernel& kernel, const Expected& expected) {
    Case before = make(count), after = before;
    kernel(after);
    for (std::size_t i = 0; i < before.w.size(); ++i) {
        const double g =
            std::fmin(limit, std::fmax(-limit, static_cast<double>(before.g[i]) * scale));
        const double w = expected(before, i, before.w[i] * (1.0 - decay), g);
        CHECK_NEAR(after.w[i], w, tolerance * (1 + std::fabs(w)));
    }
}

TEST(optimizer_steps) {
    for (const std::int64_t count : {1, 7, 16, 33, 20000}) {
        check(
            count, [](Case& c) { kernels().optimizers.sgd({c.at(), rate, 0.8f, false, nullptr}); },
            [](const Case&, std::size_t, double w, double g) { return w - rate * g; });
        check(
            count,
            [](Case& c) { kernels().optimizers.sgd({c.at(), rate, 0.8f, true, c.first.data()}); },
            [](const Case& c, std::size_t i, double w, double g) {
                return w + 0.8 * (0.8 * c.first[i] - rate * g) - rate * g;
            });
        check(
            count,
            [](Case& c) {
                kernels().optimizers.rmsprop({c.at(), rate, 0.9f, 0.1f, 0.5f, epsilon,
                                              c.first.data(), c.second.data(), nullptr});
            },
            [](const Case& c, std::size_t i, double w, double g) {
                const double v = 0.9 * c.first[i] + 0.1 * g * g;
                return w - (0.5 * c.second[i] + rate * g / std::sqrt(v + epsilon));
            });
        check(
            count,
            [](Case& c) { kernels().optimizers.adagrad({c.at(), rate, epsilon, c.first.data()}); },
            [](const Case& c, std::size_t i, double w, double g) {
                return w - rate * g / std::sqrt(c.first[i] + g * g + epsilon);
            });
        check(
            count,
            [](Case& c) {
                kernels().optimizers.adadelta(
                    {c.at(), rate, 0.9f, 0.1f, epsilon, c.first.data(), c.second.data()});
            },
            [](const Case& c, std::size_t i, double w, double g) {
                const double a = 0.9 * c.first[i] + 0.1 * g * g;
                return w - rate * std::sqrt(c.second[i] + epsilon) * g / std::sqrt(a + epsilon);
            });
        check(
            count,
            [](Case& c) {
                kernels().optimizers.adam({c.at(), rate, 0.1f, 0.01f, epsilon, c.first.data(),
                                           c.second.data(), c.third.data()});
            },
            [](const Case& c, std::size_t i, double w, double g) {
                const double m = c.first[i] + 0.1 * (g - c.first[i]);
                const double v = c.second[i] + 0.01 * (g * g - c.second[i]);
                return w - rate * m / (std::sqrt(std::fmax(v, c.third[i])) + epsilon);
            });
        check(
            count,
            [](Case& c) {
                kernels().optimizers.adamax(
                    {c.at(), rate, 0.1f, 0.9f, epsilon, c.first.data(), c.second.data()});
            },
            [](const Case& c, std::size_t i, double w, double g) {
                const double m = c.first[i] + 0.1 * (g - c.first[i]);
                return w - rate * m / (std::fmax(0.9 * c.second[i], std::fabs(g)) + epsilon);
            });
        check(
            count,
            [](Case& c) {
                kernels().optimizers.nadam({c.at(), rate, 0.1f, 0.01f, epsilon, 1.5f, 0.3f, 2.0f,
                                            c.first.data(), c.second.data()});
            },
            [](const Case& c, std::size_t i, double w, double g) {
                const double m = c.first[i] + 0.1 * (g - c.first[i]);
                const double v = c.second[i] + 0.01 * (g * g - c.second[i]);
                return w - rate * (1.5 * m + 0.3 * g) / (std::sqrt(2 * v) + epsilon);
            });
    }
}

// Without gradients or moments a weight stays, unless it decays or the divisor is zero.
TEST(weights_at_rest) {
    for (const float decayed : {0.0f, decay})
        for (const float divisor : {epsilon, 0.0f})
            for (const bool adam : {false, true}) {
                Case c = make(50);
                for (std::size_t i = 0; i < 40; ++i) c.g[i] = c.first[i] = c.second[i] = 0.0f;
                const Floats before = c.w;
                Parameters at = c.at();
                at.decay = decayed;
                if (adam)
                    kernels().optimizers.adam(
                        {at, rate, 0.1f, 0.01f, divisor, c.first.data(), c.second.data(), nullptr});
                else
                    kernels().optimizers.rmsprop(
                        {at, rate, 0.9f, 0.1f, 0.0f, divisor, c.first.data(), nullptr, nullptr});
                for (std::size_t i = 0; i < 40; ++i) {
                    if (divisor == 0.0f)
                        CHECK(std::isnan(c.w[i]));
                    else
                        CHECK_NEAR(c.w[i], before[i] * (1.0 - decayed), 1e-6);
                    CHECK(c.first[i] == 0.0f && c.second[i] == 0.0f);
                }
                for (std::size_t i = 40; i < 50; ++i) CHECK(c.w[i] != before[i]);
            }
}

TEST(sums_of_squares_and_averages) {
    for (const std::int64_t count : {0, 1, 17, 20000}) {
        const Floats x = test::random_floats(count, 6);
        Floats average = test::random_floats(count, 7), before = average;
        double total = 0;
        for (const float value : x) total += static_cast<double>(value) * value;
        CHECK_NEAR(kernels().optimizers.sum_of_squares(count, x.data()), total, 1e-9 * (1 + total));
        kernels().optimizers.average(count, x.data(), 0.25f, average.data());
        for (std::size_t i = 0; i < x.size(); ++i)
            CHECK_NEAR(average[i], 0.75 * before[i] + 0.25 * x[i], tolerance);
    }
}

}  // namespace
}  // namespace sunhwan
