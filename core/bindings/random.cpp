#include "kernels/random.h"

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

RandomArguments arguments(FloatMatrixOut& out, std::uint64_t key, const Int64Vector& rows,
                          const std::optional<Int32Vector>& times) {
    check_shape("rows", rows, {out.extent(0)});
    check_shape("times", times, {out.extent(0)});
    return {key, out.extent(0), out.extent(1), rows.data(), data_or_null(times), out.data()};
}

void dropout_mask(FloatMatrixOut& out, std::uint64_t key, const Int64Vector& rows,
                  const std::optional<Int32Vector>& times, float rate) {
    CHECK(rate >= 0.0f && rate < 1.0f, "rate must be in [0, 1), got " + std::to_string(rate));
    const RandomArguments all = arguments(out, key, rows, times);
    const KernelCall call;
    kernels().random.dropout_mask(all, rate);
}

void normal(FloatMatrixOut& out, std::uint64_t key, const Int64Vector& rows,
            const std::optional<Int32Vector>& times, float mean, float stddev) {
    const RandomArguments all = arguments(out, key, rows, times);
    const KernelCall call;
    kernels().random.normal(all, mean, stddev);
}

}  // namespace

void bind_random(nb::module_& m) {
    m.def(
        "dropout_mask", &dropout_mask, nb::arg("out"), nb::arg("key"), nb::arg("rows"),
        nb::arg("times").none(), nb::arg("rate"),
        "Fills out (P, F) with 0, with probability `rate`, or 1 / (1 - rate), from the 64-bit key, "
        "rows (P,), times (P,) or None and the column alone.");
    m.def(
        "normal", &normal, nb::arg("out"), nb::arg("key"), nb::arg("rows"), nb::arg("times").none(),
        nb::arg("mean") = 0.0f, nb::arg("stddev") = 1.0f,
        "Fills out (P, F) with normal numbers, from the 64-bit key, rows (P,), times (P,) or None "
        "and the column alone.");
}

}  // namespace sunhwan
