#include "runtime/float_state.h"

#include "runtime/processor.h"

#if defined(SUNHWAN_X86)
#include <xmmintrin.h>
#endif

namespace sunhwan {

#if defined(SUNHWAN_X86)

namespace {
constexpr std::uint32_t flush_to_zero = 0x8000u;
constexpr std::uint32_t denormals_are_zero = 0x0040u;
}  // namespace

FloatState::FloatState() : saved_(_mm_getcsr()) {
    _mm_setcsr(static_cast<std::uint32_t>(saved_) | flush_to_zero | denormals_are_zero);
}

FloatState::~FloatState() { _mm_setcsr(static_cast<std::uint32_t>(saved_)); }

#elif defined(__aarch64__)

namespace {
constexpr std::uint64_t flush_to_zero = 1ull << 24;  // FPCR.FZ
}  // namespace

FloatState::FloatState() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved_));
    __asm__ volatile("msr fpcr, %0" : : "r"(saved_ | flush_to_zero));
}

FloatState::~FloatState() { __asm__ volatile("msr fpcr, %0" : : "r"(saved_)); }

#else
#error "no floating-point state for this processor"
#endif

}  // namespace sunhwan
