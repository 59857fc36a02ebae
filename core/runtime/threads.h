// The pool of threads.
#pragma once

#include <cstdint>

namespace sunhwan {

using TaskFunction = void (*)(const void* context, std::int64_t task, int worker);

// Calls function(context, task, worker) once for each task in [0, tasks), on the calling thread and
// the pool's; worker is in [0, num_threads()) and no two tasks run at once under the same one.
// Which thread runs a task is not fixed, so what a task computes must not depend on the worker.
// Nested calls, and calls while another thread uses the pool, run on the calling thread alone.
// The first exception of a task is rethrown when all that had started are done.
void run_tasks(std::int64_t tasks, TaskFunction function, const void* context);

// run_tasks for a callable body(task, worker).
template <typename Body>
void parallel_for(std::int64_t tasks, const Body& body) {
    run_tasks(
        tasks,
        [](const void* context, std::int64_t task, int worker) {
            (*static_cast<const Body*>(context))(task, worker);
        },
        &body);
}

// Multiply-adds that do not pay for waking a thread.
constexpr std::int64_t serial_work = 1 << 19;

// Threads that run_tasks may use, the caller among them.
int num_threads();

// At least 1. Takes effect at the next call of run_tasks.
void set_num_threads(int count);

// Reads SUNHWAN_NUM_THREADS, else what affinity and control groups allow.
// Throws std::runtime_error where the variable is no positive integer.
void choose_num_threads();

}  // namespace sunhwan
