#include "bindings/runtime.h"

#include <nanobind/stl/string.h>

#include <string>

#include "runtime/counters.h"
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
    m.def(
        "counters",
        [] {
            nb::dict counts;
            counts["kernel_calls"] = counters.kernel_calls.load();
            counts["shared_jobs"] = counters.shared_jobs.load();
            counts["allocations"] = counters.allocations.load();
            return counts;
        },
        "What the native code of this process has done so far.\n\n"
        "`kernel_calls` counts the calls of kernels, replayed ones too; `shared_jobs` those parts\n"
        "of them that more than one thread was given; `allocations` the scratch blocks that were\n"
        "asked of the system.\n\n"
        ">>> sorted(counters())\n"
        "['allocations', 'kernel_calls', 'shared_jobs']");
    m.def("control_group_quota", &control_group_quota, nb::arg("membership"), nb::arg("root"),
          "The CPU quota of the control groups in the file `membership`, 0.0 where there is none.");
}

}  // namespace sunhwan
