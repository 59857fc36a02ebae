#include "kernels/global_pooling.h"

#include "bindings/windows.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

// Raises ValueError unless every start lies in 0..steps.
void check_starts(const std::optional<Int64Vector>& starts, std::int64_t N, std::int64_t steps) {
    check_shape("starts", starts, {N});
    if (!starts) return;
    for (std::int64_t n = 0; n < N; ++n)
        check(starts->data()[n] >= 0 && starts->data()[n] <= steps,
              "starts must lie in 0.." + std::to_string(steps) + ", got " +
                  std::to_string(starts->data()[n]));
}

GlobalPoolArguments forward_arguments(const Int64Vector& offsets,
                                      const std::optional<Int64Vector>& starts,
                                      const FloatMatrix& values,
                                      const std::optional<FloatMatrix>& running,
                                      FloatMatrixOut& out) {
    const std::int64_t N = out.extent(0), C = out.extent(1);
    check_shape("values", values, {values.extent(0), C});
    check_shape("offsets", offsets, {N + 1});
    check_offsets("offsets", offsets, values.extent(0));
    if (running) check_shape("running", *running, {running->extent(0), C});
    check_starts(starts, N, extent_or_none(running, 0));
    return {N,
            C,
            offsets.data(),
            data_or_null(starts),
            values.data(),
            data_or_null(running),
            nullptr,
            out.data(),
            nullptr};
}

GlobalPoolBackwardArguments backward_arguments(const Int64Vector& offsets,
                                               const std::optional<Int64Vector>& starts,
                                               const FloatMatrix& dout,
                                               std::optional<FloatMatrixOut>& dvalues,
                                               std::optional<FloatMatrixOut>& dhead) {
    const std::int64_t N = dout.extent(0), C = dout.extent(1);
    check_shape("offsets", offsets, {N + 1});
    if (dvalues) {
        check_shape("dvalues", *dvalues, {dvalues->extent(0), C});
        check_offsets("offsets", offsets, dvalues->extent(0));
    }
    if (dhead) {
        check_shape("dhead", *dhead, {dhead->extent(0), C});
        check_starts(starts, N, dhead->extent(0));
    }
    check_shape("starts", starts, {N});
    return {N,           C,       offsets.data(),        data_or_null(starts),
            dout.data(), nullptr, data_or_null(dvalues), data_or_null(dhead)};
}

void global_max(const Int64Vector& offsets, const std::optional<Int64Vector>& starts,
                const FloatMatrix& values, const std::optional<FloatMatrix>& running,
                const std::optional<Int32Matrix>& running_source, FloatMatrixOut& out,
                Int32MatrixOut& source) {
    GlobalPoolArguments arguments = forward_arguments(offsets, starts, values, running, out);
    check(running.has_value() == running_source.has_value(),
          "running and running_source must be given together");
    if (running) check_same_shape("running_source", *running_source, "running", *running);
    check_same_shape("source", source, "out", out);
    arguments.running_source = data_or_null(running_source);
    arguments.source = source.data();
    const KernelCall call;
    kernels().global_pooling.maximum(arguments);
}

void global_max_backward(const Int64Vector& offsets, const FloatMatrix& dout,
                         const Int32Matrix& source, std::optional<FloatMatrixOut>& dvalues,
                         std::optional<FloatMatrixOut>& dhead) {
    GlobalPoolBackwardArguments arguments =
        backward_arguments(offsets, std::nullopt, dout, dvalues, dhead);
    check_same_shape("source", source, "dout", dout);
    check_map("source", source, -1, dhead ? dhead->extent(0) : -1);
    arguments.source = source.data();
    const KernelCall call;
    kernels().global_pooling.maximum_backward(arguments);
}

void global_average(const Int64Vector& offsets, const std::optional<Int64Vector>& starts,
                    const FloatMatrix& values, const std::optional<FloatMatrix>& running,
                    FloatMatrixOut& out) {
    const GlobalPoolArguments arguments = forward_arguments(offsets, starts, values, running, out);
    const KernelCall call;
    kernels().global_pooling.average(arguments);
}

void global_average_backward(const Int64Vector& offsets, const std::optional<Int64Vector>& starts,
                             const FloatMatrix& dout, std::optional<FloatMatrixOut>& dvalues,
                             std::optional<FloatMatrixOut>& drunning) {
    const GlobalPoolBackwardArguments arguments =
        backward_arguments(offsets, starts, dout, dvalues, drunning);
    const KernelCall call;
    kernels().global_pooling.average_backward(arguments);
}

void running_max(const FloatMatrix& x, FloatMatrixOut& out, Int32MatrixOut& source) {
    check_same_shape("out", out, "x", x);
    check_same_shape("source", source, "x", x);
    const KernelCall call;
    kernels().global_pooling.running_maximum(x.extent(0), x.extent(1), x.data(), out.data(),
                                             source.data());
}

void running_sum(const FloatMatrix& x, FloatMatrixOut& out) {
    check_same_shape("out", out, "x", x);
    const KernelCall call;
    kernels().global_pooling.running_sum(x.extent(0), x.extent(1), x.data(), out.data());
}

void running_sum_backward(const FloatMatrix& dout, FloatMatrixOut& dx) {
    check_same_shape("dx", dx, "dout", dout);
    const KernelCall call;
    kernels().global_pooling.running_sum_backward(dx.extent(0), dx.extent(1), dout.data(),
                                                  dx.data());
}

}  // namespace

void bind_global_pooling(nb::module_& m) {
    m.def("global_max", &global_max, nb::arg("offsets"), nb::arg("starts").none(),
          nb::arg("values"), nb::arg("running").none(), nb::arg("running_source").none(),
          nb::arg("out"), nb::arg("source"),
          "out (N, C) = the largest of a row's own steps and of the run before them; source: the "
          "first that is it, an own step or -1 - step of the run.");
    m.def("global_max_backward", &global_max_backward, nb::arg("offsets"), nb::arg("dout"),
          nb::arg("source"), nb::arg("dvalues").none(), nb::arg("dhead").none(),
          "dvalues (Q, C) = gradients of own steps; dhead (S, C) += those of the run.");
    m.def("global_average", &global_average, nb::arg("offsets"), nb::arg("starts").none(),
          nb::arg("values"), nb::arg("running").none(), nb::arg("out"),
          "out (N, C) = the mean of a row's own steps and of the run before them.");
    m.def("global_average_backward", &global_average_backward, nb::arg("offsets"),
          nb::arg("starts").none(), nb::arg("dout"), nb::arg("dvalues").none(),
          nb::arg("drunning").none(),
          "dvalues (Q, C) = gradients of own steps; drunning (S, C) += those of the running sums.");
    m.def("running_max", &running_max, nb::arg("x"), nb::arg("out"), nb::arg("source"),
          "out[s] = the largest of x[:s + 1]; source: where it stands first, as -1 - step.");
    m.def("running_sum", &running_sum, nb::arg("x"), nb::arg("out"), "out[s] = sum of x[:s + 1].");
    m.def("running_sum_backward", &running_sum_backward, nb::arg("dout"), nb::arg("dx"),
          "dx[s] += sum of dout[s:].");
}

}  // namespace sunhwan
