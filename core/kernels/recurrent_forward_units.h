// What a cell sees of a step, going forward.
#pragma once

#include "kernels/recurrent_rows.h"

namespace sunhwan {
namespace {

// One row, one vector of units.
template <bool full>
struct ForwardUnits {
    std::int64_t units;  // H
    int lanes;
    const float* x_row;     // x of this step and these units, a gate every H; or null, then ...
    const float* kept_row;  // ... that of the gate which does not start from x, padded
    const float* h_row;     // padded
    float* next_h_row;      // padded
    float* c_row;           // padded, overwritten
    float* carried_row;     // padded
    float* operand_row;     // padded
    const float* mask_row;  // padded, or null
    float* gates_row;       // where saved_gates of this step goes, or null
    float* saved_c_row;     // or null
    float* out_row;         // or null

    SUNHWAN_INLINE Vec x(int gate) const {
        return x_row == nullptr ? load(kept_row) : load_lanes<full>(x_row + gate * units, lanes);
    }
    SUNHWAN_INLINE Vec h_prev() const { return load(h_row); }
    SUNHWAN_INLINE Vec c_prev() const { return load(c_row); }
    SUNHWAN_INLINE void set_h(Vec h) {
        store(next_h_row, h);
        if (out_row != nullptr) store_lanes<full>(out_row, h, lanes);
    }
    SUNHWAN_INLINE void set_c(Vec c) {
        store(c_row, c);
        if (saved_c_row != nullptr) store_lanes<full>(saved_c_row, c, lanes);
    }
    SUNHWAN_INLINE void save(int slot, Vec v) {
        if (gates_row != nullptr) store_lanes<full>(gates_row + slot * units, v, lanes);
    }
    // From one stage of a step to the next.
    SUNHWAN_INLINE void carry(Vec v) { store(carried_row, v); }
    SUNHWAN_INLINE Vec carried() const { return load(carried_row); }
    // What the next stage multiplies by its columns of the recurrent kernel.
    SUNHWAN_INLINE void set_operand(int slot, Vec v) {
        const Vec operand = mask_row == nullptr ? v : v * load(mask_row);
        store(operand_row, operand);
        save(slot, operand);
    }
};

}  // namespace
}  // namespace sunhwan
