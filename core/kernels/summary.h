// What many numbers are like: their mean, spread and range, and how they are distributed.
#pragma once

#include <cstdint>

namespace sunhwan {

// Of the finite ones among `count` numbers; all zero where there are none.
struct Summary {
    std::int64_t finite;  // how many there are
    double mean;
    double spread;  // standard deviation, of the whole and not of a sample
    double size;    // mean of |x|
    double least, most;
};

struct SummaryKernels {
    Summary (*summarize)(std::int64_t count, const float* x);
    // counts[b] += how many finite x lie in bin b of `bins` (1..max_bins) equal ones from least to
    // most, which is in the last; of every `stride` runs of `histogram_run` numbers the first.
    void (*histogram)(std::int64_t count, const float* x, double least, double most,
                      std::int64_t bins, std::int64_t stride, std::int64_t* counts);
};

constexpr std::int64_t max_bins = 256;
constexpr std::int64_t histogram_run = 64;

}  // namespace sunhwan
