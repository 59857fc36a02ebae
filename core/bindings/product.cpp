#include "kernels/product.h"

#include "bindings/arrays.h"
#include "runtime/dispatch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

void product(const FloatMatrix& a, const FloatMatrix& b, FloatMatrixOut& out, bool transpose_a,
             bool transpose_b, bool accumulate, const std::optional<FloatVector>& bias) {
    const std::int64_t M = a.extent(transpose_a ? 1 : 0), K = a.extent(transpose_a ? 0 : 1);
    const std::int64_t N = b.extent(transpose_b ? 0 : 1);
    const std::int64_t terms = b.extent(transpose_b ? 1 : 0);
    CHECK(K == terms, "a and b must agree in the terms of the sums: a has shape " + shape_text(a) +
                          (transpose_a ? " (transposed)" : "") + ", b has shape " + shape_text(b) +
                          (transpose_b ? " (transposed)" : ""));
    check_shape("out", out, {M, N});
    check_shape("bias", bias, {N});
    const ProductArguments arguments{.M = M,
                                     .N = N,
                                     .K = K,
                                     .a = a.data(),
                                     .a_row = a.extent(1),
                                     .b = b.data(),
                                     .b_row = b.extent(1),
                                     .out = out.data(),
                                     .out_row = N,
                                     .bias = data_or_null(bias),
                                     .transpose_a = transpose_a,
                                     .transpose_b = transpose_b,
                                     .accumulate = accumulate};
    run_kernel([=] { kernels().product.product(arguments); });
}

void batched_product(const FloatCube& a, const FloatCube& b, FloatCubeOut& out, bool transpose_a,
                     bool transpose_b) {
    const std::int64_t B = a.extent(0);
    const std::int64_t M = a.extent(transpose_a ? 2 : 1), K = a.extent(transpose_a ? 1 : 2);
    const std::int64_t N = b.extent(transpose_b ? 1 : 2);
    const std::int64_t terms = b.extent(transpose_b ? 2 : 1);
    CHECK(K == terms && B == b.extent(0),
          "a and b must agree in their matrices and in the terms of the sums: a has shape " +
              shape_text(a) + ", b has shape " + shape_text(b));
    check_shape("out", out, {B, M, N});
    const ProductArguments first{.M = M,
                                 .N = N,
                                 .K = K,
                                 .a = a.data(),
                                 .a_row = a.extent(2),
                                 .b = b.data(),
                                 .b_row = b.extent(2),
                                 .out = out.data(),
                                 .out_row = N,
                                 .bias = nullptr,
                                 .transpose_a = transpose_a,
                                 .transpose_b = transpose_b,
                                 .accumulate = false};
    const auto one = [=](std::int64_t n, int) {
        ProductArguments each = first;
        each.a += n * M * K;
        each.b += n * K * N;
        each.out += n * M * N;
        kernels().product.product(each);
    };
    run_kernel([=] {
        const bool small = M * N * K < serial_work;  // a product is for one thread
        if (small && B * M * N * K >= serial_work) {
            parallel_for(B, one);
        } else {
            for (std::int64_t n = 0; n < B; n++) one(n, 0);
        }
    });
}

void column_sums(const FloatMatrix& x, FloatVectorOut& out, bool accumulate) {
    check_shape("out", out, {x.extent(1)});
    run_kernel([=] {
        kernels().product.column_sums(x.extent(0), x.extent(1), x.data(), out.data(), accumulate);
    });
}

void linear_backward(const FloatMatrix& x, const FloatMatrix& kernel, const FloatMatrix& dy,
                     const std::optional<FloatMatrixOut>& dkernel,
                     const std::optional<FloatVectorOut>& dbias,
                     const std::optional<FloatMatrixOut>& dx) {
    const std::int64_t K = x.extent(0), I = x.extent(1), N = kernel.extent(1);
    check_shape("kernel", kernel, {I, N});
    check_shape("dy", dy, {K, N});
    check_shape("dkernel", dkernel, {I, N});
    check_shape("dbias", dbias, {N});
    check_shape("dx", dx, {K, I});
    const LinearBackwardArguments arguments{.K = K,
                                            .I = I,
                                            .N = N,
                                            .x = x.data(),
                                            .W = kernel.data(),
                                            .dy = dy.data(),
                                            .dW = data_or_null(dkernel),
                                            .db = data_or_null(dbias),
                                            .dx = data_or_null(dx)};
    run_kernel([=] { kernels().product.linear_backward(arguments); });
}

}  // namespace

void bind_product(nb::module_& m) {
    m.def("product", &product, nb::arg("a"), nb::arg("b"), nb::arg("out"),
          nb::arg("transpose_a") = false, nb::arg("transpose_b") = false,
          nb::arg("accumulate") = false, nb::arg("bias").none() = nb::none(),
          "out (M, N) = a (M, K) b (K, N) + bias; `accumulate` adds to out. a is (K, M) where "
          "transpose_a, b is (N, K) where transpose_b. out may be neither a nor b nor bias.");
    m.def("batched_product", &batched_product, nb::arg("a"), nb::arg("b"), nb::arg("out"),
          nb::arg("transpose_a") = false, nb::arg("transpose_b") = false,
          "out[n] (M, N) = a[n] (M, K) b[n] (K, N) for each n. a[n] is (K, M) where transpose_a, "
          "b[n] is (N, K) where transpose_b. out may be neither a nor b.");
    m.def("column_sums", &column_sums, nb::arg("x"), nb::arg("out"), nb::arg("accumulate") = true,
          "out (C,) += sums of the rows of x (R, C); without `accumulate` out is overwritten.");
    m.def("linear_backward", &linear_backward, nb::arg("x"), nb::arg("kernel"), nb::arg("dy"),
          nb::arg("dkernel").none(), nb::arg("dbias").none(), nb::arg("dx").none(),
          "The gradients of y (K, N) = x (K, I) kernel (I, N) + bias: adds to dkernel and dbias, "
          "overwrites dx; each may be None.");
}

}  // namespace sunhwan
