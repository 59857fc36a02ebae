// The matrix product and the sums of columns, in single precision.
//
// An element of the product is one sum over k, cut into `ceil(K / 384)` blocks of equal length: in
// a block one running sum of fused multiply-adds, the first begun from the bias or from what `out`
// held, and the blocks added in order. So its bits depend on K alone: not on threads, tiles, M or
// N. Where a alone is transposed (gradients of weights, K steps), the cuts of outer_products.h may
// take their place: those bits depend on M, N and K, and on how far b's rows are apart.
//
// A kernel of another family calls it through SUNHWAN_SYMBOL(product); one that multiplies a few
// rows at a time by a constant matrix packs that once and uses product_tile.h.
#pragma once

#include <cstdint>

namespace sunhwan {

// out (M, N) = [out +] [bias +] a (M, K) * b (K, N). Rows of a, b and out stand `*_row` floats
// apart; rows of a may overlap. out must not overlap a, b or bias.
struct ProductArguments {
    std::int64_t M, N, K;
    const float* a;  // (M, K), or (K, M) where transpose_a
    std::int64_t a_row;
    const float* b;  // (K, N), or (N, K) where transpose_b
    std::int64_t b_row;
    float* out;  // (M, N)
    std::int64_t out_row;
    const float* bias;  // (N), or null
    bool transpose_a, transpose_b;
    bool accumulate;  // add to out instead of overwriting it
};

// The gradients of y = x W + b for K steps. Those of W and b are added to, that of x overwritten;
// what is null is left out. An element of dx has one order of summation that depends on I and N
// alone, one of dW and db on K, too.
struct LinearBackwardArguments {
    std::int64_t K, I, N;
    const float* x;   // (K, I)
    const float* W;   // (I, N)
    const float* dy;  // (K, N)
    float* dW;        // (I, N), or null
    float* db;        // (N), or null
    float* dx;        // (K, I), or null
};

struct ProductKernels {
    void (*product)(const ProductArguments&);
    // out (C) = [out +] sum over r of x (R, C): chunks of 1024 rows, each summed in order, added in
    // order
    void (*column_sums)(std::int64_t R, std::int64_t C, const float* x, float* out,
                        bool accumulate);
    void (*linear_backward)(const LinearBackwardArguments&);
};

}  // namespace sunhwan
