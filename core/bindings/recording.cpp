#include "bindings/recording.h"

#include <chrono>
#include <thread>

#include "bindings/arrays.h"

namespace sunhwan {
namespace {

thread_local Recording* running = nullptr;

std::vector<Recording::Span> spans_of(const nb::sequence& arrays) {
    std::vector<Recording::Span> spans;
    for (nb::handle each : arrays) {
        const auto array = nb::cast<nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>>(each);
        const auto first = reinterpret_cast<std::uintptr_t>(array.data());
        spans.emplace_back(first, first + array.nbytes());
    }
    return spans;
}

}  // namespace

ReleasedLock::~ReleasedLock() {
    try {
        PyEval_RestoreThread(state_);
    } catch (...) {
        // The interpreter is ending and unwinds this daemon thread, through frames that must
        // not throw: it waits here for the end of the process, as Python 3.14 makes it do.
        for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    }
}

Recording* Recording::active() { return running; }

void Recording::start() {
    CHECK(!running, "a thread can make one recording at a time");
    running = this;
}

void Recording::stop() {
    if (running == this) running = nullptr;
}

void Recording::add_total(std::function<double()> call) {
    calls_.push_back([this, call = std::move(call)] { total_ += call(); });
}

void Recording::see(nb::handle array, const void* data, std::size_t bytes, bool floats) {
    kept_.push_back(nb::borrow(array));
    const auto first = reinterpret_cast<std::uintptr_t>(data);
    if (floats) spans_.emplace_back(first, first + bytes);
}

bool Recording::lies_within(const std::vector<Span>& places) const {
    for (const Span& span : spans_) {
        bool inside = false;
        for (const Span& place : places)
            inside |= place.first <= span.first && span.second <= place.second;
        if (!inside) return false;
    }
    return true;
}

void Recording::run() {
    const ReleasedLock lock;
    const FloatState float_state;
    again();
}

void Recording::again() {
    total_ = 0.0;
    count(counters.kernel_calls, static_cast<std::int64_t>(calls_.size()));
    for (const auto& call : calls_) call();
}

void bind_recording(nb::module_& m) {
    nb::class_<Recording>(m, "Recording", "Kernel calls of one thread, to be made again as one.")
        .def(nb::init<>())
        .def("start", &Recording::start, "Record the calls of this thread from now on.")
        .def("stop", &Recording::stop, "Record no more.")
        .def_prop_ro("whole", &Recording::whole,
                     "Whether each call since `start` was one that can be made again.")
        .def_prop_ro("calls", &Recording::calls, "How many calls there are.")
        .def_prop_ro("total", &Recording::total, "Sum of what the losses gave in the last `run`.")
        .def(
            "lies_within",
            [](const Recording& recording, const nb::sequence& arrays) {
                return recording.lies_within(spans_of(arrays));
            },
            nb::arg("arrays"), "Whether all floats that the calls read and write lie in `arrays`.")
        .def("run", &Recording::run, "Make all calls again, in their order.");
}

}  // namespace sunhwan
