#include "kernels/recurrent.h"

#include "kernels/cells/gru.h"
#include "kernels/cells/gru_reset_before.h"
#include "kernels/cells/lstm.h"
#include "kernels/cells/simple_rnn.h"
#include "kernels/recurrent_backward.h"
#include "kernels/recurrent_forward.h"
#include "kernels/recurrent_weights.h"

namespace sunhwan {
namespace {

// Calls body(cell) with an object of the cell's type.
template <typename Body>
auto with_cell(CellKind kind, const Body& body) {
    switch (kind) {
        case CellKind::simple_rnn: return body(SimpleRnn{});
        case CellKind::lstm: return body(Lstm{});
        case CellKind::gru: return body(Gru{});
        case CellKind::gru_reset_before: break;
    }
    return body(GruResetBefore{});
}

// Calls body(cell, functions): the usual activations are compiled in.
template <typename Body>
void with_cell_and_functions(const RecurrentRows& rows, const Body& body) {
    const bool usual =
        rows.activation == Activation::tanh &&
        (rows.recurrent_activation == Activation::sigmoid || rows.cell == CellKind::simple_rnn);
    with_cell(rows.cell, [&](auto cell) {
        if (usual)
            body(cell, Functions<true>{{rows.activation}, {rows.recurrent_activation}});
        else
            body(cell, Functions<false>{{rows.activation}, {rows.recurrent_activation}});
    });
}

void forward(const RecurrentForwardArguments& a) {
    with_cell_and_functions(a.rows, [&](auto cell, const auto& functions) {
        forward_with<decltype(cell)>(a, functions);
    });
}

void backward(const RecurrentBackwardArguments& a) {
    with_cell_and_functions(a.rows, [&](auto cell, const auto& functions) {
        backward_with<decltype(cell)>(a, functions);
    });
}

void weights(const RecurrentWeightsArguments& a) {
    if (a.steps == 0) return;
    with_cell(a.cell, [&](auto cell) { stage_weights<decltype(cell), 0>(a); });
}

CellSizes sizes(CellKind kind) {
    return with_cell(kind, [](auto cell) -> CellSizes {
        using Cell = decltype(cell);
        return {Cell::gates,
                Cell::saved,
                Cell::has_c,
                Cell::has_recurrent_bias,
                Cell::separate_gradients,
                Cell::carries_h};
    });
}

}  // namespace

extern const RecurrentKernels SUNHWAN_SYMBOL(recurrent) = {forward, backward, weights, sizes};

}  // namespace sunhwan
