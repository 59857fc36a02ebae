#include "kernels/optimizers.h"

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

using Slot = FloatVectorOut;
using OptionalSlot = std::optional<FloatVectorOut>;

Parameters parameters(FloatVectorOut& w, const FloatVector& g, float scale, float limit,
                      float decay) {
    check_shape("g", g, {w.count()});
    return {w.count(), w.data(), g.data(), scale, limit, decay};
}

float* slot(const char* name, Slot& array, const Parameters& at) {
    check_shape(name, array, {at.count});
    return array.data();
}

float* slot(const char* name, OptionalSlot& array, const Parameters& at) {
    check_shape(name, array, {at.count});
    return data_or_null(array);
}

void sgd(FloatVectorOut& w, const FloatVector& g, float scale, float limit, float decay, float rate,
         float momentum, bool nesterov, OptionalSlot m) {
    const Parameters at = parameters(w, g, scale, limit, decay);
    const SgdArguments arguments{at, rate, momentum, nesterov, slot("m", m, at)};
    const KernelCall call;
    kernels().optimizers.sgd(arguments);
}

void rmsprop(FloatVectorOut& w, const FloatVector& g, float scale, float limit, float decay,
             float rate, double rho, float momentum, float epsilon, Slot v, OptionalSlot m,
             OptionalSlot mean) {
    const Parameters at = parameters(w, g, scale, limit, decay);
    const RmspropArguments arguments{at,
                                     rate,
                                     static_cast<float>(rho),
                                     static_cast<float>(1.0 - rho),
                                     momentum,
                                     epsilon,
                                     slot("v", v, at),
                                     slot("m", m, at),
                                     slot("mean", mean, at)};
    const KernelCall call;
    kernels().optimizers.rmsprop(arguments);
}

void adagrad(FloatVectorOut& w, const FloatVector& g, float scale, float limit, float decay,
             float rate, float epsilon, Slot a) {
    const Parameters at = parameters(w, g, scale, limit, decay);
    const AdagradArguments arguments{at, rate, epsilon, slot("a", a, at)};
    const KernelCall call;
    kernels().optimizers.adagrad(arguments);
}

void adadelta(FloatVectorOut& w, const FloatVector& g, float scale, float limit, float decay,
              float rate, double rho, float epsilon, Slot a, Slot d) {
    const Parameters at = parameters(w, g, scale, limit, decay);
    const AdadeltaArguments arguments{at,
                                      rate,
                                      static_cast<float>(rho),
                                      static_cast<float>(1.0 - rho),
                                      epsilon,
                                      slot("a", a, at),
                                      slot("d", d, at)};
    const KernelCall call;
    kernels().optimizers.adadelta(arguments);
}

void adam(FloatVectorOut& w, const FloatVector& g, float scale, float limit, float decay,
          double rate, double beta_1, double beta_2, float epsilon, Slot m, Slot v,
          OptionalSlot top) {
    const Parameters at = parameters(w, g, scale, limit, decay);
    const AdamArguments arguments{at,
                                  static_cast<float>(rate),
                                  static_cast<float>(1.0 - beta_1),
                                  static_cast<float>(1.0 - beta_2),
                                  epsilon,
                                  slot("m", m, at),
                                  slot("v", v, at),
                                  slot("top", top, at)};
    const KernelCall call;
    kernels().optimizers.adam(arguments);
}

void adamax(FloatVectorOut& w, const FloatVector& g, float scale, float limit, float decay,
            double rate, double beta_1, float beta_2, float epsilon, Slot m, Slot u) {
    const Parameters at = parameters(w, g, scale, limit, decay);
    const AdamaxArguments arguments{at,
                                    static_cast<float>(rate),
                                    static_cast<float>(1.0 - beta_1),
                                    beta_2,
                                    epsilon,
                                    slot("m", m, at),
                                    slot("u", u, at)};
    const KernelCall call;
    kernels().optimizers.adamax(arguments);
}

void nadam(FloatVectorOut& w, const FloatVector& g, float scale, float limit, float decay,
           float rate, double beta_1, double beta_2, float epsilon, double of_m, double of_g,
           double of_v, Slot m, Slot v) {
    const Parameters at = parameters(w, g, scale, limit, decay);
    const NadamArguments arguments{at,
                                   rate,
                                   static_cast<float>(1.0 - beta_1),
                                   static_cast<float>(1.0 - beta_2),
                                   epsilon,
                                   static_cast<float>(of_m),
                                   static_cast<float>(of_g),
                                   static_cast<float>(of_v),
                                   slot("m", m, at),
                                   slot("v", v, at)};
    const KernelCall call;
    kernels().optimizers.nadam(arguments);
}

void average(const FloatVector& w, float share, FloatVectorOut& out) {
    check_shape("out", out, {w.count()});
    const KernelCall call;
    kernels().optimizers.average(w.count(), w.data(), share, out.data());
}

double sum_of_squares(const FloatVector& x) {
    const KernelCall call;
    return kernels().optimizers.sum_of_squares(x.count(), x.data());
}

}  // namespace

// Every step changes w and the slots in place; see kernels/optimizers.h for the equations.
#define PREPARED                                                                      \
    nb::arg("w"), nb::arg("g"), nb::arg("scale"), nb::arg("limit"), nb::arg("decay"), \
        nb::arg("rate")

void bind_optimizers(nb::module_& m) {
    m.def("sgd", &sgd, PREPARED, nb::arg("momentum"), nb::arg("nesterov"), nb::arg("m").none());
    m.def("rmsprop", &rmsprop, PREPARED, nb::arg("rho"), nb::arg("momentum"), nb::arg("epsilon"),
          nb::arg("v"), nb::arg("m").none(), nb::arg("mean").none());
    m.def("adagrad", &adagrad, PREPARED, nb::arg("epsilon"), nb::arg("a"));
    m.def("adadelta", &adadelta, PREPARED, nb::arg("rho"), nb::arg("epsilon"), nb::arg("a"),
          nb::arg("d"));
    m.def("adam", &adam, PREPARED, nb::arg("beta_1"), nb::arg("beta_2"), nb::arg("epsilon"),
          nb::arg("m"), nb::arg("v"), nb::arg("top").none(),
          "rate is the learning rate with both bias corrections.");
    m.def("adamax", &adamax, PREPARED, nb::arg("beta_1"), nb::arg("beta_2"), nb::arg("epsilon"),
          nb::arg("m"), nb::arg("u"), "rate is the learning rate with the bias correction.");
    m.def("nadam", &nadam, PREPARED, nb::arg("beta_1"), nb::arg("beta_2"), nb::arg("epsilon"),
          nb::arg("of_m"), nb::arg("of_g"), nb::arg("of_v"), nb::arg("m"), nb::arg("v"));
    m.def("average", &average, nb::arg("w"), nb::arg("share"), nb::arg("out"),
          "out += share * (w - out).");
    m.def("sum_of_squares", &sum_of_squares, nb::arg("x"),
          "The sum of the squares, in float64 and in one order.");
}

#undef PREPARED

}  // namespace sunhwan
