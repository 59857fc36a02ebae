// A convolution whose input steps are few distinct tokens: each tap multiplies the tokens once (the
// product of kernels/product.h), and an output step is the sum of one product for each of its taps.
//
// P output steps, K taps, U tokens, F filters; map (P, K): a token or `nothing`
// (kernels/windows.h).
#pragma once

#include <cstdint>

namespace sunhwan {

struct TapSumArguments {
    std::int64_t P, K, U, F;
    const std::int32_t* map;  // (P, K)
    const float* products;    // (K, U, F)
    const float* bias;        // (F), or null
    float* out;               // (P, F), one running sum over the taps in order
};

struct TapScatterArguments {
    std::int64_t P, K, U, F;
    const std::int32_t* map;  // (P, K)
    const float* dout;        // (P, F)
    float* dproducts;         // (K, U, F) added to, in the order of P
};

struct TapsKernels {
    void (*sum)(const TapSumArguments&);
    void (*scatter)(const TapScatterArguments&);
};

}  // namespace sunhwan
