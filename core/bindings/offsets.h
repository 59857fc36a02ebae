// The check of offsets: where the steps of each row begin, and the last ones end.
#pragma once

#include "bindings/arrays.h"

namespace sunhwan {

// Raises ValueError unless offsets (N + 1) rise from 0 to `steps`, or to any number where that is
// negative. Returns that number.
inline std::int64_t check_offsets(const char* name, const Int64Vector& offsets,
                                  std::int64_t steps = -1) {
    const std::int64_t count = offsets.count();
    const std::int64_t* at = offsets.data();
    CHECK(count > 0, std::string(name) + " must hold at least one value, got none");
    bool rising = at[0] == 0 && (steps < 0 || at[count - 1] == steps);
    for (std::int64_t n = 1; rising && n < count; ++n) rising = at[n - 1] <= at[n];
    CHECK(rising, std::string(name) + " must rise from 0" +
                      (steps < 0 ? std::string() : " to " + std::to_string(steps)) + ", got " +
                      std::to_string(at[0]) + " to " + std::to_string(at[count - 1]));
    return at[count - 1];
}

}  // namespace sunhwan
