#include "kernels/recurrent.h"

#include <nanobind/stl/string.h>

#include "bindings/arrays.h"
#include "bindings/index.h"
#include "bindings/offsets.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

using MaybeMatrix = std::optional<FloatMatrix>;
using MaybeMatrixOut = std::optional<FloatMatrixOut>;

CellKind cell_kind(const std::string& name) {
    static const char* const names[cell_count] = {"simple_rnn", "lstm", "gru", "gru_reset_before"};
    for (int i = 0; i < cell_count; ++i)
        if (name == names[i]) return static_cast<CellKind>(i);
    CHECK(false,
          "cell must be 'simple_rnn', 'lstm', 'gru' or 'gru_reset_before', got '" + name + "'");
    return CellKind::simple_rnn;
}

// What both directions check alike.
struct Rows {
    RecurrentRows arguments;
    CellSizes sizes;
    std::int64_t rows, steps, units, columns;

    Rows(const std::string& cell, int activation, int recurrent_activation,
         const Int64Vector& offsets, const FloatMatrix& recurrent_kernel, const MaybeMatrix& h0,
         const MaybeMatrix& c0, const MaybeMatrix& hidden_mask, bool reverse) {
        const CellKind kind = cell_kind(cell);
        sizes = kernels().recurrent.sizes(kind);
        steps = check_offsets("offsets", offsets);
        rows = offsets.extent(0) - 1;
        units = recurrent_kernel.extent(0);
        columns = sizes.gates * units;
        CHECK(units > 0, "recurrent_kernel must have at least one row, got none");
        check_shape("recurrent_kernel", recurrent_kernel, {units, columns});
        check_shape("h0", h0, {rows, units});
        check_shape("c0", c0, {rows, units});
        check_shape("hidden_mask", hidden_mask, {rows, units});
        CHECK(sizes.has_c || !c0, "c0 must be None for a cell without c");
        arguments = {kind,
                     checked_kind<Activation>("activation", activation, activation_count),
                     checked_kind<Activation>("recurrent_activation", recurrent_activation,
                                              activation_count),
                     rows,
                     units,
                     offsets.data(),
                     reverse,
                     recurrent_kernel.data(),
                     data_or_null(hidden_mask),
                     data_or_null(h0),
                     data_or_null(c0)};
    }
};

void recurrent_forward(const std::string& cell, int activation, int recurrent_activation,
                       const Int64Vector& offsets, const MaybeMatrix& xp,
                       const std::optional<Int32Vector>& xindex,
                       const FloatMatrix& recurrent_kernel,
                       const std::optional<FloatVector>& recurrent_bias, const MaybeMatrix& h0,
                       const MaybeMatrix& c0, const MaybeMatrix& hidden_mask, bool reverse,
                       MaybeMatrixOut out, FloatMatrixOut last_h, MaybeMatrixOut last_c,
                       MaybeMatrixOut saved_h, MaybeMatrixOut saved_gates, MaybeMatrixOut saved_c,
                       const MaybeMatrix& inputs, const MaybeMatrix& input_kernel,
                       const std::optional<FloatVector>& input_bias) {
    const Rows r(cell, activation, recurrent_activation, offsets, recurrent_kernel, h0, c0,
                 hidden_mask, reverse);
    CHECK(inputs.has_value() == input_kernel.has_value() && xp.has_value() != inputs.has_value(),
          "either xp, or inputs and input_kernel must be given");
    CHECK(xp || !xindex, "xindex must be None with inputs");
    if (xp) check_shape("xp", *xp, {xindex ? xp->extent(0) : r.steps, r.columns});
    if (xindex) {
        check_shape("xindex", *xindex, {r.steps});
        check_index("xindex", *xindex, xp->extent(0), 0);
    }
    const std::int64_t features = inputs ? inputs->extent(1) : 0;
    CHECK(!inputs || features > 0, "inputs must have at least one column, got none");
    check_shape("inputs", inputs, {r.steps, features});
    check_shape("input_kernel", input_kernel, {features, r.columns});
    check_shape("input_bias", input_bias, {r.columns});
    check_shape("recurrent_bias", recurrent_bias, {r.columns});
    CHECK(r.sizes.has_recurrent_bias || !recurrent_bias,
          "recurrent_bias must be None for a cell without it");
    check_shape("out", out, {r.steps, r.units});
    check_shape("last_h", last_h, {r.rows, r.units});
    check_shape("last_c", last_c, {r.rows, r.units});
    check_shape("saved_h", saved_h, {r.steps, r.units});
    check_shape("saved_gates", saved_gates, {r.steps, r.sizes.saved * r.units});
    check_shape("saved_c", saved_c, {r.steps, r.units});
    CHECK(r.sizes.has_c ? last_c.has_value() : !last_c && !saved_c,
          "last_c must be given, and saved_c may be, for a cell with c alone");
    const RecurrentForwardArguments arguments{r.arguments,
                                              data_or_null(xp),
                                              data_or_null(xindex),
                                              data_or_null(recurrent_bias),
                                              data_or_null(out),
                                              last_h.data(),
                                              data_or_null(last_c),
                                              data_or_null(saved_h),
                                              data_or_null(saved_gates),
                                              data_or_null(saved_c),
                                              data_or_null(inputs),
                                              features,
                                              data_or_null(input_kernel),
                                              data_or_null(input_bias)};
    run_kernel([=] { kernels().recurrent.forward(arguments); });
}

void recurrent_backward(const std::string& cell, int activation, int recurrent_activation,
                        const Int64Vector& offsets, const FloatMatrix& recurrent_kernel,
                        const MaybeMatrix& h0, const MaybeMatrix& c0,
                        const MaybeMatrix& hidden_mask, bool reverse, const MaybeMatrix& out,
                        const FloatMatrix& saved_h, const FloatMatrix& saved_gates,
                        const MaybeMatrix& saved_c, const MaybeMatrix& dout,
                        const MaybeMatrix& dlast_h, const MaybeMatrix& dlast_c,
                        const MaybeMatrix& dc, FloatMatrixOut dxp, FloatMatrixOut drp,
                        MaybeMatrixOut dh0, MaybeMatrixOut dc0, MaybeMatrixOut total_dh,
                        MaybeMatrixOut total_dc) {
    const Rows r(cell, activation, recurrent_activation, offsets, recurrent_kernel, h0, c0,
                 hidden_mask, reverse);
    check_shape("out", out, {r.steps, r.units});
    CHECK(out || !r.sizes.carries_h || !hidden_mask,
          "out must be given for this cell with a hidden_mask, got None");
    check_shape("saved_h", saved_h, {r.steps, r.units});
    check_shape("saved_gates", saved_gates, {r.steps, r.sizes.saved * r.units});
    check_shape("saved_c", saved_c, {r.steps, r.units});
    check_shape("dout", dout, {r.steps, r.units});
    check_shape("dlast_h", dlast_h, {r.rows, r.units});
    check_shape("dlast_c", dlast_c, {r.rows, r.units});
    check_shape("dc", dc, {r.steps, r.units});
    check_shape("dxp", dxp, {r.steps, r.columns});
    check_shape("drp", drp, {r.steps, r.columns});
    check_shape("dh0", dh0, {r.rows, r.units});
    check_shape("dc0", dc0, {r.rows, r.units});
    check_shape("total_dh", total_dh, {r.steps, r.units});
    check_shape("total_dc", total_dc, {r.steps, r.units});
    CHECK(r.sizes.has_c ? saved_c.has_value() : !saved_c && !dlast_c && !dc && !dc0 && !total_dc,
          "saved_c must be given, and dlast_c, dc, dc0, total_dc may be, for a cell with c alone");
    CHECK(r.steps == 0 || r.sizes.separate_gradients == (dxp.data() != drp.data()),
          r.sizes.separate_gradients ? "dxp and drp must be two arrays for this cell"
                                     : "dxp and drp must be the same array for this cell");
    const RecurrentBackwardArguments arguments{r.arguments,
                                               saved_h.data(),
                                               saved_gates.data(),
                                               data_or_null(saved_c),
                                               data_or_null(out),
                                               data_or_null(dout),
                                               data_or_null(dlast_h),
                                               data_or_null(dlast_c),
                                               data_or_null(dc),
                                               dxp.data(),
                                               drp.data(),
                                               data_or_null(dh0),
                                               data_or_null(dc0),
                                               data_or_null(total_dh),
                                               data_or_null(total_dc)};
    run_kernel([=] { kernels().recurrent.backward(arguments); });
}

void recurrent_weights(const std::string& cell, const FloatMatrix& saved_h,
                       const FloatMatrix& saved_gates, const FloatMatrix& drp,
                       FloatMatrixOut dkernel) {
    const CellKind kind = cell_kind(cell);
    const CellSizes sizes = kernels().recurrent.sizes(kind);
    const std::int64_t steps = saved_h.extent(0);
    const std::int64_t units = saved_h.extent(1);
    CHECK(units > 0, "saved_h must have at least one column, got none");
    check_shape("saved_gates", saved_gates, {steps, sizes.saved * units});
    check_shape("drp", drp, {steps, sizes.gates * units});
    check_shape("dkernel", dkernel, {units, sizes.gates * units});
    const RecurrentWeightsArguments arguments{
        kind, steps, units, saved_h.data(), saved_gates.data(), drp.data(), dkernel.data()};
    run_kernel([=] { kernels().recurrent.weights(arguments); });
}

// (gates, saved vectors a step, has c, has a recurrent bias, drp is not dxp, needs out under a
// mask)
nb::tuple recurrent_sizes(const std::string& cell) {
    const CellSizes s = kernels().recurrent.sizes(cell_kind(cell));
    return nb::make_tuple(s.gates, s.saved, s.has_c, s.has_recurrent_bias, s.separate_gradients,
                          s.carries_h);
}

}  // namespace

void bind_recurrent(nb::module_& m) {
    m.def("recurrent_forward", &recurrent_forward, nb::arg("cell"), nb::arg("activation"),
          nb::arg("recurrent_activation"), nb::arg("offsets"), nb::arg("xp").none(),
          nb::arg("xindex").none(), nb::arg("recurrent_kernel"), nb::arg("recurrent_bias").none(),
          nb::arg("h0").none(), nb::arg("c0").none(), nb::arg("hidden_mask").none(),
          nb::arg("reverse"), nb::arg("out").none(), nb::arg("last_h"), nb::arg("last_c").none(),
          nb::arg("saved_h").none(), nb::arg("saved_gates").none(), nb::arg("saved_c").none(),
          nb::arg("inputs") = nb::none(), nb::arg("input_kernel") = nb::none(),
          nb::arg("input_bias") = nb::none(),
          "A recurrent cell over the packed steps of rows; see docs/architecture.md.");
    m.def("recurrent_backward", &recurrent_backward, nb::arg("cell"), nb::arg("activation"),
          nb::arg("recurrent_activation"), nb::arg("offsets"), nb::arg("recurrent_kernel"),
          nb::arg("h0").none(), nb::arg("c0").none(), nb::arg("hidden_mask").none(),
          nb::arg("reverse"), nb::arg("out").none(), nb::arg("saved_h"), nb::arg("saved_gates"),
          nb::arg("saved_c").none(), nb::arg("dout").none(), nb::arg("dlast_h").none(),
          nb::arg("dlast_c").none(), nb::arg("dc").none(), nb::arg("dxp"), nb::arg("drp"),
          nb::arg("dh0").none(), nb::arg("dc0").none(), nb::arg("total_dh") = nb::none(),
          nb::arg("total_dc") = nb::none(),
          "The gradients of recurrent_forward but that of the recurrent kernel.");
    m.def("recurrent_weights", &recurrent_weights, nb::arg("cell"), nb::arg("saved_h"),
          nb::arg("saved_gates"), nb::arg("drp"), nb::arg("dkernel"),
          "Adds the gradient of the recurrent kernel to dkernel.");
    m.def("recurrent_sizes", &recurrent_sizes, nb::arg("cell"),
          "(gates, saved, has_c, has_recurrent_bias, separate_gradients, carries_h) of a cell.");
}

}  // namespace sunhwan
