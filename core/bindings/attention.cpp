#include "kernels/attention.h"

#include "bindings/arrays.h"
#include "bindings/offsets.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

struct Rows {
    const Int64Vector &q_offsets, &k_offsets;
    const std::optional<Int32Vector>&k_rows, &q_times, &k_times;
};

AttentionArguments arguments(const FloatMatrix& q, const FloatMatrix& k, const FloatMatrix& v,
                             const Rows& rows, std::int64_t heads, bool additive, float factor,
                             const std::optional<FloatVector>& inner,
                             const std::optional<FloatVector>& outer,
                             const std::optional<FloatVector>& u,
                             const std::optional<FloatMatrix>& drop) {
    const std::int64_t P = q.extent(0), Q = k.extent(0);
    CHECK(heads >= 1 && q.extent(1) % heads == 0 && v.extent(1) % heads == 0 &&
              (heads == 1 || q.extent(1) > 0),
          "q and v must have " + std::to_string(heads) + " whole heads, got shapes " +
              shape_text(q) + " and " + shape_text(v));
    const std::int64_t D = q.extent(1) / heads, V = v.extent(1) / heads;
    check_shape("k", k, {Q, heads * D});
    check_shape("v", v, {Q, heads * V});
    check_offsets("q_offsets", rows.q_offsets, P);
    check_offsets("k_offsets", rows.k_offsets, Q);
    const std::int64_t N = rows.q_offsets.count() - 1, M = rows.k_offsets.count() - 1;
    CHECK(rows.k_rows || N == M, "q and k must have as many rows");
    check_shape("k_rows", rows.k_rows, {N});
    for (std::int64_t n = 0; rows.k_rows && n < N; ++n)
        CHECK(rows.k_rows->data()[n] >= 0 && rows.k_rows->data()[n] < M, "k_rows is out of range");
    CHECK(rows.q_times.has_value() == rows.k_times.has_value(), "times are of both or of none");
    check_shape("q_times", rows.q_times, {P});
    check_shape("k_times", rows.k_times, {Q});
    check_shape("inner", inner, {1});
    check_shape("outer", outer, {1});
    check_shape("u", u, {D});
    std::int64_t widest = 0;
    for (std::int64_t m = 0; m < M; ++m) {
        const std::int64_t steps = rows.k_offsets.data()[m + 1] - rows.k_offsets.data()[m];
        widest = steps > widest ? steps : widest;
    }
    CHECK(!drop || (drop->extent(0) == P * heads && drop->extent(1) >= widest),
          "drop must have a row for each step and head, and a column for each step of k");
    return {.N = N,
            .M = M,
            .H = heads,
            .D = D,
            .V = V,
            .additive = additive,
            .factor = factor,
            .q_offsets = rows.q_offsets.data(),
            .k_offsets = rows.k_offsets.data(),
            .k_rows = data_or_null(rows.k_rows),
            .w_offsets = nullptr,
            .causal = false,
            .mask = {nullptr, 0, 0, 0, 0},
            .q_times = data_or_null(rows.q_times),
            .k_times = data_or_null(rows.k_times),
            .q = q.data(),
            .k = k.data(),
            .v = v.data(),
            .inner = data_or_null(inner),
            .outer = data_or_null(outer),
            .u = data_or_null(u),
            .drop = data_or_null(drop),
            .drop_row = drop ? drop->extent(1) : 0,
            .weights = nullptr,
            .y = nullptr};
}

// Raises ValueError unless the weights are those of the rows.
void check_weights(const char* name, const AttentionArguments& a, const Int64Vector& offsets,
                   std::int64_t count) {
    CHECK(offsets.count() == a.N + 1 && offsets.data()[0] == 0 && offsets.data()[a.N] == count,
          std::string(name) + " must be as many as w_offsets says");
    for (std::int64_t n = 0; n < a.N; ++n) {
        const std::int64_t m = a.k_rows == nullptr ? n : a.k_rows[n];
        const std::int64_t steps = a.q_offsets[n + 1] - a.q_offsets[n];
        CHECK(offsets.data()[n + 1] - offsets.data()[n] ==
                  a.H * steps * (a.k_offsets[m + 1] - a.k_offsets[m]),
              std::string(name) + " must have one for each head, step and step of memory");
    }
}

// What a mask (N or 1, heads or 1, T or 1, S or 1) says; all times must lie within it.
AttentionMask mask_of(const FloatGrid& mask, const AttentionArguments& a) {
    const auto fits = [&](std::size_t axis, std::int64_t count) {
        return mask.extent(axis) == 1 || mask.extent(axis) == count;
    };
    CHECK(fits(0, a.N) && fits(1, a.H),
          "mask must have a part for each row and head, or one: " + shape_text(mask));
    const auto holds = [&](std::size_t axis, const std::int32_t* times, std::int64_t steps) {
        for (std::int64_t i = 0; mask.extent(axis) != 1 && i < steps; ++i)
            CHECK(times[i] >= 0 && times[i] < mask.extent(axis),
                  "mask " + shape_text(mask) + " must hold all times, got " +
                      std::to_string(times[i]) + " in axis " + std::to_string(axis));
    };
    holds(2, a.q_times, a.q_offsets[a.N]);
    holds(3, a.k_times, a.k_offsets[a.M]);
    const std::int64_t T = mask.extent(2), S = mask.extent(3), H = mask.extent(1);
    return {.seen = mask.data(),
            .row = mask.extent(0) == 1 ? 0 : H * T * S,
            .head = H == 1 ? 0 : T * S,
            .query = T == 1 ? 0 : S,
            .memory = S == 1 ? 0 : 1};
}

void attention(const FloatMatrix& q, const FloatMatrix& k, const FloatMatrix& v,
               const Int64Vector& q_offsets, const Int64Vector& k_offsets, FloatMatrixOut& y,
               std::int64_t heads, bool additive, float factor,
               const std::optional<FloatVector>& inner, const std::optional<FloatVector>& outer,
               const std::optional<FloatVector>& u, const std::optional<FloatMatrix>& drop,
               const std::optional<Int32Vector>& q_times, const std::optional<Int32Vector>& k_times,
               const std::optional<Int32Vector>& k_rows, bool causal,
               const std::optional<FloatGrid>& mask, const std::optional<Int64Vector>& w_offsets,
               const std::optional<FloatVectorOut>& weights) {
    AttentionArguments a = arguments(q, k, v, {q_offsets, k_offsets, k_rows, q_times, k_times},
                                     heads, additive, factor, inner, outer, u, drop);
    check_shape("y", y, {q.extent(0), v.extent(1)});
    a.y = y.data();
    CHECK(q_times || !(causal || mask), "causal attention and a mask need times");
    a.causal = causal;
    if (mask) a.mask = mask_of(*mask, a);
    if (weights) {
        CHECK(w_offsets.has_value(), "weights need w_offsets");
        check_weights("weights", a, *w_offsets, weights->count());
        a.w_offsets = w_offsets->data();
        a.weights = weights->data();
    }
    run_kernel([=] { kernels().attention.forward(a); });
}

void attention_backward(
    const FloatMatrix& q, const FloatMatrix& k, const FloatMatrix& v, const Int64Vector& q_offsets,
    const Int64Vector& k_offsets, const Int64Vector& w_offsets, FloatVectorOut& weights,
    const FloatMatrix& dy, FloatMatrixOut& dq, FloatMatrixOut& dk, FloatMatrixOut& dv,
    std::int64_t heads, bool additive, float factor, const std::optional<FloatVector>& inner,
    const std::optional<FloatVector>& outer, const std::optional<FloatVector>& u,
    const std::optional<FloatMatrix>& drop, const std::optional<FloatVector>& dweights,
    const std::optional<FloatVectorOut>& dinner, const std::optional<FloatVectorOut>& douter,
    const std::optional<FloatVectorOut>& du) {
    const std::optional<Int32Vector> none;
    AttentionArguments a = arguments(q, k, v, {q_offsets, k_offsets, none, none, none}, heads,
                                     additive, factor, inner, outer, u, drop);
    check_weights("weights", a, w_offsets, weights.count());
    check_shape("dweights", dweights, {weights.count()});
    a.w_offsets = w_offsets.data();
    a.weights = weights.data();
    check_shape("dy", dy, {q.extent(0), v.extent(1)});
    check_same_shape("dq", dq, "q", q);
    check_same_shape("dk", dk, "k", k);
    check_same_shape("dv", dv, "v", v);
    check_shape("dinner", dinner, {1});
    check_shape("douter", douter, {1});
    check_shape("du", du, {a.D});
    const AttentionBackwardArguments b{a,
                                       dy.data(),
                                       data_or_null(dweights),
                                       dq.data(),
                                       dk.data(),
                                       dv.data(),
                                       data_or_null(dinner),
                                       data_or_null(douter),
                                       data_or_null(du)};
    run_kernel([=] { kernels().attention.backward(b); });
}

}  // namespace

void bind_attention(nb::module_& m) {
    m.def("attention", &attention, nb::arg("q"), nb::arg("k"), nb::arg("v"), nb::arg("q_offsets"),
          nb::arg("k_offsets"), nb::arg("y"), nb::arg("heads") = 1, nb::arg("additive") = false,
          nb::arg("factor") = 1.0f, nb::arg("inner").none() = nb::none(),
          nb::arg("outer").none() = nb::none(), nb::arg("u").none() = nb::none(),
          nb::arg("drop").none() = nb::none(), nb::arg("q_times").none() = nb::none(),
          nb::arg("k_times").none() = nb::none(), nb::arg("k_rows").none() = nb::none(),
          nb::arg("causal") = false, nb::arg("mask").none() = nb::none(),
          nb::arg("w_offsets").none() = nb::none(), nb::arg("weights").none() = nb::none(),
          "y (P, heads * V) = softmax(scores of q (P, heads * D) and k (Q, heads * D)) v (Q, heads "
          "* V), row by row: see core/kernels/attention.h.");
    m.def("attention_backward", &attention_backward, nb::arg("q"), nb::arg("k"), nb::arg("v"),
          nb::arg("q_offsets"), nb::arg("k_offsets"), nb::arg("w_offsets"), nb::arg("weights"),
          nb::arg("dy"), nb::arg("dq"), nb::arg("dk"), nb::arg("dv"), nb::arg("heads") = 1,
          nb::arg("additive") = false, nb::arg("factor") = 1.0f,
          nb::arg("inner").none() = nb::none(), nb::arg("outer").none() = nb::none(),
          nb::arg("u").none() = nb::none(), nb::arg("drop").none() = nb::none(),
          nb::arg("dweights").none() = nb::none(), nb::arg("dinner").none() = nb::none(),
          nb::arg("douter").none() = nb::none(), nb::arg("du").none() = nb::none(),
          "Gradients of `attention`: overwrites dq, dk, dv, adds to dinner, douter, du.");
}

}  // namespace sunhwan
