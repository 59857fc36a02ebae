#include "kernels/packing.h"

#include "kernels/simd/vec.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

constexpr float largest = 3.402823466e+38f;

template <typename Number>
bool copy_numbers(Index count, const Number* source, float* out) {
    Index wrong = 0;
    for (Index i = 0; i < count; ++i) {
        const float number = static_cast<float>(source[i]);
        const float size = number < 0 ? -number : number;
        wrong += !(size <= largest);
        out[i] = number;
    }
    return wrong == 0;
}

template <typename Id>
bool copy_whole(Index count, const Id* source, Index limit, std::int32_t* out) {
    Index wrong = 0;
    for (Index i = 0; i < count; ++i) {
        wrong += source[i] < 0 || source[i] >= limit;
        out[i] = static_cast<std::int32_t>(source[i]);
    }
    return wrong == 0;
}

}  // namespace

extern const PackingKernels SUNHWAN_SYMBOL(packing) = {
    copy_numbers<float>,
    copy_numbers<double>,
    copy_whole<std::int32_t>,
    copy_whole<std::int64_t>,
};

}  // namespace sunhwan
