// Threads, scratch memory and the floating-point state.
#include <atomic>
#include <cfenv>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "runtime/float_state.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"
#include "tests/test.h"

namespace sunhwan {
namespace {

struct ManyThreads {
    int before = num_threads();
    ManyThreads() { set_num_threads(4); }
    ~ManyThreads() { set_num_threads(before); }
};

TEST(every_task_runs_once) {
    const ManyThreads many;
    for (int round = 0; round < 200; ++round) {
        for (const int tasks : {0, 1, 2, 3, 64}) {
            std::vector<std::atomic<int>> runs(static_cast<std::size_t>(tasks) + 1);
            std::atomic<bool> in_range{true};
            parallel_for(tasks, [&](std::int64_t task, int worker) {
                if (worker < 0 || worker >= 4) in_range = false;
                ++runs[static_cast<std::size_t>(task)];
            });
            CHECK(in_range);
            for (int i = 0; i < tasks; ++i) CHECK(runs[static_cast<std::size_t>(i)] == 1);
        }
    }
}

// Where one thread is kept, the others take its share.
TEST(workers_help_each_other) {
    const ManyThreads many;
    std::atomic<int> done{0};
    parallel_for(64, [&](std::int64_t task, int) {
        ++done;
        while (task == 0 && done < 64) std::this_thread::yield();
    });
    CHECK(done == 64);
}

TEST(nested_calls_run_inline) {
    const ManyThreads many;
    std::atomic<int> runs{0};
    parallel_for(8, [&](std::int64_t, int) {
        parallel_for(5, [&](std::int64_t, int worker) {
            if (worker == 0) ++runs;
        });
    });
    CHECK(runs == 40);
}

TEST(callers_of_several_threads) {
    const ManyThreads many;
    std::atomic<int> runs{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 6; ++i)
        callers.emplace_back([&] {
            for (int round = 0; round < 300; ++round)
                parallel_for(7, [&](std::int64_t, int) { ++runs; });
        });
    for (std::thread& caller : callers) caller.join();
    CHECK(runs == 6 * 300 * 7);
}

TEST(a_task_may_throw) {
    const ManyThreads many;
    for (int round = 0; round < 50; ++round) {
        bool caught = false;
        try {
            parallel_for(20, [](std::int64_t task, int) {
                if (task == 11) throw std::runtime_error("eleven");
            });
        } catch (const std::runtime_error& error) {
            caught = std::string(error.what()) == "eleven";
        }
        CHECK(caught);
    }
}

TEST(scratch_is_aligned_and_reused) {
    const float* places[3];
    for (const float*& place : places) {
        Scratch outer;
        float* a = outer.floats(1000);
        place = a;
        CHECK(reinterpret_cast<std::uintptr_t>(a) % 64 == 0);
        a[999] = 1.0f;
        {
            Scratch inner;
            float* b = inner.floats(1 << 20);  // larger than the first block
            b[0] = b[(1 << 20) - 1] = 2.0f;
            CHECK(a[999] == 1.0f);
        }
        CHECK(reinterpret_cast<std::uintptr_t>(outer.integers(3)) % 64 == 0);
    }
    CHECK(places[1] == places[2]);  // the blocks of the first round have become one
}

TEST(scratch_of_its_own_lies_a_page_behind_what_is_shared) {
    Scratch shared;
    const float* end = shared.floats(1000) + 1000;
    for (int task = 0; task < 2; ++task) {
        Scratch own;
        CHECK(own.floats(8) - end >= 1024);
    }
    CHECK(shared.floats(8) - end < 1024);  // what the tasks took is given back
}

TEST(scratch_begins_anew_on_a_thread_that_has_none) {
    std::thread([] {
        Scratch empty, own;
        for (const std::int64_t count : {std::int64_t{1} << 18, std::int64_t{1} << 20}) {
            Scratch inner;
            float* a = inner.floats(count);
            for (std::int64_t i = 0; i < count; ++i) a[i] = 1.0f;
            CHECK(a[count - 1] == 1.0f);
        }
    }).join();
}

TEST(scratch_too_large_throws) {
    bool caught = false;
    try {
        Scratch scratch;
        scratch.floats(std::numeric_limits<std::int64_t>::max() / 4);
    } catch (const std::bad_alloc&) {
        caught = true;
    }
    CHECK(caught);
}

TEST(denormals_are_flushed_and_the_state_restored) {
    volatile float tiny = 1e-39f;
    volatile float half = 0.5f;
    volatile float result;
    {
        const FloatState float_state;
        result = std::numeric_limits<float>::min() * half;
        CHECK(result == 0.0f);
        result = tiny * 1e30f;
        CHECK(result == 0.0f);
    }
    // The tests themselves run with flushing on, and threads inherit it.
    bool restored = false, flushed = false;
    std::thread([&] {
        std::fesetenv(FE_DFL_ENV);
        {
            const FloatState float_state;
            flushed = tiny * half == 0.0f;
        }
        const volatile float product = std::numeric_limits<float>::min() * half;
        restored = product * 4.0f > 0.0f;
    }).join();
    CHECK(flushed && restored);
}

TEST(workers_flush_denormals) {
    const ManyThreads many;
    volatile float half = 0.5f;
    std::atomic<int> kept{0};
    parallel_for(64, [&](std::int64_t, int) {
        const volatile float product = std::numeric_limits<float>::min() * half;
        if (product != 0.0f) ++kept;
    });
    CHECK(kept == 0);
}

}  // namespace
}  // namespace sunhwan
