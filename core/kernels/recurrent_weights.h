// The gradient of the recurrent kernel: a product over all packed steps for each stage.
#pragma once

#include "kernels/product.h"
#include "kernels/recurrent.h"
#include "kernels/simd/vec.h"

namespace sunhwan {

extern const ProductKernels SUNHWAN_SYMBOL(product);

namespace {

template <typename Cell, int stage>
void stage_weights(const RecurrentWeightsArguments& a) {
    using Stage = typename Cell::template Stage<stage>;
    const std::int64_t row = Cell::gates * a.units;
    const bool first = Stage::saved_operand < 0;
    ProductArguments p{};
    p.M = a.units;
    p.N = Stage::gate_count * a.units;
    p.K = a.steps;
    p.a = first ? a.saved_h : a.saved_gates + Stage::saved_operand * a.units;
    p.a_row = first ? a.units : Cell::saved * a.units;
    p.b = a.dr + Stage::first_gate * a.units;
    p.b_row = row;
    p.out = a.dkernel + Stage::first_gate * a.units;
    p.out_row = row;
    p.transpose_a = p.accumulate = true;
    SUNHWAN_SYMBOL(product).product(p);
    if constexpr (stage + 1 < Cell::stages) stage_weights<Cell, stage + 1>(a);
}

}  // namespace
}  // namespace sunhwan
