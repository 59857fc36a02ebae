#pragma once

#include <nanobind/nanobind.h>

namespace sunhwan {

void bind_decode(nanobind::module_& m);

}  // namespace sunhwan
