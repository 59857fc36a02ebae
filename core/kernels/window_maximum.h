// A running maximum that remembers where it came from.
#pragma once

#include "kernels/window_rows.h"

namespace sunhwan {
namespace {

// The first of equal values stays; NaN is larger than all.
struct Maximum {
    Vec value = zero();
    Vec source = from_bits(broadcast_int(nothing));  // integers, moved about as bits
    bool empty = true;

    SUNHWAN_INLINE void join(Vec x, IVec from) {
        if (empty) {
            value = x;
            source = from_bits(from);
            empty = false;
            return;
        }
        const Mask larger = gt(x, value) | !eq(x, x);
        value = select(larger, x, value);
        source = select(larger, from_bits(from), source);
    }

    SUNHWAN_INLINE void store_to(float* out, std::int32_t* sources, int lanes) const {
        store_lanes(out, value, lanes);
        if (sources != nullptr) store_lanes(reinterpret_cast<float*>(sources), source, lanes);
    }
};

SUNHWAN_INLINE IVec load_sources(const std::int32_t* sources, int lanes) {
    return bits(load_lanes(reinterpret_cast<const float*>(sources), lanes));
}

// gradient += dout where the maximum came from `entry`.
SUNHWAN_INLINE void add_where_source(const float* dout, const std::int32_t* sources,
                                     std::int32_t entry, float* gradient, std::int64_t C) {
    for_vectors(C, [&](std::int64_t c, int lanes) {
        const Mask came = eq(load_sources(sources + c, lanes), broadcast_int(entry));
        const Vec share = select(came, load_lanes(dout + c, lanes), zero());
        store_lanes(gradient + c, load_lanes(gradient + c, lanes) + share, lanes);
    });
}

}  // namespace
}  // namespace sunhwan
