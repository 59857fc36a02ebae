#include "bindings/windows.h"

#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

void window_map(const Int64Vector& offsets, const Int64Vector& starts, const Int64Vector& extents,
                const Int64Vector& paddings, const Int64Vector& out_offsets,
                const Int64Vector& out_starts, std::int64_t stride, std::int64_t dilation,
                const std::optional<Int32Vector>& index,
                const std::optional<Int32Vector>& run_index, Int32MatrixOut& map) {
    const std::int64_t N = starts.count();
    check_distance("stride", stride);
    check_distance("dilation", dilation);
    CHECK(map.extent(1) > 0, "map must have at least one column, got none");
    check_shape("offsets", offsets, {N + 1});
    check_shape("extents", extents, {N});
    check_shape("paddings", paddings, {N});
    check_shape("out_offsets", out_offsets, {N + 1});
    check_shape("out_starts", out_starts, {N});
    check_shape("index", index, {check_offsets("offsets", offsets)});
    check_offsets("out_offsets", out_offsets, map.extent(0));
    for (std::int64_t n = 0; n < N; ++n) {
        const std::int64_t start = starts.data()[n];
        const std::int64_t own = offsets.data()[n + 1] - offsets.data()[n];
        const std::int64_t padding = paddings.data()[n], first = out_starts.data()[n];
        CHECK(start <= furthest && first >= 0 && first <= furthest && padding >= -furthest &&
                  padding <= furthest,
              "positions must be below " + std::to_string(furthest) + ", got others in row " +
                  std::to_string(n));
        CHECK(start >= 0 && start + own == extents.data()[n],
              "row " + std::to_string(n) + " must own the steps from its start to its extent");
        CHECK(!run_index || start <= run_index->count(),
              "starts must be at most " + std::to_string(run_index ? run_index->count() : 0) +
                  ", got " + std::to_string(start));
    }
    const WindowMapArguments arguments{N,
                                       map.extent(1),
                                       stride,
                                       dilation,
                                       offsets.data(),
                                       starts.data(),
                                       extents.data(),
                                       paddings.data(),
                                       out_offsets.data(),
                                       out_starts.data(),
                                       data_or_null(index),
                                       data_or_null(run_index),
                                       map.data()};
    run_once([=] { kernels().windows.window_map(arguments); });
}

}  // namespace

void bind_windows(nb::module_& m) {
    m.attr("NOTHING") = nothing;
    m.def("window_map", &window_map, nb::arg("offsets"), nb::arg("starts"), nb::arg("extents"),
          nb::arg("paddings"), nb::arg("out_offsets"), nb::arg("out_starts"), nb::arg("stride"),
          nb::arg("dilation"), nb::arg("index").none(), nb::arg("run_index").none(), nb::arg("map"),
          "map (P, K): where each window's taps read: an own step (or its index), head row -1 - "
          "entry "
          "(or the run's index), NOTHING for zero padding.");
}

}  // namespace sunhwan
