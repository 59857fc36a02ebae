#include "kernels/packing.h"

#include <cmath>
#include <limits>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

TEST(copied_numbers) {
    const PackingKernels& packing = kernels().packing;
    for (const std::int64_t count : {0, 1, 7, 16, 33}) {
        const std::vector<float> source = test::random_floats(count, 3);
        const std::vector<double> wide(source.begin(), source.end());
        std::vector<float> out(source.size()), from_wide(source.size());
        CHECK(packing.copy_floats(count, source.data(), out.data()));
        CHECK(packing.copy_doubles(count, wide.data(), from_wide.data()));
        CHECK(out == source);
        CHECK(from_wide == source);
        for (std::int64_t i = 0; i < count; ++i) {
            for (const double bad :
                 {std::nan(""), 1e39, -std::numeric_limits<double>::infinity()}) {
                std::vector<float> floats = source;
                std::vector<double> doubles = wide;
                floats[i] = static_cast<float>(bad);
                doubles[i] = bad;
                CHECK(!packing.copy_floats(count, floats.data(), out.data()));
                CHECK(!packing.copy_doubles(count, doubles.data(), out.data()));
            }
        }
    }
}

TEST(copied_ids) {
    const PackingKernels& packing = kernels().packing;
    const std::vector<std::int32_t> ids = {4, 0, 2, 4, 1, 3, 0, 4, 2};
    const std::vector<std::int64_t> wide(ids.begin(), ids.end());
    const auto count = static_cast<std::int64_t>(ids.size());
    std::vector<std::int32_t> out(ids.size()), from_wide(ids.size());
    CHECK(packing.copy_ids(count, ids.data(), 5, out.data()));
    CHECK(packing.copy_long_ids(count, wide.data(), 5, from_wide.data()));
    CHECK(out == ids);
    CHECK(from_wide == ids);
    CHECK(!packing.copy_ids(count, ids.data(), 4, out.data()));
    for (const std::int64_t bad :
         {std::int64_t{-1}, std::int64_t{5}, (std::int64_t{1} << 32) + 1}) {
        std::vector<std::int64_t> wrong = wide;
        wrong[5] = bad;
        CHECK(!packing.copy_long_ids(count, wrong.data(), 5, out.data()));
    }
}

}  // namespace
}  // namespace sunhwan
