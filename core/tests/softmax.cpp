#include "kernels/softmax.h"

#include <cmath>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

TEST(softmax_and_its_logarithm) {
    constexpr double tolerance = 4e-6;
    for (const std::int64_t C : {1, 3, 4, 17, 46}) {
        const std::int64_t R = 5;
        const std::vector<float> x = test::random_floats(R * C, 1, 3.0f),
                                 dy = test::random_floats(R * C, 2);
        std::vector<float> y(x.size()), dx(x.size()), log_y(x.size()), log_dx(x.size());
        const SoftmaxKernels& k = kernels().softmax;
        k.softmax(R, C, x.data(), y.data());
        k.softmax_backward(R, C, y.data(), dy.data(), dx.data());
        k.log_softmax(R, C, x.data(), log_y.data());
        k.log_softmax_backward(R, C, log_y.data(), dy.data(), log_dx.data());
        for (std::int64_t r = 0; r < R; ++r) {
            double total = 0, dot = 0, sum = 0;
            for (std::int64_t i = r * C; i < (r + 1) * C; ++i) total += std::exp(double{x[i]});
            for (std::int64_t i = r * C; i < (r + 1) * C; ++i) {
                dot += dy[i] * std::exp(double{x[i]}) / total;
                sum += dy[i];
            }
            for (std::int64_t i = r * C; i < (r + 1) * C; ++i) {
                const double exact = std::exp(double{x[i]}) / total;
                CHECK_NEAR(y[i], exact, tolerance);
                CHECK_NEAR(dx[i], exact * (dy[i] - dot), tolerance);
                CHECK_NEAR(log_y[i], std::log(exact), tolerance);
                CHECK_NEAR(log_dx[i], dy[i] - exact * sum, 2 * tolerance * (1 + std::fabs(sum)));
            }
        }
    }
}

}  // namespace
}  // namespace sunhwan
