// The gradient of what a convolution read.
#pragma once

#include "kernels/convolution.h"
#include "kernels/convolution_patches.h"

namespace sunhwan {
namespace {

// The taps first, first + step, ...
struct Taps {
    std::int64_t first, step, count;
};

// The kernel's transpose at some taps: (taps * F/G, I/G) for each group.
inline PatchFactor pack_taps(const ConvolutionInputsArguments& a, const Taps& taps,
                             Scratch& scratch) {
    const ConvolutionShape& s = a.shape;
    const std::int64_t inputs = s.I / s.G, filters = s.F / s.G;
    const std::int64_t D = taps.count * filters;
    const PatchFactor factor{s.G, D, inputs, scratch.floats(PatchFactor::floats(s.G, D, inputs))};
    pack_factor(factor, [&](std::int64_t g, std::int64_t n, std::int64_t columns, float* to) {
        for (std::int64_t i = 0; i < taps.count; ++i) {
            const std::int64_t k = taps.first + i * taps.step;
            pack_panels(a.kernel + (k * inputs + n) * s.F + g * filters, 1, s.F, filters, columns,
                        to + i * filters * panel_width);
        }
    });
    return factor;
}

// Numbers the own steps that some taps read, in order: numbers (Q), places (their count).
inline std::int64_t number_steps(const ConvolutionShape& s, const Taps& taps, std::int32_t* numbers,
                                 std::int32_t* places) {
    for (std::int64_t q = 0; q < s.Q; ++q) numbers[q] = -1;
    for (std::int64_t p = 0; p < s.P; ++p)
        for (std::int64_t i = 0; i < taps.count; ++i) {
            const std::int32_t q = s.map[p * s.K + taps.first + i * taps.step];
            if (q >= 0) numbers[q] = 0;
        }
    std::int64_t count = 0;
    for (std::int64_t q = 0; q < s.Q; ++q)
        if (numbers[q] == 0) {
            places[count] = static_cast<std::int32_t>(q);
            numbers[q] = static_cast<std::int32_t>(count++);
        }
    return count;
}

// The gradients of the own steps that these taps read and no others: a convolution of dout, through
// the map turned round, with the kernel's transpose.
inline void set_values(const ConvolutionInputsArguments& a, const Taps& taps) {
    const ConvolutionShape& s = a.shape;
    Scratch scratch;
    std::int32_t* numbers = nullptr;  // null where every own step is meant
    std::int32_t* places = nullptr;
    std::int64_t steps = s.Q;
    if (taps.step > 1) {
        numbers = scratch.integers(s.Q);
        places = scratch.integers(s.Q);
        steps = number_steps(s, taps, numbers, places);
    }
    std::int32_t* readers = scratch.integers(steps * taps.count);
    for (std::int64_t i = 0; i < steps * taps.count; ++i) readers[i] = nothing;
    for (std::int64_t p = 0; p < s.P; ++p)
        for (std::int64_t i = 0; i < taps.count; ++i) {
            const std::int64_t q = s.map[p * s.K + taps.first + i * taps.step];
            if (q < 0) continue;
            readers[(numbers == nullptr ? q : numbers[q]) * taps.count + i] =
                static_cast<std::int32_t>(p);
        }
    patch_product({a.dout, nullptr, s.F, 0, s.F}, readers, steps, taps.count,
                  pack_taps(a, taps, scratch), nullptr, a.dvalues, places);
}

// Head rows are read by windows of many rows: their gradients are summed for each head row and tap,
// in the order of the windows, before the product. A task takes a fixed block of head rows.
constexpr std::int64_t head_block = 64;

inline void add_head(const ConvolutionShape& s, const float* dout, const PatchFactor& kernel,
                     float* dhead) {
    const std::int64_t filters = s.F / s.G;
    Scratch scratch;
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < s.P * s.K; ++i) count += s.map[i] < 0 && s.map[i] != nothing;
    if (count == 0) return;
    auto* readers = static_cast<std::int64_t*>(scratch.bytes(count * 8));  // places in the map
    count = 0;
    for (std::int64_t i = 0; i < s.P * s.K; ++i)
        if (s.map[i] < 0 && s.map[i] != nothing) readers[count++] = i;
    parallel_for((s.R + head_block - 1) / head_block, [&](std::int64_t task, int) {
        const std::int64_t first = task * head_block;
        const std::int64_t rows = s.R - first < head_block ? s.R - first : head_block;
        Scratch task_scratch;
        float* sums = task_scratch.floats(s.G * rows * kernel.D);  // (G, rows, K, F/G)
        fill_row(s.G * rows * kernel.D, 0.0f, sums);
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t row = -1 - s.map[readers[i]] - first;
            if (row < 0 || row >= rows) continue;
            const std::int64_t p = readers[i] / s.K, k = readers[i] % s.K;
            for (std::int64_t g = 0; g < s.G; ++g)
                add_row(filters, dout + p * s.F + g * filters,
                        sums + (g * rows + row) * kernel.D + k * filters);
        }
        for (std::int64_t g = 0; g < s.G; ++g) {
            float* out = dhead + first * s.I + g * kernel.N;
            panel_product(sums + g * rows * kernel.D, kernel.D, rows, kernel.group(g), kernel.D,
                          kernel.N, out, s.I, out, s.I);
        }
    });
}

inline void inputs(const ConvolutionInputsArguments& a) {
    const ConvolutionShape& s = a.shape;
    if (a.dvalues != nullptr) {
        if (s.step > 1) fill_row(s.Q * s.I, 0.0f, a.dvalues);
        for (std::int64_t k = 0; k < s.step && k < s.K; ++k)
            set_values(a, {k, s.step, (s.K - k + s.step - 1) / s.step});
    }
    if (a.dhead != nullptr) {
        Scratch scratch;
        add_head(s, a.dout, pack_taps(a, {0, 1, s.K}, scratch), a.dhead);
    }
}

}  // namespace
}  // namespace sunhwan
