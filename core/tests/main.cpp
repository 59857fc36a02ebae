// Runs every test under the instruction set that SUNHWAN_ISA names, or the best one.
#include <cstdio>
#include <exception>

#include "runtime/dispatch.h"
#include "runtime/float_state.h"
#include "runtime/threads.h"
#include "tests/test.h"

namespace sunhwan::test {
namespace {

struct Test {
    const char* name;
    void (*run)();
    Supported supported;
};

constexpr int most_failures_shown = 5;
int failures = 0;

std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

int run_all() {
    int passed = 0, failed = 0, skipped = 0;
    for (const Test& test : tests()) {
        if (!test.supported()) {
            std::printf("SKIPPED %s: not for this processor\n", test.name);
            ++skipped;
            continue;
        }
        failures = 0;
        try {
            const FloatState float_state;
            test.run();
        } catch (const std::exception& error) {
            fail(test.name, 0, error.what());
        }
        if (failures) std::printf("FAILED %s\n", test.name);
        ++(failures ? failed : passed);
    }
    std::printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed || passed == 0;
}

}  // namespace

bool always() { return true; }

Registered::Registered(const char* name, void (*run)(), Supported supported) {
    tests().push_back({name, run, supported});
}

void fail(const char* file, int line, const char* what) {
    if (++failures <= most_failures_shown) std::printf("%s:%d: %s\n", file, line, what);
}

void fail_near(const char* file, int line, const char* what, double got, double expected) {
    if (++failures <= most_failures_shown)
        std::printf("%s:%d: %s is %.9g, expected %.9g\n", file, line, what, got, expected);
}

std::vector<float> random_floats(std::int64_t count, std::uint32_t seed, float scale) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0.0f, scale);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = normal(generator);
    return values;
}

}  // namespace sunhwan::test

int main() {
    try {
        sunhwan::choose_isa();
        sunhwan::choose_num_threads();
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
        return 1;
    }
    std::printf("instruction set %s, %d threads\n", sunhwan::isa(), sunhwan::num_threads());
    return sunhwan::test::run_all();
}
