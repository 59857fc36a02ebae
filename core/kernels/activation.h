// The activations and their derivatives, by Keras 3's formulas and defaults. With a constant id the
// switches fold away.
#pragma once

#include "kernels/activation_id.h"
#include "kernels/simd/math.h"

namespace sunhwan {
namespace {

constexpr float selu_scale = 1.05070098735548049342f;
constexpr float selu_alpha = 1.67326324235437728481f;
constexpr float leaky_relu_slope = 0.2f;
constexpr float inverse_sqrt_2 = 0.70710678118654752440f;
constexpr float inverse_sqrt_2_pi = 0.39894228040143267794f;

// y = f(x)
SUNHWAN_INLINE Vec activate(Activation f, Vec x) {
    const Vec one = broadcast(1.0f);
    switch (f) {
        case Activation::linear: return x;
        case Activation::tanh: return tanh(x);
        case Activation::sigmoid: return sigmoid(x);
        case Activation::relu: return max(zero(), x);
        case Activation::softsign: {
            const Vec y = x / (one + abs(x));
            const Vec limit = select(lt(x, zero()), -one, one);
            return select(eq(abs(x), broadcast(infinity)), limit, y);
        }
        case Activation::hard_sigmoid: {
            const Vec line = fma(x, broadcast(1.0f / 6.0f), broadcast(0.5f));
            return min(one, max(zero(), line));
        }
        case Activation::elu: return select(gt(x, zero()), x, expm1(min(zero(), x)));
        case Activation::selu: {
            const Vec below = broadcast(selu_scale * selu_alpha) * expm1(min(zero(), x));
            return select(gt(x, zero()), broadcast(selu_scale) * x, below);
        }
        case Activation::softplus: return softplus(x);
        case Activation::gelu: {
            const Vec cdf =
                fma(broadcast(0.5f), erf(x * broadcast(inverse_sqrt_2)), broadcast(0.5f));
            return select(eq(x, broadcast(-infinity)), zero(), x * cdf);
        }
        case Activation::leaky_relu:
            return select(gt(x, zero()), x, broadcast(leaky_relu_slope) * x);
        case Activation::exponential: return exp(x);
        case Activation::silu: return select(eq(x, broadcast(-infinity)), zero(), x * sigmoid(x));
        case Activation::relu6: return min(broadcast(6.0f), max(zero(), x));
    }
    return x;
}

// df/dx from the output y alone; x is read only where needs_input(f).
SUNHWAN_INLINE Vec activate_gradient(Activation f, Vec x, Vec y) {
    const Vec one = broadcast(1.0f);
    switch (f) {
        case Activation::linear: return one;
        case Activation::tanh: return fnma(y, y, one);
        case Activation::sigmoid: return fnma(y, y, y);
        case Activation::relu: return select(gt(y, zero()), one, zero());
        case Activation::softsign: {
            const Vec rest = one - abs(y);
            return rest * rest;
        }
        case Activation::hard_sigmoid:
            return select(gt(y, zero()) & lt(y, one), broadcast(1.0f / 6.0f), zero());
        case Activation::elu: return select(gt(y, zero()), one, y + one);
        case Activation::selu:
            return select(lt(y, zero()), y + broadcast(selu_scale * selu_alpha),
                          broadcast(selu_scale));
        case Activation::softplus: return -expm1(-y);
        case Activation::gelu: {
            const Vec cdf =
                fma(broadcast(0.5f), erf(x * broadcast(inverse_sqrt_2)), broadcast(0.5f));
            const Vec bounded = min(broadcast(20.0f), max(broadcast(-20.0f), x));
            const Vec density =
                broadcast(inverse_sqrt_2_pi) * exp(broadcast(-0.5f) * (bounded * bounded));
            return fma(bounded, density, cdf);
        }
        case Activation::leaky_relu: return select(gt(y, zero()), one, broadcast(leaky_relu_slope));
        case Activation::exponential: return y;
        case Activation::silu: {
            const Vec s = sigmoid(x);
            const Vec bounded = min(broadcast(100.0f), max(broadcast(-100.0f), x));
            return s * fma(bounded, one - s, one);
        }
        case Activation::relu6: return select(gt(y, zero()) & lt(y, broadcast(6.0f)), one, zero());
    }
    return one;
}

}  // namespace
}  // namespace sunhwan
