// Elementary functions on Vec. Each states a bound on its error over all floats, measured on every
// 61st (and by tests/test_math.py). NaN stays NaN, infinities give the limits, denormal arguments
// and results count as zero.
#pragma once

#include "kernels/simd/split.h"
#include "kernels/simd/vec.h"

namespace sunhwan {
namespace {

constexpr float infinity = __builtin_inff();
constexpr float log2_e = 1.44269504f;
constexpr float ln_2_high = 0.693359375f;  // times any exponent is exact
constexpr float ln_2_low = -2.12194440e-4f;
constexpr float smallest_normal = 0x1p-126f;
constexpr float largest_exp_argument = 88.7228317f;
constexpr float smallest_exp_argument = -87.3365402f;

// c[0] + c[1] x + ... + c[n - 1] x^(n - 1)
template <int n>
SUNHWAN_INLINE Vec polynomial(Vec x, const float (&c)[n]) {
    Vec y = broadcast(c[n - 1]);
    for (int i = n - 2; i >= 0; --i) y = fma(y, x, broadcast(c[i]));
    return y;
}

SUNHWAN_INLINE Vec within_one(Vec x) { return max(broadcast(-1.0f), min(broadcast(1.0f), x)); }

// exp(x) = 2^n (1 + fraction), |fraction| < 0.42, for smallest.. <= x <= largest_exp_argument.
struct ExpParts {
    Vec fraction;
    IVec power;  // n, where a float's exponent is
};

SUNHWAN_INLINE ExpParts exp_parts(Vec x) {
    // Minimax for (exp(r) - 1) / r on |r| <= ln(2) / 2: within 2.0e-9 of exp(r).
    constexpr float c[] = {1.00000003217f,   0.499999942086f,   0.166664312588f,
                           0.0416680021083f, 0.00837415555871f, 0.00138436504712f};
    const Vec biased = fma(x, broadcast(log2_e), broadcast(integer_bias));
    const Vec n = biased - broadcast(integer_bias);
    const Vec r = fnma(n, broadcast(ln_2_low), fnma(n, broadcast(ln_2_high), x));
    return {polynomial(r, c) * r, shift_left<23>(bits(biased))};
}

// e^x: 1.4 ulp.
SUNHWAN_INLINE Vec exp(Vec x) {
    const ExpParts parts = exp_parts(x);
    const Vec y = from_bits(bits(broadcast(1.0f) + parts.fraction) + parts.power);
    const Vec above = x + broadcast(infinity);
    return select(lt(x, broadcast(smallest_exp_argument)), zero(),
                  select(le(x, broadcast(largest_exp_argument)), y, above));
}

// e^x - 1 for x <= 88: 2.5 ulp; below 0: 1.9 ulp.
SUNHWAN_INLINE Vec expm1(Vec x) {
    const ExpParts parts = exp_parts(max(broadcast(-30.0f), x));
    const Vec scale = from_bits(bits(broadcast(1.0f)) + parts.power);
    const Vec y = fma(scale, parts.fraction, scale - broadcast(1.0f));
    return select(eq(x, x), y, x);
}

// 2^t: relative 2.0e-7 for -126 <= t <= 127, beyond that no less small or large.
SUNHWAN_INLINE Vec exp2(Vec t) {
    // Minimax on |fraction| <= 1/2: within 7.5e-8 of it.
    constexpr float c[] = {1.0f, 0.69314697f, 0.2402212f, 0.05550713f, 0.00967554f, 0.00132765f};
    const Split parts = split(t);
    return times_power(polynomial(parts.fraction, c), parts);
}

// 1 / (1 + e^-x): within 1.1e-7; relative 2.7e-7, and 6e-8 |x| more below 0.
SUNHWAN_INLINE Vec sigmoid(Vec x) {
    return broadcast(1.0f) / (broadcast(1.0f) + exp2(x * broadcast(-log2_e)));
}

// tanh(x): 4.9 ulp, relative 2.9e-7 (baseline, which does not fuse: 5.9 ulp, 3.5e-7), exactly +-1
// from 9.03 on.
SUNHWAN_INLINE Vec tanh(Vec x) {
    // Minimax for tanh(x) / x in x^2, |x| <= 9.02: within 2.2e-8.
    constexpr float p[] = {1.0f, 0.133826833628f, 0.00349745291668f, 2.06357411556e-5f,
                           1.33841763991e-8f};
    constexpr float q[] = {1.0f, 0.467160046148f, 0.0258843431222f, 3.28850941194e-4f,
                           7.79020253235e-7f};
    const Vec square = min(broadcast(9.02f * 9.02f), x * x);
    return within_one(x * polynomial(square, p) / polynomial(square, q));
}

// Natural logarithm: 0.9 ulp; -infinity at 0, NaN below.
SUNHWAN_INLINE Vec log(Vec x) {
    // x = 2^n (1 + f), 1 + f in [sqrt(1/2), sqrt(2)); log(1 + f) = f - f^2 / 2 + f^3 p(f).
    constexpr float c[] = {3.3333331174e-1f,  -2.4999993993e-1f, 2.0000714765e-1f,
                           -1.6668057665e-1f, 1.4249322787e-1f,  -1.2420140846e-1f,
                           1.1676998740e-1f,  -1.1514610310e-1f, 7.0376836292e-2f};
    const IVec raw = bits(x);
    const IVec exponent = shift_right_signed<23>(raw - broadcast_int(0x3f3504f3));
    const Vec f = from_bits(raw - shift_left<23>(exponent)) - broadcast(1.0f);
    const Vec n = convert(exponent);
    const Vec square = f * f;
    Vec y = fma(polynomial(f, c), f * square, n * broadcast(ln_2_low));
    y = fnma(broadcast(0.5f), square, y);
    y = fma(n, broadcast(ln_2_high), f + y);
    y = select(lt(x, broadcast(infinity)), y, x);
    y = select(lt(x, broadcast(smallest_normal)), broadcast(-infinity), y);
    return select(lt(x, zero()), broadcast(__builtin_nanf("")), y);
}

// log(1 + x): 1.6 ulp; -infinity at -1, NaN below.
SUNHWAN_INLINE Vec log1p(Vec x) {
    const Vec u = broadcast(1.0f) + x;
    const Vec lost = x - (u - broadcast(1.0f));
    return select(lt(u, broadcast(infinity)) & gt(u, zero()), log(u) + lost / u, log(u));
}

// log(1 + e^x): 2.3 ulp.
SUNHWAN_INLINE Vec softplus(Vec x) { return max(zero(), x) + log1p(exp(-abs(x))); }

// The error function: 6.4 ulp, relative 3.8e-7, exactly +-1 from 3.96 on.
SUNHWAN_INLINE Vec erf(Vec x) {
    // Minimax for erf(x) / x in x^2, |x| <= 3.95: within 2.1e-8.
    constexpr float p[] = {1.12837914402f,    0.191542069465f,  0.0528743842358f,
                           0.00380780801023f, 2.8467988746e-4f, 2.02597695402e-6f};
    constexpr float q[] = {1.0f,
                           0.503082417791f,
                           0.114556239535f,
                           0.0150543919826f,
                           0.00117063964652f,
                           3.78320973001e-5f};
    const Vec square = min(broadcast(3.95f * 3.95f), x * x);
    return within_one(x * polynomial(square, p) / polynomial(square, q));
}

// sin and cos of 2 pi u, for u in [0, 1]: within 1e-7.
SUNHWAN_INLINE void sine_cosine_of_turns(Vec u, Vec& sine, Vec& cosine) {
    // Minimax on the eighth turn: within 3e-11 (relative) and 6e-11.
    constexpr float s[] = {6.28318530715f, -41.3417021536f, 81.605204768f, -76.6978718257f,
                           41.4730020273f};
    constexpr float c[] = {1.0f, -19.7392086937f, 64.9393264906f, -85.4437437403f, 59.2460293235f};
    const Vec quarters = round(u * broadcast(4.0f));
    const Vec t = fnma(quarters, broadcast(0.25f), u);
    const Vec square = t * t;
    const Vec of_sine = t * polynomial(square, s), of_cosine = polynomial(square, c);
    const IVec q = convert(quarters);
    const Mask even = eq(q & broadcast_int(1), broadcast_int(0));
    const IVec upper = broadcast_int(2);
    const Vec sine_sign = from_bits(shift_left<30>(q & upper));
    const Vec cosine_sign = from_bits(shift_left<30>((q + broadcast_int(1)) & upper));
    sine = from_bits(bits(select(even, of_sine, of_cosine)) ^ bits(sine_sign));
    cosine = from_bits(bits(select(even, of_cosine, of_sine)) ^ bits(cosine_sign));
}

}  // namespace
}  // namespace sunhwan
