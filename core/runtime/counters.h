// What a process has done so far, for those who watch over its cost without a clock.
#pragma once

#include <atomic>
#include <cstdint>

namespace sunhwan {

struct Counters {
    std::atomic<std::int64_t> kernel_calls{0};  // by the bindings, replayed ones among them
    std::atomic<std::int64_t> shared_jobs{0};  // calls of run_tasks that other threads were told of
    std::atomic<std::int64_t> allocations{0};  // of scratch, by any thread
};

inline Counters counters;

inline void count(std::atomic<std::int64_t>& counter, std::int64_t times = 1) {
    counter.fetch_add(times, std::memory_order_relaxed);
}

}  // namespace sunhwan
