// Eight floats: AVX2 with fused multiply-add. See vec.h for the meaning of each name.
#pragma once

#include <immintrin.h>

namespace sunhwan {
namespace {

struct Vec {
    static constexpr int width = 8;
    __m256 value;
};

struct IVec {
    __m256i value;
};

struct Mask {
    __m256 value;
};

SUNHWAN_INLINE IVec lane_index() { return {_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)}; }
SUNHWAN_INLINE __m256i first_lanes(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane_index().value);
}

SUNHWAN_INLINE Vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
SUNHWAN_INLINE Vec loadu(const float* p) { return load(p); }
SUNHWAN_INLINE Vec load_partial(const float* p, int n) {
    return {_mm256_maskload_ps(p, first_lanes(n))};
}
SUNHWAN_INLINE void store(float* p, Vec v) { _mm256_storeu_ps(p, v.value); }
SUNHWAN_INLINE void store_partial(float* p, Vec v, int n) {
    _mm256_maskstore_ps(p, first_lanes(n), v.value);
}
SUNHWAN_INLINE Vec broadcast(float s) { return {_mm256_set1_ps(s)}; }
SUNHWAN_INLINE Vec zero() { return {_mm256_setzero_ps()}; }

SUNHWAN_INLINE IVec load(const std::int32_t* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
}
SUNHWAN_INLINE void store(std::int32_t* p, IVec v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v.value);
}
SUNHWAN_INLINE IVec broadcast_int(std::int32_t s) { return {_mm256_set1_epi32(s)}; }

SUNHWAN_INLINE Vec operator+(Vec a, Vec b) { return {_mm256_add_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a, Vec b) { return {_mm256_sub_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator*(Vec a, Vec b) { return {_mm256_mul_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator/(Vec a, Vec b) { return {_mm256_div_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a) { return {_mm256_xor_ps(a.value, _mm256_set1_ps(-0.0f))}; }
SUNHWAN_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.value, b.value, c.value)}; }
SUNHWAN_INLINE Vec fnma(Vec a, Vec b, Vec c) {
    return {_mm256_fnmadd_ps(a.value, b.value, c.value)};
}
SUNHWAN_INLINE Vec max(Vec a, Vec b) { return {_mm256_max_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec min(Vec a, Vec b) { return {_mm256_min_ps(a.value, b.value)}; }
SUNHWAN_INLINE Vec abs(Vec a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.value)}; }
SUNHWAN_INLINE Vec sqrt(Vec a) { return {_mm256_sqrt_ps(a.value)}; }
SUNHWAN_INLINE Vec round(Vec a) {
    return {_mm256_round_ps(a.value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}

SUNHWAN_INLINE IVec operator+(IVec a, IVec b) { return {_mm256_add_epi32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator-(IVec a, IVec b) { return {_mm256_sub_epi32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator&(IVec a, IVec b) { return {_mm256_and_si256(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator|(IVec a, IVec b) { return {_mm256_or_si256(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator^(IVec a, IVec b) { return {_mm256_xor_si256(a.value, b.value)}; }
template <int n>
SUNHWAN_INLINE IVec shift_left(IVec a) {
    return {_mm256_slli_epi32(a.value, n)};
}
template <int n>
SUNHWAN_INLINE IVec shift_right(IVec a) {
    return {_mm256_srli_epi32(a.value, n)};
}
template <int n>
SUNHWAN_INLINE IVec shift_right_signed(IVec a) {
    return {_mm256_srai_epi32(a.value, n)};
}
SUNHWAN_INLINE void multiply_wide(IVec a, IVec b, IVec& low, IVec& high) {
    const __m256i even = _mm256_mul_epu32(a.value, b.value);
    const __m256i odd =
        _mm256_mul_epu32(_mm256_srli_epi64(a.value, 32), _mm256_srli_epi64(b.value, 32));
    low.value = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
    high.value = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}

SUNHWAN_INLINE Mask lt(Vec a, Vec b) { return {_mm256_cmp_ps(a.value, b.value, _CMP_LT_OQ)}; }
SUNHWAN_INLINE Mask le(Vec a, Vec b) { return {_mm256_cmp_ps(a.value, b.value, _CMP_LE_OQ)}; }
SUNHWAN_INLINE Mask eq(Vec a, Vec b) { return {_mm256_cmp_ps(a.value, b.value, _CMP_EQ_OQ)}; }
SUNHWAN_INLINE Mask gt(Vec a, Vec b) { return lt(b, a); }
SUNHWAN_INLINE Mask eq(IVec a, IVec b) {
    return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(a.value, b.value))};
}
SUNHWAN_INLINE Mask operator&(Mask a, Mask b) { return {_mm256_and_ps(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator|(Mask a, Mask b) { return {_mm256_or_ps(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator!(Mask a) {
    return {_mm256_xor_ps(a.value, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))};
}
SUNHWAN_INLINE bool any(Mask m) { return _mm256_movemask_ps(m.value) != 0; }
SUNHWAN_INLINE bool all(Mask m) { return _mm256_movemask_ps(m.value) == 0xFF; }
SUNHWAN_INLINE Vec select(Mask m, Vec a, Vec b) {
    return {_mm256_blendv_ps(b.value, a.value, m.value)};
}

SUNHWAN_INLINE IVec bits(Vec a) { return {_mm256_castps_si256(a.value)}; }
SUNHWAN_INLINE Vec from_bits(IVec a) { return {_mm256_castsi256_ps(a.value)}; }
SUNHWAN_INLINE IVec convert(Vec a) { return {_mm256_cvtps_epi32(a.value)}; }
SUNHWAN_INLINE Vec convert(IVec a) { return {_mm256_cvtepi32_ps(a.value)}; }

SUNHWAN_INLINE float sum(Vec a) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(a.value), _mm256_extractf128_ps(a.value, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps(half, half, 1)));
}
SUNHWAN_INLINE float max_lane(Vec a) {
    __m128 half = _mm_max_ps(_mm256_castps256_ps128(a.value), _mm256_extractf128_ps(a.value, 1));
    half = _mm_max_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_max_ss(half, _mm_shuffle_ps(half, half, 1)));
}

#if defined(__clang__) || __GNUC__ >= 11
#define SUNHWAN_BYTE_PRODUCTS __attribute__((target("avxvnni")))
SUNHWAN_BYTE_PRODUCTS SUNHWAN_INLINE IVec add_byte_products(IVec sum, IVec a, IVec b) {
    return {_mm256_dpbusd_avx_epi32(sum.value, a.value, b.value)};
}
#endif

}  // namespace
}  // namespace sunhwan
