// Checks that the kernels which read through a window map share.
#pragma once

#include <string>

#include "bindings/arrays.h"
#include "bindings/offsets.h"
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

// Steps between two places: positions that are computed from them stay in 64 bits.
constexpr std::int64_t furthest = std::int64_t{1} << 30;

// Raises ValueError unless 0 < distance <= furthest.
inline void check_distance(const char* name, std::int64_t distance) {
    CHECK(distance > 0,
          std::string(name) + " must be a positive integer, got " + std::to_string(distance));
    CHECK(distance <= furthest, std::string(name) + " must be at most " + std::to_string(furthest) +
                                    ", got " + std::to_string(distance));
}

// The extent of an optional array, 0 for None.
template <typename A>
std::int64_t extent_or_none(const std::optional<A>& array, std::size_t axis) {
    return array ? array->extent(axis) : 0;
}

}  // namespace sunhwan
