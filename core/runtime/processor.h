// What the processor and its operating system can run.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#define SUNHWAN_X86 1
#endif

namespace sunhwan {

bool has_avx2();    // with FMA and F16C
bool has_avx512();  // F, BW, DQ, VL, and the system saves the wide registers

// Products of bytes, besides that.
bool has_avx_vnni();
bool has_avx512_vnni();

}  // namespace sunhwan
