// Where the windows of a convolution or a pooling read.
//
// N rows, Q own input steps, S steps of the run that rows share, P output steps, K taps a window.
// A window map (P, K) says for each output step and tap: an entry >= 0 is an own input step, an
// entry < 0 stands for head row -1 - entry, and `nothing` for zero padding.
#pragma once

#include <cstdint>

namespace sunhwan {

constexpr std::int32_t nothing = INT32_MIN;

struct WindowMapArguments {
    std::int64_t N, K, stride, dilation;
    const std::int64_t* offsets;   // (N + 1) row n owns the input steps offsets[n]..offsets[n + 1]
    const std::int64_t* starts;    // (N) position of a row's first own step; before it, the run
    const std::int64_t* extents;   // (N) position after a row's last step
    const std::int64_t* paddings;  // (N) zero steps in front of a row
    const std::int64_t* out_offsets;  // (N + 1) row n owns these output steps
    const std::int64_t* out_starts;   // (N) number of a row's first own window
    const std::int32_t* index;        // (Q) what stands for each own step, or null: itself
    const std::int32_t* run_index;    // (S) what stands for each step of the run, or null: head row
    std::int32_t* map;                // (P, K)
};

struct WindowsKernels {
    void (*window_map)(const WindowMapArguments&);
    // The smallest and the largest of `count` entries of a map; 0 and -1 where there are none, and
    // `nothing` counts as 0 where the smallest is sought.
    void (*range)(std::int64_t count, const std::int32_t* map, std::int32_t* lowest,
                  std::int32_t* highest);
};

}  // namespace sunhwan
