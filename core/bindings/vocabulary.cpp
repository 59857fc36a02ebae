#include "kernels/vocabulary.h"

#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "bindings/arrays.h"
#include "runtime/dispatch.h"

namespace sunhwan {
namespace {

// The columns of a kernel in bytes.
class Vocabulary {
public:
    // Null where the processor has no products of bytes, or a weight is not finite or too large.
    static std::unique_ptr<Vocabulary> pack(const FloatMatrix& kernel,
                                            const std::optional<FloatVector>& bias) {
        const std::int64_t K = kernel.extent(0), C = kernel.extent(1);
        check_shape("bias", bias, {C});
        const VocabularyKernels& own = kernels().vocabulary;
        if (!own.available() || K < 1 || C < 1 || K > most_vocabulary_terms) return nullptr;
        auto made = std::make_unique<Vocabulary>();
        made->allocate(kernel, own.padded_columns(C));
        bool finite = false;
        run_once([&] { finite = own.pack(made->packed_, data_or_null(bias)); });
        return finite ? std::move(made) : nullptr;
    }

    void suppress(const std::vector<std::int64_t>& tokens) {
        for (const std::int64_t token : tokens) {
            CHECK(token >= 0 && token < packed_.C, "tokens must be in [0, " +
                                                       std::to_string(packed_.C) + "), got " +
                                                       std::to_string(token));
            packed_.bias[token] = -std::numeric_limits<float>::infinity();
        }
    }

    void choose(const FloatMatrix& x, Int32VectorOut& tokens) const {
        const std::int64_t M = x.extent(0);
        check_shape("x", x, {M, packed_.K});
        check_shape("tokens", tokens, {M});
        const PackedVocabulary packed = packed_;
        run_kernel([=] { kernels().vocabulary.choose(packed, M, x.data(), tokens.data()); });
    }

private:
    void allocate(const FloatMatrix& kernel, std::int64_t padded) {
        constexpr std::size_t line = 64;
        kernel_ = kernel;
        const std::int64_t K = kernel.extent(0), C = kernel.extent(1);
        const std::int64_t floats = 4 * padded + C * K, bytes = padded * ((K + 3) / 4 * 4);
        std::size_t space = static_cast<std::size_t>(4 * floats + bytes) + line;
        memory_.reset(new std::uint8_t[space]);
        void* first = memory_.get();
        auto* begin = static_cast<float*>(std::align(line, space - line, first, space));
        packed_ = {.K = K,
                   .C = C,
                   .padded = padded,
                   .W = kernel.data(),
                   .columns = begin + 4 * padded + bytes / 4,
                   .bytes = reinterpret_cast<std::uint8_t*>(begin + 4 * padded),
                   .bias = begin,
                   .scale = begin + padded,
                   .size = begin + 2 * padded,
                   .error = begin + 3 * padded};
    }

    FloatMatrix kernel_;
    std::unique_ptr<std::uint8_t[]> memory_;
    PackedVocabulary packed_{};
};

}  // namespace

void bind_vocabulary(nb::module_& m) {
    nb::class_<Vocabulary>(m, "Vocabulary", "The columns of a kernel, packed to choose among them.")
        .def_static("pack", &Vocabulary::pack, nb::arg("kernel"), nb::arg("bias").none(),
                    "Of kernel (K, C) and bias (C,); None where the processor has no products of "
                    "bytes, K is above 1024, or a weight is not finite or above 1e15.")
        .def("suppress", &Vocabulary::suppress, nb::arg("tokens"), "Choose none of `tokens`.")
        .def("choose", &Vocabulary::choose, nb::arg("x"), nb::arg("tokens"),
             "tokens (M,): for each row of x (M, K) the first of the greatest of x kernel + bias.");
}

}  // namespace sunhwan
