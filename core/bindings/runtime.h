#pragma once

#include <nanobind/nanobind.h>

namespace sunhwan {

void bind_runtime(nanobind::module_& m);

}  // namespace sunhwan
