#include "kernels/convolution.h"

#include "kernels/convolution_inputs.h"
#include "kernels/convolution_patches.h"
#include "kernels/convolution_weights.h"

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

}  // namespace

extern const ConvolutionKernels SUNHWAN_SYMBOL(convolution) = {forward, inputs, weights};

}  // namespace sunhwan
