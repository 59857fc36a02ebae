#include "kernels/global_pooling.h"

#include "bindings/windows.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

using Starts = std::optional<Int64Vector>;

// Checks the rows against the pooled rows (N, C), their own steps (Q, C) and the run (S, C).
template <typename Pooled, typename Values, typename Run>
RowSteps rows_of(const Int64Vector& offsets, const Starts& starts, const Pooled& pooled,
                 const std::optional<Values>& values, const std::optional<Run>& run) {
    const std::int64_t N = pooled.extent(0), C = pooled.extent(1);
    check_shape("offsets", offsets, {N + 1});
    check_offsets("offsets", offsets, values ? values->extent(0) : -1);
    if (values) check_shape("values", *values, {values->extent(0), C});
    if (run) check_shape("running", *run, {run->extent(0), C});
    check_shape("starts", starts, {N});
    const std::int64_t steps = extent_or_none(run, 0);
    for (std::int64_t n = 0; starts && n < N; ++n)
        CHECK(starts->data()[n] >= 0 && starts->data()[n] <= steps,
              "starts must lie in 0.." + std::to_string(steps) + ", got " +
                  std::to_string(starts->data()[n]));
    return {N, C, offsets.data(), data_or_null(starts)};
}

void global_max(const Int64Vector& offsets, const Starts& starts, const FloatMatrix& values,
                const std::optional<FloatMatrix>& running,
                const std::optional<FloatMatrix>& running_count, FloatMatrixOut& out,
                FloatMatrixOut& share) {
    const RowSteps rows = rows_of(offsets, starts, out, std::optional(values), running);
    CHECK(running.has_value() == running_count.has_value(),
          "running and running_count must be given together");
    if (running) check_same_shape("running_count", *running_count, "running", *running);
    check_same_shape("share", share, "out", out);
    const GlobalMaximumArguments arguments{
        rows,       values.data(), data_or_null(running), data_or_null(running_count),
        out.data(), share.data()};
    run_kernel([=] { kernels().global_pooling.maximum(arguments); });
}

void global_max_backward(const Int64Vector& offsets, const Starts& starts,
                         const FloatMatrix& values, const std::optional<FloatMatrix>& running,
                         const FloatMatrix& out, const FloatMatrix& share, const FloatMatrix& dout,
                         std::optional<FloatMatrixOut>& dvalues,
                         std::optional<FloatMatrixOut>& drunning) {
    const RowSteps rows = rows_of(offsets, starts, dout, std::optional(values), running);
    check_same_shape("out", out, "dout", dout);
    check_same_shape("share", share, "dout", dout);
    if (dvalues) check_same_shape("dvalues", *dvalues, "values", values);
    if (drunning) {
        CHECK(running.has_value(), "running must be given with drunning");
        check_same_shape("drunning", *drunning, "running", *running);
    }
    const GlobalMaximumBackwardArguments arguments{
        rows,         values.data(), data_or_null(running), out.data(),
        share.data(), dout.data(),   data_or_null(dvalues), data_or_null(drunning)};
    run_kernel([=] { kernels().global_pooling.maximum_backward(arguments); });
}

void global_average(const Int64Vector& offsets, const Starts& starts, const FloatMatrix& values,
                    const std::optional<FloatMatrix>& running, FloatMatrixOut& out) {
    const GlobalAverageArguments arguments{
        rows_of(offsets, starts, out, std::optional(values), running), values.data(),
        data_or_null(running), out.data()};
    run_kernel([=] { kernels().global_pooling.average(arguments); });
}

void global_average_backward(const Int64Vector& offsets, const Starts& starts,
                             const FloatMatrix& dout, std::optional<FloatMatrixOut>& dvalues,
                             std::optional<FloatMatrixOut>& drunning) {
    CHECK(drunning || !starts, "drunning must be given with starts");
    const GlobalAverageBackwardArguments arguments{
        rows_of(offsets, starts, dout, dvalues, drunning), dout.data(), data_or_null(dvalues),
        data_or_null(drunning)};
    run_kernel([=] { kernels().global_pooling.average_backward(arguments); });
}

void running_max(const FloatMatrix& x, FloatMatrixOut& out, FloatMatrixOut& count) {
    check_same_shape("out", out, "x", x);
    check_same_shape("count", count, "x", x);
    run_kernel([=] {
        kernels().global_pooling.running_maximum(x.extent(0), x.extent(1), x.data(), out.data(),
                                                 count.data());
    });
}

void running_max_backward(const FloatMatrix& x, const FloatMatrix& out, const FloatMatrix& dout,
                          FloatMatrixOut& dx) {
    check_same_shape("out", out, "x", x);
    check_same_shape("dout", dout, "x", x);
    check_same_shape("dx", dx, "x", x);
    run_kernel([=] {
        kernels().global_pooling.running_maximum_backward(x.extent(0), x.extent(1), x.data(),
                                                          out.data(), dout.data(), dx.data());
    });
}

void running_sum(const FloatMatrix& x, FloatMatrixOut& out) {
    check_same_shape("out", out, "x", x);
    run_kernel([=] {
        kernels().global_pooling.running_sum(x.extent(0), x.extent(1), x.data(), out.data());
    });
}

void running_sum_backward(const FloatMatrix& dout, FloatMatrixOut& dx) {
    check_same_shape("dx", dx, "dout", dout);
    run_kernel([=] {
        kernels().global_pooling.running_sum_backward(dx.extent(0), dx.extent(1), dout.data(),
                                                      dx.data());
    });
}

}  // namespace

void bind_global_pooling(nb::module_& m) {
    m.def("global_max", &global_max, nb::arg("offsets"), nb::arg("starts").none(),
          nb::arg("values"), nb::arg("running").none(), nb::arg("running_count").none(),
          nb::arg("out"), nb::arg("share"),
          "out (N, C) = the largest of a row's own steps and of the run before them; share = one "
          "by the number of steps that are it.");
    m.def("global_max_backward", &global_max_backward, nb::arg("offsets"), nb::arg("starts").none(),
          nb::arg("values"), nb::arg("running").none(), nb::arg("out"), nb::arg("share"),
          nb::arg("dout"), nb::arg("dvalues").none(), nb::arg("drunning").none(),
          "dvalues (Q, C) = gradients of own steps; drunning (S, C) += those of each step of the "
          "run that is the maximum.");
    m.def("global_average", &global_average, nb::arg("offsets"), nb::arg("starts").none(),
          nb::arg("values"), nb::arg("running").none(), nb::arg("out"),
          "out (N, C) = the mean of a row's own steps and of the run before them.");
    m.def("global_average_backward", &global_average_backward, nb::arg("offsets"),
          nb::arg("starts").none(), nb::arg("dout"), nb::arg("dvalues").none(),
          nb::arg("drunning").none(),
          "dvalues (Q, C) = gradients of own steps; drunning (S, C) += those of the running sums.");
    m.def("running_max", &running_max, nb::arg("x"), nb::arg("out"), nb::arg("count"),
          "out[s] = the largest of x[:s + 1]; count = how many of them are it.");
    m.def("running_max_backward", &running_max_backward, nb::arg("x"), nb::arg("out"),
          nb::arg("dout"), nb::arg("dx"),
          "dx[s] += dout of the steps from s on of which x[s] is the maximum.");
    m.def("running_sum", &running_sum, nb::arg("x"), nb::arg("out"), "out[s] = sum of x[:s + 1].");
    m.def("running_sum_backward", &running_sum_backward, nb::arg("dout"), nb::arg("dx"),
          "dx[s] += sum of dout[s:].");
}

}  // namespace sunhwan
