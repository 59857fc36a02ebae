#include "runtime/dispatch.h"

#include <cstdlib>
#include <iterator>
#include <stdexcept>
#include <string>

#include "runtime/processor.h"

namespace sunhwan {

// The tables are objects of the kernel libraries, one for each target and family.
#if defined(SUNHWAN_X86)
#define FAMILY(name, Name)                      \
    extern const Name##Kernels name##_baseline; \
    extern const Name##Kernels name##_avx2;     \
    extern const Name##Kernels name##_avx512;
#else
#define FAMILY(name, Name) extern const Name##Kernels name##_neon;
#endif
#include "kernels/families.def"
#undef FAMILY

namespace {

struct Target {
    const char* name;
    bool (*supported)();
    Kernels kernels;
};

// The best one first.
const Target targets[] = {
#if defined(SUNHWAN_X86)
    {"avx512",
     has_avx512,
     {
#define FAMILY(name, Name) name##_avx512,
#include "kernels/families.def"
#undef FAMILY
     }},
    {"avx2",
     has_avx2,
     {
#define FAMILY(name, Name) name##_avx2,
#include "kernels/families.def"
#undef FAMILY
     }},
    {"baseline",
     [] { return true; },
     {
#define FAMILY(name, Name) name##_baseline,
#include "kernels/families.def"
#undef FAMILY
     }},
#else
    {"neon",
     [] { return true; },
     {
#define FAMILY(name, Name) name##_neon,
#include "kernels/families.def"
#undef FAMILY
     }},
#endif
};

const Target* chosen = &targets[std::size(targets) - 1];

const Target& best_target() {
    for (const Target& target : targets)
        if (target.supported()) return target;
    return targets[std::size(targets) - 1];
}

const Target& named_target(const std::string& name) {
    std::string names;
    for (const Target& target : targets) {
        if (name == target.name) {
            if (target.supported()) return target;
            throw std::runtime_error("SUNHWAN_ISA=" + name +
                                     ": this processor or operating system does not support it");
        }
        names += std::string(names.empty() ? "" : ", ") + target.name;
    }
    throw std::runtime_error("SUNHWAN_ISA must be one of " + names + ", got '" + name + "'");
}

}  // namespace

const Kernels& kernels() { return chosen->kernels; }

const char* isa() { return chosen->name; }

void choose_isa() {
    const char* name = std::getenv("SUNHWAN_ISA");
    chosen = name && *name ? &named_target(name) : &best_target();
}

}  // namespace sunhwan
