#include "kernels/product.h"

#include <cmath>

#include "runtime/dispatch.h"
#include "runtime/threads.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

struct Case {
    std::int64_t M, N, K;
    bool transpose_a, transpose_b, accumulate, bias;
};

std::vector<float> run(const Case& c, const std::vector<float>& a, const std::vector<float>& b,
                       const std::vector<float>& bias, std::vector<float> out) {
    kernels().product.product({.M = c.M,
                               .N = c.N,
                               .K = c.K,
                               .a = a.data(),
                               .a_row = c.transpose_a ? c.M : c.K,
                               .b = b.data(),
                               .b_row = c.transpose_b ? c.K : c.N,
                               .out = out.data(),
                               .out_row = c.N,
                               .bias = c.bias ? bias.data() : nullptr,
                               .transpose_a = c.transpose_a,
                               .transpose_b = c.transpose_b,
                               .accumulate = c.accumulate});
    return out;
}

void check_product(const Case& c) {
    const std::vector<float> a = test::random_floats(c.M * c.K, 1),
                             b = test::random_floats(c.K * c.N, 2),
                             bias = test::random_floats(c.N, 3),
                             before = test::random_floats(c.M * c.N, 4);
    const std::vector<float> out = run(c, a, b, bias, before);
    for (std::int64_t m = 0; m < c.M; ++m) {
        for (std::int64_t n = 0; n < c.N; ++n) {
            double exact = (c.accumulate ? before[m * c.N + n] : 0.0f) + (c.bias ? bias[n] : 0.0f);
            double size = std::fabs(exact);
            for (std::int64_t k = 0; k < c.K; ++k) {
                const double term = double{a[c.transpose_a ? k * c.M + m : m * c.K + k]} *
                                    b[c.transpose_b ? n * c.K + k : k * c.N + n];
                exact += term;
                size += std::fabs(term);
            }
            CHECK_NEAR(out[m * c.N + n], exact, 6e-8 * (c.K + 3) * size);
        }
    }
}

TEST(product_of_every_transposition) {
    for (const std::int64_t M : {1, 2, 6, 7, 13, 15, 33})
        for (const std::int64_t N : {1, 3, 4, 8, 9, 17, 31, 65})
            for (const std::int64_t K : {0, 1, 5, 40})
                for (int flags = 0; flags < 16; ++flags)
                    check_product({M, N, K, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0,
                                   (flags & 8) != 0});
    for (int flags = 0; flags < 4; ++flags) {
        check_product({70, 130, 800, (flags & 1) != 0, (flags & 2) != 0, true, false});
        check_product({17, 9, 3000, (flags & 1) != 0, (flags & 2) != 0, false, true});
    }
}

TEST(product_has_the_same_bits_on_any_number_of_threads) {
    const int before = num_threads();
    for (const Case& c : {Case{33, 31, 4000, true, false, true, false},
                          Case{200, 150, 500, false, true, false, true}}) {
        const std::vector<float> a = test::random_floats(c.M * c.K, 1),
                                 b = test::random_floats(c.K * c.N, 2),
                                 bias = test::random_floats(c.N, 3),
                                 out = test::random_floats(c.M * c.N, 4);
        set_num_threads(1);
        const std::vector<float> alone = run(c, a, b, bias, out);
        for (const int threads : {2, 5}) {
            set_num_threads(threads);
            CHECK(run(c, a, b, bias, out) == alone);
        }
    }
    set_num_threads(before);
}

TEST(sums_of_columns) {
    for (const std::int64_t C : {1, 4, 7, 33}) {
        for (const std::int64_t R : {0, 1, 17, 3000}) {
            const std::vector<float> x = test::random_floats(R * C, 1);
            std::vector<float> out = test::random_floats(C, 2);
            const std::vector<float> before = out;
            kernels().product.column_sums(R, C, x.data(), out.data(), true);
            for (std::int64_t c = 0; c < C; ++c) {
                double exact = before[c];
                for (std::int64_t r = 0; r < R; ++r) exact += x[r * C + c];
                CHECK_NEAR(out[c], exact, 1e-3);
            }
        }
    }
}

TEST(gradients_of_a_linear_map_in_one_pass) {
    for (const std::int64_t K : {1, 40, 3000})
        for (const std::int64_t N : {1, 17, 65}) {
            const std::int64_t I = 9;
            const std::vector<float> x = test::random_floats(K * I, 1),
                                     W = test::random_floats(I * N, 2),
                                     dy = test::random_floats(K * N, 3);
            std::vector<float> dW(I * N, 0.0f), db(N, 0.0f), dx(K * I);
            kernels().product.linear_backward({.K = K,
                                               .I = I,
                                               .N = N,
                                               .x = x.data(),
                                               .W = W.data(),
                                               .dy = dy.data(),
                                               .dW = dW.data(),
                                               .db = db.data(),
                                               .dx = dx.data()});
            for (std::int64_t n = 0; n < N; ++n) {
                double sum = 0.0, product = 0.0, size = 0.0;
                for (std::int64_t k = 0; k < K; ++k) {
                    sum += dy[k * N + n];
                    product += double{x[k * I + 3]} * dy[k * N + n];
                    size += std::fabs(dy[k * N + n]);
                }
                CHECK_NEAR(db[n], sum, 6e-8 * (K + 2) * size);
                CHECK_NEAR(dW[3 * N + n], product, 6e-8 * (K + 2) * size);
            }
            for (std::int64_t i = 0; i < I; ++i) {
                double exact = 0.0;
                for (std::int64_t n = 0; n < N; ++n)
                    exact += double{dy[(K - 1) * N + n]} * W[i * N + n];
                CHECK_NEAR(dx[(K - 1) * I + i], exact, 6e-8 * (N + 2) * N);
            }
        }
}

}  // namespace
}  // namespace sunhwan
