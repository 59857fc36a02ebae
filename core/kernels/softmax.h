// Softmax over the columns of each of R rows: y = exp(x - m) / sum exp(x - m), m = max x.
#pragma once

#include <cstdint>

namespace sunhwan {

struct SoftmaxKernels {
    // y (R, C) of x (R, C); y may be x
    void (*softmax)(std::int64_t R, std::int64_t C, const float* x, float* y);
    // dx = y * (dy - sum dy * y); dx may be dy
    void (*softmax_backward)(std::int64_t R, std::int64_t C, const float* y, const float* dy,
                             float* dx);
    // y = x - m - log sum exp(x - m); y may be x
    void (*log_softmax)(std::int64_t R, std::int64_t C, const float* x, float* y);
    // dx = dy - exp(y) * sum dy; dx may be dy
    void (*log_softmax_backward)(std::int64_t R, std::int64_t C, const float* y, const float* dy,
                                 float* dx);
};

}  // namespace sunhwan
