#include "bindings/runtime.h"

#include <nanobind/stl/string.h>

#include <string>

#include "runtime/dispatch.h"
#include "runtime/processor_count.h"
#include "runtime/threads.h"

namespace nb = nanobind;

namespace sunhwan {
namespace {

void set_threads(int count) {
    if (count < 1)
        throw nb::value_error(
            ("the number of threads must be a positive integer, got " + std::to_string(count))
                .c_str());
    set_num_threads(count);
}

}  // namespace

void bind_runtime(nb::module_& m) {
    m.def("isa", &isa, "The instruction set in use: baseline, avx2, avx512 or neon.");
    m.def("num_threads", &num_threads,
          "The number of threads that kernels may use.\n\n"
          "At first it is what `SUNHWAN_NUM_THREADS` says, else what affinity and control groups\n"
          "allow.\n\n"
          ">>> num_threads() > 0\n"
          "True");
    m.def("set_num_threads", &set_threads, nb::arg("count"),
          "Sets the number of threads that kernels may use; it changes no bit of any result.\n\n"
          "Args:\n"
          "    count: 1 or more.\n\n"
          "Raises:\n"
          "    ValueError: `count` is below 1.\n\n"
          ">>> set_num_threads(num_threads())");
    m.def("control_group_quota", &control_group_quota, nb::arg("membership"), nb::arg("root"),
          "The CPU quota of the control groups in the file `membership`, 0.0 where there is none.");
}

}  // namespace sunhwan
