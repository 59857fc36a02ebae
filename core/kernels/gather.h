// Rows moved by an index, and the distinct among ids.
//
// An index i >= 0 names row i of a source, i < 0 row -1 - i of a head.
#pragma once

#include <cstdint>

namespace sunhwan {

struct GatherArguments {
    std::int64_t P, C;
    const float* source;        // (R, C); null where no index is >= 0
    const float* head;          // (K, C); null where no index is < 0
    const std::int32_t* index;  // (P)
    float* out;                 // (P, C), overwritten
};

struct ScatterArguments {
    std::int64_t P, C;
    const float* dout;          // (P, C)
    const std::int32_t* index;  // (P)
    float* dsource;             // (R, C), added to in the order of P; null: those rows are dropped
    float* dhead;               // (K, C), likewise
};

// Likewise, into two arrays that are then to be added: the first half of each call's P to the one,
// the rest to the other, so that a thread reads what it wrote itself.
struct HalvesArguments {
    std::int64_t P, R, C;
    const float* dout;          // (P, C)
    const std::int32_t* index;  // (P)
    float* dsource;             // (2, R, C)
};

// Rows that are multiplied by a row of factors on their way: row n of N owns the places
// offsets[n]..offsets[n + 1] and has one row of factors for all of them.
struct RowFactors {
    std::int64_t N;
    const std::int64_t* offsets;  // (N + 1)
    const float* factors;         // (N, C)
};

struct ScaledGatherArguments {
    std::int64_t C;
    RowFactors rows;
    const float* source;        // (R, C)
    const std::int32_t* index;  // (P), or null: place p reads row p
    float* out;                 // (P, C), overwritten; may be source where index is null
};

struct ScaledScatterArguments {
    std::int64_t C;
    RowFactors rows;
    const float* dout;          // (P, C)
    const std::int32_t* index;  // (P)
    float* dsource;             // (R, C), added to in the order of P
};

struct GatherKernels {
    // The smallest and the largest of P > 0 indices.
    void (*range)(std::int64_t P, const std::int32_t* index, std::int32_t* lowest,
                  std::int32_t* highest);
    void (*gather_rows)(const GatherArguments&);
    void (*scatter_rows)(const ScatterArguments&);
    void (*scatter_halves)(const HalvesArguments&);
    void (*gather_scaled)(const ScaledGatherArguments&);
    void (*scatter_scaled)(const ScaledScatterArguments&);
    // Numbers the ids 0, 1, ... in the order in which they first appear: index (P) are the numbers,
    // found (U) the ids by number; returns U. marks (V) is -1 throughout, before and after.
    std::int64_t (*distinct)(std::int64_t P, const std::int32_t* ids, std::int32_t* marks,
                             std::int32_t* index, std::int32_t* found);
};

}  // namespace sunhwan
