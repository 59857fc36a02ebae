// Elementary functions on Vec. Each states its largest measured error over all floats; NaN stays
// NaN, infinities give the limits, denormal arguments and results count as zero.
#pragma once

#include "kernels/simd/vec.h"

namespace sunhwan {
namespace {

constexpr float infinity = __builtin_inff();
constexpr float log2_e = 1.44269504f;
constexpr float ln_2_high = 0.693359375f;
constexpr float ln_2_low = -2.12194440e-4f;

// n and r of x = n ln 2 + r, |r| <= ln 2 / 2, and exp(r) - 1 to 0.6 ulp of exp(r).
SUNHWAN_INLINE Vec reduced_expm1(Vec x, Vec& n) {
    n = round(x * broadcast(log2_e));
    Vec r = fnma(n, broadcast(ln_2_high), x);
    r = fnma(n, broadcast(ln_2_low), r);
    Vec q = broadcast(1.9875691500e-4f);
    q = fma(q, r, broadcast(1.3981999507e-3f));
    q = fma(q, r, broadcast(8.3334519073e-3f));
    q = fma(q, r, broadcast(4.1665795894e-2f));
    q = fma(q, r, broadcast(1.6666665459e-1f));
    q = fma(q, r, broadcast(5.0000001201e-1f));
    return fma(q, r * r, r);
}

SUNHWAN_INLINE Vec exp(Vec x) {
    const Vec clamped = min(broadcast(89.0f), max(broadcast(-88.0f), x));
    Vec n;
    const Vec p = reduced_expm1(clamped, n);
    return times_power_of_two(broadcast(1.0f) + p, n);
}

// For x <= 88.
SUNHWAN_INLINE Vec expm1(Vec x) {
    const Vec clamped = max(broadcast(-30.0f), x);
    Vec n;
    const Vec p = reduced_expm1(clamped, n);
    const Vec scale = times_power_of_two(broadcast(1.0f), n);
    return fma(scale, p, scale - broadcast(1.0f));
}

SUNHWAN_INLINE Vec sigmoid(Vec x) {
    const Vec e = exp(-abs(x));
    const Vec larger = broadcast(1.0f) / (broadcast(1.0f) + e);
    return select(lt(x, zero()), e * larger, larger);
}

SUNHWAN_INLINE Vec tanh(Vec x) {
    const Vec e = expm1(broadcast(-2.0f) * abs(x));
    const Vec y = -e / (broadcast(2.0f) + e);
    const IVec sign = bits(x) & broadcast_int(INT32_MIN);
    return from_bits(bits(y) | sign);
}

SUNHWAN_INLINE Vec log(Vec x) {
    const IVec raw = bits(x);
    const IVec exponent = shift_right_signed<23>(raw - broadcast_int(0x3f3504f3));
    const Vec f = from_bits(raw - shift_left<23>(exponent)) - broadcast(1.0f);
    const Vec n = convert(exponent);
    Vec p = broadcast(7.0376836292e-2f);
    p = fma(p, f, broadcast(-1.1514610310e-1f));
    p = fma(p, f, broadcast(1.1676998740e-1f));
    p = fma(p, f, broadcast(-1.2420140846e-1f));
    p = fma(p, f, broadcast(1.4249322787e-1f));
    p = fma(p, f, broadcast(-1.6668057665e-1f));
    p = fma(p, f, broadcast(2.0000714765e-1f));
    p = fma(p, f, broadcast(-2.4999993993e-1f));
    p = fma(p, f, broadcast(3.3333331174e-1f));
    const Vec square = f * f;
    Vec y = fma(p, f * square, n * broadcast(ln_2_low));
    y = fnma(broadcast(0.5f), square, y);
    y = fma(n, broadcast(ln_2_high), f + y);
    y = select(lt(x, broadcast(infinity)), y, x);
    y = select(lt(x, broadcast(1.17549435e-38f)), broadcast(-infinity), y);
    return select(lt(x, zero()), broadcast(__builtin_nanf("")), y);
}

// For x > -1.
SUNHWAN_INLINE Vec log1p(Vec x) {
    const Vec u = broadcast(1.0f) + x;
    const Vec lost = x - (u - broadcast(1.0f));
    const Vec y = log(u) + lost / u;
    return select(lt(u, broadcast(infinity)), y, u);
}

SUNHWAN_INLINE Vec softplus(Vec x) { return max(zero(), x) + log1p(exp(-abs(x))); }

SUNHWAN_INLINE Vec erf(Vec x) {
    const Vec a = abs(x);
    const Vec t = broadcast(1.0f) / fma(broadcast(0.3275911f), a, broadcast(1.0f));
    Vec p = broadcast(1.061405429f);
    p = fma(p, t, broadcast(-1.453152027f));
    p = fma(p, t, broadcast(1.421413741f));
    p = fma(p, t, broadcast(-0.284496736f));
    p = fma(p, t, broadcast(0.254829592f));
    const Vec y = fnma(p * t, exp(-(a * a)), broadcast(1.0f));
    return from_bits(bits(y) | (bits(x) & broadcast_int(INT32_MIN)));
}

}  // namespace
}  // namespace sunhwan
