// Four floats: the SSE2 that every x86-64 processor has. See vec.h for the meaning of each name.
#pragma once

#include <emmintrin.h>

namespace sunhwan {
namespace {

struct Vec {
    static constexpr int width = 4;
    __m128 value;
};

struct IVec {
    __m128i value;
};

struct Mask {
    __m128 value;
};

SUNHWAN_INLINE Vec load(const float* p) { return {_mm_loadu_ps(p)}; }
SUNHWAN_INLINE Vec loadu(const float* p) { return load(p); }
SUNHWAN_INLINE Vec load_partial(const float* p, int n) {
    switch (n) {
        case 0: return {_mm_setzero_ps()};
        case 1: return {_mm_load_ss(p)};
        case 2: return {_mm_setr_ps(p[0], p[1], 0.0f, 0.0f)};
        case 3: return {_mm_setr_ps(p[0], p[1], p[2], 0.0f)};
        default: return load(p);
    }
}
SUNHWAN_INLINE void store(float* p, Vec v) { _mm_storeu_ps(p, v.value); }
SUNHWAN_INLINE void store_partial(float* p, Vec v, int n) {
    if (n >= 4) {
        store(p, v);
        return;
    }
    float lanes[4];
    store(lanes, v);
    for (int i = 0; i < n; ++i) p[i] = lanes[i];
}
SUNHWAN_INLINE Vec broadcast(float s) { return {_mm_set1_ps(s)}; }
SUNHWAN_INLINE Vec zero() { return {_mm_setzero_ps()}; }

SUNHWAN_INLINE IVec load(const std::int32_t* p) {
    return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))};
}
SUNHWAN_INLINE void store(std::int32_t* p, IVec v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v.value);
}
SUNHWAN_INLINE IVec broadcast_int(std::int32_t s) { return {_mm_set1_epi32(s)}; }
SUNHWAN_INLINE IVec lane_index() { return {_mm_setr_epi32(0, 1, 2, 3)}; }

SUNHWAN_INLINE Vec operator+(Vec a, Vec b) { return {_mm_add_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a, Vec b) { return {_mm_sub_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator*(Vec a, Vec b) { return {_mm_mul_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator/(Vec a, Vec b) { return {_mm_div_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a) { return {_mm_xor_ps(a.value, _mm_set1_ps(-0.0f))}; }
SUNHWAN_INLINE Vec fma(Vec a, Vec b, Vec c) { return a * b + c; }
SUNHWAN_INLINE Vec fnma(Vec a, Vec b, Vec c) { return c - a * b; }
SUNHWAN_INLINE Vec max(Vec a, Vec b) { return {_mm_max_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec min(Vec a, Vec b) { return {_mm_min_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec abs(Vec a) { return {_mm_andnot_ps(_mm_set1_ps(-0.0f), a.value)}; }
SUNHWAN_INLINE Vec sqrt(Vec a) { return {_mm_sqrt_ps(a.value)}; }

SUNHWAN_INLINE IVec operator+(IVec a, IVec b) { return {_mm_add_epi32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator-(IVec a, IVec b) { return {_mm_sub_epi32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator&(IVec a, IVec b) { return {_mm_and_si128(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator|(IVec a, IVec b) { return {_mm_or_si128(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator^(IVec a, IVec b) { return {_mm_xor_si128(a.value, b.value)}; }
template <int n>
SUNHWAN_INLINE IVec shift_left(IVec a) {
    return {_mm_slli_epi32(a.value, n)};
}
template <int n>
SUNHWAN_INLINE IVec shift_right(IVec a) {
    return {_mm_srli_epi32(a.value, n)};
}
template <int n>
SUNHWAN_INLINE IVec shift_right_signed(IVec a) {
    return {_mm_srai_epi32(a.value, n)};
}
SUNHWAN_INLINE void multiply_wide(IVec a, IVec b, IVec& low, IVec& high) {
    const __m128i even = _mm_mul_epu32(a.value, b.value);
    const __m128i odd = _mm_mul_epu32(_mm_srli_epi64(a.value, 32), _mm_srli_epi64(b.value, 32));
    const __m128i lower = _mm_set_epi32(0, -1, 0, -1);
    low.value = _mm_or_si128(_mm_and_si128(lower, even), _mm_slli_epi64(odd, 32));
    high.value = _mm_or_si128(_mm_srli_epi64(even, 32), _mm_andnot_si128(lower, odd));
}

SUNHWAN_INLINE Mask lt(Vec a, Vec b) { return {_mm_cmplt_ps(a.value, b.value)}; }
SUNHWAN_INLINE Mask le(Vec a, Vec b) { return {_mm_cmple_ps(a.value, b.value)}; }
SUNHWAN_INLINE Mask eq(Vec a, Vec b) { return {_mm_cmpeq_ps(a.value, b.value)}; }
SUNHWAN_INLINE Mask gt(Vec a, Vec b) { return lt(b, a); }
SUNHWAN_INLINE Mask eq(IVec a, IVec b) {
    return {_mm_castsi128_ps(_mm_cmpeq_epi32(a.value, b.value))};
}
SUNHWAN_INLINE Mask operator&(Mask a, Mask b) { return {_mm_and_ps(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator|(Mask a, Mask b) { return {_mm_or_ps(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator!(Mask a) {
    return {_mm_xor_ps(a.value, _mm_castsi128_ps(_mm_set1_epi32(-1)))};
}
SUNHWAN_INLINE bool any(Mask m) { return _mm_movemask_ps(m.value) != 0; }
SUNHWAN_INLINE bool all(Mask m) { return _mm_movemask_ps(m.value) == 0xF; }
SUNHWAN_INLINE Vec select(Mask m, Vec a, Vec b) {
    return {_mm_or_ps(_mm_and_ps(m.value, a.value), _mm_andnot_ps(m.value, b.value))};
}

SUNHWAN_INLINE IVec bits(Vec a) { return {_mm_castps_si128(a.value)}; }
SUNHWAN_INLINE Vec from_bits(IVec a) { return {_mm_castsi128_ps(a.value)}; }
SUNHWAN_INLINE IVec convert(Vec a) { return {_mm_cvtps_epi32(a.value)}; }
SUNHWAN_INLINE Vec convert(IVec a) { return {_mm_cvtepi32_ps(a.value)}; }

// Adding 2^23 with the sign of a drops the fraction; from 2^23 on, and for NaN, a is its own
// answer.
SUNHWAN_INLINE Vec round(Vec a) {
    const IVec sign = bits(a) & broadcast_int(INT32_MIN);
    const Vec big = from_bits(bits(broadcast(8388608.0f)) | sign);
    const Vec rounded = from_bits(bits((a + big) - big) | sign);
    return select(lt(abs(a), broadcast(8388608.0f)), rounded, a);
}

SUNHWAN_INLINE float sum(Vec a) {
    const __m128 half = _mm_add_ps(a.value, _mm_movehl_ps(a.value, a.value));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps(half, half, 1)));
}
SUNHWAN_INLINE float max_lane(Vec a) {
    const __m128 half = _mm_max_ps(a.value, _mm_movehl_ps(a.value, a.value));
    return _mm_cvtss_f32(_mm_max_ss(half, _mm_shuffle_ps(half, half, 1)));
}

}  // namespace
}  // namespace sunhwan
