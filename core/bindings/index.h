// The check of an index of rows.
#pragma once

#include "bindings/arrays.h"
#include "kernels/gather.h"
#include "runtime/dispatch.h"

namespace sunhwan {

// Raises ValueError unless every index is in [-head, source).
inline void check_index(const char* name, const Int32Vector& index, std::int64_t source,
                        std::int64_t head) {
    if (index.count() == 0) return;
    std::int32_t low = 0, high = 0;
    kernels().gather.range(index.count(), index.data(), &low, &high);
    if (low >= -head && high < source) return;
    std::int64_t p = 0;
    while (index.data()[p] >= -head && index.data()[p] < source) ++p;
    CHECK(false, std::string(name) + " must be in [" + std::to_string(-head) + ", " +
                     std::to_string(source) + "), got " + std::to_string(index.data()[p]) + " at " +
                     std::to_string(p));
}

}  // namespace sunhwan
