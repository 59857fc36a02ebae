#include "kernels/losses.h"

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

LossRows loss_rows(const FloatMatrix& y, const std::optional<FloatVector>& weight, double scale,
                   std::optional<FloatVectorOut>& values, std::optional<FloatMatrixOut>& dy) {
    const std::int64_t R = y.extent(0), C = y.extent(1);
    CHECK(C > 0, "y must have one column or more, got shape " + shape_text(y));
    check_shape("weight", weight, {R});
    check_shape("values", values, {R});
    check_shape("dy", dy, {R, C});
    return {R,
            C,
            y.data(),
            data_or_null(weight),
            static_cast<float>(scale),
            data_or_null(values),
            data_or_null(dy)};
}

double point_loss(int kind, const FloatMatrix& target, const FloatMatrix& y,
                  const std::optional<FloatVector>& weight, double scale,
                  std::optional<FloatVectorOut> values, std::optional<FloatMatrixOut> dy,
                  float keep, float shift, float parameter) {
    check_same_shape("target", target, "y", y);
    const PointLossArguments arguments{checked_kind<PointLoss>("kind", kind, point_loss_count),
                                       loss_rows(y, weight, scale, values, dy),
                                       target.data(),
                                       keep,
                                       shift,
                                       parameter};
    return run_total([=] { return kernels().losses.point(arguments); });
}

double row_loss(int kind, const FloatMatrix& target, const FloatMatrix& y,
                const std::optional<FloatVector>& weight, double scale,
                std::optional<FloatVectorOut> values, std::optional<FloatMatrixOut> dy, float keep,
                float shift) {
    check_same_shape("target", target, "y", y);
    const RowLossArguments arguments{checked_kind<RowLoss>("kind", kind, row_loss_count),
                                     loss_rows(y, weight, scale, values, dy), target.data(), keep,
                                     shift};
    return run_total([=] { return kernels().losses.row(arguments); });
}

double sparse_loss(bool logits, const Int32Vector& label, const FloatMatrix& y,
                   const std::optional<FloatVector>& weight, double scale,
                   std::optional<FloatVectorOut> values, std::optional<FloatMatrixOut> dy) {
    check_shape("label", label, {y.extent(0)});
    for (std::int64_t r = 0; r < label.count(); ++r)
        CHECK(label.data()[r] < y.extent(1), "label must be below " + std::to_string(y.extent(1)) +
                                                 ", got " + std::to_string(label.data()[r]));
    const SparseLossArguments arguments{logits, loss_rows(y, weight, scale, values, dy),
                                        label.data()};
    return run_total([=] { return kernels().losses.sparse(arguments); });
}

}  // namespace

void bind_losses(nb::module_& m) {
    m.def("point_loss", &point_loss, nb::arg("kind"), nb::arg("target"), nb::arg("y"),
          nb::arg("weight").none() = nb::none(), nb::arg("scale") = 1.0,
          nb::arg("values").none() = nb::none(), nb::arg("dy").none() = nb::none(),
          nb::arg("keep") = 1.0f, nb::arg("shift") = 0.0f, nb::arg("parameter") = 0.0f,
          "Sum over rows of weight * value, a value being the mean over the columns of the loss "
          "`kind` (PointLoss). Writes values (R,) and dy (R, C) = scale * weight * gradient. The "
          "target read is keep * target + shift.");
    m.def("row_loss", &row_loss, nb::arg("kind"), nb::arg("target"), nb::arg("y"),
          nb::arg("weight").none() = nb::none(), nb::arg("scale") = 1.0,
          nb::arg("values").none() = nb::none(), nb::arg("dy").none() = nb::none(),
          nb::arg("keep") = 1.0f, nb::arg("shift") = 0.0f,
          "As point_loss, for losses of a whole row (RowLoss).");
    m.def(
        "sparse_loss", &sparse_loss, nb::arg("logits"), nb::arg("label"), nb::arg("y"),
        nb::arg("weight").none() = nb::none(), nb::arg("scale") = 1.0,
        nb::arg("values").none() = nb::none(), nb::arg("dy").none() = nb::none(),
        "As row_loss, for the cross-entropy of class numbers (R,); a negative one counts as zero.");
}

}  // namespace sunhwan
