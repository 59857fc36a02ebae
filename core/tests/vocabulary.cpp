#include "kernels/vocabulary.h"

#include <cmath>
#include <limits>

#include "kernels/product.h"
#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

bool has_byte_products() { return kernels().vocabulary.available(); }

// What a packed vocabulary points to.
struct Packed {
    std::vector<float> columns, bias, scale, size, error;
    std::vector<std::uint8_t> bytes;
    PackedVocabulary all;

    Packed(std::int64_t K, std::int64_t C, const std::vector<float>& W) {
        const std::int64_t padded = kernels().vocabulary.padded_columns(C);
        columns.resize(static_cast<std::size_t>(C * K));
        bytes.resize(static_cast<std::size_t>(padded * ((K + 3) / 4 * 4)));
        for (auto* each : {&bias, &scale, &size, &error})
            each->resize(static_cast<std::size_t>(padded));
        all = {K,
               C,
               padded,
               W.data(),
               columns.data(),
               bytes.data(),
               bias.data(),
               scale.data(),
               size.data(),
               error.data()};
    }
};

TEST_WHERE(likeliest_tokens, has_byte_products) {
    for (const std::int64_t C : {1, 31, 33, 200})
        for (const std::int64_t K : {1, 3, 17, 64, 70})
            for (const std::int64_t M : {1, 5, 13, 50}) {
                std::vector<float> W = test::random_floats(K * C, 1), b = test::random_floats(C, 2);
                for (std::int64_t k = 0; k < K; ++k) W[k * C + C - 1] = W[k * C];  // a tie, or near
                const std::vector<float> x = test::random_floats(M * K, 3);
                Packed packed(K, C, W);
                CHECK(kernels().vocabulary.pack(packed.all, b.data()));
                std::vector<std::int32_t> tokens(static_cast<std::size_t>(M));
                kernels().vocabulary.choose(packed.all, M, x.data(), tokens.data());
                std::vector<float> scores(static_cast<std::size_t>(M * C));
                kernels().product.product({.M = M,
                                           .N = C,
                                           .K = K,
                                           .a = x.data(),
                                           .a_row = K,
                                           .b = W.data(),
                                           .b_row = C,
                                           .out = scores.data(),
                                           .out_row = C,
                                           .bias = b.data(),
                                           .transpose_a = false,
                                           .transpose_b = false,
                                           .accumulate = false});
                for (std::int64_t m = 0; m < M; ++m) {
                    std::int64_t best = 0;
                    for (std::int64_t c = 1; c < C; ++c)
                        if (scores[m * C + c] > scores[m * C + best]) best = c;
                    CHECK(tokens[m] == best);
                }
            }
}

TEST_WHERE(vocabularies_that_are_not_finite, has_byte_products) {
    std::vector<float> W = test::random_floats(60, 1);
    W[59] = std::numeric_limits<float>::infinity();
    Packed packed(3, 20, W);
    CHECK(!kernels().vocabulary.pack(packed.all, nullptr));
    W[59] = std::nanf("");
    CHECK(!kernels().vocabulary.pack(packed.all, nullptr));
    W[59] = 1;
    CHECK(kernels().vocabulary.pack(packed.all, nullptr));
}

}  // namespace
}  // namespace sunhwan
