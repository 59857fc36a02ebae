#include "kernels/convolution.h"

#include "kernels/convolution_patches.h"
#include "runtime/scratch.h"

namespace sunhwan {
namespace {

void forward(const ConvolutionArguments& a) {
    const ConvolutionShape& s = a.shape;
    const std::int64_t inputs = s.I / s.G, filters = s.F / s.G;
    const std::int64_t D = s.K * inputs;
    Scratch scratch;
    const PatchFactor kernel{s.G, D, filters, scratch.floats(PatchFactor::floats(s.G, D, filters))};
    pack_factor(kernel, [&](std::int64_t g, std::int64_t n, std::int64_t columns, float* to) {
        pack_panels(a.kernel + g * filters + n, s.F, 1, D, columns, to);
    });
    patch_product({a.values, a.head, s.I, 0, s.I}, s.map, s.P, s.K, kernel, a.bias, a.out);
}

// map turned round: for each own step q and tap k the output step that reads q by k, or nothing.
void invert(const ConvolutionShape& s, std::int32_t* inverse) {
    for (std::int64_t i = 0; i < s.Q * s.K; ++i) inverse[i] = nothing;
    for (std::int64_t p = 0; p < s.P; ++p)
        for (std::int64_t k = 0; k < s.K; ++k) {
            const std::int64_t q = s.map[p * s.K + k];
            if (q >= 0) inverse[q * s.K + k] = static_cast<std::int32_t>(p);
        }
}

// Head rows are read by windows of many rows: their gradients are summed for each head row and tap,
// in the order of the windows, before the product. A task takes a fixed block of head rows.
constexpr std::int64_t head_block = 64;

void add_head(const ConvolutionShape& s, const float* dout, const PatchFactor& kernel,
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
        zero_row(sums, s.G * rows * kernel.D);
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t row = -1 - s.map[readers[i]] - first;
            if (row < 0 || row >= rows) continue;
            const std::int64_t p = readers[i] / s.K, k = readers[i] % s.K;
            for (std::int64_t g = 0; g < s.G; ++g)
                add_row(dout + p * s.F + g * filters,
                        sums + (g * rows + row) * kernel.D + k * filters, filters);
        }
        for (std::int64_t g = 0; g < s.G; ++g) {
            float* out = dhead + first * s.I + g * kernel.N;
            panel_product(sums + g * rows * kernel.D, kernel.D, rows, kernel.group(g), kernel.D,
                          kernel.N, out, s.I, out, s.I);
        }
    });
}

void inputs(const ConvolutionInputsArguments& a) {
    const ConvolutionShape& s = a.shape;
    const std::int64_t inputs = s.I / s.G, filters = s.F / s.G;
    const std::int64_t D = s.K * filters;
    Scratch scratch;
    const PatchFactor kernel{s.G, D, inputs, scratch.floats(PatchFactor::floats(s.G, D, inputs))};
    pack_factor(kernel, [&](std::int64_t g, std::int64_t n, std::int64_t columns, float* to) {
        for (std::int64_t k = 0; k < s.K; ++k)
            pack_panels(a.kernel + (k * inputs + n) * s.F + g * filters, 1, s.F, filters, columns,
                        to + k * filters * panel_width);
    });
    if (a.dvalues != nullptr) {
        std::int32_t* inverse = scratch.integers(s.Q * s.K);
        invert(s, inverse);
        patch_product({a.dout, nullptr, s.F, 0, s.F}, inverse, s.Q, s.K, kernel, nullptr,
                      a.dvalues);
    }
    if (a.dhead != nullptr) add_head(s, a.dout, kernel, a.dhead);
}

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
void add_chunk(const ConvolutionWeightsArguments& a, const KernelBlock& block, std::int64_t first,
               std::int64_t steps, float* dkernel) {
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

void weights(const ConvolutionWeightsArguments& a) {
    const ConvolutionShape& s = a.shape;
    const std::int64_t inputs = s.I / s.G;
    const std::int64_t size = s.K * inputs * s.F;
    const std::int64_t taps = inputs < block_rows ? smaller(s.K, block_rows / inputs) : 1;
    const std::int64_t columns = smaller(inputs, block_rows);
    const std::int64_t tap_blocks = parts(s.K, taps), input_blocks = parts(inputs, columns);
    const std::int64_t blocks = s.G * tap_blocks * input_blocks;
    const std::int64_t most = blocks < enough_tasks ? enough_tasks / blocks : 1;
    const std::int64_t sections = smaller(parts(s.P, section_steps), most);
    if (sections == 0) return;
    const std::int64_t section = parts(parts(s.P, chunk_steps), sections) * chunk_steps;
    Scratch scratch;
    float* sums = scratch.floats(sections * size);
    zero_row(sums, sections * size);
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
        add_row(sums + part * size, a.dkernel, size);
}

}  // namespace

extern const ConvolutionKernels SUNHWAN_SYMBOL(convolution) = {forward, inputs, weights};

}  // namespace sunhwan
