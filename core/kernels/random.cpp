#include "kernels/random.h"

#include "kernels/philox.h"
#include "kernels/simd/math.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr std::int64_t steps_of_task = 64;
constexpr std::int64_t group = 64;  // columns of 16 blocks
constexpr std::int64_t blocks = 16;

// Fills one row of out; `counter` holds its row and time.
template <typename Function>
void fill_row(const PhiloxWords& counter, PhiloxKey key, std::int64_t features, float* out,
              const Function& f) {
    for (std::int64_t column = 0; column < features; column += group) {
        for (std::int64_t lane = 0; lane < blocks && column + lane < features; lane += Vec::width) {
            const auto block = static_cast<std::int32_t>(column / group * blocks + lane);
            PhiloxWords words = counter;
            words.word[3] = broadcast_int(block) + lane_index();
            philox(words, key);
            Vec values[4];
            f(words, values);
            for (std::int64_t k = 0; k < 4; ++k) {
                const std::int64_t place = column + k * blocks + lane;
                const std::int64_t n = features - place;
                if (n >= Vec::width)
                    store(out + place, values[k]);
                else if (n > 0)
                    store_partial(out + place, values[k], static_cast<int>(n));
            }
        }
    }
}

// out[p, :] = f(random words of step p), where f turns four words a lane into four numbers.
template <typename Function>
void generate(const RandomArguments& a, const Function& f) {
    const PhiloxKey key = {static_cast<std::uint32_t>(a.key),
                           static_cast<std::uint32_t>(a.key >> 32)};
    parallel_for((a.steps + steps_of_task - 1) / steps_of_task, [&](std::int64_t task, int) {
        const std::int64_t first = task * steps_of_task;
        const std::int64_t rest = a.steps - first;
        const std::int64_t last = first + (rest < steps_of_task ? rest : steps_of_task);
        for (std::int64_t p = first; p < last; ++p) {
            const auto row = static_cast<std::uint64_t>(a.rows[p]);
            const PhiloxWords counter = {{broadcast_int(static_cast<std::int32_t>(row)),
                                          broadcast_int(static_cast<std::int32_t>(row >> 32)),
                                          broadcast_int(a.times ? a.times[p] : 0),
                                          broadcast_int(0)}};
            fill_row(counter, key, a.features, a.out + p * a.features, f);
        }
    });
}

void dropout_mask(const RandomArguments& a, float rate) {
    const float kept = 1.0f / (1.0f - rate);
    generate(a, [=](const PhiloxWords& words, Vec values[4]) {
        for (int k = 0; k < 4; ++k)
            values[k] =
                select(lt(uniform(words.word[k]), broadcast(rate)), zero(), broadcast(kept));
    });
}

void normal(const RandomArguments& a, float mean, float stddev) {
    generate(a, [=](const PhiloxWords& words, Vec values[4]) {
        for (int k = 0; k < 4; k += 2) {
            const Vec u = uniform(words.word[k]) + broadcast(0x1p-24f);  // (0, 1]
            const Vec radius = broadcast(stddev) * sqrt(broadcast(-2.0f) * log(u));
            Vec sine, cosine;
            sine_cosine_of_turns(uniform(words.word[k + 1]), sine, cosine);
            values[k] = fma(radius, cosine, broadcast(mean));
            values[k + 1] = fma(radius, sine, broadcast(mean));
        }
    });
}

}  // namespace

extern const RandomKernels SUNHWAN_SYMBOL(random) = {dropout_mask, normal};

}  // namespace sunhwan
