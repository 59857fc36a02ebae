// Pooling over all steps of a row: its own, and those of the shared run before its first own step.
//
// N rows, Q own steps, S steps of the shared run, C channels. A source is an own step, or -1 - s
// for step s of the run, or `nothing` (kernels/windows.h). A row without steps gives zeros.
#pragma once

#include <cstdint>

namespace sunhwan {

struct GlobalPoolArguments {
    std::int64_t N, C;
    const std::int64_t* offsets;  // (N + 1) row n owns the steps offsets[n]..offsets[n + 1]
    const std::int64_t* starts;  // (N) steps of the run before a row's first own one, or null: none
    const float* values;         // (Q, C)
    const float* running;        // (S, C) of the run
    const std::int32_t* running_source;  // (S, C) for maxima
    float* out;                          // (N, C)
    std::int32_t* source;  // (N, C) for maxima: of the first largest value, or of the last NaN
};

struct GlobalPoolBackwardArguments {
    std::int64_t N, C;
    const std::int64_t* offsets;  // (N + 1)
    const std::int64_t* starts;   // (N), or null
    const float* dout;            // (N, C)
    const std::int32_t* source;   // (N, C) for maxima
    float* dvalues;               // (Q, C) overwritten, or null
    float* dhead;                 // (S, C) added to, or null: for maxima the gradient of the run's
                                  // steps, for averages that of its running sums
};

struct GlobalPoolingKernels {
    void (*maximum)(const GlobalPoolArguments&);
    void (*maximum_backward)(const GlobalPoolBackwardArguments&);
    void (*average)(const GlobalPoolArguments&);
    void (*average_backward)(const GlobalPoolBackwardArguments&);
    // out (S, C), source (S, C): the maxima of steps 0..s and where they stand, as -1 - step
    void (*running_maximum)(std::int64_t S, std::int64_t C, const float* x, float* out,
                            std::int32_t* source);
    // out (S, C): the sums of steps 0..s
    void (*running_sum)(std::int64_t S, std::int64_t C, const float* x, float* out);
    // dx (S, C) += the sums of dout over steps s..S-1
    void (*running_sum_backward)(std::int64_t S, std::int64_t C, const float* dout, float* dx);
};

}  // namespace sunhwan
