#include "kernels/packing.h"

#include "bindings/arrays.h"
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

}  // namespace

void bind_packing(nb::module_& m) {
    m.def("copy_checked", &copy_checked, nb::arg("source"), nb::arg("out"), nb::arg("limit") = 0,
          "Copies numbers to a float32 array, or ids to an int32 array of the same size. False "
          "where the kind of numbers does not fit, or one is not finite or not in [0, limit).");
}

}  // namespace sunhwan
