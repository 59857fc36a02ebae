#include "kernels/summary.h"

#include <nanobind/stl/tuple.h>

#include <tuple>

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

using Found = std::tuple<std::int64_t, double, double, double, double, double>;

Found summarize(const Floats& x, std::optional<Int64VectorOut> counts, std::int64_t stride) {
    CHECK(stride > 0, "stride must be positive, got " + std::to_string(stride));
    CHECK(!counts || (counts->count() > 0 && counts->count() <= max_bins),
          "counts must have 1 to " + std::to_string(max_bins) + " bins, got " +
              std::to_string(counts->count()));
    const std::int64_t runs = x.count() / histogram_run + 1;  // a longer stride takes one run too
    if (stride > runs) stride = runs;
    Summary found;
    {
        const KernelCall call;
        found = kernels().summary.summarize(x.count(), x.data());
        if (counts)
            kernels().summary.histogram(x.count(), x.data(), found.least, found.most,
                                        counts->count(), stride, counts->data());
    }
    return {found.finite, found.mean, found.spread, found.size, found.least, found.most};
}

}  // namespace

void bind_summary(nb::module_& m) {
    m.def("summarize", &summarize, nb::arg("x"), nb::arg("counts").none() = nb::none(),
          nb::arg("stride") = 1,
          "(how many are finite, mean, standard deviation, mean of |x|, least, most) of the finite "
          "numbers of x; counts (B,) takes, added, how many lie in each of B equal bins from the "
          "least to the most, of every `stride` runs of 64 numbers the first.");
}

}  // namespace sunhwan
