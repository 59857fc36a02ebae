// Scores of attention that are sums over tanh, of one row; nothing is kept but the scores, and the
// backward computes each tanh again.
#pragma once

#include "kernels/attention_products.h"
#include "kernels/simd/math.h"

namespace sunhwan {
namespace {

// What the scores are made with: outer * sum of u[d] tanh(inner * (q[d] + k[d])).
struct Additive {
    std::int64_t D;
    float inner, outer;
    const float* u;  // null: ones

    Vec u_at(std::int64_t d, int lanes) const {
        return u == nullptr ? keep_lanes(broadcast(1.0f), lanes, 0.0f) : load_lanes(u + d, lanes);
    }
};

// scores (q.count, k.count), without `outer` where `bare`.
inline void additive_scores(const Additive& a, const Steps& q, const Steps& k, float* scores,
                            bool bare) {
    for (std::int64_t t = 0; t < q.count; ++t)
        for (std::int64_t s = 0; s < k.count; ++s) {
            Vec total = zero();
            for_vectors(a.D, [&](std::int64_t d, int lanes) {
                const Vec x = load_lanes(q.at(t) + d, lanes) + load_lanes(k.at(s) + d, lanes);
                total = fma(a.u_at(d, lanes), tanh(broadcast(a.inner) * x), total);
            });
            scores[t * k.count + s] = bare ? sum(total) : a.outer * sum(total);
        }
}

// From the gradients ds of the scores to dq, dk (rows `d_row` apart), and, where they are not null,
// du (D) and dinner (1) of this row alone; all are overwritten.
inline void additive_backward(const Additive& a, const Steps& q, const Steps& k, const float* ds,
                              float* dq, float* dk, std::int64_t d_row, float* du, float* dinner) {
    Vec inner_total = zero();
    for_vectors(a.D, [&](std::int64_t d, int lanes) {
        const Vec u = a.u_at(d, lanes), inner = broadcast(a.inner), one = broadcast(1.0f);
        Vec u_total = zero();
        for (std::int64_t s = 0; s < k.count; ++s) store_lanes(dk + s * d_row + d, zero(), lanes);
        for (std::int64_t t = 0; t < q.count; ++t) {
            const Vec query = load_lanes(q.at(t) + d, lanes);
            Vec q_total = zero();
            for (std::int64_t s = 0; s < k.count; ++s) {
                const Vec x = query + load_lanes(k.at(s) + d, lanes), e = tanh(inner * x);
                const Vec dscore = broadcast(a.outer * ds[t * k.count + s]);
                const Vec dx = dscore * u * fnma(e, e, one);  // of inner * x
                float* key = dk + s * d_row + d;
                u_total = fma(dscore, e, u_total);
                inner_total = fma(dx, x, inner_total);
                q_total = fma(inner, dx, q_total);
                store_lanes(key, fma(inner, dx, load_lanes(key, lanes)), lanes);
            }
            store_lanes(dq + t * d_row + d, q_total, lanes);
        }
        if (du != nullptr) store_lanes(du + d, u_total, lanes);
    });
    if (dinner != nullptr) *dinner = sum(inner_total);
}

}  // namespace
}  // namespace sunhwan
