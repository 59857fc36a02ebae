// The vector type that every kernel is written over, for the target this file is compiled for.
//
// Each of the included headers defines, with internal linkage, the same names:
//
//   Vec    `Vec::width` floats       IVec   as many 32-bit integers       Mask   as many truths
//
//   load, loadu(p)            width values from p (no alignment needed)
//   load_partial(p, n)        the first n (0..width) values of p, zeros beyond; reads no others
//   store(p, v), store_partial(p, v, n)   likewise; writes no others
//   broadcast(s), zero()      all lanes equal
//   + - * / and unary -       IEEE single precision; + - & | ^ on IVec wrap around
//   fma(a, b, c)              a * b + c, one rounding where the target has it (two in baseline)
//   fnma(a, b, c)             c - a * b, likewise
//   max, min(a, b)            b where either is NaN
//   abs, sqrt, round          round: to the nearest integer, ties to even
//   lt, le, eq, gt            false where either is NaN; on IVec: eq
//   & | ! on Mask, any, all, select(mask, a, b)   a where true, else b
//   sum, max_lane(v)          folded by halves: lane i with lane i + width/2, then width/4, ...
//   bits(v), from_bits(i)     the same 32 bits, read as the other type
//   convert(v), convert(i)    to the nearest integer (ties to even) and back
//   shift_left<n>, shift_right<n>, shift_right_signed<n>(i)
//   multiply_wide(a, b, low, high)        32 x 32 -> 64 bits, unsigned
//   lane_index()              0, 1, 2, ...
//   add_byte_products(sum, a, b)   a lane: sum + its four bytes of a, unsigned, times those of b,
//                             signed; only where the target has SUNHWAN_BYTE_PRODUCTS, which the
//                             functions that call it bear, and not on every processor of it
//
// Denormals count as zero: callers hold a FloatState (runtime/float_state.h).
#pragma once

#include <cstddef>
#include <cstdint>

#define SUNHWAN_JOIN_(a, b) a##_##b
#define SUNHWAN_JOIN(a, b) SUNHWAN_JOIN_(a, b)
// The name of a family's table of functions in the target being compiled: elementwise_avx512.
#define SUNHWAN_SYMBOL(family) SUNHWAN_JOIN(family, SUNHWAN_TARGET)

#if defined(_MSC_VER) && !defined(__clang__)
#error "the kernels need gcc, clang or clang-cl"
#endif
#define SUNHWAN_INLINE inline __attribute__((always_inline))

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include "kernels/simd/avx512.h"
#elif defined(__AVX2__) && defined(__FMA__)
#include "kernels/simd/avx2.h"
#elif defined(__SSE2__) || defined(_M_X64)
#include "kernels/simd/sse2.h"
#elif defined(__aarch64__) || defined(_M_ARM64)
#include "kernels/simd/neon.h"
#else
#error "no vector type for this target"
#endif
