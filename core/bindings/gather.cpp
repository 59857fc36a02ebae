#include "kernels/gather.h"

#include "bindings/arrays.h"
#include "bindings/index.h"
#include "bindings/offsets.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

template <typename A>
std::int64_t rows_or_zero(const std::optional<A>& array) {
    return array ? array->extent(0) : 0;
}

void gather_rows(const FloatMatrix& source, const std::optional<FloatMatrix>& head,
                 const Int32Vector& index, FloatMatrixOut& out) {
    const std::int64_t C = source.extent(1);
    check_shape("out", out, {index.extent(0), C});
    check_shape("head", head, {rows_or_zero(head), C});
    check_index("index", index, source.extent(0), rows_or_zero(head));
    const GatherArguments arguments{index.extent(0), C,         source.data(), data_or_null(head),
                                    index.data(),    out.data()};
    run_kernel([=] { kernels().gather.gather_rows(arguments); });
}

void scatter_rows(const FloatMatrix& dout, const Int32Vector& index,
                  const std::optional<FloatMatrixOut>& dsource,
                  const std::optional<FloatMatrixOut>& dhead) {
    const std::int64_t C = dout.extent(1);
    check_shape("index", index, {dout.extent(0)});
    check_shape("dsource", dsource, {rows_or_zero(dsource), C});
    check_shape("dhead", dhead, {rows_or_zero(dhead), C});
    constexpr std::int64_t any = std::int64_t{1} << 31;
    check_index("index", index, dsource ? dsource->extent(0) : any, dhead ? dhead->extent(0) : any);
    const ScatterArguments arguments{
        dout.extent(0), C, dout.data(), index.data(), data_or_null(dsource), data_or_null(dhead)};
    run_kernel([=] { kernels().gather.scatter_rows(arguments); });
}

void scatter_halves(const FloatMatrix& dout, const Int32Vector& index, FloatCubeOut& dsource) {
    const std::int64_t C = dout.extent(1);
    check_shape("index", index, {dout.extent(0)});
    check_shape("dsource", dsource, {2, dsource.extent(1), C});
    check_index("index", index, dsource.extent(1), 0);
    const HalvesArguments arguments{dout.extent(0), dsource.extent(1), C,
                                    dout.data(),    index.data(),      dsource.data()};
    run_kernel([=] { kernels().gather.scatter_halves(arguments); });
}

// Checked row factors for P places.
RowFactors row_factors(const FloatMatrix& factors, const Int64Vector& offsets, std::int64_t P,
                       std::int64_t C) {
    const std::int64_t N = factors.extent(0);
    check_shape("factors", factors, {N, C});
    check_shape("offsets", offsets, {N + 1});
    check_offsets("offsets", offsets, P);
    return {N, offsets.data(), factors.data()};
}

void gather_scaled(const FloatMatrix& source, const std::optional<Int32Vector>& index,
                   const FloatMatrix& factors, const Int64Vector& offsets, FloatMatrixOut& out) {
    const std::int64_t P = out.extent(0), C = source.extent(1);
    check_shape("out", out, {P, C});
    check_shape("index", index, {P});
    if (!index) check_shape("source", source, {P, C});
    if (index) check_index("index", *index, source.extent(0), 0);
    const ScaledGatherArguments arguments{C, row_factors(factors, offsets, P, C), source.data(),
                                          data_or_null(index), out.data()};
    const KernelCall call;
    kernels().gather.gather_scaled(arguments);
}

void scatter_scaled(const FloatMatrix& dout, const Int32Vector& index, const FloatMatrix& factors,
                    const Int64Vector& offsets, FloatMatrixOut& dsource) {
    const std::int64_t P = dout.extent(0), C = dout.extent(1);
    check_shape("index", index, {P});
    check_shape("dsource", dsource, {dsource.extent(0), C});
    check_index("index", index, dsource.extent(0), 0);
    const ScaledScatterArguments arguments{C, row_factors(factors, offsets, P, C), dout.data(),
                                           index.data(), dsource.data()};
    const KernelCall call;
    kernels().gather.scatter_scaled(arguments);
}

std::int64_t distinct(const Int32Vector& ids, Int32VectorOut& marks, Int32VectorOut& index,
                      Int32VectorOut& found) {
    const std::int64_t P = ids.extent(0), V = marks.extent(0);
    check_shape("index", index, {P});
    CHECK(found.extent(0) >= (P < V ? P : V), "found must have room for " +
                                                  std::to_string(P < V ? P : V) + " ids, got " +
                                                  std::to_string(found.extent(0)));
    check_index("ids", ids, V, 0);
    const KernelCall call;
    return kernels().gather.distinct(P, ids.data(), marks.data(), index.data(), found.data());
}

}  // namespace

void bind_gather(nb::module_& m) {
    m.def("gather_rows", &gather_rows, nb::arg("source"), nb::arg("head").none(), nb::arg("index"),
          nb::arg("out"), "out[p] = source[index[p]], or head[-1 - index[p]] where index[p] < 0.");
    m.def("scatter_rows", &scatter_rows, nb::arg("dout"), nb::arg("index"),
          nb::arg("dsource").none(), nb::arg("dhead").none(),
          "dsource[index[p]] += dout[p], or dhead[-1 - index[p]] where index[p] < 0, in the order "
          "of p; rows for an array that is None are dropped.");
    m.def("scatter_halves", &scatter_halves, nb::arg("dout"), nb::arg("index"), nb::arg("dsource"),
          "dsource[0, index[p]] += dout[p] for the first half of p, dsource[1, index[p]] for the "
          "others, in the order of p.");
    m.def("gather_scaled", &gather_scaled, nb::arg("source"), nb::arg("index").none(),
          nb::arg("factors"), nb::arg("offsets"), nb::arg("out"),
          "out[p] = source[index[p]] * factors[n] for the places offsets[n]..offsets[n + 1] of row "
          "n; without index source[p], and out may be source.");
    m.def("scatter_scaled", &scatter_scaled, nb::arg("dout"), nb::arg("index"), nb::arg("factors"),
          nb::arg("offsets"), nb::arg("dsource"),
          "dsource[index[p]] += dout[p] * factors[n], likewise, in the order of p.");
    m.def("distinct", &distinct, nb::arg("ids"), nb::arg("marks"), nb::arg("index"),
          nb::arg("found"),
          "Numbers the ids in the order in which they first appear: ids = found[index]; returns "
          "how many there are. marks (vocabulary,) is -1 before and after.");
}

}  // namespace sunhwan
