// Losses and their gradients, rows of C columns each.
//
// Every function returns the sum over the rows of weight * value, in double and in one fixed order,
// and writes, where wanted,
//   values (R)     the rows' values, unweighted
//   dy (R, C)      scale * weight * d value / d y, overwritten
// A null `weight` counts as ones. Values and gradients of a row depend on that row alone.
#pragma once

#include <cstdint>

namespace sunhwan {

// Losses that are the mean over a row of a function of each target and prediction.
enum class PointLoss : int {
    squared = 0,
    absolute = 1,
    percentage = 2,   // 100 |y - t| / max(|t|, epsilon)
    squared_log = 3,  // (log(1 + max(y, epsilon)) - log(1 + max(t, epsilon)))^2
    huber = 4,        // e^2 / 2 where |e| <= parameter, else parameter |e| - parameter^2 / 2
    log_cosh = 5,
    poisson = 6,        // y - t log(y + epsilon)
    binary = 7,         // cross-entropy of probabilities, clipped to [epsilon, 1 - epsilon]
    binary_logits = 8,  // cross-entropy of the sigmoid of y
    hinge = 9,          // max(0, 1 - t y)
    squared_hinge = 10,
};
constexpr int point_loss_count = 11;

// Losses of a whole row.
enum class RowLoss : int {
    categorical = 0,         // cross-entropy of y / sum(y), clipped to [epsilon, 1 - epsilon]
    categorical_logits = 1,  // cross-entropy of softmax(y)
    kl_divergence = 2,       // sum t log(t / y), both clipped to [epsilon, 1]
    cosine = 3,              // -sum t y / (|t| |y|), a norm below epsilon counts as epsilon
    categorical_hinge = 4,   // max(0, 1 + max((1 - t) y) - sum t y)
};
constexpr int row_loss_count = 5;

constexpr float loss_epsilon = 1e-7f;

struct LossRows {
    std::int64_t rows;
    std::int64_t columns;
    const float* y;       // (R, C)
    const float* weight;  // (R), or null
    float scale;
    float* values;  // (R), or null
    float* dy;      // (R, C), or null; may not be y
};

struct PointLossArguments {
    PointLoss loss;
    LossRows at;
    const float* target;  // (R, C)
    float keep, shift;    // the target read is keep * target + shift (label smoothing)
    float parameter;
};

struct RowLossArguments {
    RowLoss loss;
    LossRows at;
    const float* target;  // (R, C)
    float keep, shift;
};

// Cross-entropy of y, clipped to [epsilon, 1 - epsilon] and then divided by its sum, or of
// softmax(y).
struct SparseLossArguments {
    bool logits;
    LossRows at;
    const std::int32_t* label;  // (R) in [0, C), or negative: the row counts as zero
};

struct LossesKernels {
    double (*point)(const PointLossArguments&);
    double (*row)(const RowLossArguments&);
    double (*sparse)(const SparseLossArguments&);
};

}  // namespace sunhwan
