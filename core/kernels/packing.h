// How what a user hands in becomes what kernels read.
#pragma once

#include <cstdint>

namespace sunhwan {

struct RunArguments {
    std::int64_t N, step_bytes;
    const std::int64_t* firsts;   // (N), the step of the source that run n begins with
    const std::int64_t* offsets;  // (N + 1), where it stands in out, rising
    const unsigned char* source;  // (S, step_bytes)
    unsigned char* out;           // (offsets[N], step_bytes), overwritten
};

struct PackingKernels {
    // out[offsets[n] + t] = source[firsts[n] + t] for each t of run n.
    void (*take_runs)(const RunArguments&);
    // out = source as floats; false where one of them is not finite.
    bool (*copy_floats)(std::int64_t count, const float* source, float* out);
    bool (*copy_doubles)(std::int64_t count, const double* source, float* out);
    // out = source; false where one is not in [0, limit).
    bool (*copy_ids)(std::int64_t count, const std::int32_t* source, std::int64_t limit,
                     std::int32_t* out);
    bool (*copy_long_ids)(std::int64_t count, const std::int64_t* source, std::int64_t limit,
                          std::int32_t* out);
};

}  // namespace sunhwan
