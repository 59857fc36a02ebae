// The columns of a vocabulary in bytes. Panels of `panel_width` columns follow one another; in one,
// for each four terms of k, four bytes a column.
#pragma once

#include <atomic>
#include <limits>

#include "kernels/product_pack.h"
#include "kernels/vocabulary.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr float byte_range = 127.0f;

constexpr float most_size = 1e15f;  // so that no bound of a sum overflows

// The root of a sum of squares, made greater by more than the sum's rounding errors.
SUNHWAN_INLINE Vec root_above(Vec squares) {
    return broadcast(1.001f) * sqrt(squares + broadcast(1e-30f));
}

// Whole numbers from -127 to 127.
SUNHWAN_INLINE Vec to_byte(Vec x, Vec factor) {
    return min(max(round(x * factor), broadcast(-byte_range)), broadcast(byte_range));
}

Index padded_columns(Index C) { return ceil_div(C, panel_width) * panel_width; }

// One vector of columns from `column` on: its numbers, and its bytes at `to`.
Mask pack_columns(const PackedVocabulary& v, Index column, int lanes, const float* bias,
                  std::uint8_t* to) {
    const float* first = v.W + smaller(column, v.C);
    const auto row = [&](Index k) { return load_partial(first + k * v.C, lanes); };
    const Vec own_bias = bias == nullptr ? zero() : load_partial(bias + column, lanes);
    Vec most = zero(), squares = zero(), plain = own_bias * zero();
    for (Index k = 0; k < v.K; ++k) {
        const Vec w = row(k);
        most = max(abs(w), most);
        squares = fma(w, w, squares);
        plain = fma(w, zero(), plain);  // not zero where a weight is infinite or NaN
    }
    const Vec scale = most * broadcast(1.0f / byte_range);
    const Vec factor = select(gt(scale, zero()), broadcast(1.0f) / scale, zero());
    Vec errors = zero();
    for (Index k = 0; k < v.K; k += 4) {
        const auto place = [&](Index own) {
            if (own >= v.K) return broadcast_int(128);
            const Vec w = row(own);
            const Vec rounded = to_byte(w, factor);
            const Vec error = fnma(rounded, scale, w);
            errors = fma(error, error, errors);
            return convert(rounded) + broadcast_int(128);
        };
        const IVec quad = place(k) | shift_left<8>(place(k + 1)) | shift_left<16>(place(k + 2)) |
                          shift_left<24>(place(k + 3));
        store(reinterpret_cast<std::int32_t*>(to + k / 4 * 4 * panel_width), quad);
    }
    const Vec nothing = broadcast(-std::numeric_limits<float>::infinity());
    store(v.bias + column, lanes == Vec::width ? own_bias : nothing);
    store_partial(v.bias + column, own_bias, lanes);
    store(v.scale + column, scale);
    store(v.size + column, root_above(squares));
    store(v.error + column, root_above(errors));
    const Vec largest = max(root_above(squares), abs(own_bias));
    return eq(plain, zero()) & lt(largest, broadcast(most_size));
}

bool pack_vocabulary(const PackedVocabulary& v, const float* bias) {
    const Index panels = v.padded / panel_width, bytes = ceil_div(v.K, 4) * 4 * panel_width;
    const Index tasks = smaller(panels, v.K * v.C < 65536 ? 1 : 4 * num_threads());
    std::atomic<bool> finite{true};
    parallel_for(tasks, [&](Index task, int) {
        for (Index panel = panels * task / tasks; panel < panels * (task + 1) / tasks; ++panel)
            for (int c = 0; c < panel_width; c += Vec::width) {
                const Index column = panel * panel_width + c, left = v.C - column;
                const int lanes = static_cast<int>(smaller(larger(left, 0), Vec::width));
                if (lanes > 0)
                    transpose_block(v.W + column, v.C, v.K, lanes, v.columns + column * v.K, v.K);
                if (!all(pack_columns(v, column, lanes, bias, v.bytes + panel * bytes + 4 * c)))
                    finite = false;
            }
    });
    return finite;
}

}  // namespace
}  // namespace sunhwan
