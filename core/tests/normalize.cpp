#include "kernels/normalize.h"

#include <cmath>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

constexpr double epsilon = 1e-3, tolerance = 2e-4;

struct Moments {
    double mean = 0, inverse = 0;
};

// Of `count` numbers, `step` apart, with weights that stand as the numbers do, or null.
Moments moments(const float* x, std::int64_t count, std::int64_t step, const float* weights) {
    double total = 0, mean = 0, variance = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        total += weights ? weights[i] : 1;
        mean += (weights ? weights[i] : 1) * x[i * step];
    }
    mean /= total;
    for (std::int64_t i = 0; i < count; ++i)
        variance += (weights ? weights[i] : 1) * std::pow(x[i * step] - mean, 2);
    return {mean, 1 / std::sqrt(variance / total + epsilon)};
}

TEST(layer_normalization) {
    for (const std::int64_t C : {1, 3, 4, 17, 33}) {
        const std::int64_t R = 6;
        const std::vector<float> x = test::random_floats(R * C, 1),
                                 dy = test::random_floats(R * C, 2),
                                 gamma = test::random_floats(C, 3),
                                 beta = test::random_floats(C, 4);
        std::vector<float> y(x.size()), dx(x.size()), mean(6), inverse(6), dgamma(beta.size()),
            dbeta(beta.size());
        kernels().normalize.layer_norm({R, C, epsilon, x.data(), gamma.data(), beta.data(),
                                        y.data(), mean.data(), inverse.data()});
        kernels().normalize.layer_norm_backward({R, C, x.data(), gamma.data(), mean.data(),
                                                 inverse.data(), dy.data(), dx.data(),
                                                 dgamma.data(), dbeta.data()});
        std::vector<double> exact_dgamma(gamma.size());
        for (std::int64_t r = 0; r < R; ++r) {
            const Moments m = moments(&x[r * C], C, 1, nullptr);
            double sum = 0, sum_xhat = 0;
            for (std::int64_t c = 0; c < C; ++c) {
                const double xhat = (x[r * C + c] - m.mean) * m.inverse;
                CHECK_NEAR(y[r * C + c], gamma[c] * xhat + beta[c], tolerance);
                sum += gamma[c] * dy[r * C + c] / C;
                sum_xhat += gamma[c] * dy[r * C + c] * xhat / C;
                exact_dgamma[c] += dy[r * C + c] * xhat;
            }
            for (std::int64_t c = 0; c < C; ++c) {
                const double xhat = (x[r * C + c] - m.mean) * m.inverse;
                const double exact = gamma[c] * dy[r * C + c] - sum - xhat * sum_xhat;
                CHECK_NEAR(dx[r * C + c], m.inverse * exact, tolerance * m.inverse);
            }
        }
        for (std::int64_t c = 0; c < C; ++c) CHECK_NEAR(dgamma[c], exact_dgamma[c], tolerance);
    }
}

TEST(batch_normalization) {
    const std::int64_t R = 40;
    std::vector<float> weights(40, 1.0f);
    for (std::size_t r = 0; r < 10; ++r) weights[r] = static_cast<float>(r % 4);
    for (const std::int64_t C : {1, 3, 4, 17, 33}) {
        const std::vector<float> x = test::random_floats(R * C, 1),
                                 dy = test::random_floats(R * C, 2),
                                 gamma = test::random_floats(C, 3);
        std::vector<float> mean(gamma.size()), variance(gamma.size()), inverse(gamma.size()),
            dx(x.size()), y(x.size()), dgamma(gamma.size()), dbeta(gamma.size());
        kernels().normalize.batch_statistics(R, C, x.data(), weights.data(), mean.data(),
                                             variance.data());
        for (std::size_t c = 0; c < inverse.size(); ++c)
            inverse[c] = 1 / std::sqrt(variance[c] + static_cast<float>(epsilon));
        kernels().normalize.batch_norm_backward({R, C, x.data(), weights.data(), mean.data(),
                                                 inverse.data(), gamma.data(), dy.data(), dx.data(),
                                                 dgamma.data(), dbeta.data()});
        kernels().normalize.scale_columns(R, C, x.data(), mean.data(), inverse.data(), gamma.data(),
                                          y.data());
        double total = 0;
        for (const float weight : weights) total += weight;
        for (std::int64_t c = 0; c < C; ++c) {
            const Moments m = moments(&x[c], R, C, weights.data());
            CHECK_NEAR(mean[c], m.mean, tolerance);
            CHECK_NEAR(inverse[c], m.inverse, tolerance);
            double sum = 0, sum_xhat = 0;
            for (std::int64_t r = 0; r < R; ++r) {
                const double xhat = (x[r * C + c] - m.mean) * m.inverse;
                CHECK_NEAR(y[r * C + c], xhat + gamma[c], tolerance);
                sum += dy[r * C + c];
                sum_xhat += dy[r * C + c] * xhat;
            }
            CHECK_NEAR(dbeta[c], sum, tolerance);
            CHECK_NEAR(dgamma[c], sum_xhat, tolerance);
            for (std::int64_t r = 0; r < R; ++r) {
                const double xhat = (x[r * C + c] - m.mean) * m.inverse;
                const double exact = dy[r * C + c] - weights[r] / total * (sum + xhat * sum_xhat);
                CHECK_NEAR(dx[r * C + c], gamma[c] * m.inverse * exact, tolerance);
            }
        }
    }
}

}  // namespace
}  // namespace sunhwan
