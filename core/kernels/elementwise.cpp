#include "kernels/elementwise.h"

#include "kernels/activation.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t chunk = 16384;  // floats a task: 64 KiB, a few microseconds

// Calls body(first, n) for the fixed chunks of `count`; n is 1..chunk.
template <typename Body>
void for_chunks(std::int64_t count, const Body& body) {
    parallel_for((count + chunk - 1) / chunk, [&](std::int64_t task, int) {
        const std::int64_t first = task * chunk;
        body(first, count - first < chunk ? count - first : chunk);
    });
}

// out[i] = f(in(i)) where in(p, n) loads what f takes.
template <typename Function>
void map(std::int64_t count, const float* a, float* out, const Function& f) {
    for_chunks(count, [&](std::int64_t first, std::int64_t n) {
        const float* p = a + first;
        float* q = out + first;
        for (; n >= Vec::width; n -= Vec::width, p += Vec::width, q += Vec::width)
            store(q, f(load(p)));
        if (n > 0) {
            const int rest = static_cast<int>(n);
            store_partial(q, f(load_partial(p, rest)), rest);
        }
    });
}

template <typename Function>
void map(std::int64_t count, const float* a, const float* b, float* out, const Function& f) {
    for_chunks(count, [&](std::int64_t first, std::int64_t n) {
        const float* p = a + first;
        const float* q = b + first;
        float* r = out + first;
        for (; n >= Vec::width; n -= Vec::width) {
            store(r, f(load(p), load(q)));
            p += Vec::width;
            q += Vec::width;
            r += Vec::width;
        }
        if (n > 0) {
            const int rest = static_cast<int>(n);
            store_partial(r, f(load_partial(p, rest), load_partial(q, rest)), rest);
        }
    });
}

template <Activation f>
void activate_with(const ActivateArguments& a) {
    map(a.count, a.x, a.y, [](Vec x) { return activate(f, x); });
}

// The derivative reads one of x and y only: the other argument of activate_gradient is unused.
template <Activation f>
void activate_backward_with(const ActivateBackwardArguments& a) {
    const float* known = needs_input(f) ? a.x : a.y;
    map(a.count, known, a.dy, a.dx,
        [](Vec value, Vec dy) { return dy * activate_gradient(f, value, value); });
}

template <typename Arguments>
using Table = void (*[activation_count])(const Arguments&);

#define SUNHWAN_EACH_ACTIVATION(run)                                                      \
    run<Activation::linear>, run<Activation::tanh>, run<Activation::sigmoid>,             \
        run<Activation::relu>, run<Activation::softsign>, run<Activation::hard_sigmoid>,  \
        run<Activation::elu>, run<Activation::selu>, run<Activation::softplus>,           \
        run<Activation::gelu>, run<Activation::leaky_relu>, run<Activation::exponential>, \
        run<Activation::silu>, run<Activation::relu6>

constexpr Table<ActivateArguments> activate_table = {SUNHWAN_EACH_ACTIVATION(activate_with)};
constexpr Table<ActivateBackwardArguments> activate_backward_table = {
    SUNHWAN_EACH_ACTIVATION(activate_backward_with)};

void activate_any(const ActivateArguments& a) { activate_table[static_cast<int>(a.activation)](a); }

void activate_backward_any(const ActivateBackwardArguments& a) {
    activate_backward_table[static_cast<int>(a.activation)](a);
}

void multiply(std::int64_t count, const float* a, const float* b, float* out) {
    map(count, a, b, out, [](Vec p, Vec q) { return p * q; });
}

void add(std::int64_t count, const float* a, const float* b, float* out) {
    map(count, a, b, out, [](Vec p, Vec q) { return p + q; });
}

void add_scaled(std::int64_t count, float factor, const float* a, float* out) {
    map(count, a, out, out, [factor](Vec p, Vec q) { return fma(broadcast(factor), p, q); });
}

void scale(std::int64_t count, float factor, const float* x, float* out) {
    map(count, x, out, [factor](Vec p) { return broadcast(factor) * p; });
}

void fill(std::int64_t count, float value, float* out) {
    for_chunks(count, [&](std::int64_t first, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) out[first + i] = value;
    });
}

void clear(std::int64_t count, float* out) {
    for_chunks(count, [&](std::int64_t first, std::int64_t n) {
        float* p = out + first;
        for (; n >= Vec::width; n -= Vec::width, p += Vec::width)
            if (!all(eq(bits(load(p)), broadcast_int(0)))) store(p, zero());
        store_partial(p, zero(), static_cast<int>(n));
    });
}

}  // namespace

extern const ElementwiseKernels SUNHWAN_SYMBOL(elementwise) = {
    activate_any, activate_backward_any, multiply, add, add_scaled, scale, fill, clear,
};

}  // namespace sunhwan
