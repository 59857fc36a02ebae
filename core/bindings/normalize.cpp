#include "kernels/normalize.h"

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

using MaybeVector = std::optional<FloatVector>;
using MaybeVectorOut = std::optional<FloatVectorOut>;

void layer_norm(const FloatMatrix& x, const MaybeVector& gamma, const MaybeVector& beta,
                float epsilon, FloatMatrixOut& y, const MaybeVectorOut& mean,
                const MaybeVectorOut& inverse) {
    const std::int64_t R = x.extent(0), C = x.extent(1);
    check_shape("gamma", gamma, {C});
    check_shape("beta", beta, {C});
    check_same_shape("y", y, "x", x);
    check_shape("mean", mean, {R});
    check_shape("inverse", inverse, {R});
    const LayerNormArguments arguments{.R = R,
                                       .C = C,
                                       .epsilon = epsilon,
                                       .x = x.data(),
                                       .gamma = data_or_null(gamma),
                                       .beta = data_or_null(beta),
                                       .y = y.data(),
                                       .mean = data_or_null(mean),
                                       .inverse = data_or_null(inverse)};
    run_kernel([=] { kernels().normalize.layer_norm(arguments); });
}

void layer_norm_backward(const FloatMatrix& x, const MaybeVector& gamma, const FloatVector& mean,
                         const FloatVector& inverse, const FloatMatrix& dy,
                         const std::optional<FloatMatrixOut>& dx, const MaybeVectorOut& dgamma,
                         const MaybeVectorOut& dbeta) {
    const std::int64_t R = x.extent(0), C = x.extent(1);
    check_shape("gamma", gamma, {C});
    check_shape("mean", mean, {R});
    check_shape("inverse", inverse, {R});
    check_same_shape("dy", dy, "x", x);
    check_shape("dx", dx, {R, C});
    check_shape("dgamma", dgamma, {C});
    check_shape("dbeta", dbeta, {C});
    const LayerNormBackwardArguments arguments{.R = R,
                                               .C = C,
                                               .x = x.data(),
                                               .gamma = data_or_null(gamma),
                                               .mean = mean.data(),
                                               .inverse = inverse.data(),
                                               .dy = dy.data(),
                                               .dx = data_or_null(dx),
                                               .dgamma = data_or_null(dgamma),
                                               .dbeta = data_or_null(dbeta)};
    run_kernel([=] { kernels().normalize.layer_norm_backward(arguments); });
}

void batch_statistics(const FloatMatrix& x, const MaybeVector& weights, FloatVectorOut& mean,
                      FloatVectorOut& variance) {
    const std::int64_t R = x.extent(0), C = x.extent(1);
    check_shape("weights", weights, {R});
    check_shape("mean", mean, {C});
    check_shape("variance", variance, {C});
    run_kernel([=] {
        kernels().normalize.batch_statistics(R, C, x.data(), data_or_null(weights), mean.data(),
                                             variance.data());
    });
}

void batch_norm_backward(const FloatMatrix& x, const MaybeVector& weights, const FloatVector& mean,
                         const FloatVector& inverse, const MaybeVector& gamma,
                         const FloatMatrix& dy, const std::optional<FloatMatrixOut>& dx,
                         const MaybeVectorOut& dgamma, const MaybeVectorOut& dbeta) {
    const std::int64_t R = x.extent(0), C = x.extent(1);
    check_shape("weights", weights, {R});
    check_shape("mean", mean, {C});
    check_shape("inverse", inverse, {C});
    check_shape("gamma", gamma, {C});
    check_same_shape("dy", dy, "x", x);
    check_shape("dx", dx, {R, C});
    check_shape("dgamma", dgamma, {C});
    check_shape("dbeta", dbeta, {C});
    const BatchNormBackwardArguments arguments{.R = R,
                                               .C = C,
                                               .x = x.data(),
                                               .weights = data_or_null(weights),
                                               .mean = mean.data(),
                                               .inverse = inverse.data(),
                                               .gamma = data_or_null(gamma),
                                               .dy = dy.data(),
                                               .dx = data_or_null(dx),
                                               .dgamma = data_or_null(dgamma),
                                               .dbeta = data_or_null(dbeta)};
    run_kernel([=] { kernels().normalize.batch_norm_backward(arguments); });
}

void scale_columns(const FloatMatrix& x, const MaybeVector& shift, const FloatVector& scale,
                   const MaybeVector& offset, FloatMatrixOut& y) {
    const std::int64_t R = x.extent(0), C = x.extent(1);
    check_shape("shift", shift, {C});
    check_shape("scale", scale, {C});
    check_shape("offset", offset, {C});
    check_same_shape("y", y, "x", x);
    run_kernel([=] {
        kernels().normalize.scale_columns(R, C, x.data(), data_or_null(shift), scale.data(),
                                          data_or_null(offset), y.data());
    });
}

}  // namespace

void bind_normalize(nb::module_& m) {
    m.def("layer_norm", &layer_norm, nb::arg("x"), nb::arg("gamma").none(), nb::arg("beta").none(),
          nb::arg("epsilon"), nb::arg("y"), nb::arg("mean").none() = nb::none(),
          nb::arg("inverse").none() = nb::none(),
          "y = gamma * (x - mean) * inverse + beta along each row, inverse = 1 / sqrt(variance + "
          "epsilon); mean and inverse (R,) are written for the backward pass; y may be x.");
    m.def("layer_norm_backward", &layer_norm_backward, nb::arg("x"), nb::arg("gamma").none(),
          nb::arg("mean"), nb::arg("inverse"), nb::arg("dy"), nb::arg("dx").none(),
          nb::arg("dgamma").none(), nb::arg("dbeta").none(),
          "Overwrites dx, adds to dgamma and dbeta; each may be None; dx may be dy.");
    m.def("batch_statistics", &batch_statistics, nb::arg("x"), nb::arg("weights").none(),
          nb::arg("mean"), nb::arg("variance"),
          "mean and population variance of each column, rows weighted by weights (R,); zeros where "
          "these sum to 0.");
    m.def("batch_norm_backward", &batch_norm_backward, nb::arg("x"), nb::arg("weights").none(),
          nb::arg("mean"), nb::arg("inverse"), nb::arg("gamma").none(), nb::arg("dy"),
          nb::arg("dx").none(), nb::arg("dgamma").none(), nb::arg("dbeta").none(),
          "Through batch statistics of the same weights, of y = gamma * (x - mean) * inverse + "
          "beta. Overwrites dx, adds to dgamma and dbeta; each may be None; dx may be dy.");
    m.def("scale_columns", &scale_columns, nb::arg("x"), nb::arg("shift").none(), nb::arg("scale"),
          nb::arg("offset").none(), nb::arg("y"),
          "y = (x - shift) * scale + offset by columns; y may be x.");
}

}  // namespace sunhwan
