// Denormals count as zero inside kernels.
#pragma once

#include <cstdint>

namespace sunhwan {

// Sets flush-to-zero (and denormals-are-zero) in the calling thread and restores its state when
// destroyed. The bindings hold one around every kernel; the pool's threads always run so.
class FloatState {
public:
    FloatState();
    ~FloatState();
    FloatState(const FloatState&) = delete;
    FloatState& operator=(const FloatState&) = delete;

private:
    std::uint64_t saved_;
};

}  // namespace sunhwan
