// Kernel calls recorded as they are made, to be replayed by one call from Python.
#pragma once

#include <nanobind/nanobind.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "runtime/counters.h"
#include "runtime/float_state.h"

namespace sunhwan {

namespace nb = nanobind;

// Lets other Python threads run while it lives.
class ReleasedLock {
public:
    ReleasedLock() : state_(PyEval_SaveThread()) {}
    ~ReleasedLock();
    ReleasedLock(const ReleasedLock&) = delete;
    ReleasedLock& operator=(const ReleasedLock&) = delete;

private:
    PyThreadState* state_;
};

// The kernel calls of one thread between `start` and `stop`, with the addresses that they had.
//
// It is `whole` where the calls are all that the bindings did: each was made by run_kernel,
// run_total or run_once below. Arrays of integers count as constants; of the arrays of floats the
// places are noted, so that the caller can ask whether all are memory of its own.
class Recording {
public:
    Recording() = default;
    ~Recording() { stop(); }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    void start();
    void stop();
    bool whole() const { return whole_; }
    std::size_t calls() const { return calls_.size(); }
    double total() const { return total_; }  // what the calls of run_total gave together

    // Whether each array of floats lies in one of the given spans of addresses.
    using Span = std::pair<std::uintptr_t, std::uintptr_t>;
    bool lies_within(const std::vector<Span>& places) const;

    // Does all calls again, in their order; `again` where the lock is released already.
    void run();
    void again();

    // For the bindings. The recording of this thread, null where none runs.
    static Recording* active();
    void add(std::function<void()> call) { calls_.push_back(std::move(call)); }
    void add_total(std::function<double()> call);
    void spoil() { whole_ = false; }
    void see(nb::handle array, const void* data, std::size_t bytes, bool floats);

private:
    std::vector<std::function<void()>> calls_;
    std::vector<nb::object> kept_;  // what the addresses belong to
    std::vector<Span> spans_;       // of the arrays of floats
    double total_ = 0.0;
    bool whole_ = true;
};

// Around a kernel's call that is not recorded: releases the lock and flushes denormals while it
// lives. A recording that runs is spoilt.
struct KernelCall {
    KernelCall() {
        count(counters.kernel_calls);
        if (Recording* recording = Recording::active()) recording->spoil();
    }
    ReleasedLock lock;
    FloatState float_state;
};

// Runs a kernel as it is and leaves no trace: for what depends on constants alone.
template <typename Body>
void run_once(const Body& body) {
    const ReleasedLock lock;
    const FloatState float_state;
    body();
}

// Runs a kernel. The body captures by value: it is kept where a recording runs.
template <typename Body>
void run_kernel(const Body& body) {
    count(counters.kernel_calls);
    if (Recording* recording = Recording::active()) recording->add(body);
    run_once(body);
}

// The same for a kernel that returns a sum over the step.
template <typename Body>
double run_total(const Body& body) {
    count(counters.kernel_calls);
    if (Recording* recording = Recording::active()) recording->add_total(body);
    const ReleasedLock lock;
    const FloatState float_state;
    return body();
}

void bind_recording(nb::module_& m);

}  // namespace sunhwan
