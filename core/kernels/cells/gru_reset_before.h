// GRU (Cho et al. 2014) with the reset gate before the product. s is `recurrent_activation`, a is
// `activation`; x = x W + b; the recurrent kernel's columns are U_zr and U_h.
//
//   z, r = s(x_zr + h_prev U_zr)
//   candidate = a(x_h + (r * h_prev) U_h)
//   h = z * h_prev + (1 - z) * candidate
#pragma once

#include "kernels/cells/functions.h"

namespace sunhwan {
namespace {

struct GruResetBefore {
    enum Gate { Z, R, H, gates };
    enum Saved { saved_reset = gates, saved };  // z, r, candidate (or their inputs), r * h_prev
    static constexpr int stages = 2;
    static constexpr bool has_c = false;
    static constexpr bool has_recurrent_bias = false;
    static constexpr bool separate_gradients = false;
    static constexpr bool carries_h = true;
    static constexpr bool starts_from_x(int) { return true; }

    template <int stage>
    struct Stage;
};

// z and r, and the operand of the second product.
template <>
struct GruResetBefore::Stage<0> {
    static constexpr int first_gate = Z, gate_count = 2;
    static constexpr int saved_operand = -1;

    template <typename Fs, typename Units>
    static SUNHWAN_INLINE void forward(const Fs& fs, const Vec* v, Units& u) {
        const auto& s = fs.recurrent_activation;
        const Vec z = s(v[Z]);
        const Vec r = s(v[R]);
        u.carry(z);
        u.set_operand(saved_reset, r * u.h_prev());
        u.save(Z, s.kept(v[Z], z));
        u.save(R, s.kept(v[R], r));
    }

    template <typename Fs, typename Units>
    static SUNHWAN_INLINE void backward(const Fs& fs, Units& u) {
        const Sloped r = fs.recurrent_activation.recall(u.saved(R));
        const Vec d_reset = u.doperand();
        u.set_dz(R, d_reset * u.h_prev() * r.slope);
        u.add_dh_prev(d_reset * r.value);
    }
};

// The candidate and h.
template <>
struct GruResetBefore::Stage<1> {
    static constexpr int first_gate = H, gate_count = 1;
    static constexpr int saved_operand = saved_reset;

    template <typename Fs, typename Units>
    static SUNHWAN_INLINE void forward(const Fs& fs, const Vec* v, Units& u) {
        const auto& a = fs.activation;
        const Vec z = u.carried();
        const Vec candidate = a(v[0]);
        u.set_h(fma(z, u.h_prev() - candidate, candidate));
        u.save(H, a.kept(v[0], candidate));
    }

    template <typename Fs, typename Units>
    static SUNHWAN_INLINE void backward(const Fs& fs, Units& u) {
        const Sloped z = fs.recurrent_activation.recall(u.saved(Z));
        const Sloped candidate = fs.activation.recall(u.saved(H));
        const Vec dh = u.dh();
        u.set_dz(Z, dh * (u.h_prev() - candidate.value) * z.slope);
        u.set_dz(H, fnma(dh, z.value, dh) * candidate.slope);
        u.set_dh_prev(dh * z.value);
    }
};

}  // namespace
}  // namespace sunhwan
