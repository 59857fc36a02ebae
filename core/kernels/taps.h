// A convolution whose input steps are few distinct tokens: one product (kernels/product.h) gives
// each token's products with all taps, and an output step is the sum of one for each of its taps.
//
// P output steps, K taps, U tokens, F filters; map (P, K): a token or `nothing`
// (kernels/windows.h).
#pragma once

#include <cstdint>

namespace sunhwan {

struct TapSumArguments {
    std::int64_t P, K, U, F;
    const std::int32_t* map;  // (P, K)
    const float* products;    // (U, K, F)
    const float* bias;        // (F), or null
    float* out;               // (P, F), one running sum over the taps in order
};

struct TapScatterArguments {
    std::int64_t P, K, U, F;
    const std::int32_t* map;  // (P, K)
    const float* dout;        // (P, F)
    float* dproducts;         // (U, K, F) added to, in the order of P
};

struct TapsKernels {
    void (*sum)(const TapSumArguments&);
    void (*scatter)(const TapScatterArguments&);
};

}  // namespace sunhwan
