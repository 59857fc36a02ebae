// What the kernels that read through a window map share.
#pragma once

#include "kernels/rows.h"
#include "kernels/windows.h"

namespace sunhwan {
namespace {

// The row of C floats that an entry of a map names, null for `nothing`.
SUNHWAN_INLINE const float* row_at(std::int32_t entry, const float* values, const float* head,
                                   std::int64_t C) {
    if (entry == nothing) return nullptr;
    if (entry < 0) return head + (-1 - static_cast<std::int64_t>(entry)) * C;
    return values + static_cast<std::int64_t>(entry) * C;
}

}  // namespace
}  // namespace sunhwan
