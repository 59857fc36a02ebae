#include "kernels/summary.h"

#include <cmath>
#include <limits>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

constexpr double tolerance = 2e-6;  // relative: some hundred numbers are summed in single precision

// The same, number by number and in double precision.
Summary expected(const std::vector<float>& x) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Summary all{0, 0.0, 0.0, 0.0, infinity, -infinity};
    for (const float each : x) {
        if (!std::isfinite(each)) continue;
        ++all.finite;
        all.mean += double{each};
        all.size += std::fabs(double{each});
        all.least = std::fmin(all.least, double{each});
        all.most = std::fmax(all.most, double{each});
    }
    if (all.finite == 0) return {};
    const auto finite = static_cast<double>(all.finite);
    all.mean /= finite;
    all.size /= finite;
    for (const float each : x)
        if (std::isfinite(each)) all.spread += std::pow(double{each} - all.mean, 2.0);
    all.spread = std::sqrt(all.spread / finite);
    return all;
}

void check_summary(const std::vector<float>& x) {
    const Summary exact = expected(x);
    const Summary found =
        kernels().summary.summarize(static_cast<std::int64_t>(x.size()), x.data());
    CHECK(found.finite == exact.finite);
    CHECK(found.least == exact.least);
    CHECK(found.most == exact.most);
    CHECK_NEAR(found.mean, exact.mean, tolerance * exact.size);
    CHECK_NEAR(found.size, exact.size, tolerance * exact.size);
    CHECK_NEAR(found.spread, exact.spread, tolerance * exact.spread);
}

TEST(summary_of_numbers) {
    for (const std::int64_t count : {0, 1, 2, 7, 15, 16, 17, 511, 513, 32769, 100003}) {
        std::vector<float> x = test::random_floats(count, 1, 3.0f);
        check_summary(x);
        for (float& each : x) each += 1000.0f;  // a mean that is large beside the spread
        check_summary(x);
    }
    check_summary(std::vector<float>(77, 0.1f));
}

TEST(summary_leaves_out_what_is_not_finite) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const float odd : {infinity, -infinity, std::nanf("")}) {
        std::vector<float> x = test::random_floats(1200, 2);
        for (const std::size_t place : {0, 1, 16, 700, 1199}) x[place] = odd;
        check_summary(x);
        check_summary(std::vector<float>(33, odd));
    }
}

TEST(summary_of_large_and_small_numbers) {
    constexpr float largest = std::numeric_limits<float>::max();
    for (const float scale : {1e-30f, 1e-18f, 1e-10f, 1e15f, 1e30f})
        check_summary(test::random_floats(999, 3, scale));
    std::vector<float> x = test::random_floats(999, 4);
    x[500] = -largest;
    x[501] = largest;
    check_summary(x);
}

TEST(summary_histogram) {
    std::vector<float> x = test::random_floats(1000, 5);
    x[3] = std::nanf("");
    const auto count = static_cast<std::int64_t>(x.size());
    const Summary of = expected(x);
    for (const std::int64_t bins : {std::int64_t{1}, std::int64_t{7}, max_bins}) {
        for (const std::int64_t stride : {1, 3}) {
            std::vector<std::int64_t> counts(static_cast<std::size_t>(bins), 2), exact = counts;
            kernels().summary.histogram(count, x.data(), of.least, of.most, bins, stride,
                                        counts.data());
            const double scale = static_cast<double>(bins) / (of.most - of.least);
            for (std::int64_t i = 0; i < count; ++i) {
                const float each = x[static_cast<std::size_t>(i)];
                if (i / histogram_run % stride != 0 || !std::isfinite(each)) continue;
                const auto bin = static_cast<std::int64_t>((double{each} - of.least) * scale);
                ++exact[static_cast<std::size_t>(bin < bins ? bin : bins - 1)];
            }
            CHECK(counts == exact);
        }
    }
}

TEST(summary_histogram_of_one_number_alone) {
    const std::vector<float> x(100, 2.5f);
    std::vector<std::int64_t> counts(4);
    kernels().summary.histogram(100, x.data(), 2.5, 2.5, 4, 1, counts.data());
    CHECK(counts == std::vector<std::int64_t>({100, 0, 0, 0}));
}

}  // namespace
}  // namespace sunhwan
