// The activations of a cell: the default ones compiled in, any others switched at run time.
#pragma once

#include "kernels/activation.h"

namespace sunhwan {
namespace {

// Not inlined: a cell calls these several times for each vector of units.
__attribute__((noinline)) Vec activate_chosen(Activation f, Vec z) { return activate(f, z); }
__attribute__((noinline)) Vec gradient_chosen(Activation f, Vec z, Vec y) {
    return activate_gradient(f, z, y);
}

// A value and the slope of the function there.
struct Sloped {
    Vec value;
    Vec slope;
};

template <Activation usual, bool compiled_in>
struct Function {
    Activation chosen;

    SUNHWAN_INLINE Vec operator()(Vec z) const {
        return compiled_in ? activate(usual, z) : activate_chosen(chosen, z);
    }
    SUNHWAN_INLINE Vec slope(Vec z, Vec y) const {
        return compiled_in ? activate_gradient(usual, z, y) : gradient_chosen(chosen, z, y);
    }
    // What the way back needs of z and y = f(z) ...
    SUNHWAN_INLINE Vec kept(Vec z, Vec y) const {
        return needs_input(compiled_in ? usual : chosen) ? z : y;
    }
    // ... and what it makes of that.
    SUNHWAN_INLINE Sloped recall(Vec kept) const {
        const bool from_input = needs_input(compiled_in ? usual : chosen);
        const Vec y = from_input ? (*this)(kept) : kept;
        return {y, slope(kept, y)};
    }
};

template <bool compiled_in>
struct Functions {
    Function<Activation::tanh, compiled_in> activation;
    Function<Activation::sigmoid, compiled_in> recurrent_activation;
};

}  // namespace
}  // namespace sunhwan
