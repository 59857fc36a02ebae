// The likeliest of many tokens: which element of a row of x W + b is the greatest, without the
// whole product.
//
// x and W are rounded to bytes, whose products are exact and several times as fast where the
// processor has them. With x' and w' for what the bytes stand for, a token's sum is wrong by
//
//   |x w - x' w'| <= |x - x'| |w| + |x'| |w - w'|    (Cauchy and Schwarz)
//
// at most, so a token whose sum with that much added is below another's with that much taken away
// is not the likeliest. Of the few that are left, the product in single precision is made, and the
// first of the greatest taken: the same one as of the whole product (product.h).
#pragma once

#include <cstdint>

namespace sunhwan {

constexpr std::int64_t most_vocabulary_terms = 1024;  // of K: the bound grows with its root

// W (K, C) and b, in panels of columns, the last one padded to `padded` columns in all.
struct PackedVocabulary {
    std::int64_t K, C, padded;
    const float* W;       // (K, C)
    float* columns;       // (C, K): W transposed
    std::uint8_t* bytes;  // (padded, K rounded up to 4): round(w / scale) + 128
    float* bias;          // (padded); -inf: such a token is not chosen
    float* scale;         // (padded): greatest |w| / 127
    float* size;          // (padded): |w|
    float* error;         // (padded): |w - w'|
};

// The functions are null where the instruction set or the processor has no products of bytes.
struct VocabularyKernels {
    bool (*available)();
    std::int64_t (*padded_columns)(std::int64_t C);
    // Fills in what the pointers point to, from W and bias (C), null: zeros. False where a weight
    // is not finite, or too large for the bounds.
    bool (*pack)(const PackedVocabulary&, const float* bias);
    // tokens (M): of each row of x (M, K) the likeliest.
    void (*choose)(const PackedVocabulary&, std::int64_t M, const float* x, std::int32_t* tokens);
};

}  // namespace sunhwan
