// What a cell sees of a step, going backward.
#pragma once

#include "kernels/recurrent_rows.h"

namespace sunhwan {
namespace {

// One row, one vector of units. dz is the gradient of the inputs' pre-activation x W + b, du that
// of the state's product.
template <typename Cell, bool full>
struct BackwardUnits {
    std::int64_t units;  // H
    int lanes;
    const float* gates_row;  // saved_gates of this step and these units, a slot every H
    const float* c_row;
    const float* c_before_row;  // null for zeros
    const float* h_before_row;  // null for zeros
    const float* dout_row;      // or null
    const float* dc_out_row;    // or null
    float* dh_row;              // padded: from the step after, then into the step before
    float* dc_row;              // padded, likewise
    const float* doperand_row;  // padded
    float* dx_row;
    float* dr_row;

    SUNHWAN_INLINE Vec saved(int slot) const {
        return load_lanes<full>(gates_row + slot * units, lanes);
    }
    SUNHWAN_INLINE Vec c() const { return load_lanes<full>(c_row, lanes); }
    SUNHWAN_INLINE Vec c_prev() const { return or_zero(c_before_row); }
    SUNHWAN_INLINE Vec h_prev() const { return or_zero(h_before_row); }
    SUNHWAN_INLINE Vec dh() const {
        const Vec dh = load(dh_row);
        return dout_row == nullptr ? dh : dh + load_lanes<full>(dout_row, lanes);
    }
    SUNHWAN_INLINE Vec dc() const {
        const Vec dc = load(dc_row);
        return dc_out_row == nullptr ? dc : dc + load_lanes<full>(dc_out_row, lanes);
    }
    // Of what an earlier stage gave to set_operand.
    SUNHWAN_INLINE Vec doperand() const { return load(doperand_row); }

    SUNHWAN_INLINE void set_dz(int gate, Vec dz) {
        store_lanes<full>(dx_row + gate * units, dz, lanes);
        if (Cell::separate_gradients) store_lanes<full>(dr_row + gate * units, dz, lanes);
    }
    SUNHWAN_INLINE void set_dz(int gate, Vec dz, Vec du) {
        store_lanes<full>(dx_row + gate * units, dz, lanes);
        store_lanes<full>(dr_row + gate * units, du, lanes);
    }
    // Of h_prev and c_prev where they enter the cell beside the product.
    SUNHWAN_INLINE void set_dh_prev(Vec v) { store(dh_row, v); }
    SUNHWAN_INLINE void add_dh_prev(Vec v) { store(dh_row, load(dh_row) + v); }
    SUNHWAN_INLINE void set_dc_prev(Vec v) { store(dc_row, v); }

    SUNHWAN_INLINE Vec or_zero(const float* row) const {
        return row == nullptr ? zero() : load_lanes<full>(row, lanes);
    }
};

}  // namespace
}  // namespace sunhwan
