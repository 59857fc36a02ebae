#include "kernels/softmax.h"

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

void softmax(const FloatMatrix& x, FloatMatrixOut& y) {
    check_same_shape("y", y, "x", x);
    run_kernel([=] { kernels().softmax.softmax(x.extent(0), x.extent(1), x.data(), y.data()); });
}

void softmax_backward(const FloatMatrix& y, const FloatMatrix& dy, FloatMatrixOut& dx) {
    check_same_shape("dy", dy, "y", y);
    check_same_shape("dx", dx, "y", y);
    run_kernel([=] {
        kernels().softmax.softmax_backward(y.extent(0), y.extent(1), y.data(), dy.data(),
                                           dx.data());
    });
}

void log_softmax(const FloatMatrix& x, FloatMatrixOut& y) {
    check_same_shape("y", y, "x", x);
    run_kernel(
        [=] { kernels().softmax.log_softmax(x.extent(0), x.extent(1), x.data(), y.data()); });
}

void log_softmax_backward(const FloatMatrix& y, const FloatMatrix& dy, FloatMatrixOut& dx) {
    check_same_shape("dy", dy, "y", y);
    check_same_shape("dx", dx, "y", y);
    run_kernel([=] {
        kernels().softmax.log_softmax_backward(y.extent(0), y.extent(1), y.data(), dy.data(),
                                               dx.data());
    });
}

}  // namespace

void bind_softmax(nb::module_& m) {
    m.def("softmax", &softmax, nb::arg("x"), nb::arg("y"),
          "y = exp(x) / sum exp(x) along each row; y may be x.");
    m.def("softmax_backward", &softmax_backward, nb::arg("y"), nb::arg("dy"), nb::arg("dx"),
          "dx = y * (dy - sum y dy) along each row; dx may be dy.");
    m.def("log_softmax", &log_softmax, nb::arg("x"), nb::arg("y"),
          "y = x - log sum exp(x) along each row; y may be x.");
    m.def("log_softmax_backward", &log_softmax_backward, nb::arg("y"), nb::arg("dy"), nb::arg("dx"),
          "dx = dy - exp(y) sum dy along each row; dx may be dy.");
}

}  // namespace sunhwan
