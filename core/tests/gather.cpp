#include "kernels/gather.h"

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

constexpr std::int32_t source_rows = 9, head_rows = 3;

std::vector<std::int32_t> indices(std::int64_t P) {
    std::vector<std::int32_t> index;
    for (std::int64_t p = 0; p < P; ++p)
        index.push_back(static_cast<std::int32_t>(p * 7 % (source_rows + head_rows)) - head_rows);
    return index;
}

TEST(gathered_and_scattered_rows) {
    for (const std::int64_t C : {1, 3, 4, 17, 70}) {
        for (const std::int64_t P : {0, 1, 50, 3000}) {
            const std::vector<std::int32_t> index = indices(P);
            const std::vector<float> source = test::random_floats(source_rows * C, 1),
                                     head = test::random_floats(head_rows * C, 2);
            std::vector<float> out(static_cast<std::size_t>(P * C));
            kernels().gather.gather_rows(
                {P, C, source.data(), head.data(), index.data(), out.data()});
            std::vector<float> dsource = source, dhead = head, expected = source,
                               expected_head = head;
            kernels().gather.scatter_rows(
                {P, C, out.data(), index.data(), dsource.data(), dhead.data()});
            for (std::int64_t p = 0; p < P; ++p) {
                for (std::int64_t c = 0; c < C; ++c) {
                    const std::int64_t i = index[p];
                    const std::int64_t place = (i >= 0 ? i : -1 - i) * C + c;
                    CHECK(out[p * C + c] == (i >= 0 ? source : head)[place]);
                    (i >= 0 ? expected : expected_head)[place] += out[p * C + c];
                }
            }
            CHECK(dsource == expected);
            CHECK(dhead == expected_head);
        }
    }
}

TEST(rows_scaled_on_their_way) {
    const std::int64_t N = 3, P = 40;
    const std::vector<std::int64_t> offsets = {0, 25, 25, P};
    for (const std::int64_t C : {1, 3, 4, 17, 70}) {
        std::vector<std::int32_t> index;
        for (std::int64_t p = 0; p < P; ++p)
            index.push_back(static_cast<std::int32_t>(p * 7 % source_rows));
        const std::vector<float> source = test::random_floats(source_rows * C, 1),
                                 factors = test::random_floats(N * C, 2);
        const RowFactors rows{N, offsets.data(), factors.data()};
        std::vector<float> out(static_cast<std::size_t>(P * C)), dsource = source;
        kernels().gather.gather_scaled({C, rows, source.data(), index.data(), out.data()});
        kernels().gather.scatter_scaled({C, rows, out.data(), index.data(), dsource.data()});
        std::vector<float> expected = source;
        for (std::int64_t p = 0; p < P; ++p)
            for (std::int64_t c = 0; c < C; ++c) {
                const float factor = factors[(p < 25 ? 0 : 2) * C + c];
                CHECK(out[p * C + c] == source[index[p] * C + c] * factor);
                expected[index[p] * C + c] += out[p * C + c] * factor;
            }
        for (std::size_t i = 0; i < expected.size(); ++i) CHECK_NEAR(dsource[i], expected[i], 1e-5);
    }
}

TEST(range_and_distinct_of_ids) {
    const std::vector<std::int32_t> ids = {5, 2, 5, 0, 2, 7};
    std::int32_t low = 0, high = 0;
    kernels().gather.range(6, ids.data(), &low, &high);
    CHECK(low == 0 && high == 7);
    std::vector<std::int32_t> marks(8, -1), index(6), found(8, 0);
    const std::int64_t count =
        kernels().gather.distinct(6, ids.data(), marks.data(), index.data(), found.data());
    found.resize(static_cast<std::size_t>(count));
    CHECK((found == std::vector<std::int32_t>{5, 2, 0, 7}));
    CHECK((index == std::vector<std::int32_t>{0, 1, 0, 2, 1, 3}));
    CHECK(marks == std::vector<std::int32_t>(8, -1));
}

}  // namespace
}  // namespace sunhwan
