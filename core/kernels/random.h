// Random numbers that depend on (key, row, time, column) alone: not on the instruction set, the
// number of threads, the slice or the batch.
//
// P steps, F features. Word k of Philox's four at counter (64-bit row, time, block) and the 64-bit
// key belongs to column 64 (block / 16) + 16 k + block % 16.
#pragma once

#include <cstdint>

namespace sunhwan {

struct RandomArguments {
    std::uint64_t key;
    std::int64_t steps;         // P
    std::int64_t features;      // F
    const std::int64_t* rows;   // (P)
    const std::int32_t* times;  // (P), or null: 0
    float* out;                 // (P, F), overwritten
};

struct RandomKernels {
    // 0 with probability `rate` in [0, 1), to a multiple of 2^-24, else 1 / (1 - rate)
    void (*dropout_mask)(const RandomArguments&, float rate);
    // Normal, by Box and Muller (1958); within 5.8 standard deviations of the mean
    void (*normal)(const RandomArguments&, float mean, float stddev);
};

}  // namespace sunhwan
