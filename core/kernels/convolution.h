// One-dimensional convolution of packed rows through a window map (kernels/windows.h).
//
// P output steps, Q own input steps, R head rows, K taps, I inputs, F filters, G groups. Group g
// reads the inputs g * I/G.. and gives the filters g * F/G... Each output is one running sum over
// taps and inputs in order, from the bias, so that its bits depend on its window alone.
#pragma once

#include <cstdint>

namespace sunhwan {

struct ConvolutionShape {
    std::int64_t P, Q, R, K, I, F, G;
    const std::int32_t* map;  // (P, K)
    std::int64_t step;  // only taps so many apart read the same own step: where windows begin every
                        // `stride` steps, stride / gcd(stride, dilation); 1 is always true
};

struct ConvolutionArguments {
    ConvolutionShape shape;
    const float* values;  // (Q, I)
    const float* head;    // (R, I)
    const float* kernel;  // (K, I/G, F)
    const float* bias;    // (F), or null
    float* out;           // (P, F)
};

struct ConvolutionInputsArguments {
    ConvolutionShape shape;
    const float* kernel;  // (K, I/G, F)
    const float* dout;    // (P, F)
    float* dvalues;       // (Q, I) overwritten, or null
    float* dhead;         // (R, I) added to, or null
};

struct ConvolutionWeightsArguments {
    ConvolutionShape shape;
    const float* values;  // (Q, I)
    const float* head;    // (R, I)
    const float* dout;    // (P, F)
    float* dkernel;       // (K, I/G, F) added to
};

struct ConvolutionKernels {
    void (*forward)(const ConvolutionArguments&);
    // No two windows of a map may read an own step by the same tap.
    void (*inputs)(const ConvolutionInputsArguments&);
    void (*weights)(const ConvolutionWeightsArguments&);
};

}  // namespace sunhwan
