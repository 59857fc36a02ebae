// Steps of optimizers on flat arrays: parameters w, gradients g, and the optimizer's slots. All are
// changed in place but g.
#pragma once

#include <cstdint>

namespace sunhwan {

// What comes before every update:  g' = clip(scale * g, -limit, limit);  w *= 1 - decay.
struct Parameters {
    std::int64_t count;
    float* w;
    const float* g;
    float scale;
    float limit;  // infinity where values are not clipped
    float decay;
};

// Without m:  w -= rate g'.  With it:  m = momentum m - rate g';  w += m, or with nesterov
// w += momentum m - rate g'.
struct SgdArguments {
    Parameters at;
    float rate, momentum;
    bool nesterov;
    float* m;  // or null
};

// v += (1 - rho) (g'^2 - v);  d = v + epsilon, with `mean` less its square, mean += (1 - rho)(g' -
// mean); step = rate g' / sqrt(d);  w -= step, or with m:  m = momentum m + step;  w -= m.
struct RmspropArguments {
    Parameters at;
    float rate, rho, rest, momentum, epsilon;  // rest = 1 - rho
    float* v;
    float* m;     // or null
    float* mean;  // or null
};

// a += g'^2;  w -= rate g' / sqrt(a + epsilon).
struct AdagradArguments {
    Parameters at;
    float rate, epsilon;
    float* a;
};

// a = rho a + (1 - rho) g'^2;  step = sqrt(d + epsilon) g' / sqrt(a + epsilon);
// d = rho d + (1 - rho) step^2;  w -= rate step.
struct AdadeltaArguments {
    Parameters at;
    float rate, rho, rest, epsilon;  // rest = 1 - rho
    float* a;
    float* d;
};

// m += rest_1 (g' - m);  v += rest_2 (g'^2 - v);  w -= rate m / (sqrt(v) + epsilon), where `top`,
// if given, is the largest v so far and takes its place.
struct AdamArguments {
    Parameters at;
    float rate, rest_1, rest_2, epsilon;  // rest = 1 - beta; rate has the bias corrections in it
    float* m;
    float* v;
    float* top;  // or null
};

// m += rest_1 (g' - m);  u = max(beta_2 u, |g'|);  w -= rate m / (u + epsilon).
struct AdamaxArguments {
    Parameters at;
    float rate, rest_1, beta_2, epsilon;
    float* m;
    float* u;
};

// m and v as in Adam;  w -= rate (of_m m + of_g g') / (sqrt(of_v v) + epsilon).
struct NadamArguments {
    Parameters at;
    float rate, rest_1, rest_2, epsilon, of_m, of_g, of_v;
    float* m;
    float* v;
};

struct OptimizersKernels {
    void (*sgd)(const SgdArguments&);
    void (*rmsprop)(const RmspropArguments&);
    void (*adagrad)(const AdagradArguments&);
    void (*adadelta)(const AdadeltaArguments&);
    void (*adam)(const AdamArguments&);
    void (*adamax)(const AdamaxArguments&);
    void (*nadam)(const NadamArguments&);
    // average += share (w - average)
    void (*average)(std::int64_t count, const float* w, float share, float* average);
    // The sum of squares, in double and in one order.
    double (*sum_of_squares)(std::int64_t count, const float* x);
};

}  // namespace sunhwan
