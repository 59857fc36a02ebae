// Checks that the kernels which read through a window map share.
#pragma once

#include <string>

#include "bindings/arrays.h"
#include "kernels/windows.h"
#include "runtime/dispatch.h"

namespace sunhwan {

using Int32MatrixOut = Array<std::int32_t, 2>;

// Raises ValueError unless every entry is `nothing`, one of `steps` own steps, or one of `rows`
// head rows. A negative bound is no bound.
inline void check_map(const char* name, const Int32Matrix& map, std::int64_t steps,
                      std::int64_t rows) {
    std::int32_t lowest = 0, highest = -1;
    kernels().windows.range(map.count(), map.data(), &lowest, &highest);
    CHECK(steps < 0 || highest < steps, std::string(name) + " must name steps below " +
                                            std::to_string(steps) + ", got " +
                                            std::to_string(highest));
    CHECK(rows < 0 || lowest >= -rows, std::string(name) + " must name head rows below " +
                                           std::to_string(rows) + ", got " +
                                           std::to_string(-1 - static_cast<std::int64_t>(lowest)));
}

// Raises ValueError unless offsets (N + 1) rise from 0 to `steps`.
inline void check_offsets(const char* name, const Int64Vector& offsets, std::int64_t steps) {
    const std::int64_t* at = offsets.data();
    bool rising = offsets.count() > 0 && at[0] == 0 && at[offsets.count() - 1] == steps;
    for (std::int64_t n = 1; rising && n < offsets.count(); ++n) rising = at[n - 1] <= at[n];
    CHECK(rising, std::string(name) + " must rise from 0 to " + std::to_string(steps));
}

// The extent of an optional array, 0 for None.
template <typename A>
std::int64_t extent_or_none(const std::optional<A>& array, std::size_t axis) {
    return array ? array->extent(axis) : 0;
}

}  // namespace sunhwan
