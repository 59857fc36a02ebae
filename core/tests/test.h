// A test is one function: TEST(name) { CHECK(condition); CHECK_NEAR(got, expected, tolerance); }
// A new file here is found by CMake.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace sunhwan::test {

// True where this processor can run the test.
using Supported = bool (*)();

bool always();

struct Registered {
    Registered(const char* name, void (*run)(), Supported supported = always);
};

void fail(const char* file, int line, const char* what);
void fail_near(const char* file, int line, const char* what, double got, double expected);

// Normal numbers of a fixed seed.
std::vector<float> random_floats(std::int64_t count, std::uint32_t seed = 1, float scale = 1.0f);

}  // namespace sunhwan::test

#define TEST_WHERE(name, supported)                                                          \
    static void test_##name();                                                               \
    static const sunhwan::test::Registered registered_##name(#name, test_##name, supported); \
    static void test_##name()

#define TEST(name) TEST_WHERE(name, sunhwan::test::always)

#define CHECK(condition) \
    ((condition) ? void() : sunhwan::test::fail(__FILE__, __LINE__, #condition))

#define CHECK_NEAR(got, expected, tolerance)                                       \
    do {                                                                           \
        const double got_ = (got), expected_ = (expected);                         \
        if (!(got_ - expected_ <= (tolerance) && expected_ - got_ <= (tolerance))) \
            sunhwan::test::fail_near(__FILE__, __LINE__, #got, got_, expected_);   \
    } while (false)
