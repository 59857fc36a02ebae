// A recurrent cell run over the packed steps of many rows, and back.
//
// Letters: N rows, P packed steps (offsets[N]), U rows of x, H units, G gates, X = G * H, S saved
// vectors a step, I features of an input. Every array is contiguous in C order. Null arrays are
// marked "or null".
#pragma once

#include <cstdint>

#include "kernels/activation_id.h"

namespace sunhwan {

enum class CellKind : int { simple_rnn = 0, lstm = 1, gru = 2, gru_reset_before = 3 };

constexpr int cell_count = 4;

// What a cell asks of its arrays.
struct CellSizes {
    int gates;   // G
    int saved;   // S
    bool has_c;  // it has a second state
    bool has_recurrent_bias;
    bool separate_gradients;  // drp differs from dxp
    bool carries_h;           // h enters the next h directly, not by the product alone
};

// Row n's steps are offsets[n] .. offsets[n + 1]. It goes from its first step to its last, with
// `reverse` from its last to its first. Rows may stand in any order; longest first costs least.
struct RecurrentRows {
    CellKind cell;
    Activation activation;
    Activation recurrent_activation;
    std::int64_t rows;            // N
    std::int64_t units;           // H
    const std::int64_t* offsets;  // (N + 1), from 0
    bool reverse;
    const float* kernel;       // (H, X), the recurrent kernel
    const float* hidden_mask;  // (N, H) or null: multiplies h where it enters the product
    const float* h0;           // (N, H) or null for zeros
    const float* c0;           // (N, H) or null for zeros
};

struct RecurrentForwardArguments {
    RecurrentRows rows;
    const float* x;  // (U, X): the pre-activations of the inputs, with their bias; or null
    const std::int32_t* x_index;  // (P): the row of x that each step reads, or null: its own
    const float* recurrent_bias;  // (X) or null
    float* out;                   // (P, H) or null: h of each step
    float* last_h;                // (N, H): h after each row's last step, h0 of rows without any
    float* last_c;                // (N, H), null without c
    float* saved_h;      // (P, H) or null: what each step multiplied by the recurrent kernel
    float* saved_gates;  // (P, S * H) or null; may be x where S = G and x_index is null
    float* saved_c;      // (P, H) or null: c of each step
    // Instead of x: x = inputs * input_kernel + input_bias is made step by step.
    const float* inputs;        // (P, I), or null
    std::int64_t features;      // I
    const float* input_kernel;  // (I, X)
    const float* input_bias;    // (X) or null
};

struct RecurrentBackwardArguments {
    RecurrentRows rows;
    const float* saved_h;
    const float* saved_gates;
    const float* saved_c;
    const float* out;      // null unless the cell carries h and there is a hidden mask
    const float* dout;     // (P, H) or null
    const float* dlast_h;  // (N, H) or null
    const float* dlast_c;  // (N, H) or null
    const float* dc;       // (P, H) or null: of each step's c
    float* dx;        // (P, X), of the pre-activations of the inputs; may be saved_gates if S = G
    float* dr;        // (P, X), of what the product gave; dx itself unless separate_gradients
    float* dh0;       // (N, H) or null
    float* dc0;       // (N, H) or null
    float* total_dh;  // (P, H) or null: of each step's h, from outside and from the step after
    float* total_dc;  // (P, H) or null: likewise of c
};

struct RecurrentWeightsArguments {
    CellKind cell;
    std::int64_t steps;  // P
    std::int64_t units;
    const float* saved_h;
    const float* saved_gates;
    const float* dr;
    float* dkernel;  // (H, X), added to
};

struct RecurrentKernels {
    void (*forward)(const RecurrentForwardArguments&);
    void (*backward)(const RecurrentBackwardArguments&);
    void (*weights)(const RecurrentWeightsArguments&);
    CellSizes (*sizes)(CellKind);
};

}  // namespace sunhwan
