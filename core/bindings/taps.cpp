#include "kernels/taps.h"

#include "bindings/windows.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

void tap_sum(const Int32Matrix& map, const FloatCube& products,
             const std::optional<FloatVector>& bias, FloatMatrixOut& out) {
    const std::int64_t P = map.extent(0), K = map.extent(1);
    const std::int64_t U = products.extent(0), F = products.extent(2);
    check_shape("products", products, {U, K, F});
    check_shape("bias", bias, {F});
    check_shape("out", out, {P, F});
    check_map("map", map, U, 0);
    const TapSumArguments arguments{
        P, K, U, F, map.data(), products.data(), data_or_null(bias), out.data()};
    run_kernel([=] { kernels().taps.sum(arguments); });
}

void tap_scatter(const Int32Matrix& map, const FloatMatrix& dout, FloatCubeOut& dproducts) {
    const std::int64_t P = map.extent(0), K = map.extent(1);
    const std::int64_t U = dproducts.extent(0), F = dproducts.extent(2);
    check_shape("dproducts", dproducts, {U, K, F});
    check_shape("dout", dout, {P, F});
    check_map("map", map, U, 0);
    const TapScatterArguments arguments{P, K, U, F, map.data(), dout.data(), dproducts.data()};
    run_kernel([=] { kernels().taps.scatter(arguments); });
}

}  // namespace

void bind_taps(nb::module_& m) {
    m.def("tap_sum", &tap_sum, nb::arg("map"), nb::arg("products"), nb::arg("bias").none(),
          nb::arg("out"), "out[p] = bias + the sum over k of products[map[p, k], k].");
    m.def("tap_scatter", &tap_scatter, nb::arg("map"), nb::arg("dout"), nb::arg("dproducts"),
          "dproducts[map[p, k], k] += dout[p], in the order of p.");
}

}  // namespace sunhwan
