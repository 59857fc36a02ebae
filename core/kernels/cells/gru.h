// GRU (Cho et al. 2014) with the reset gate after the product, as in cuDNN. s is
// `recurrent_activation`, a is `activation`; x = x W + b, u = h_prev U + b_recurrent.
//
//   z = s(x_z + u_z)    r = s(x_r + u_r)    candidate = a(x_h + r * u_h)
//   h = z * h_prev + (1 - z) * candidate
#pragma once

#include "kernels/cells/functions.h"

namespace sunhwan {
namespace {

struct Gru {
    enum Gate { Z, R, H, gates };
    enum Saved { saved_u = gates, saved };  // z, r, candidate (or their inputs), u_h
    static constexpr int stages = 1;
    static constexpr bool has_c = false;
    static constexpr bool has_recurrent_bias = true;
    static constexpr bool separate_gradients = true;
    static constexpr bool carries_h = true;
    static constexpr bool starts_from_x(int gate) { return gate != H; }

    template <int>
    struct Stage {
        static constexpr int first_gate = Z, gate_count = 3;
        static constexpr int saved_operand = -1;

        // v[Z] = x_z + u_z, v[R] = x_r + u_r, v[H] = u_h
        template <typename Fs, typename Units>
        static SUNHWAN_INLINE void forward(const Fs& fs, const Vec* v, Units& u) {
            const auto& s = fs.recurrent_activation;
            const auto& a = fs.activation;
            const Vec z = s(v[Z]);
            const Vec r = s(v[R]);
            const Vec before = fma(r, v[H], u.x(H));
            const Vec candidate = a(before);
            u.set_h(fma(z, u.h_prev() - candidate, candidate));
            u.save(Z, s.kept(v[Z], z));
            u.save(R, s.kept(v[R], r));
            u.save(H, a.kept(before, candidate));
            u.save(saved_u, v[H]);
        }

        template <typename Fs, typename Units>
        static SUNHWAN_INLINE void backward(const Fs& fs, Units& u) {
            const auto& s = fs.recurrent_activation;
            const auto& a = fs.activation;
            const Sloped z = s.recall(u.saved(Z));
            const Sloped r = s.recall(u.saved(R));
            const Sloped candidate = a.recall(u.saved(H));
            const Vec dh = u.dh();
            const Vec dx_h = fnma(dh, z.value, dh) * candidate.slope;
            u.set_dz(Z, dh * (u.h_prev() - candidate.value) * z.slope);
            u.set_dz(R, dx_h * u.saved(saved_u) * r.slope);
            u.set_dz(H, dx_h, dx_h * r.value);
            u.set_dh_prev(dh * z.value);
        }
    };
};

}  // namespace
}  // namespace sunhwan
