#include "kernels/elementwise.h"

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

Activation activation(int kind) { return checked_kind<Activation>("kind", kind, activation_count); }

void activate(int kind, const Floats& x, FloatsOut& y) {
    check_same_shape("y", y, "x", x);
    const ActivateArguments arguments{activation(kind), x.count(), x.data(), y.data()};
    run_kernel([=] { kernels().elementwise.activate(arguments); });
}

void activate_backward(int kind, const std::optional<Floats>& x, const Floats& y, const Floats& dy,
                       FloatsOut& dx) {
    const Activation f = activation(kind);
    if (x) check_same_shape("x", *x, "y", y);
    CHECK(x || !needs_input(f), "x must be given for this activation, got None");
    check_same_shape("dy", dy, "y", y);
    check_same_shape("dx", dx, "y", y);
    const ActivateBackwardArguments arguments{f,        y.count(), data_or_null(x),
                                              y.data(), dy.data(), dx.data()};
    run_kernel([=] { kernels().elementwise.activate_backward(arguments); });
}

void multiply(const Floats& a, const Floats& b, FloatsOut& out) {
    check_same_shape("b", b, "a", a);
    check_same_shape("out", out, "a", a);
    run_kernel([=] { kernels().elementwise.multiply(a.count(), a.data(), b.data(), out.data()); });
}

void add(const Floats& a, const Floats& b, FloatsOut& out) {
    check_same_shape("b", b, "a", a);
    check_same_shape("out", out, "a", a);
    run_kernel([=] { kernels().elementwise.add(a.count(), a.data(), b.data(), out.data()); });
}

void add_scaled(FloatsOut& out, const Floats& a, float factor) {
    check_same_shape("a", a, "out", out);
    run_kernel([=] { kernels().elementwise.add_scaled(a.count(), factor, a.data(), out.data()); });
}

void scale(const Floats& x, float factor, FloatsOut& out) {
    check_same_shape("out", out, "x", x);
    run_kernel([=] { kernels().elementwise.scale(x.count(), factor, x.data(), out.data()); });
}

void fill(FloatsOut& out, float value) {
    run_kernel([=] { kernels().elementwise.fill(out.count(), value, out.data()); });
}

void clear(FloatsOut& out) {
    run_kernel([=] { kernels().elementwise.clear(out.count(), out.data()); });
}

}  // namespace

void bind_elementwise(nb::module_& m) {
    nb::dict kinds;
    for (int kind = 0; kind < activation_count; ++kind) kinds[activation_names[kind]] = kind;
    m.attr("ACTIVATIONS") = kinds;
    m.def("activate", &activate, nb::arg("kind"), nb::arg("x"), nb::arg("y"),
          "y = f(x) for the activation `kind`; y may be x.");
    m.def(
        "activate_backward", &activate_backward, nb::arg("kind"), nb::arg("x").none(), nb::arg("y"),
        nb::arg("dy"), nb::arg("dx"),
        "dx = dy * f'(x), from y = f(x); x is read for gelu and silu alone, else it may be None.");
    m.def("multiply", &multiply, nb::arg("a"), nb::arg("b"), nb::arg("out"),
          "out = a * b; out may be a or b.");
    m.def("add", &add, nb::arg("a"), nb::arg("b"), nb::arg("out"),
          "out = a + b; out may be a or b.");
    m.def("add_into", &add_scaled, nb::arg("out"), nb::arg("a"), nb::arg("factor") = 1.0f,
          "out += factor * a.");
    m.def("scale", &scale, nb::arg("x"), nb::arg("factor"), nb::arg("out"),
          "out = factor * x; out may be x.");
    m.def("fill", &fill, nb::arg("out"), nb::arg("value") = 0.0f, "out = value.");
    m.def("clear", &clear, nb::arg("out"),
          "out = 0, written only where it is not yet: for an array that is zero mostly.");
}

}  // namespace sunhwan
