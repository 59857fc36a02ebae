#include "runtime/processor.h"

#include <cstdint>

#if defined(SUNHWAN_X86)
#include <cpuid.h>
#endif

namespace sunhwan {

#if defined(SUNHWAN_X86)

namespace {

struct Registers {
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Registers cpuid(std::uint32_t leaf, std::uint32_t part = 0) {
    Registers r;
    if (!__get_cpuid_count(leaf, part, &r.eax, &r.ebx, &r.ecx, &r.edx)) return {};
    return r;
}

bool bit(std::uint32_t word, int index) { return (word >> index) & 1u; }

// The register sets that the operating system saves (XCR0), 0 where it does not say.
std::uint32_t saved_states() {
    if (!bit(cpuid(1).ecx, 27)) return 0;
    std::uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

}  // namespace

bool has_avx2() {
    const Registers first = cpuid(1), seventh = cpuid(7);
    const bool fma = bit(first.ecx, 12), f16c = bit(first.ecx, 29), avx2 = bit(seventh.ebx, 5);
    return fma && f16c && avx2 && (saved_states() & 0x6u) == 0x6u;
}

bool has_avx512() {
    const std::uint32_t features = cpuid(7).ebx;
    const bool f = bit(features, 16), dq = bit(features, 17), bw = bit(features, 30),
               vl = bit(features, 31);
    return has_avx2() && f && dq && bw && vl && (saved_states() & 0xE6u) == 0xE6u;
}

bool has_avx_vnni() { return has_avx2() && cpuid(7).eax >= 1 && bit(cpuid(7, 1).eax, 4); }
bool has_avx512_vnni() { return has_avx512() && bit(cpuid(7).ecx, 11); }

#else

bool has_avx2() { return false; }
bool has_avx512() { return false; }
bool has_avx_vnni() { return false; }
bool has_avx512_vnni() { return false; }

#endif

}  // namespace sunhwan
