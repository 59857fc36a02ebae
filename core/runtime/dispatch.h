// One table of kernels, chosen once when the module loads.
#pragma once

namespace sunhwan {

#define FAMILY(name, Name) struct Name##Kernels;
#include "kernels/families.def"
#undef FAMILY

struct Kernels {
#define FAMILY(name, Name) const Name##Kernels& name;
#include "kernels/families.def"
#undef FAMILY
};

// The kernels of the chosen instruction set. Include kernels/<family>.h to call one.
const Kernels& kernels();

// "baseline", "avx2", "avx512" or "neon".
const char* isa();

// Chooses the best instruction set of this processor, or the one that SUNHWAN_ISA names.
// Throws std::runtime_error where that one is unknown or cannot run here.
void choose_isa();

}  // namespace sunhwan
