// Four floats: the NEON of every 64-bit Arm. See vec.h for the meaning of each name.
#pragma once

#include <arm_neon.h>

namespace sunhwan {
namespace {

struct Vec {
    static constexpr int width = 4;
    float32x4_t value;
};

struct IVec {
    int32x4_t value;
};

struct Mask {
    uint32x4_t value;
};

SUNHWAN_INLINE Vec load(const float* p) { return {vld1q_f32(p)}; }
SUNHWAN_INLINE Vec loadu(const float* p) { return load(p); }
SUNHWAN_INLINE Vec load_partial(const float* p, int n) {
    if (n >= 4) return load(p);
    float lanes[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int i = 0; i < n; ++i) lanes[i] = p[i];
    return load(lanes);
}
SUNHWAN_INLINE void store(float* p, Vec v) { vst1q_f32(p, v.value); }
SUNHWAN_INLINE void store_partial(float* p, Vec v, int n) {
    if (n >= 4) {
        store(p, v);
        return;
    }
    float lanes[4];
    store(lanes, v);
    for (int i = 0; i < n; ++i) p[i] = lanes[i];
}
SUNHWAN_INLINE Vec broadcast(float s) { return {vdupq_n_f32(s)}; }
SUNHWAN_INLINE Vec zero() { return broadcast(0.0f); }

SUNHWAN_INLINE IVec load(const std::int32_t* p) { return {vld1q_s32(p)}; }
SUNHWAN_INLINE void store(std::int32_t* p, IVec v) { vst1q_s32(p, v.value); }
SUNHWAN_INLINE IVec broadcast_int(std::int32_t s) { return {vdupq_n_s32(s)}; }
SUNHWAN_INLINE IVec lane_index() {
    const std::int32_t lanes[4] = {0, 1, 2, 3};
    return load(lanes);
}

SUNHWAN_INLINE Vec operator+(Vec a, Vec b) { return {vaddq_f32(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a, Vec b) { return {vsubq_f32(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator*(Vec a, Vec b) { return {vmulq_f32(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator/(Vec a, Vec b) { return {vdivq_f32(a.value, b.value)}; }
SUNHWAN_INLINE Vec operator-(Vec a) { return {vnegq_f32(a.value)}; }
SUNHWAN_INLINE Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.value, a.value, b.value)}; }
SUNHWAN_INLINE Vec fnma(Vec a, Vec b, Vec c) { return {vfmsq_f32(c.value, a.value, b.value)}; }
SUNHWAN_INLINE Vec abs(Vec a) { return {vabsq_f32(a.value)}; }
SUNHWAN_INLINE Vec sqrt(Vec a) { return {vsqrtq_f32(a.value)}; }
SUNHWAN_INLINE Vec round(Vec a) { return {vrndnq_f32(a.value)}; }

SUNHWAN_INLINE IVec operator+(IVec a, IVec b) { return {vaddq_s32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator-(IVec a, IVec b) { return {vsubq_s32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator&(IVec a, IVec b) { return {vandq_s32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator|(IVec a, IVec b) { return {vorrq_s32(a.value, b.value)}; }
SUNHWAN_INLINE IVec operator^(IVec a, IVec b) { return {veorq_s32(a.value, b.value)}; }
template <int n>
SUNHWAN_INLINE IVec shift_left(IVec a) {
    return {vshlq_n_s32(a.value, n)};
}
template <int n>
SUNHWAN_INLINE IVec shift_right(IVec a) {
    return {vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(a.value), n))};
}
template <int n>
SUNHWAN_INLINE IVec shift_right_signed(IVec a) {
    return {vshrq_n_s32(a.value, n)};
}
SUNHWAN_INLINE void multiply_wide(IVec a, IVec b, IVec& low, IVec& high) {
    const uint32x4_t x = vreinterpretq_u32_s32(a.value), y = vreinterpretq_u32_s32(b.value);
    const uint32x4_t first = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(x), vget_low_u32(y)));
    const uint32x4_t second = vreinterpretq_u32_u64(vmull_high_u32(x, y));
    low.value = vreinterpretq_s32_u32(vuzp1q_u32(first, second));
    high.value = vreinterpretq_s32_u32(vuzp2q_u32(first, second));
}

SUNHWAN_INLINE Mask lt(Vec a, Vec b) { return {vcltq_f32(a.value, b.value)}; }
SUNHWAN_INLINE Mask le(Vec a, Vec b) { return {vcleq_f32(a.value, b.value)}; }
SUNHWAN_INLINE Mask eq(Vec a, Vec b) { return {vceqq_f32(a.value, b.value)}; }
SUNHWAN_INLINE Mask gt(Vec a, Vec b) { return lt(b, a); }
SUNHWAN_INLINE Mask eq(IVec a, IVec b) { return {vceqq_s32(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator&(Mask a, Mask b) { return {vandq_u32(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator|(Mask a, Mask b) { return {vorrq_u32(a.value, b.value)}; }
SUNHWAN_INLINE Mask operator!(Mask a) { return {vmvnq_u32(a.value)}; }
SUNHWAN_INLINE bool any(Mask m) { return vmaxvq_u32(m.value) != 0; }
SUNHWAN_INLINE bool all(Mask m) { return vminvq_u32(m.value) != 0; }
SUNHWAN_INLINE Vec select(Mask m, Vec a, Vec b) { return {vbslq_f32(m.value, a.value, b.value)}; }
// Not vmaxq and vminq, which answer NaN wherever one stands: on x86 the second argument wins.
SUNHWAN_INLINE Vec max(Vec a, Vec b) { return select(gt(a, b), a, b); }
SUNHWAN_INLINE Vec min(Vec a, Vec b) { return select(lt(a, b), a, b); }

SUNHWAN_INLINE IVec bits(Vec a) { return {vreinterpretq_s32_f32(a.value)}; }
SUNHWAN_INLINE Vec from_bits(IVec a) { return {vreinterpretq_f32_s32(a.value)}; }
SUNHWAN_INLINE IVec convert(Vec a) { return {vcvtnq_s32_f32(a.value)}; }
SUNHWAN_INLINE Vec convert(IVec a) { return {vcvtq_f32_s32(a.value)}; }

SUNHWAN_INLINE float sum(Vec a) {
    const float32x2_t half = vadd_f32(vget_low_f32(a.value), vget_high_f32(a.value));
    return vget_lane_f32(half, 0) + vget_lane_f32(half, 1);
}
SUNHWAN_INLINE float max_lane(Vec a) {
    const float32x2_t half = vmax_f32(vget_low_f32(a.value), vget_high_f32(a.value));
    const float first = vget_lane_f32(half, 0), second = vget_lane_f32(half, 1);
    return first > second ? first : second;
}

}  // namespace
}  // namespace sunhwan
