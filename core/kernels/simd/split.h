// A number as its nearest whole number and what is left, for powers of two:
//
//   split(a)               a = whole + fraction, |fraction| <= 1/2; for a beyond -126 and 127 whole
//                          may be that bound, and the fraction what is left there
//   times_power(a, split)  a * 2^whole
#pragma once

#include "kernels/simd/vec.h"

namespace sunhwan {
namespace {

// 1.5 * 2^23: a float added to it loses its fraction, and its integer stands in the lower bits.
constexpr float integer_bias = 12582912.0f;

#if defined(__AVX512F__) && defined(__AVX512DQ__)

struct Split {
    Vec fraction;
    Vec whole;
};

SUNHWAN_INLINE Split split(Vec a) {
    constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    return {{_mm512_reduce_ps(a.value, nearest)}, round(a)};
}

SUNHWAN_INLINE Vec times_power(Vec a, Split s) {
    return {_mm512_scalef_ps(a.value, s.whole.value)};
}

#else

struct Split {
    Vec fraction;
    IVec power;  // whole, where a float's exponent is
};

SUNHWAN_INLINE Split split(Vec a) {
    const Vec bounded = min(broadcast(127.0f), max(broadcast(-126.0f), a));
    const Vec biased = bounded + broadcast(integer_bias);
    return {bounded - (biased - broadcast(integer_bias)), shift_left<23>(bits(biased))};
}

SUNHWAN_INLINE Vec times_power(Vec a, Split s) {
    return a * from_bits(bits(broadcast(1.0f)) + s.power);
}

#endif

}  // namespace
}  // namespace sunhwan
