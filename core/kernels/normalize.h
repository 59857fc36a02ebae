// Layer and batch normalization of x (R, C), by Keras 3's formulas.
//
//   xhat = (x - mean) * inverse      inverse = 1 / sqrt(variance + epsilon)
//   y    = gamma * xhat + beta
//
// Layer normalization takes mean and variance over the columns of each row, batch normalization
// over the rows of each column. gamma (null: ones) and beta (null: zeros) have C elements.
#pragma once

#include <cstdint>

namespace sunhwan {

struct LayerNormArguments {
    std::int64_t R, C;
    float epsilon;
    const float* x;  // (R, C)
    const float* gamma;
    const float* beta;
    float* y;        // (R, C), may be x
    float* mean;     // (R), for the backward pass; null: not wanted
    float* inverse;  // (R), likewise
};

struct LayerNormBackwardArguments {
    std::int64_t R, C;
    const float* x;  // (R, C)
    const float* gamma;
    const float* mean;     // (R)
    const float* inverse;  // (R)
    const float* dy;       // (R, C)
    float* dx;             // (R, C), overwritten; null: not wanted; may be dy
    float* dgamma;         // (C), added to; null: not wanted
    float* dbeta;          // (C), likewise
};

struct BatchNormBackwardArguments {
    std::int64_t R, C;
    const float* x;        // (R, C)
    const float* weights;  // (R), those of the statistics, or null for ones
    const float* mean;     // (C)
    const float* inverse;  // (C)
    const float* gamma;
    const float* dy;  // (R, C)
    float* dx;        // (R, C), overwritten; null: not wanted; may be dy
    float* dgamma;    // (C), added to; null: not wanted
    float* dbeta;     // (C), likewise
};

struct NormalizeKernels {
    void (*layer_norm)(const LayerNormArguments&);
    void (*layer_norm_backward)(const LayerNormBackwardArguments&);
    // mean = sum w x / sum w, variance = sum w (x - mean)^2 / sum w; weights (R) null: ones;
    // zeros where the weights sum to 0
    void (*batch_statistics)(std::int64_t R, std::int64_t C, const float* x, const float* weights,
                             float* mean, float* variance);
    // Through the statistics too: a row counts in them as often as its weight says.
    void (*batch_norm_backward)(const BatchNormBackwardArguments&);
    // y = (x - shift) * scale + offset by columns; shift and offset may be null, y may be x
    void (*scale_columns)(std::int64_t R, std::int64_t C, const float* x, const float* shift,
                          const float* scale, const float* offset, float* y);
};

}  // namespace sunhwan
