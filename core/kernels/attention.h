// Attention of packed rows: each step of a query is given a mixture of the steps of a memory.
//
// Of row n, which has T[n] steps of query and S[n] of memory, and head h:
//
//   score[t, s]  = factor * inner * sum over d of q[t, d] k[s, d]                     products
//                = outer * sum over d of u[d] tanh(inner * (q[t, d] + k[s, d]))       sums
//   weight[t, s] = exp(score[t, s]) / sum over s of exp(score[t, s])
//   y[t]         = sum over s of drop[t, s] weight[t, s] v[s]
//
// over the steps s that t may see: all, of a causal attention those whose time is not after t's,
// and of these, where there is a mask, those that it names. A step that sees none gets zeros.
// Nothing is padded. The steps of a row stand in the packed arrays at [offsets[n], offsets[n + 1]);
// heads lie side by side in a step. `inner`, `outer` and `u` may be null: ones.
//
// A row's results depend on this row alone. A task is a row and a head; what rows add up to
// (`dinner`, `douter`, `du`) is summed in the order of the rows.
#pragma once

#include <cstdint>

namespace sunhwan {

// What the steps of a query may see of a memory, by their times: numbers that are not zero. An axis
// of one, which stands for all, has the stride 0.
struct AttentionMask {
    const float* seen;                      // null: all
    std::int64_t row, head, query, memory;  // strides
};

struct AttentionArguments {
    std::int64_t N, M, H, D, V;  // rows, rows of memory, heads, numbers of a head's keys, of values
    bool additive;               // sums, not products
    float factor;
    const std::int64_t* q_offsets;  // (N + 1)
    const std::int64_t* k_offsets;  // (M + 1)
    const std::int32_t* k_rows;     // (N): the row of memory of each row; null: its own
    const std::int64_t* w_offsets;  // (N + 1): the first weight of a row; null where none are kept
    bool causal;
    AttentionMask mask;
    const std::int32_t* q_times;  // (P), null where neither causal nor masked
    const std::int32_t* k_times;  // (Q), likewise
    const float* q;               // (P, H * D)
    const float* k;               // (Q, H * D)
    const float* v;               // (Q, H * V)
    const float* inner;           // (1), or null
    const float* outer;           // (1), or null
    const float* u;               // (D), or null
    const float* drop;            // (P * H, drop_row), or null
    std::int64_t drop_row;
    float* weights;  // of each row (H, T[n], S[n]), without `drop`; null: not kept
    float* y;        // (P, H * V)
};

// All overwritten but dinner, douter and du, which are added to. Rows have a memory of their own.
struct AttentionBackwardArguments {
    AttentionArguments forward;  // weights are read; y is not
    const float* dy;             // (P, H * V)
    const float* dweights;       // of the weights times `drop`, like weights, or null
    float* dq;                   // (P, H * D)
    float* dk;                   // (Q, H * D)
    float* dv;                   // (Q, H * V)
    float* dinner;               // (1), or null
    float* douter;               // (1), or null
    float* du;                   // (D), or null
};

struct AttentionKernels {
    void (*forward)(const AttentionArguments&);
    void (*backward)(const AttentionBackwardArguments&);
};

}  // namespace sunhwan
