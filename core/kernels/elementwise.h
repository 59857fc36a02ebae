// Pointwise functions on arrays of any shape. Every array holds `count` floats, in C order.
#pragma once

#include <cstdint>

#include "kernels/activation_id.h"

namespace sunhwan {

struct ActivateArguments {
    Activation activation;
    std::int64_t count;
    const float* x;  // (count)
    float* y;        // (count), may be x
};

struct ActivateBackwardArguments {
    Activation activation;
    std::int64_t count;
    const float* x;   // (count), or null where !needs_input(activation)
    const float* y;   // (count)
    const float* dy;  // (count)
    float* dx;        // (count), overwritten; may be dy
};

struct ElementwiseKernels {
    void (*activate)(const ActivateArguments&);
    void (*activate_backward)(const ActivateBackwardArguments&);
    // out = a * b; out may be a or b
    void (*multiply)(std::int64_t count, const float* a, const float* b, float* out);
    // out = a + b; out may be a or b
    void (*add)(std::int64_t count, const float* a, const float* b, float* out);
    // out += factor * a, one rounding where the target fuses
    void (*add_scaled)(std::int64_t count, float factor, const float* a, float* out);
    // out = factor * x; out may be x
    void (*scale)(std::int64_t count, float factor, const float* x, float* out);
    // out = value
    void (*fill)(std::int64_t count, float value, float* out);
    void (*clear)(std::int64_t count, float* out);  // writes only where it is not zero yet
};

}  // namespace sunhwan
