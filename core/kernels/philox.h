// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3" (2011): four random words for each (counter, key), with no state.
#pragma once

#include "kernels/simd/vec.h"

namespace sunhwan {
namespace {

struct PhiloxKey {
    std::uint32_t low, high;
};

// Four words of each lane's counter; replaced by its four random words.
struct PhiloxWords {
    IVec word[4];
};

SUNHWAN_INLINE void philox(PhiloxWords& c, PhiloxKey key) {
    const IVec first = broadcast_int(static_cast<std::int32_t>(0xD2511F53u));
    const IVec second = broadcast_int(static_cast<std::int32_t>(0xCD9E8D57u));
    for (int round = 0; round < 10; ++round) {
        IVec low0, high0, low1, high1;
        multiply_wide(c.word[0], first, low0, high0);
        multiply_wide(c.word[2], second, low1, high1);
        const IVec key0 = broadcast_int(static_cast<std::int32_t>(key.low));
        const IVec key1 = broadcast_int(static_cast<std::int32_t>(key.high));
        c.word[0] = high1 ^ c.word[1] ^ key0;
        c.word[1] = low1;
        c.word[2] = high0 ^ c.word[3] ^ key1;
        c.word[3] = low0;
        key.low += 0x9E3779B9u;
        key.high += 0xBB67AE85u;
    }
}

// The upper 24 bits of a random word as a number in [0, 1).
SUNHWAN_INLINE Vec uniform(IVec word) {
    return convert(shift_right<8>(word)) * broadcast(0x1p-24f);
}

}  // namespace
}  // namespace sunhwan
