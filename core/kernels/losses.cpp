#include "kernels/losses.h"

#include "kernels/point_loss.h"
#include "kernels/row_loss.h"

namespace sunhwan {
namespace {

constexpr double (*point_table[point_loss_count])(const PointLossArguments&) = {
    point_losses<PointLoss::squared>,       point_losses<PointLoss::absolute>,
    point_losses<PointLoss::percentage>,    point_losses<PointLoss::squared_log>,
    point_losses<PointLoss::huber>,         point_losses<PointLoss::log_cosh>,
    point_losses<PointLoss::poisson>,       point_losses<PointLoss::binary>,
    point_losses<PointLoss::binary_logits>, point_losses<PointLoss::hinge>,
    point_losses<PointLoss::squared_hinge>,
};

constexpr double (*row_table[row_loss_count])(const Row&) = {
    categorical, categorical_logits, kl_divergence, cosine, categorical_hinge,
};

// Runs value_of(row, r) for each row, where row has everything but the target.
template <typename ValueOf>
double row_losses(const LossRows& at, const ValueOf& value_of) {
    return sum_over_rows(at.rows, at.columns, [&](std::int64_t first, std::int64_t last) {
        double total = 0.0;
        for (std::int64_t r = first; r < last; ++r) {
            const float weight = at.weight ? at.weight[r] : 1.0f;
            const std::int64_t start = r * at.columns;
            const Row row{at.columns,
                          nullptr,
                          1.0f,
                          0.0f,
                          at.y + start,
                          at.dy ? at.dy + start : nullptr,
                          at.scale * weight};
            const double value = value_of(row, r);
            if (at.values) at.values[r] = static_cast<float>(value);
            total += value * static_cast<double>(weight);
        }
        return total;
    });
}

double point_any(const PointLossArguments& a) { return point_table[static_cast<int>(a.loss)](a); }

double row_any(const RowLossArguments& a) {
    double (*const value)(const Row&) = row_table[static_cast<int>(a.loss)];
    return row_losses(a.at, [&](Row row, std::int64_t r) {
        row.target = a.target + r * row.columns;
        row.keep = a.keep;
        row.shift = a.shift;
        return value(row);
    });
}

double sparse_any(const SparseLossArguments& a) {
    return row_losses(a.at, [&](const Row& row, std::int64_t r) {
        const std::int32_t label = a.label[r];
        if (label >= 0)
            return a.logits ? sparse_categorical_logits(row, label)
                            : sparse_categorical(row, label);
        if (row.dy) fill_row(row.columns, 0.0f, row.dy);
        return 0.0;
    });
}

}  // namespace

extern const LossesKernels SUNHWAN_SYMBOL(losses) = {point_any, row_any, sparse_any};

}  // namespace sunhwan
