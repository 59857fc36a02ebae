#include "kernels/attention.h"

#include <cmath>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

constexpr std::int64_t D = 19, V = 5;
constexpr double tolerance = 2e-5;

double score(bool additive, const float* q, const float* k, const float* u) {
    double sum = 0;
    for (std::int64_t d = 0; d < D; ++d)
        sum += additive ? double{u[d]} * std::tanh(double{q[d]} + double{k[d]})
                        : double{q[d]} * double{k[d]};
    return additive ? sum : 0.5 * sum;
}

// Rows of (steps of q, steps of k): (2, 3), (1, 0), (3, 1).
TEST(attention_of_packed_rows) {
    const std::vector<std::int64_t> q_offsets{0, 2, 3, 6}, k_offsets{0, 3, 3, 4},
        w_offsets{0, 6, 6, 9};
    const std::vector<float> q = test::random_floats(6 * D, 1), k = test::random_floats(4 * D, 2),
                             v = test::random_floats(4 * V, 3), u = test::random_floats(D, 4),
                             dy = test::random_floats(6 * V, 5);
    for (const bool additive : {false, true}) {
        std::vector<float> y(6 * V), weights(9), dq(6 * D), dk(4 * D), dv(4 * V), du(D);
        AttentionArguments a{};
        a.N = a.M = 3;
        a.H = 1;
        a.D = D;
        a.V = V;
        a.additive = additive;
        a.factor = 0.5f;
        a.q_offsets = q_offsets.data();
        a.k_offsets = k_offsets.data();
        a.w_offsets = w_offsets.data();
        a.q = q.data();
        a.k = k.data();
        a.v = v.data();
        a.u = additive ? u.data() : nullptr;
        a.weights = weights.data();
        a.y = y.data();
        kernels().attention.forward(a);
        kernels().attention.backward({a, dy.data(), nullptr, dq.data(), dk.data(), dv.data(),
                                      nullptr, nullptr, additive ? du.data() : nullptr});
        double product = 0, by_value = 0;  // of y and dy, and of v and dv: the same number
        for (std::size_t n = 0; n < 3; ++n)
            for (std::int64_t t = q_offsets[n]; t < q_offsets[n + 1]; ++t) {
                double total = 0, exact[V] = {};
                for (std::int64_t s = k_offsets[n]; s < k_offsets[n + 1]; ++s) {
                    const double e = std::exp(score(additive, &q[t * D], &k[s * D], u.data()));
                    total += e;
                    for (std::int64_t c = 0; c < V; ++c) exact[c] += e * double{v[s * V + c]};
                }
                for (std::int64_t c = 0; c < V; ++c) {
                    CHECK_NEAR(y[t * V + c], total > 0 ? exact[c] / total : 0.0, tolerance);
                    product += double{y[t * V + c]} * double{dy[t * V + c]};
                }
            }
        for (std::size_t i = 0; i < v.size(); ++i) by_value += double{v[i]} * double{dv[i]};
        CHECK_NEAR(by_value, product, 10 * tolerance);
    }
}

}  // namespace
}  // namespace sunhwan
