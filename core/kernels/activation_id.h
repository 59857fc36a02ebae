// The activations by number, as Python passes them.
#pragma once

namespace sunhwan {

enum class Activation : int {
    linear = 0,
    tanh = 1,
    sigmoid = 2,
    relu = 3,
    softsign = 4,
    hard_sigmoid = 5,
    elu = 6,
    selu = 7,
    softplus = 8,
    gelu = 9,
    leaky_relu = 10,
    exponential = 11,
    silu = 12,
    relu6 = 13,
};

constexpr int activation_count = 14;

// In the order of their numbers.
constexpr const char* activation_names[activation_count] = {
    "linear", "tanh",     "sigmoid", "relu",       "softsign",    "hard_sigmoid", "elu",
    "selu",   "softplus", "gelu",    "leaky_relu", "exponential", "silu",         "relu6",
};

// True where the derivative cannot be had from the output.
constexpr bool needs_input(Activation f) { return f == Activation::gelu || f == Activation::silu; }

}  // namespace sunhwan
