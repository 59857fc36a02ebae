// LSTM (Hochreiter and Schmidhuber 1997; forget gate: Gers, Schmidhuber and Cummins 2000). s is
// `recurrent_activation`, a is `activation`; z holds x W + b + h_prev U of the four gates.
//
//   i = s(z_i)    f = s(z_f)    candidate = a(z_c)    o = s(z_o)
//   c = f * c_prev + i * candidate
//   h = o * a(c)
#pragma once

#include "kernels/cells/functions.h"

namespace sunhwan {
namespace {

struct Lstm {
    enum Gate { I, F, C, O, gates };
    static constexpr int saved = 4;  // i, f, candidate, o, or their z
    static constexpr int stages = 1;
    static constexpr bool has_c = true;
    static constexpr bool has_recurrent_bias = false;
    static constexpr bool separate_gradients = false;
    static constexpr bool carries_h = false;
    static constexpr bool starts_from_x(int) { return true; }

    template <int>
    struct Stage {
        static constexpr int first_gate = I, gate_count = 4;
        static constexpr int saved_operand = -1;

        template <typename Fs, typename Units>
        static SUNHWAN_INLINE void forward(const Fs& fs, const Vec* z, Units& u) {
            const auto& s = fs.recurrent_activation;
            const auto& a = fs.activation;
            const Vec i = s(z[I]);
            const Vec f = s(z[F]);
            const Vec candidate = a(z[C]);
            const Vec o = s(z[O]);
            const Vec c = fma(f, u.c_prev(), i * candidate);
            u.set_c(c);
            u.set_h(o * a(c));
            u.save(I, s.kept(z[I], i));
            u.save(F, s.kept(z[F], f));
            u.save(C, a.kept(z[C], candidate));
            u.save(O, s.kept(z[O], o));
        }

        template <typename Fs, typename Units>
        static SUNHWAN_INLINE void backward(const Fs& fs, Units& u) {
            const auto& s = fs.recurrent_activation;
            const auto& a = fs.activation;
            const Sloped i = s.recall(u.saved(I));
            const Sloped f = s.recall(u.saved(F));
            const Sloped candidate = a.recall(u.saved(C));
            const Sloped o = s.recall(u.saved(O));
            const Vec c = u.c();
            const Vec a_c = a(c);
            const Vec dh = u.dh();
            const Vec dc = fma(dh * o.value, a.slope(c, a_c), u.dc());
            u.set_dz(I, dc * candidate.value * i.slope);
            u.set_dz(F, dc * u.c_prev() * f.slope);
            u.set_dz(C, dc * i.value * candidate.slope);
            u.set_dz(O, dh * a_c * o.slope);
            u.set_dc_prev(dc * f.value);
        }
    };
};

}  // namespace
}  // namespace sunhwan
