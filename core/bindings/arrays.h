// What the bindings share: typed arrays, checks of shapes, and the state around a kernel's call.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>

#include "bindings/recording.h"

namespace sunhwan {

namespace nb = nanobind;

// A contiguous array in C order on the CPU. Rank -1 admits any. Never converted, so that what a
// kernel writes reaches the caller; read-only arrays fit a const T alone.
template <typename T, int Rank = -1>
struct Array : nb::ndarray<T, nb::ndim<Rank>, nb::c_contig, nb::device::cpu> {
    using Base = nb::ndarray<T, nb::ndim<Rank>, nb::c_contig, nb::device::cpu>;
    Array() = default;
    explicit Array(const Base& base) : Base(base) {}

    std::int64_t extent(std::size_t axis) const {
        return static_cast<std::int64_t>(this->shape(axis));
    }
    std::int64_t count() const { return static_cast<std::int64_t>(this->size()); }
};

template <typename T>
struct Array<T, -1> : nb::ndarray<T, nb::c_contig, nb::device::cpu> {
    using Base = nb::ndarray<T, nb::c_contig, nb::device::cpu>;
    Array() = default;
    explicit Array(const Base& base) : Base(base) {}

    std::int64_t extent(std::size_t axis) const {
        return static_cast<std::int64_t>(this->shape(axis));
    }
    std::int64_t count() const { return static_cast<std::int64_t>(this->size()); }
};

using Floats = Array<const float>;  // any rank, read
using FloatVector = Array<const float, 1>;
using FloatMatrix = Array<const float, 2>;
using FloatCube = Array<const float, 3>;
using FloatGrid = Array<const float, 4>;
using FloatsOut = Array<float>;  // any rank, written
using FloatVectorOut = Array<float, 1>;
using FloatMatrixOut = Array<float, 2>;
using FloatCubeOut = Array<float, 3>;
using Int32Vector = Array<const std::int32_t, 1>;
using Int32Matrix = Array<const std::int32_t, 2>;
using Int32VectorOut = Array<std::int32_t, 1>;
using Int64Vector = Array<const std::int64_t, 1>;
using Int64VectorOut = Array<std::int64_t, 1>;
using ByteVector = Array<const std::uint8_t, 1>;
using ByteMatrix = Array<const std::uint8_t, 2>;
using Bytes = Array<const std::uint8_t>;

// The pointer of an optional array, null for None.
template <typename A>
auto* data_or_null(const std::optional<A>& array) {
    return array ? array->data() : nullptr;
}

inline std::string shape_text(std::size_t rank, const std::int64_t* shape) {
    std::string text = "(";
    for (std::size_t i = 0; i < rank; ++i) {
        text += std::to_string(shape[i]);
        if (i + 1 < rank || rank == 1) text += i + 1 < rank ? ", " : ",";
    }
    return text + ")";
}

template <typename A>
std::string shape_text(const A& array) {
    return shape_text(array.ndim(), array.shape_ptr());
}

// Raises ValueError("name must have shape (2, 3), got (2, 4)").
template <typename A>
void check_shape(const char* name, const A& array, std::initializer_list<std::int64_t> expected) {
    bool same = array.ndim() == expected.size();
    for (std::size_t i = 0; same && i < expected.size(); ++i)
        same = array.shape_ptr()[i] == expected.begin()[i];
    if (!same) {
        const std::string text = std::string(name) + " must have shape " +
                                 shape_text(expected.size(), expected.begin()) + ", got " +
                                 shape_text(array);
        throw nb::value_error(text.c_str());
    }
}

template <typename A>
void check_shape(const char* name, const std::optional<A>& array,
                 std::initializer_list<std::int64_t> expected) {
    if (array) check_shape(name, *array, expected);
}

// Raises ValueError where the arrays differ in shape.
template <typename A, typename B>
void check_same_shape(const char* name, const A& array, const char* other_name, const B& other) {
    bool same = array.ndim() == other.ndim();
    for (std::size_t i = 0; same && i < array.ndim(); ++i)
        same = array.shape_ptr()[i] == other.shape_ptr()[i];
    if (!same) {
        const std::string text = std::string(name) + " must have the shape of " + other_name +
                                 ", " + shape_text(other) + ", got " + shape_text(array);
        throw nb::value_error(text.c_str());
    }
}

[[noreturn]] inline void raise_value_error(const std::string& message) {
    throw nb::value_error(message.c_str());
}

// Raises ValueError(message) where the condition does not hold; only then is the message made.
#define CHECK(condition, ...)                                      \
    do {                                                           \
        if (!(condition)) sunhwan::raise_value_error(__VA_ARGS__); \
    } while (false)

// One of the `count` values of an enum, by its number; raises ValueError for other numbers.
template <typename Enum>
Enum checked_kind(const char* name, int number, int count) {
    CHECK(number >= 0 && number < count, std::string(name) + " must be 0.." +
                                             std::to_string(count - 1) + ", got " +
                                             std::to_string(number));
    return static_cast<Enum>(number);
}

}  // namespace sunhwan

NAMESPACE_BEGIN(NB_NAMESPACE)
NAMESPACE_BEGIN(detail)

template <typename T, int Rank>
struct type_caster<sunhwan::Array<T, Rank>> {
    using Type = sunhwan::Array<T, Rank>;
    using BaseCaster = make_caster<typename Type::Base>;
    NB_TYPE_CASTER(Type, BaseCaster::Name)

    template <typename Flags>
    bool from_python(handle source, Flags flags, cleanup_list* cleanup) noexcept {
        BaseCaster caster;
        const auto as_it_is = static_cast<Flags>(flags & ~static_cast<Flags>(cast_flags::convert));
        if (!caster.from_python(source, as_it_is, cleanup)) return false;
        value = Type(caster.value);
        if (sunhwan::Recording* recording = sunhwan::Recording::active())
            recording->see(source, value.data(), value.nbytes(),
                           std::is_same_v<std::remove_const_t<T>, float>);
        return true;
    }
};

NAMESPACE_END(detail)
NAMESPACE_END(NB_NAMESPACE)
