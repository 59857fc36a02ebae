#include "kernels/packing.h"

#include <cstring>

#include "bindings/arrays.h"
#include "bindings/offsets.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

using AnyArray = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using Place = nb::ndarray<nb::c_contig, nb::device::cpu>;

// Copies numbers to floats, or ids below the limit to int32. False where the arrays differ in size,
// the kind of the numbers is another, or one is not finite or not below the limit.
bool copy_checked(const AnyArray& source, const Place& out, std::int64_t limit) {
    const PackingKernels& packing = kernels().packing;
    const auto count = static_cast<std::int64_t>(source.size());
    const nb::dlpack::dtype type = source.dtype();
    const void* from = source.data();
    if (source.size() != out.size()) return false;
    if (out.dtype() == nb::dtype<float>()) {
        float* to = static_cast<float*>(out.data());
        if (type == nb::dtype<float>())
            return packing.copy_floats(count, static_cast<const float*>(from), to);
        if (type == nb::dtype<double>())
            return packing.copy_doubles(count, static_cast<const double*>(from), to);
    } else if (out.dtype() == nb::dtype<std::int32_t>()) {
        std::int32_t* to = static_cast<std::int32_t*>(out.data());
        if (type == nb::dtype<std::int32_t>())
            return packing.copy_ids(count, static_cast<const std::int32_t*>(from), limit, to);
        if (type == nb::dtype<std::int64_t>())
            return packing.copy_long_ids(count, static_cast<const std::int64_t*>(from), limit, to);
    }
    return false;
}

void take_runs(const AnyArray& source, const Int64Vector& firsts, const Int64Vector& offsets,
               const Place& out) {
    const std::int64_t N = firsts.extent(0);
    CHECK(source.ndim() > 0 && source.ndim() == out.ndim() && source.dtype() == out.dtype(),
          "out must have the rank and kind of numbers of source");
    std::int64_t step_bytes = static_cast<std::int64_t>(source.itemsize());
    for (std::size_t axis = 1; axis < source.ndim(); ++axis) {
        CHECK(source.shape(axis) == out.shape(axis), "out must have the steps of source");
        step_bytes *= static_cast<std::int64_t>(source.shape(axis));
    }
    check_shape("offsets", offsets, {N + 1});
    check_offsets("offsets", offsets, static_cast<std::int64_t>(out.shape(0)));
    const auto steps = static_cast<std::int64_t>(source.shape(0));
    for (std::int64_t n = 0; n < N; ++n) {
        const std::int64_t first = firsts.data()[n];
        const std::int64_t own = offsets.data()[n + 1] - offsets.data()[n];
        CHECK(first >= 0 && first <= steps - own,
              "firsts and offsets must name steps below " + std::to_string(steps) + ", got run " +
                  std::to_string(n) + " from " + std::to_string(first) + " of " +
                  std::to_string(own));
    }
    const RunArguments arguments{N,
                                 step_bytes,
                                 firsts.data(),
                                 offsets.data(),
                                 static_cast<const unsigned char*>(source.data()),
                                 static_cast<unsigned char*>(out.data())};
    const KernelCall call;
    kernels().packing.take_runs(arguments);
}

void copy_columns(const FloatMatrix& source, std::int64_t first, FloatMatrixOut& out,
                  std::int64_t place, std::int64_t count) {
    CHECK(out.extent(0) == source.extent(0), "out must have the rows of source, " +
                                                 std::to_string(source.extent(0)) + ", got " +
                                                 std::to_string(out.extent(0)));
    CHECK(first >= 0 && place >= 0 && count >= 0 && first <= source.extent(1) - count &&
              place <= out.extent(1) - count,
          "the columns must lie within source and out");
    run_kernel([=] {
        for (std::int64_t row = 0; count > 0 && row < source.extent(0); ++row)
            std::memcpy(out.data() + row * out.extent(1) + place,
                        source.data() + row * source.extent(1) + first,
                        sizeof(float) * static_cast<std::size_t>(count));
    });
}

}  // namespace

void bind_packing(nb::module_& m) {
    m.def("copy_columns", &copy_columns, nb::arg("source"), nb::arg("first"), nb::arg("out"),
          nb::arg("place"), nb::arg("count"),
          "Copies `count` columns of source (N, C), from `first` on, to those of out (N, D) from "
          "`place` on.");
    m.def("take_runs", &take_runs, nb::arg("source"), nb::arg("firsts"), nb::arg("offsets"),
          nb::arg("out").noconvert(),
          "out[offsets[n]:offsets[n + 1]] = source[firsts[n]:...], for each run n of steps.");
    m.def("copy_checked", &copy_checked, nb::arg("source"), nb::arg("out").noconvert(),
          nb::arg("limit") = 0,
          "Copies numbers to a float32 array, or ids to an int32 array of the same size. False "
          "where the kind of numbers does not fit, or one is not finite or not in [0, limit).");
}

}  // namespace sunhwan
