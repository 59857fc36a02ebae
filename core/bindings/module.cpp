#include <nanobind/nanobind.h>

#include "bindings/decode.h"
#include "bindings/recording.h"
#include "bindings/runtime.h"
#include "runtime/dispatch.h"
#include "runtime/threads.h"

namespace sunhwan {
#define FAMILY(name, Name) void bind_##name(nanobind::module_& m);
#include "kernels/families.def"
#undef FAMILY
}  // namespace sunhwan

NB_MODULE(_core, m) {
    m.doc() = "Sunhwan's native kernels. Internal: names may change at any time.";
    sunhwan::choose_isa();
    sunhwan::choose_num_threads();
    sunhwan::bind_runtime(m);
    sunhwan::bind_recording(m);
    sunhwan::bind_decode(m);
#define FAMILY(name, Name) sunhwan::bind_##name(m);
#include "kernels/families.def"
#undef FAMILY
}
