// The gradient of a convolution's kernel.
#pragma once

#include "kernels/convolution.h"
#include "kernels/convolution_patches.h"

namespace sunhwan {
namespace {

// The kernel's gradient is summed over fixed sections of the output steps, in chunks that stay in
// cache, and the sections are added in order. A task takes one section and a block of the kernel's
// (K * I/G) rows: some taps whole, or a part of one. All of this depends on sizes alone.
constexpr std::int64_t chunk_steps = 256;
constexpr std::int64_t section_steps = 16 * chunk_steps;
constexpr std::int64_t block_rows = 64;
constexpr std::int64_t enough_tasks = 32;

constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t parts(std::int64_t whole, std::int64_t part) {
    return (whole + part - 1) / part;
}

struct KernelBlock {
    std::int64_t g, tap, taps, input, inputs;
};

// Adds the output steps first..first + steps to a block of dkernel.
inline void add_chunk(const ConvolutionWeightsArguments& a, const KernelBlock& block,
                      std::int64_t first, std::int64_t steps, float* dkernel) {
    const ConvolutionShape& s = a.shape;
    const std::int64_t inputs = s.I / s.G, filters = s.F / s.G;
    const std::int64_t D = block.taps * block.inputs;
    Scratch scratch;
    float* patches = scratch.floats(steps * D);
    const PatchSource source{a.values, a.head, s.I, block.g * inputs + block.input, block.inputs};
    for (std::int64_t p = 0; p < steps; ++p)
        copy_patch(source, s.map + (first + p) * s.K + block.tap, block.taps, patches + p * D);
    const float* dout = a.dout + first * s.F + block.g * filters;
    TilePanels panels{dout, panel_width, s.F};
    if (filters % panel_width != 0) {
        float* packed = scratch.floats(packed_floats(steps, filters));
        pack_panels(dout, s.F, 1, steps, filters, packed);
        panels = {packed, steps * panel_width, panel_width};
    }
    float* out = dkernel + (block.tap * inputs + block.input) * s.F + block.g * filters;
    for (std::int64_t row = 0; row < D;) {
        const int rows = next_tile_rows(D - row);
        tile_row({patches + row, 1, D}, rows, panels, steps, filters,
                 {out + row * s.F, s.F, nullptr, 0, true});
        row += rows;
    }
}

inline void weights(const ConvolutionWeightsArguments& a) {
    const ConvolutionShape& s = a.shape;
    const std::int64_t inputs = s.I / s.G;
    const std::int64_t size = s.K * inputs * s.F;
    if (s.P == 0 || size == 0) return;
    const std::int64_t taps = inputs < block_rows ? smaller(s.K, block_rows / inputs) : 1;
    const std::int64_t columns = smaller(inputs, block_rows);
    const std::int64_t tap_blocks = parts(s.K, taps), input_blocks = parts(inputs, columns);
    const std::int64_t blocks = s.G * tap_blocks * input_blocks;
    const std::int64_t most = blocks < enough_tasks ? enough_tasks / blocks : 1;
    const std::int64_t sections = smaller(parts(s.P, section_steps), most);
    const std::int64_t section = parts(parts(s.P, chunk_steps), sections) * chunk_steps;
    Scratch scratch;
    float* sums = scratch.floats(sections * size);
    fill_row(sections * size, 0.0f, sums);
    parallel_for(sections * blocks, [&](std::int64_t task, int) {
        const std::int64_t part = task / blocks;
        const std::int64_t tap = task / input_blocks % tap_blocks * taps;
        const std::int64_t input = task % input_blocks * columns;
        const KernelBlock block{task / (input_blocks * tap_blocks) % s.G, tap,
                                smaller(taps, s.K - tap), input, smaller(columns, inputs - input)};
        const std::int64_t end = smaller((part + 1) * section, s.P);
        for (std::int64_t p = part * section; p < end; p += chunk_steps)
            add_chunk(a, block, p, smaller(chunk_steps, end - p), sums + part * size);
    });
    for (std::int64_t part = 0; part < sections; ++part)
        add_row(size, sums + part * size, a.dkernel);
}

}  // namespace
}  // namespace sunhwan
