// Sixteen floats: AVX-512 F, BW, DQ, VL. See vec.h for the meaning of each name.
#pragma once

#include <immintrin.h>

namespace sunhwan {
namespace {

struct Vec {
    static constexpr int width = 16;
    __m512 value;
};

struct IVec {
    __m512i value;
};

struct Mask {
    __mmask16 value;
};

SUNHWAN_INLINE __mmask16 first_lanes(int n) { return static_cast<__mmask16>((1u << n) - 1u); }

SUNHWAN_INLINE Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
SUNHWAN_INLINE Vec loadu(const float* p) { return load(p); }
SUNHWAN_INLINE Vec load_partial(const float* p, int n) {
    return {_mm512_maskz_loadu_ps(first_lanes(n), p)};
}
SUNHWAN_INLINE void store(float* p, Vec v) { _mm512_storeu_ps(p, v.value); }
SUNHWAN_INLINE void store_partial(float* p, Vec v, int n) {
    _mm512_mask_storeu_ps(p, first_lanes(n), v.value);
}
SUNHWAN_INLINE Vec broadcast(float s) { return {_mm512_set1_ps(s)}; }
SUNHWAN_INLINE Vec zero() { return {_mm512_setzero_ps()}; }

SUNHWAN_INLINE IVec load(const std::int32_t* p) { return {_mm512_loadu_si512(p)}; }
SUNHWAN_INLINE void store(std::int32_t* p, IVec v) { _mm512_storeu_si512(p, v.value); }
SUNHWAN_INLINE IVec broadcast_int(std::int32_t s) { return {_mm512_set1_epi32(s)}; }
SUNHWAN_INLINE IVec lane_index() {
    return {_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)};
}

SUNHWAN_INLINE Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a) { return {_mm512_xor_ps(a.value, _mm512_set1_ps(-0.0f))}; }
SUNHWAN_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.value, b.value, c.value)}; }
SUNHWAN_INLINE Vec fnma(Vec a, Vec b, Vec c) {
    return {_mm512_fnmadd_ps(a.value, b.value, c.value)};
}
SUNHWAN_INLINE Vec max(Vec a, Vec b) { return {_mm512_max_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec min(Vec a, Vec b) { return {_mm512_min_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec abs(Vec a) { return {_mm512_andnot_ps(_mm512_set1_ps(-0.0f), a.value)}; }
SUNHWAN_INLINE Vec sqrt(Vec a) { return {_mm512_sqrt_ps(a.value)}; }
SUNHWAN_INLINE Vec round(Vec a) {
    return {_mm512_roundscale_ps(a.value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}

SUNHWAN_INLINE IVec operator+(IVec a, IVec b) { return {_mm512_add_epi32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator-(IVec a, IVec b) { return {_mm512_sub_epi32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator&(IVec a, IVec b) { return {_mm512_and_si512(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator|(IVec a, IVec b) { return {_mm512_or_si512(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator^(IVec a, IVec b) { return {_mm512_xor_si512(a.value, b.value)}; }
template <int n>
SUNHWAN_INLINE IVec shift_left(IVec a) {
    return {_mm512_slli_epi32(a.value, n)};
}
template <int n>
SUNHWAN_INLINE IVec shift_right(IVec a) {
    return {_mm512_srli_epi32(a.value, n)};
}
template <int n>
SUNHWAN_INLINE IVec shift_right_signed(IVec a) {
    return {_mm512_srai_epi32(a.value, n)};
}
SUNHWAN_INLINE void multiply_wide(IVec a, IVec b, IVec& low, IVec& high) {
    const __m512i even = _mm512_mul_epu32(a.value, b.value);
    const __m512i odd =
        _mm512_mul_epu32(_mm512_srli_epi64(a.value, 32), _mm512_srli_epi64(b.value, 32));
    low.value = _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
    high.value = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 32), odd);
}

SUNHWAN_INLINE Mask lt(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.value, b.value, _CMP_LT_OQ)}; }
SUNHWAN_INLINE Mask le(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.value, b.value, _CMP_LE_OQ)}; }
SUNHWAN_INLINE Mask eq(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.value, b.value, _CMP_EQ_OQ)}; }
SUNHWAN_INLINE Mask gt(Vec a, Vec b) { return lt(b, a); }
SUNHWAN_INLINE Mask eq(IVec a, IVec b) { return {_mm512_cmpeq_epi32_mask(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator&(Mask a, Mask b) {
    return {static_cast<__mmask16>(a.value & b.value)};
}
SUNHWAN_INLINE Mask operator|(Mask a, Mask b) {
    return {static_cast<__mmask16>(a.value | b.value)};
}
SUNHWAN_INLINE Mask operator!(Mask a) { return {static_cast<__mmask16>(~a.value)}; }
SUNHWAN_INLINE bool any(Mask m) { return m.value != 0; }
SUNHWAN_INLINE bool all(Mask m) { return m.value == 0xFFFF; }
SUNHWAN_INLINE Vec select(Mask m, Vec a, Vec b) {
    return {_mm512_mask_blend_ps(m.value, b.value, a.value)};
}

SUNHWAN_INLINE IVec bits(Vec a) { return {_mm512_castps_si512(a.value)}; }
SUNHWAN_INLINE Vec from_bits(IVec a) { return {_mm512_castsi512_ps(a.value)}; }
SUNHWAN_INLINE IVec convert(Vec a) { return {_mm512_cvtps_epi32(a.value)}; }
SUNHWAN_INLINE Vec convert(IVec a) { return {_mm512_cvtepi32_ps(a.value)}; }

SUNHWAN_INLINE float sum(Vec a) {
    const __m256 half =
        _mm256_add_ps(_mm512_castps512_ps256(a.value), _mm512_extractf32x8_ps(a.value, 1));
    __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    quarter = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_shuffle_ps(quarter, quarter, 1)));
}
SUNHWAN_INLINE float max_lane(Vec a) {
    const __m256 half =
        _mm256_max_ps(_mm512_castps512_ps256(a.value), _mm512_extractf32x8_ps(a.value, 1));
    __m128 quarter = _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    quarter = _mm_max_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_max_ss(quarter, _mm_shuffle_ps(quarter, quarter, 1)));
}

#define SUNHWAN_BYTE_PRODUCTS __attribute__((target("avx512vnni")))
SUNHWAN_BYTE_PRODUCTS SUNHWAN_INLINE IVec add_byte_products(IVec sum, IVec a, IVec b) {
    return {_mm512_dpbusd_epi32(sum.value, a.value, b.value)};
}

}  // namespace
}  // namespace sunhwan
