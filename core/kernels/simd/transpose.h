// Rows of vectors exchanged with their columns.
#pragma once

#include "kernels/simd/vec.h"

namespace sunhwan {
namespace {

#if defined(__AVX512F__)

// rows[i][j] becomes rows[j][i], for 16 rows of 16.
SUNHWAN_INLINE void transpose(Vec* rows) {
    __m512 t[16], u[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(rows[i].value, rows[i + 1].value);
        t[i + 1] = _mm512_unpackhi_ps(rows[i].value, rows[i + 1].value);
    }
    // Each 128-bit part of u[4 i + j] is a column, j + 4 times the part's number, of rows 4 i to 4
    // i + 3.
    for (int i = 0; i < 16; i += 4) {
        u[i] = _mm512_shuffle_ps(t[i], t[i + 2], 0x44);
        u[i + 1] = _mm512_shuffle_ps(t[i], t[i + 2], 0xEE);
        u[i + 2] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        u[i + 3] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0xEE);
    }
    for (int j = 0; j < 4; ++j) {
        const __m512 low_even = _mm512_shuffle_f32x4(u[j], u[4 + j], 0x88);
        const __m512 low_odd = _mm512_shuffle_f32x4(u[j], u[4 + j], 0xDD);
        const __m512 high_even = _mm512_shuffle_f32x4(u[8 + j], u[12 + j], 0x88);
        const __m512 high_odd = _mm512_shuffle_f32x4(u[8 + j], u[12 + j], 0xDD);
        rows[j].value = _mm512_shuffle_f32x4(low_even, high_even, 0x88);
        rows[4 + j].value = _mm512_shuffle_f32x4(low_odd, high_odd, 0x88);
        rows[8 + j].value = _mm512_shuffle_f32x4(low_even, high_even, 0xDD);
        rows[12 + j].value = _mm512_shuffle_f32x4(low_odd, high_odd, 0xDD);
    }
}

#elif defined(__AVX2__)

// rows[i][j] becomes rows[j][i], for 8 rows of 8.
SUNHWAN_INLINE void transpose(Vec* rows) {
    __m256 t[8], u[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(rows[i].value, rows[i + 1].value);
        t[i + 1] = _mm256_unpackhi_ps(rows[i].value, rows[i + 1].value);
    }
    for (int i = 0; i < 8; i += 4) {
        u[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        u[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xEE);
        u[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        u[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xEE);
    }
    for (int j = 0; j < 4; ++j) {
        rows[j].value = _mm256_permute2f128_ps(u[j], u[4 + j], 0x20);
        rows[4 + j].value = _mm256_permute2f128_ps(u[j], u[4 + j], 0x31);
    }
}

#elif defined(__SSE2__) || defined(_M_X64)

// rows[i][j] becomes rows[j][i], for 4 rows of 4.
SUNHWAN_INLINE void transpose(Vec* rows) {
    _MM_TRANSPOSE4_PS(rows[0].value, rows[1].value, rows[2].value, rows[3].value);
}

#else

// rows[i][j] becomes rows[j][i], for 4 rows of 4.
SUNHWAN_INLINE void transpose(Vec* rows) {
    const float32x4x2_t a = vtrnq_f32(rows[0].value, rows[1].value);
    const float32x4x2_t b = vtrnq_f32(rows[2].value, rows[3].value);
    rows[0].value = vcombine_f32(vget_low_f32(a.val[0]), vget_low_f32(b.val[0]));
    rows[1].value = vcombine_f32(vget_low_f32(a.val[1]), vget_low_f32(b.val[1]));
    rows[2].value = vcombine_f32(vget_high_f32(a.val[0]), vget_high_f32(b.val[0]));
    rows[3].value = vcombine_f32(vget_high_f32(a.val[1]), vget_high_f32(b.val[1]));
}

#endif

// out[k * out_step + n] = in[n * in_step + k] for n < N, k < K.
inline void transpose_block(const float* in, std::ptrdiff_t in_step, std::ptrdiff_t N,
                            std::ptrdiff_t K, float* out, std::ptrdiff_t out_step) {
    constexpr int W = Vec::width;
    std::ptrdiff_t k = 0;
    for (; k + W <= K; k += W) {
        std::ptrdiff_t n = 0;
        for (; n + W <= N; n += W) {
            Vec rows[W];
            for (int i = 0; i < W; ++i) rows[i] = load(in + (n + i) * in_step + k);
            transpose(rows);
            for (int i = 0; i < W; ++i) store(out + (k + i) * out_step + n, rows[i]);
        }
        for (; n < N; ++n)
            for (int i = 0; i < W; ++i) out[(k + i) * out_step + n] = in[n * in_step + k + i];
    }
    for (; k < K; ++k)
        for (std::ptrdiff_t n = 0; n < N; ++n) out[k * out_step + n] = in[n * in_step + k];
}

}  // namespace
}  // namespace sunhwan
