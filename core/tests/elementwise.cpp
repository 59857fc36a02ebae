#include "kernels/elementwise.h"

#include <cmath>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

double expected(Activation f, double x) {
    switch (f) {
        case Activation::linear: return x;
        case Activation::tanh: return std::tanh(x);
        case Activation::sigmoid: return 1 / (1 + std::exp(-x));
        case Activation::relu: return x > 0 ? x : 0;
        case Activation::softsign: return x / (1 + std::fabs(x));
        case Activation::hard_sigmoid: return std::fmin(1, std::fmax(0, x / 6 + 0.5));
        case Activation::elu: return x > 0 ? x : std::expm1(x);
        case Activation::selu:
            return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x));
        case Activation::softplus: return std::log1p(std::exp(x));
        case Activation::gelu: return 0.5 * x * std::erfc(-x * std::sqrt(0.5));
        case Activation::leaky_relu: return x > 0 ? x : 0.2 * x;
        case Activation::exponential: return std::exp(x);
        case Activation::silu: return x / (1 + std::exp(-x));
        case Activation::relu6: return std::fmin(6, std::fmax(0, x));
    }
    return 0;
}

TEST(activations_and_derivatives) {
    constexpr double tolerance = 2e-6, step = 1e-5;
    for (const std::int64_t count : {1, 7, 16, 33, 40000}) {
        const std::vector<float> x = test::random_floats(count, 1, 2.0f);
        const std::vector<float> dy = test::random_floats(count, 2);
        std::vector<float> y(x.size()), dx(x.size());
        for (int kind = 0; kind < activation_count; ++kind) {
            const auto f = static_cast<Activation>(kind);
            kernels().elementwise.activate({f, count, x.data(), y.data()});
            kernels().elementwise.activate_backward(
                {f, count, needs_input(f) ? x.data() : nullptr, y.data(), dy.data(), dx.data()});
            for (std::size_t i = 0; i < x.size(); ++i) {
                const double scale = 1 + std::fabs(expected(f, x[i]));
                CHECK_NEAR(y[i], expected(f, x[i]), tolerance * scale);
                const double slope =
                    (expected(f, x[i] + step) - expected(f, x[i] - step)) / (2 * step);
                const bool kink = std::fabs(x[i]) < step || std::fabs(std::fabs(x[i]) - 3) < step ||
                                  std::fabs(x[i] - 6) < step;
                if (!kink) CHECK_NEAR(dx[i], dy[i] * slope, 1e-5 * scale * (1 + std::fabs(dy[i])));
            }
        }
    }
}

TEST(elementwise_arithmetic) {
    for (const std::int64_t count : {0, 1, 5, 8, 17, 50000}) {
        const std::vector<float> a = test::random_floats(count, 1),
                                 b = test::random_floats(count, 2);
        std::vector<float> product(a.size()), total(a.size()), scaled(a.size()), more = b;
        kernels().elementwise.multiply(count, a.data(), b.data(), product.data());
        kernels().elementwise.add(count, a.data(), b.data(), total.data());
        kernels().elementwise.scale(count, 3.0f, a.data(), scaled.data());
        kernels().elementwise.add_scaled(count, 2.0f, a.data(), more.data());
        for (std::size_t i = 0; i < a.size(); ++i) {
            CHECK(product[i] == a[i] * b[i]);
            CHECK(total[i] == a[i] + b[i]);
            CHECK(scaled[i] == 3.0f * a[i]);
            CHECK_NEAR(more[i], 2.0 * a[i] + b[i], 1e-6);
        }
        kernels().elementwise.fill(count, 4.0f, more.data());
        for (const float value : more) CHECK(value == 4.0f);
        std::vector<float> sparse(a.size());
        for (std::size_t i = 0; i < sparse.size(); i += 5) sparse[i] = i % 2 ? -0.0f : 1.0f;
        kernels().elementwise.clear(count, sparse.data());
        for (const float value : sparse) CHECK(value == 0.0f && !std::signbit(value));
    }
}

}  // namespace
}  // namespace sunhwan
