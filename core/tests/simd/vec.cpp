// The vector type and its functions, compiled for every target like a kernel.
#include "kernels/simd/vec.h"

#include <cmath>
#include <cstring>

#include "kernels/simd/math.h"
#include "runtime/processor.h"
#include "tests/test.h"

#define SUNHWAN_TEXT_(x) #x
#define SUNHWAN_TEXT(x) SUNHWAN_TEXT_(x)

namespace sunhwan {
namespace {

constexpr int W = Vec::width;

bool supported() {
    if (!std::strcmp(SUNHWAN_TEXT(SUNHWAN_TARGET), "avx512")) return has_avx512();
    if (!std::strcmp(SUNHWAN_TEXT(SUNHWAN_TARGET), "avx2")) return has_avx2();
    return true;
}

struct Lanes {
    float lane[W];
    explicit Lanes(Vec v) { store(lane, v); }
};

struct IntLanes {
    std::int32_t lane[W];
    explicit IntLanes(IVec v) { store(lane, v); }
};

struct Pair {
    std::vector<float> a = test::random_floats(W, 1, 3.0f), b = test::random_floats(W, 2, 3.0f);
    Vec x = load(a.data()), y = load(b.data());
};

TEST_WHERE(vec_arithmetic, supported) {
    const Pair p;
    const Lanes sum_(p.x + p.y), difference(p.x - p.y), product(p.x * p.y), quotient(p.x / p.y),
        negative(-p.x), fused(fma(p.x, p.y, p.x)), fused_negative(fnma(p.x, p.y, p.x)),
        root(sqrt(abs(p.x)));
    for (int i = 0; i < W; ++i) {
        const float a = p.a[i], b = p.b[i];
        CHECK(sum_.lane[i] == a + b);
        CHECK(difference.lane[i] == a - b);
        CHECK(product.lane[i] == a * b);
        CHECK(quotient.lane[i] == a / b);
        CHECK(negative.lane[i] == -a);
        CHECK_NEAR(fused.lane[i], static_cast<double>(a) * b + a, 4e-6);
        CHECK_NEAR(fused_negative.lane[i], a - static_cast<double>(a) * b, 4e-6);
        CHECK(root.lane[i] == std::sqrt(std::fabs(a)));
    }
}

TEST_WHERE(vec_partial, supported) {
    for (int n = 0; n <= W; ++n) {
        // Exactly n values, so that a sanitizer sees what is read and written beyond.
        std::vector<float> source = test::random_floats(n, 3), target(static_cast<std::size_t>(n));
        const Vec v = load_partial(source.data(), n);
        const Lanes lanes(v);
        for (int i = 0; i < W; ++i) CHECK(lanes.lane[i] == (i < n ? source[i] : 0.0f));
        store_partial(target.data(), v, n);
        CHECK(target == source);

        std::vector<float> guarded(W + 1, 7.0f);
        store_partial(guarded.data(), v, n);
        for (int i = n; i <= W; ++i) CHECK(guarded[i] == 7.0f);
    }
}

TEST_WHERE(vec_compare_and_select, supported) {
    Pair p;
    p.a[0] = p.b[0] = 1.5f;
    p.a[1] = NAN;
    p.x = load(p.a.data());
    p.y = load(p.b.data());
    const Vec one = broadcast(1.0f);
    const Lanes less(select(lt(p.x, p.y), one, zero())), equal(select(eq(p.x, p.y), one, zero())),
        at_most(select(le(p.x, p.y), one, zero())), greater(select(gt(p.x, p.y), one, zero())),
        neither(select(!(lt(p.x, p.y) | gt(p.x, p.y)), one, zero())), larger(max(p.x, p.y)),
        smaller(min(p.x, p.y));
    for (int i = 0; i < W; ++i) {
        const float a = p.a[i], b = p.b[i];
        CHECK(less.lane[i] == (a < b));
        CHECK(equal.lane[i] == (a == b));
        CHECK(at_most.lane[i] == (a <= b));
        CHECK(greater.lane[i] == (a > b));
        CHECK(neither.lane[i] == !(a < b || a > b));
        CHECK(larger.lane[i] == (a > b ? a : b));
        CHECK(smaller.lane[i] == (a < b ? a : b));
    }
    CHECK(any(eq(p.x, p.y)) && !all(eq(p.x, p.y)));
    CHECK(!any(lt(p.x, p.x)) && all(eq(p.y, p.y)));
    CHECK(std::isnan(Lanes(max(zero(), p.x)).lane[1]) && Lanes(max(p.x, zero())).lane[1] == 0.0f);
}

TEST_WHERE(vec_reduce, supported) {
    const Pair p;
    double total = 0;
    float largest = p.a[0];
    for (int i = 0; i < W; ++i) {
        total += p.a[i];
        largest = p.a[i] > largest ? p.a[i] : largest;
    }
    CHECK_NEAR(sum(p.x), total, 1e-5);
    CHECK(max_lane(p.x) == largest);
    std::vector<float> folded = p.a;
    for (int half = W / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) folded[i] += folded[i + half];
    CHECK(sum(p.x) == folded[0]);
}

TEST_WHERE(vec_round_and_convert, supported) {
    for (const float value :
         {0.5f, 1.5f, 2.5f, -0.5f, -3.5f, 0.49999997f, 8388607.5f, 1e9f, -1e30f}) {
        CHECK(Lanes(round(broadcast(value))).lane[0] == std::nearbyint(value));
        CHECK(std::signbit(Lanes(round(broadcast(value))).lane[0]) == std::signbit(value));
    }
    CHECK(std::isnan(Lanes(round(broadcast(NAN))).lane[0]));
    CHECK(IntLanes(convert(broadcast(-2.5f))).lane[0] == -2);
    CHECK(Lanes(convert(broadcast_int(-7))).lane[W - 1] == -7.0f);
}

TEST_WHERE(vec_integers, supported) {
    std::mt19937 generator(5);
    std::int32_t a[W], b[W];
    for (int i = 0; i < W; ++i) {
        a[i] = static_cast<std::int32_t>(generator());
        b[i] = static_cast<std::int32_t>(generator());
    }
    const IVec x = load(a), y = load(b);
    IVec low, high;
    multiply_wide(x, y, low, high);
    const IntLanes lower(low), upper(high), left(shift_left<23>(x)), right(shift_right<8>(x)),
        signed_right(shift_right_signed<3>(x)), sum_(x + y), difference(x - y), both(x & y),
        either(x | y), differing(x ^ y), index(lane_index());
    for (int i = 0; i < W; ++i) {
        const auto p = static_cast<std::uint32_t>(a[i]), q = static_cast<std::uint32_t>(b[i]);
        const std::uint64_t wide = static_cast<std::uint64_t>(p) * q;
        CHECK(static_cast<std::uint32_t>(lower.lane[i]) == static_cast<std::uint32_t>(wide));
        CHECK(static_cast<std::uint32_t>(upper.lane[i]) == static_cast<std::uint32_t>(wide >> 32));
        CHECK(static_cast<std::uint32_t>(left.lane[i]) == p << 23);
        CHECK(static_cast<std::uint32_t>(right.lane[i]) == p >> 8);
        CHECK(signed_right.lane[i] == a[i] >> 3);
        CHECK(static_cast<std::uint32_t>(sum_.lane[i]) == p + q);
        CHECK(static_cast<std::uint32_t>(difference.lane[i]) == p - q);
        CHECK(both.lane[i] == (a[i] & b[i]));
        CHECK(either.lane[i] == (a[i] | b[i]));
        CHECK(differing.lane[i] == (a[i] ^ b[i]));
        CHECK(index.lane[i] == i);
    }
}

TEST_WHERE(vec_sine_and_cosine, supported) {
    constexpr double turn = 6.283185307179586;
    for (int k = 0; k <= 4096; ++k) {
        const float u = static_cast<float>(k) / 4096.0f + (k < 4096 ? 0x1p-14f : 0.0f);
        Vec sine, cosine;
        sine_cosine_of_turns(broadcast(u), sine, cosine);
        CHECK_NEAR(Lanes(sine).lane[0], std::sin(turn * u), 1e-7);
        CHECK_NEAR(Lanes(cosine).lane[0], std::cos(turn * u), 1e-7);
    }
}

}  // namespace
}  // namespace sunhwan
