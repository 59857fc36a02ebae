// Pooling of packed rows through a window map (kernels/windows.h).
//
// N rows, P output steps, Q own input steps, R head rows, K taps, C channels. Zero padding
// (`nothing`) is no element of a window: it is neither a maximum nor counted by an average.
#pragma once

#include <cstdint>

namespace sunhwan {

struct PoolArguments {
    std::int64_t P, K, C;
    const std::int32_t* map;  // (P, K)
    const float* values;      // (Q, C)
    const float* head;        // (R, C)
    float* out;               // (P, C), zeros where a window has no element
    std::int32_t* source;     // (P, C) or null, for maxima: the entry of the first largest element,
                              // or of the last NaN
};

struct PoolBackwardArguments {
    std::int64_t N, P, K, C;
    const std::int32_t* map;      // (P, K)
    const std::int64_t* offsets;  // (N + 1) row n owns the input steps offsets[n]..offsets[n + 1]
    const std::int64_t* out_offsets;  // (N + 1) and these output steps, which read no other row's
    const float* dout;                // (P, C)
    const std::int32_t* source;       // (P, C) for maxima
    float* dvalues;                   // (Q, C) overwritten, or null
    float* dhead;                     // (R, C) added to, or null
};

struct PoolingKernels {
    void (*maximum)(const PoolArguments&);
    void (*maximum_backward)(const PoolBackwardArguments&);
    void (*average)(const PoolArguments&);
    void (*average_backward)(const PoolBackwardArguments&);
};

}  // namespace sunhwan
