// What the machine can do at most: fused multiply-adds, memory bandwidth and the clock.
//
//   peak THREADS SECONDS  ->  {"gflops": ..., "gbytes": ..., "gigahertz": ..., "lanes": ...}

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif
typedef float Vector __attribute__((vector_size(lanes * 4)));

// Four cycles of latency times two ports are eight in flight; twelve leave a margin.
constexpr int accumulators = 12;

using Clock = std::chrono::steady_clock;

static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

static void pin(int thread) {
#if defined(__linux__)
    cpu_set_t allowed, own;
    CPU_ZERO(&own);
    sched_getaffinity(0, sizeof allowed, &allowed);
    for (int cpu = 0, seen = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed) && seen++ == thread) CPU_SET(cpu, &own);
    pthread_setaffinity_np(pthread_self(), sizeof own, &own);
#endif
}

// `rounds` times `accumulators` independent a = a * b + c.
__attribute__((noinline)) static float multiply_add(int64_t rounds, float factor, float term) {
    Vector a[accumulators], b = Vector{} + factor, c = Vector{} + term;
    for (int k = 0; k < accumulators; k++) a[k] = Vector{} + float(k);
    for (int64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 12
        for (int k = 0; k < accumulators; k++) a[k] = a[k] * b + c;
    }
    Vector sum = Vector{};
    for (int k = 0; k < accumulators; k++) sum += a[k];
    return sum[0];
}

// Additions that wait for one another: one a cycle.
__attribute__((noinline)) static int64_t chain(int64_t rounds) {
    int64_t value = rounds;
    for (int64_t round = 0; round < rounds; round++) {
        value += round;
        __asm__ volatile("" : "+r"(value));
    }
    return value;
}

// Runs `body(thread)` on all threads at once, `times` times; the seconds of the fastest time.
template <class Body>
static double fastest(int threads, int times, Body body) {
    std::barrier gate(threads);
    double best = 1e9;
    auto work = [&](int thread) {
        pin(thread);
        for (int time = 0; time < times; time++) {
            gate.arrive_and_wait();
            auto start = Clock::now();
            body(thread);
            gate.arrive_and_wait();
            if (thread == 0) best = std::min(best, seconds_since(start));
        }
    };
    std::vector<std::thread> others;
    for (int thread = 1; thread < threads; thread++) others.emplace_back(work, thread);
    std::thread first(work, 0);
    first.join();
    for (auto& other : others) other.join();
    return best;
}

int main(int count, char** words) {
    if (count != 3) return 2;
    const int threads = std::atoi(words[1]);
    const double seconds = std::atof(words[2]);
    volatile float sink = 0, factor = 0.999f, term = 0.03f;  // no constants, or the compiler solves it
    volatile int64_t whole = 0;

    const int64_t rounds = int64_t(seconds * 5e7);
    double took = fastest(threads, 4, [&](int) { sink = sink + multiply_add(rounds, factor, term); });
    const double gflops = 2e-9 * rounds * accumulators * lanes * threads / took;

    const int64_t links = int64_t(seconds * 1e8);
    took = fastest(1, 10, [&](int) { whole = whole + chain(links); });
    const double gigahertz = 1e-9 * links / took;

    // a = b + c over arrays that no cache holds: two read, one written.
    const int64_t size = 1 << 24;  // floats a thread and array
    std::vector<std::unique_ptr<float[]>> arrays(3 * threads);
    for (auto& array : arrays) {
        array.reset(new float[size]);
        std::fill(array.get(), array.get() + size, 1.0f);
    }
    took = fastest(threads, 4, [&](int thread) {
        float* __restrict a = arrays[3 * thread].get();
        const float* __restrict b = arrays[3 * thread + 1].get();
        const float* __restrict c = arrays[3 * thread + 2].get();
        for (int64_t i = 0; i < size; i++) a[i] = b[i] + c[i];
    });
    const double gbytes = 1e-9 * 3 * 4 * size * threads / took;

    std::printf("{\"gflops\": %.1f, \"gbytes\": %.1f, \"gigahertz\": %.2f, \"lanes\": %d}\n", gflops,
                gbytes, gigahertz, lanes);
}
