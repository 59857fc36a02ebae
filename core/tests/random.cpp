#include "kernels/random.h"

#include <array>
#include <cmath>

#include "runtime/dispatch.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Philox4x32-10, one counter at a time.
Words philox(Words c, std::uint64_t key) {
    auto low = static_cast<std::uint32_t>(key), high = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53u} * c[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57u} * c[2];
        c = {static_cast<std::uint32_t>(second >> 32) ^ c[1] ^ low,
             static_cast<std::uint32_t>(second),
             static_cast<std::uint32_t>(first >> 32) ^ c[3] ^ high,
             static_cast<std::uint32_t>(first)};
        low += 0x9E3779B9u;
        high += 0xBB67AE85u;
    }
    return c;
}

constexpr std::uint64_t key = 0x0123456789ABCDEFu;

double uniform(std::int64_t row, std::int32_t time, std::int64_t column) {
    const auto wide = static_cast<std::uint64_t>(row);
    const auto block = static_cast<std::uint32_t>(column / 64 * 16 + column % 16);
    const Words words =
        philox({static_cast<std::uint32_t>(wide), static_cast<std::uint32_t>(wide >> 32),
                static_cast<std::uint32_t>(time), block},
               key);
    return (words[static_cast<std::size_t>(column % 64 / 16)] >> 8) * 0x1p-24;
}

struct Steps {
    std::vector<std::int64_t> rows;
    std::vector<std::int32_t> times;
    explicit Steps(int count) {
        for (int p = 0; p < count; ++p) {
            rows.push_back(p % 3 + (std::int64_t{p} << 30));
            times.push_back(p * 7);
        }
    }
};

TEST(random_known_answer) {
    const Words expected = {0x6627E8D5u, 0xE169C58Du, 0xBC57AC4Cu, 0x9B00DBD8u};
    CHECK(philox({0, 0, 0, 0}, 0) == expected);
}

TEST(random_dropout_mask) {
    const Steps steps(130);
    for (const std::int64_t features : {1, 7, 16, 33, 64, 100}) {
        std::vector<float> out(130 * static_cast<std::size_t>(features) + 1, 9.0f);
        kernels().random.dropout_mask(
            {key, 130, features, steps.rows.data(), steps.times.data(), out.data()}, 0.25f);
        CHECK(out.back() == 9.0f);
        for (std::size_t i = 0; i + 1 < out.size(); ++i) {
            const std::size_t p = i / static_cast<std::size_t>(features);
            const auto column = static_cast<std::int64_t>(i) % features;
            const bool kept = uniform(steps.rows[p], steps.times[p], column) >= 0.25;
            CHECK(out[i] == (kept ? 1.0f / 0.75f : 0.0f));
        }
    }
}

TEST(random_normal) {
    constexpr std::int64_t features = 70;
    const Steps steps(20);
    std::vector<float> out(20 * features);
    kernels().random.normal({key, 20, features, steps.rows.data(), steps.times.data(), out.data()},
                            -1.0f, 3.0f);
    for (std::size_t p = 0; p < 20; ++p) {
        for (std::int64_t column = 0; column < features; ++column) {
            const bool cosine = column % 32 < 16;
            const std::int64_t first = cosine ? column : column - 16;
            const double u = uniform(steps.rows[p], steps.times[p], first) + 0x1p-24;
            const double angle =
                6.283185307179586 * uniform(steps.rows[p], steps.times[p], first + 16);
            const double unit =
                std::sqrt(-2 * std::log(u)) * (cosine ? std::cos(angle) : std::sin(angle));
            CHECK_NEAR(out[p * features + static_cast<std::size_t>(column)], 3 * unit - 1, 5e-6);
        }
    }
}

}  // namespace
}  // namespace sunhwan
