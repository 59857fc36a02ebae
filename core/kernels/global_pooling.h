// Pooling over all steps of a row: its own, and those of the shared run before its first own step.
//
// N rows, Q own steps, S steps of the shared run, C channels. A row without steps gives zeros.
#pragma once

#include <cstdint>

namespace sunhwan {

// Where the rows' steps stand.
struct RowSteps {
    std::int64_t N, C;
    const std::int64_t* offsets;  // (N + 1) row n owns the steps offsets[n]..offsets[n + 1]
    const std::int64_t* starts;   // (N) steps of the run before a row's own, or null: none
};

struct GlobalMaximumArguments {
    RowSteps rows;
    const float* values;         // (Q, C)
    const float* running;        // (S, C) of the run, see running_maximum
    const float* running_count;  // (S, C)
    float* out;                  // (N, C)
    float* share;                // (N, C) one by the number of the steps that are the maximum
};

// Steps that are the maximum share its gradient equally.
struct GlobalMaximumBackwardArguments {
    RowSteps rows;
    const float* values;   // (Q, C)
    const float* running;  // (S, C)
    const float* out;      // (N, C)
    const float* share;    // (N, C)
    const float* dout;     // (N, C)
    float* dvalues;        // (Q, C) overwritten, or null
    float* drunning;       // (S, C) added to, or null: for each step of the run that is the maximum
};

struct GlobalAverageArguments {
    RowSteps rows;
    const float* values;   // (Q, C)
    const float* running;  // (S, C) of the run, see running_sum
    float* out;            // (N, C)
};

struct GlobalAverageBackwardArguments {
    RowSteps rows;
    const float* dout;  // (N, C)
    float* dvalues;     // (Q, C) overwritten, or null
    float* drunning;    // (S, C) added to, or null
};

struct GlobalPoolingKernels {
    void (*maximum)(const GlobalMaximumArguments&);
    void (*maximum_backward)(const GlobalMaximumBackwardArguments&);
    void (*average)(const GlobalAverageArguments&);
    void (*average_backward)(const GlobalAverageBackwardArguments&);
    // out, count (S, C): the maximum of x (S, C) over steps 0..s, and how many of them it is
    void (*running_maximum)(std::int64_t S, std::int64_t C, const float* x, float* out,
                            float* count);
    // dx (S, C) += dout of the steps from s on of which x[s] is still the maximum
    void (*running_maximum_backward)(std::int64_t S, std::int64_t C, const float* x,
                                     const float* out, const float* dout, float* dx);
    // out (S, C): the sums of x (S, C) over steps 0..s
    void (*running_sum)(std::int64_t S, std::int64_t C, const float* x, float* out);
    // dx (S, C) += the sums of dout over steps s..S-1
    void (*running_sum_backward)(std::int64_t S, std::int64_t C, const float* dout, float* dx);
};

}  // namespace sunhwan
