// How what a user hands in becomes what kernels read.
#pragma once

#include <cstdint>

namespace sunhwan {

struct PackingKernels {
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
