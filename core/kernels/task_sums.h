// Sums in double, the same on any number of threads.
#pragma once

#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

// Calls body(first, last) for ranges of `each` up to count, in parallel; returns the sum of what it
// returns, in the order of the ranges.
template <typename Body>
double sum_over_tasks(std::int64_t count, std::int64_t each, const Body& body) {
    const std::int64_t tasks = (count + each - 1) / each;
    Scratch scratch;
    auto* sums = static_cast<double*>(scratch.bytes(tasks * std::int64_t{sizeof(double)}));
    parallel_for(tasks, [&](std::int64_t task, int) {
        const std::int64_t first = task * each;
        sums[task] = body(first, count - first < each ? count : first + each);
    });
    double total = 0.0;
    for (std::int64_t task = 0; task < tasks; ++task) total += sums[task];
    return total;
}

}  // namespace
}  // namespace sunhwan
