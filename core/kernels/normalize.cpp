#include "kernels/normalize.h"

#include "kernels/column_sums.h"
#include "kernels/rows.h"
#include "runtime/scratch.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

SUNHWAN_INLINE Vec lanes_or(const float* p, Index c, int lanes, float other) {
    return p == nullptr ? broadcast(other) : load_lanes(p + c, lanes);
}

float* zeros(Scratch& scratch, Index count) {
    float* values = scratch.floats(count);
    fill_row(count, 0.0f, values);
    return values;
}

void layer_norm(const LayerNormArguments& a) {
    const float count = static_cast<float>(a.C);
    for_rows(a.R, a.C, [&](Index r) {
        const float* x = a.x + r * a.C;
        float* y = a.y + r * a.C;
        Vec total = zero();
        for_vectors(a.C, [&](Index c, int lanes) { total = total + load_lanes(x + c, lanes); });
        const Vec mean = broadcast(sum(total)) / broadcast(count);
        Vec squares = zero();
        for_vectors(a.C, [&](Index c, int lanes) {
            const Vec d = keep_lanes(load_lanes(x + c, lanes) - mean, lanes, 0.0f);
            squares = fma(d, d, squares);
        });
        const Vec variance = broadcast(sum(squares)) / broadcast(count);
        const Vec inverse = broadcast(1.0f) / sqrt(variance + broadcast(a.epsilon));
        for_vectors(a.C, [&](Index c, int lanes) {
            const Vec xhat = (load_lanes(x + c, lanes) - mean) * inverse;
            store_lanes(
                y + c,
                fma(xhat, lanes_or(a.gamma, c, lanes, 1.0f), lanes_or(a.beta, c, lanes, 0.0f)),
                lanes);
        });
        if (a.mean != nullptr) store_partial(a.mean + r, mean, 1);
        if (a.inverse != nullptr) store_partial(a.inverse + r, inverse, 1);
    });
}

// With g = gamma * dy: dx = inverse * (g - mean over c of g - xhat * mean over c of g * xhat)
void layer_norm_dx(const LayerNormBackwardArguments& a) {
    const Vec share = broadcast(1.0f / static_cast<float>(a.C));
    for_rows(a.R, a.C, [&](Index r) {
        const float* x = a.x + r * a.C;
        const float* dy = a.dy + r * a.C;
        float* dx = a.dx + r * a.C;
        const Vec mean = broadcast(a.mean[r]), inverse = broadcast(a.inverse[r]);
        Vec sum_g = zero(), sum_g_xhat = zero();
        for_vectors(a.C, [&](Index c, int lanes) {
            const Vec g = load_lanes(dy + c, lanes) * lanes_or(a.gamma, c, lanes, 1.0f);
            const Vec xhat = (load_lanes(x + c, lanes) - mean) * inverse;
            sum_g = sum_g + g;
            sum_g_xhat = fma(g, xhat, sum_g_xhat);
        });
        const Vec mean_g = broadcast(sum(sum_g)) * share;
        const Vec mean_g_xhat = broadcast(sum(sum_g_xhat)) * share;
        for_vectors(a.C, [&](Index c, int lanes) {
            const Vec g = load_lanes(dy + c, lanes) * lanes_or(a.gamma, c, lanes, 1.0f);
            const Vec xhat = (load_lanes(x + c, lanes) - mean) * inverse;
            store_lanes(dx + c, fnma(xhat, mean_g_xhat, g - mean_g) * inverse, lanes);
        });
    });
}

void layer_norm_backward(const LayerNormBackwardArguments& a) {
    if (a.dgamma != nullptr || a.dbeta != nullptr) {
        Scratch scratch;
        float* dgamma = a.dgamma != nullptr ? a.dgamma : zeros(scratch, a.C);
        float* dbeta = a.dbeta != nullptr ? a.dbeta : zeros(scratch, a.C);
        add_column_sums<2>(a.R, a.C, {dgamma, dbeta}, [&](Index r, Index c, int lanes, Vec* terms) {
            const Vec x = load_lanes(a.x + r * a.C + c, lanes);
            const Vec dy = load_lanes(a.dy + r * a.C + c, lanes);
            terms[0] = dy * ((x - broadcast(a.mean[r])) * broadcast(a.inverse[r]));
            terms[1] = dy;
        });
    }
    if (a.dx != nullptr) layer_norm_dx(a);
}

float total_weight(Index R, const float* weights) {
    if (weights == nullptr) return static_cast<float>(R);
    Vec total = zero();
    for_vectors(R, [&](Index r, int lanes) { total = total + load_lanes(weights + r, lanes); });
    return sum(total);
}

void batch_statistics(Index R, Index C, const float* x, const float* weights, float* mean,
                      float* variance) {
    const float total = total_weight(R, weights);
    const Vec share = broadcast(total > 0.0f ? 1.0f / total : 0.0f);
    const auto weight = [&](Index r) { return broadcast(weights == nullptr ? 1.0f : weights[r]); };
    const auto divide = [&](float* sums) {
        for_vectors(C, [&](Index c, int lanes) {
            store_lanes(sums + c, load_lanes(sums + c, lanes) * share, lanes);
        });
    };
    fill_row(C, 0.0f, mean);
    add_column_sums<1>(R, C, {mean}, [&](Index r, Index c, int lanes, Vec* terms) {
        terms[0] = load_lanes(x + r * C + c, lanes) * weight(r);
    });
    divide(mean);
    fill_row(C, 0.0f, variance);
    add_column_sums<1>(R, C, {variance}, [&](Index r, Index c, int lanes, Vec* terms) {
        const Vec d = load_lanes(x + r * C + c, lanes) - load_lanes(mean + c, lanes);
        terms[0] = d * d * weight(r);
    });
    divide(variance);
}

// dx = gamma * inverse * (dy - weight / total * (sum over r of dy + xhat * sum over r of dy *
// xhat))
void batch_norm_backward(const BatchNormBackwardArguments& a) {
    Scratch scratch;
    float* sum_dy_xhat = zeros(scratch, a.C);
    float* sum_dy = zeros(scratch, a.C);
    add_column_sums<2>(
        a.R, a.C, {sum_dy_xhat, sum_dy}, [&](Index r, Index c, int lanes, Vec* terms) {
            const Vec x = load_lanes(a.x + r * a.C + c, lanes);
            const Vec dy = load_lanes(a.dy + r * a.C + c, lanes);
            terms[0] =
                dy * ((x - load_lanes(a.mean + c, lanes)) * load_lanes(a.inverse + c, lanes));
            terms[1] = dy;
        });
    if (a.dgamma != nullptr) add_row(a.C, sum_dy_xhat, a.dgamma);
    if (a.dbeta != nullptr) add_row(a.C, sum_dy, a.dbeta);
    if (a.dx == nullptr) return;
    const float total = total_weight(a.R, a.weights);
    const float share = total > 0.0f ? 1.0f / total : 0.0f;
    for_rows(a.R, a.C, [&](Index r) {
        const Vec weight = broadcast(a.weights == nullptr ? share : share * a.weights[r]);
        const Index row = r * a.C;
        for_vectors(a.C, [&](Index c, int lanes) {
            const Vec inverse = load_lanes(a.inverse + c, lanes);
            const Vec x = load_lanes(a.x + row + c, lanes);
            const Vec xhat = (x - load_lanes(a.mean + c, lanes)) * inverse;
            const Vec through =
                fma(xhat, load_lanes(sum_dy_xhat + c, lanes), load_lanes(sum_dy + c, lanes));
            const Vec d = fnma(weight, through, load_lanes(a.dy + row + c, lanes));
            const Vec factor = inverse * lanes_or(a.gamma, c, lanes, 1.0f);
            store_lanes(a.dx + row + c, d * factor, lanes);
        });
    });
}

void scale_columns(Index R, Index C, const float* x, const float* shift, const float* scale,
                   const float* offset, float* y) {
    for_rows(R, C, [&](Index r) {
        for_vectors(C, [&](Index c, int lanes) {
            const Vec d = load_lanes(x + r * C + c, lanes) - lanes_or(shift, c, lanes, 0.0f);
            const Vec value =
                fma(d, load_lanes(scale + c, lanes), lanes_or(offset, c, lanes, 0.0f));
            store_lanes(y + r * C + c, value, lanes);
        });
    });
}

}  // namespace

extern const NormalizeKernels SUNHWAN_SYMBOL(normalize) = {
    layer_norm, layer_norm_backward, batch_statistics, batch_norm_backward, scale_columns,
};

}  // namespace sunhwan
