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

TEST(taken_runs) {
    for (const std::int64_t C : {1, 5, 4000}) {
        const std::vector<float> source = test::random_floats(40 * C, 4);
        const std::vector<std::int64_t> firsts = {12, 0, 7, 39, 12},
                                        offsets = {0, 20, 20, 23, 24, 31};
        std::vector<float> out(static_cast<std::size_t>(31 * C));
        kernels().packing.take_runs({5, C * 4, firsts.data(), offsets.data(),
                                     reinterpret_cast<const unsigned char*>(source.data()),
                                     reinterpret_cast<unsigned char*>(out.data())});
        for (std::size_t n = 0; n < firsts.size(); ++n)
            for (std::int64_t i = 0; i < (offsets[n + 1] - offsets[n]) * C; ++i)
                CHECK(out[offsets[n] * C + i] == source[firsts[n] * C + i]);
    }
}

}  // namespace
}  // namespace sunhwan
