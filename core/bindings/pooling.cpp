#include "kernels/pooling.h"

#include "bindings/windows.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

PoolArguments forward_arguments(const Int32Matrix& map, const std::optional<FloatMatrix>& values,
                                const std::optional<FloatMatrix>& head, FloatMatrixOut& out) {
    const std::int64_t P = map.extent(0), C = out.extent(1);
    check_shape("out", out, {P, C});
    if (values) check_shape("values", *values, {values->extent(0), C});
    if (head) check_shape("head", *head, {head->extent(0), C});
    check_map("map", map, extent_or_none(values, 0), extent_or_none(head, 0));
    return {P,          map.extent(1), C, map.data(), data_or_null(values), data_or_null(head),
            out.data(), nullptr};
}

// Raises ValueError where a row's windows read another row's steps: rows go to different threads.
void check_rows_apart(const Int32Matrix& map, const Int64Vector& offsets,
                      const Int64Vector& out_offsets) {
    const std::int64_t K = map.extent(1);
    for (std::int64_t n = 0; n + 1 < offsets.count(); ++n) {
        bool apart = true;
        for (std::int64_t i = out_offsets.data()[n] * K; i < out_offsets.data()[n + 1] * K; ++i) {
            const std::int64_t step = map.data()[i];
            apart &= step < 0 || (step >= offsets.data()[n] && step < offsets.data()[n + 1]);
        }
        CHECK(apart, "map must read the own steps of its own row in row " + std::to_string(n));
    }
}

PoolBackwardArguments backward_arguments(const Int32Matrix& map, const Int64Vector& offsets,
                                         const Int64Vector& out_offsets, const FloatMatrix& dout,
                                         std::optional<FloatMatrixOut>& dvalues,
                                         std::optional<FloatMatrixOut>& dhead) {
    const std::int64_t P = map.extent(0), K = map.extent(1), C = dout.extent(1);
    const std::int64_t N = offsets.count() - 1;
    check_shape("dout", dout, {P, C});
    check_shape("out_offsets", out_offsets, {N + 1});
    check_offsets("out_offsets", out_offsets, P);
    if (dhead) check_shape("dhead", *dhead, {dhead->extent(0), C});
    check_map("map", map, -1, dhead ? dhead->extent(0) : -1);
    if (dvalues) {
        check_shape("dvalues", *dvalues, {dvalues->extent(0), C});
        check_offsets("offsets", offsets, dvalues->extent(0));
        check_rows_apart(map, offsets, out_offsets);
    }
    return {N,
            P,
            K,
            C,
            map.data(),
            offsets.data(),
            out_offsets.data(),
            dout.data(),
            nullptr,
            data_or_null(dvalues),
            data_or_null(dhead)};
}

void max_pool(const Int32Matrix& map, const std::optional<FloatMatrix>& values,
              const std::optional<FloatMatrix>& head, FloatMatrixOut& out,
              std::optional<Int32MatrixOut>& source) {
    PoolArguments arguments = forward_arguments(map, values, head, out);
    if (source) check_same_shape("source", *source, "out", out);
    arguments.source = data_or_null(source);
    run_kernel([=] { kernels().pooling.maximum(arguments); });
}

void max_pool_backward(const Int32Matrix& map, const Int64Vector& offsets,
                       const Int64Vector& out_offsets, const FloatMatrix& dout,
                       const Int32Matrix& source, std::optional<FloatMatrixOut>& dvalues,
                       std::optional<FloatMatrixOut>& dhead) {
    PoolBackwardArguments arguments =
        backward_arguments(map, offsets, out_offsets, dout, dvalues, dhead);
    check_same_shape("source", source, "dout", dout);
    arguments.source = source.data();
    run_kernel([=] { kernels().pooling.maximum_backward(arguments); });
}

void average_pool(const Int32Matrix& map, const std::optional<FloatMatrix>& values,
                  const std::optional<FloatMatrix>& head, FloatMatrixOut& out) {
    const PoolArguments arguments = forward_arguments(map, values, head, out);
    run_kernel([=] { kernels().pooling.average(arguments); });
}

void average_pool_backward(const Int32Matrix& map, const Int64Vector& offsets,
                           const Int64Vector& out_offsets, const FloatMatrix& dout,
                           std::optional<FloatMatrixOut>& dvalues,
                           std::optional<FloatMatrixOut>& dhead) {
    const PoolBackwardArguments arguments =
        backward_arguments(map, offsets, out_offsets, dout, dvalues, dhead);
    run_kernel([=] { kernels().pooling.average_backward(arguments); });
}

}  // namespace

void bind_pooling(nb::module_& m) {
    m.def("max_pool", &max_pool, nb::arg("map"), nb::arg("values").none(), nb::arg("head").none(),
          nb::arg("out"), nb::arg("source").none(),
          "out (P, C) = the largest of the rows that map (P, K) names; source: the entry of the "
          "first of them.");
    m.def("max_pool_backward", &max_pool_backward, nb::arg("map"), nb::arg("offsets"),
          nb::arg("out_offsets"), nb::arg("dout"), nb::arg("source"), nb::arg("dvalues").none(),
          nb::arg("dhead").none(),
          "dvalues (Q, C) = gradients of own steps; dhead (R, C) += those of head rows.");
    m.def("average_pool", &average_pool, nb::arg("map"), nb::arg("values").none(),
          nb::arg("head").none(), nb::arg("out"),
          "out (P, C) = the mean of the rows that map (P, K) names, NOTHING left out.");
    m.def("average_pool_backward", &average_pool_backward, nb::arg("map"), nb::arg("offsets"),
          nb::arg("out_offsets"), nb::arg("dout"), nb::arg("dvalues").none(),
          nb::arg("dhead").none(),
          "dvalues (Q, C) = gradients of own steps; dhead (R, C) += those of head rows.");
}

}  // namespace sunhwan
