#include "kernels/convolution.h"

#include "bindings/windows.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

// Checks the map against the kernel (K, I/G, F) and dout or out (P, F).
template <typename Kernel, typename Out>
ConvolutionShape shape_of(const Int32Matrix& map, const Kernel& kernel, std::int64_t groups,
                          const char* out_name, const Out& out, std::int64_t steps,
                          std::int64_t rows) {
    const std::int64_t K = map.extent(1), F = kernel.extent(2);
    CHECK(K > 0, "map must have at least one column, got none");
    CHECK(
        groups > 0 && groups <= (F > 0 ? F : 1) && F % groups == 0,
        "groups must divide the filters, " + std::to_string(F) + ", got " + std::to_string(groups));
    check_shape("kernel", kernel, {K, kernel.extent(1), F});
    check_shape(out_name, out, {map.extent(0), F});
    check_map("map", map, steps, rows);
    return {map.extent(0),
            steps < 0 ? 0 : steps,
            rows < 0 ? 0 : rows,
            K,
            kernel.extent(1) * groups,
            F,
            groups,
            map.data(),
            1};
}

void check_columns(const char* name, const std::optional<FloatMatrix>& array, std::int64_t I) {
    if (array) check_shape(name, *array, {array->extent(0), I});
}

void convolution(const Int32Matrix& map, const std::optional<FloatMatrix>& values,
                 const std::optional<FloatMatrix>& head, const FloatCube& kernel,
                 const std::optional<FloatVector>& bias, std::int64_t groups, FloatMatrixOut& out) {
    const ConvolutionShape shape = shape_of(map, kernel, groups, "out", out,
                                            extent_or_none(values, 0), extent_or_none(head, 0));
    check_columns("values", values, shape.I);
    check_columns("head", head, shape.I);
    check_shape("bias", bias, {shape.F});
    const ConvolutionArguments arguments{shape,         data_or_null(values), data_or_null(head),
                                         kernel.data(), data_or_null(bias),   out.data()};
    run_kernel([=] { kernels().convolution.forward(arguments); });
}

void convolution_inputs(const Int32Matrix& map, const FloatCube& kernel, std::int64_t groups,
                        std::int64_t step, const FloatMatrix& dout,
                        std::optional<FloatMatrixOut>& dvalues,
                        std::optional<FloatMatrixOut>& dhead) {
    ConvolutionShape shape =
        shape_of(map, kernel, groups, "dout", dout, dvalues ? dvalues->extent(0) : -1,
                 dhead ? dhead->extent(0) : -1);
    check_distance("step", step);
    shape.step = step;
    if (dvalues) check_shape("dvalues", *dvalues, {shape.Q, shape.I});
    if (dhead) check_shape("dhead", *dhead, {shape.R, shape.I});
    const ConvolutionInputsArguments arguments{shape, kernel.data(), dout.data(),
                                               data_or_null(dvalues), data_or_null(dhead)};
    run_kernel([=] { kernels().convolution.inputs(arguments); });
}

void convolution_weights(const Int32Matrix& map, const std::optional<FloatMatrix>& values,
                         const std::optional<FloatMatrix>& head, std::int64_t groups,
                         const FloatMatrix& dout, FloatCubeOut& dkernel) {
    const ConvolutionShape shape = shape_of(map, dkernel, groups, "dout", dout,
                                            extent_or_none(values, 0), extent_or_none(head, 0));
    check_columns("values", values, shape.I);
    check_columns("head", head, shape.I);
    const ConvolutionWeightsArguments arguments{shape, data_or_null(values), data_or_null(head),
                                                dout.data(), dkernel.data()};
    run_kernel([=] { kernels().convolution.weights(arguments); });
}

}  // namespace

void bind_convolution(nb::module_& m) {
    m.def("convolution", &convolution, nb::arg("map"), nb::arg("values").none(),
          nb::arg("head").none(), nb::arg("kernel"), nb::arg("bias").none(), nb::arg("groups"),
          nb::arg("out"),
          "out (P, F) = bias + the sum over taps of the row that map (P, K) names times kernel "
          "(K, I / groups, F).");
    m.def("convolution_inputs", &convolution_inputs, nb::arg("map"), nb::arg("kernel"),
          nb::arg("groups"), nb::arg("step"), nb::arg("dout"), nb::arg("dvalues").none(),
          nb::arg("dhead").none(),
          "dvalues (Q, I) = the gradient of own steps, of which only taps `step` apart read the "
          "same; dhead (R, I) += that of head rows.");
    m.def("convolution_weights", &convolution_weights, nb::arg("map"), nb::arg("values").none(),
          nb::arg("head").none(), nb::arg("groups"), nb::arg("dout"), nb::arg("dkernel"),
          "dkernel (K, I / groups, F) += the gradient of the kernel.");
}

}  // namespace sunhwan
