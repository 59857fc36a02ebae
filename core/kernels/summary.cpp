#include "kernels/summary.h"

#include "kernels/simd/vec.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t chunk = 32768;  // floats of a task: sums run in one order on any threads
constexpr std::int64_t block = 512;    // floats that are summed in single precision
constexpr float largest = 3.402823466e+38f;
constexpr float squarable = 1e15f;  // a block of larger numbers is summed in double
constexpr float summable = 1e-30f;  // likewise one whose squares are less and lose their digits

bool is_finite(float x) { return x >= -largest && x <= largest; }

// Sums of x - origin, so that what all have in common costs no digits of the spread.
struct Sums {
    double finite = 0.0, sum = 0.0, squares = 0.0, sizes = 0.0;
    float least = largest, most = -largest;
};

void add(Sums& all, const Sums& part) {
    all.finite += part.finite;
    all.sum += part.sum;
    all.squares += part.squares;
    all.sizes += part.sizes;
    all.least = part.least < all.least ? part.least : all.least;
    all.most = part.most > all.most ? part.most : all.most;
}

Sums sums_one_by_one(const float* x, std::int64_t count, float origin) {
    Sums sums;
    for (std::int64_t i = 0; i < count; ++i) {
        if (!is_finite(x[i])) continue;
        const double value = static_cast<double>(x[i]);
        const double from_origin = value - static_cast<double>(origin);
        sums.finite += 1.0;
        sums.sum += from_origin;
        sums.squares += from_origin * from_origin;
        sums.sizes += value < 0.0 ? -value : value;
        sums.least = x[i] < sums.least ? x[i] : sums.least;
        sums.most = x[i] > sums.most ? x[i] : sums.most;
    }
    return sums;
}

Sums sums_of_block(const float* x, std::int64_t count, float origin) {
    const std::int64_t whole = count / Vec::width * Vec::width;
    const Vec from = broadcast(origin), limit = broadcast(squarable);
    Vec total = zero(), squares = zero(), sizes = zero();
    Vec least = broadcast(largest), most = broadcast(-largest);
    bool plain = origin <= squarable && origin >= -squarable;
    for (std::int64_t i = 0; i < whole; i += Vec::width) {
        const Vec value = loadu(x + i), from_origin = value - from, magnitude = abs(value);
        plain = plain && all(le(magnitude, limit));
        total = total + from_origin;
        squares = fma(from_origin, from_origin, squares);
        sizes = sizes + magnitude;
        least = min(least, value);
        most = max(most, value);
    }
    const float least_of_all = -max_lane(-least), most_of_all = max_lane(most);
    const bool tiny = sum(squares) < summable && least_of_all < most_of_all;
    if (!plain || tiny) return sums_one_by_one(x, count, origin);
    Sums sums = sums_one_by_one(x + whole, count - whole, origin);
    if (whole == 0) return sums;
    add(sums, {static_cast<double>(whole), static_cast<double>(sum(total)),
               static_cast<double>(sum(squares)), static_cast<double>(sum(sizes)), least_of_all,
               most_of_all});
    return sums;
}

Sums sums_of_chunk(const float* x, std::int64_t count, float origin) {
    Sums sums;
    for (std::int64_t i = 0; i < count; i += block)
        add(sums, sums_of_block(x + i, count - i < block ? count - i : block, origin));
    return sums;
}

double square_root(double x) { return x > 0.0 ? __builtin_sqrt(x) : 0.0; }

Summary summarize(std::int64_t count, const float* x) {
    const std::int64_t tasks = (count + chunk - 1) / chunk;
    const float origin = count > 0 && is_finite(x[0]) ? x[0] : 0.0f;
    Scratch scratch;
    auto* parts = static_cast<Sums*>(scratch.bytes(tasks * std::int64_t{sizeof(Sums)}));
    parallel_for(tasks, [&](std::int64_t task, int) {
        const std::int64_t left = count - task * chunk;
        parts[task] = sums_of_chunk(x + task * chunk, left < chunk ? left : chunk, origin);
    });
    Sums sums;
    for (std::int64_t task = 0; task < tasks; ++task) add(sums, parts[task]);
    if (sums.finite == 0.0) return {};
    const double mean = sums.sum / sums.finite;  // from the origin
    return {static_cast<std::int64_t>(sums.finite),
            mean + static_cast<double>(origin),
            square_root(sums.squares / sums.finite - mean * mean),
            sums.sizes / sums.finite,
            static_cast<double>(sums.least),
            static_cast<double>(sums.most)};
}

// Which bin each number is in; one beyond the last for those that are not finite.
void bins_of(const float* x, int count, double least, double scale, int bins, int* found) {
    for (int i = 0; i < count; ++i) {
        const bool is = is_finite(x[i]);
        const double place = (static_cast<double>(is ? x[i] : 0.0f) - least) * scale;
        const int bin = static_cast<int>(place < 0.0 ? 0.0 : place);
        found[i] = is ? (bin < bins ? bin : bins - 1) : bins;
    }
}

void histogram(std::int64_t count, const float* x, double least, double most, std::int64_t bins,
               std::int64_t stride, std::int64_t* counts) {
    constexpr int some = static_cast<int>(histogram_run);
    constexpr int copies = 4;  // neighbours are often in one bin, and each addition takes a while
    const double scale = most > least ? static_cast<double>(bins) / (most - least) : 0.0;
    std::int64_t totals[copies][max_bins + 1] = {};
    int found[some];
    for (std::int64_t i = 0; i < count; i += some * stride) {
        const int own = static_cast<int>(count - i < some ? count - i : some);
        bins_of(x + i, own, least, scale, static_cast<int>(bins), found);
        for (int j = 0; j < own; ++j) ++totals[j % copies][found[j]];
    }
    for (const auto& total : totals)
        for (std::int64_t bin = 0; bin < bins; ++bin) {
            // Unsigned: what stood there may be anything.
            const auto before = static_cast<std::uint64_t>(counts[bin]);
            counts[bin] =
                static_cast<std::int64_t>(before + static_cast<std::uint64_t>(total[bin]));
        }
}

}  // namespace

extern const SummaryKernels SUNHWAN_SYMBOL(summary) = {summarize, histogram};

}  // namespace sunhwan
