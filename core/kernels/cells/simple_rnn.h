// SimpleRNN (Elman 1990). a is `activation`; z holds x W + b + h_prev U.
//
//   h = a(z)
#pragma once

#include "kernels/cells/functions.h"

namespace sunhwan {
namespace {

struct SimpleRnn {
    enum Gate { A, gates };
    static constexpr int saved = 1;  // h, or z where a's slope needs it
    static constexpr int stages = 1;
    static constexpr bool has_c = false;
    static constexpr bool has_recurrent_bias = false;
    static constexpr bool separate_gradients = false;
    static constexpr bool carries_h = false;
    static constexpr bool starts_from_x(int) { return true; }

    template <int>
    struct Stage {
        static constexpr int first_gate = A, gate_count = 1;
        static constexpr int saved_operand = -1;

        template <typename F, typename Units>
        static SUNHWAN_INLINE void forward(const F& f, const Vec* z, Units& u) {
            const Vec h = f.activation(z[A]);
            u.set_h(h);
            u.save(A, f.activation.kept(z[A], h));
        }

        template <typename F, typename Units>
        static SUNHWAN_INLINE void backward(const F& f, Units& u) {
            const Sloped h = f.activation.recall(u.saved(A));
            u.set_dz(A, u.dh() * h.slope);
        }
    };
};

}  // namespace
}  // namespace sunhwan
