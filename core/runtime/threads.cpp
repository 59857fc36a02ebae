#include "runtime/threads.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "runtime/counters.h"
#include "runtime/float_state.h"
#include "runtime/processor.h"
#include "runtime/processor_count.h"

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace sunhwan {
namespace {

constexpr int most_threads = 1024;
constexpr auto spin_time = std::chrono::microseconds(1000);  // a step's parts of one thread
constexpr auto greedy_time = std::chrono::microseconds(60);  // then others may run in between

std::atomic<int> thread_limit{1};
thread_local bool inside_task = false;

inline void pause() {
#if defined(SUNHWAN_X86)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Waits up to spin_time for ready(): a thread that sleeps takes long to wake.
template <typename Ready>
bool spin_until(const Ready& ready) {
    const auto start = std::chrono::steady_clock::now();
    for (;;) {
        for (int i = 0; i < 32; ++i) {
            if (ready()) return true;
            pause();
        }
        const auto waited = std::chrono::steady_clock::now() - start;
        if (waited > spin_time) return false;
        if (waited > greedy_time) std::this_thread::yield();
    }
}

// The tasks that one worker takes first.
struct alignas(64) Share {
    std::atomic<std::int64_t> next{0};
    std::int64_t end = 0;
};

// One call of run_tasks. It lives on the caller's stack: threads join and leave it under the pool's
// mutex, and the caller returns when the last has left.
//
// A worker begins with its own share, as near as can be the same part of the data in each call, so
// that it finds in its caches what it wrote before; then it helps the others.
struct Job {
    TaskFunction function;
    const void* context;
    std::int64_t tasks;
    int workers;  // the caller is 0
    Share* shares = nullptr;
    std::atomic<int> working{0};
    std::mutex error_mutex{};
    std::exception_ptr error{};

    void share_out(Share* all) {
        shares = all;
        for (int worker = 0; worker < workers; ++worker) {
            shares[worker].next.store(tasks * worker / workers, std::memory_order_relaxed);
            shares[worker].end = tasks * (worker + 1) / workers;
        }
    }

    void work(int worker) noexcept {
        for (int turn = 0; turn < workers; ++turn)
            take_all(shares[(worker + turn) % workers], worker);
    }

private:
    void take_all(Share& share, int worker) noexcept {
        for (;;) {
            if (share.next.load(std::memory_order_relaxed) >= share.end) return;
            const std::int64_t task = share.next.fetch_add(1, std::memory_order_relaxed);
            if (task >= share.end) return;
            try {
                function(context, task, worker);
            } catch (...) {
                for (int other = 0; other < workers; ++other)
                    shares[other].next.store(tasks, std::memory_order_relaxed);
                const std::lock_guard<std::mutex> lock(error_mutex);
                if (!error) error = std::current_exception();
            }
        }
    }
};

class Pool {
public:
    // False where another thread uses the pool.
    bool run(Job& job) {
        const std::unique_lock<std::mutex> use(use_mutex_, std::try_to_lock);
        if (!use.owns_lock()) return false;
        start_threads(job.workers - 1);
        if (shares_.size() < static_cast<std::size_t>(job.workers))
            shares_ = std::vector<Share>(job.workers);
        job.share_out(shares_.data());
        count(counters.shared_jobs);
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            job_ = &job;
            generation_.fetch_add(1, std::memory_order_release);
        }
        if (sleeping_.load() > 0) wake_.notify_all();
        job.work(0);
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            job_ = nullptr;
        }
        const auto done = [&] { return job.working.load(std::memory_order_acquire) == 0; };
        if (!spin_until(done)) {
            std::unique_lock<std::mutex> lock(mutex_);
            done_.wait(lock, done);
        }
        // The last worker signals under the mutex: once we hold it, it no longer touches the job.
        const std::lock_guard<std::mutex> lock(mutex_);
        return true;
    }

private:
    void start_threads(int wanted) {
        while (started_ < wanted) {
            try {
                std::thread([this, number = started_ + 1] { serve(number); }).detach();
            } catch (const std::system_error&) {
                return;  // the system has no more: fewer threads do the same work
            }
            ++started_;
        }
    }

    // `number` is this thread's as a worker.
    void serve(int number) {
        const FloatState float_state;
        inside_task = true;
        std::uint64_t seen = 0;
        for (;;) {
            const auto changed = [&] {
                return generation_.load(std::memory_order_acquire) != seen;
            };
            spin_until(changed);
            std::unique_lock<std::mutex> lock(mutex_);
            sleeping_.fetch_add(1);
            wake_.wait(lock, changed);
            sleeping_.fetch_sub(1);
            seen = generation_.load(std::memory_order_relaxed);
            Job* job = job_;
            if (!job || number >= job->workers) continue;
            job->working.fetch_add(1, std::memory_order_relaxed);
            lock.unlock();
            job->work(number);
            lock.lock();
            if (job->working.fetch_sub(1, std::memory_order_release) == 1) done_.notify_one();
        }
    }

    std::mutex use_mutex_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    std::vector<Share> shares_;  // of the job
    Job* job_ = nullptr;         // of the current generation, under mutex_
    std::atomic<std::uint64_t> generation_{0};
    std::atomic<int> sleeping_{0};
    int started_ = 0;
};

// Never destroyed: threads may sleep in it while the process ends.
std::atomic<Pool*> the_pool{nullptr};

#if !defined(_WIN32)
// The child of a fork has none of the threads: it leaves the old pool alone and starts anew.
void forget_pool() { the_pool.store(nullptr, std::memory_order_relaxed); }
#endif

Pool& pool() {
    Pool* current = the_pool.load(std::memory_order_acquire);
    if (current) return *current;
#if !defined(_WIN32)
    static const bool registered = pthread_atfork(nullptr, nullptr, forget_pool) == 0;
    static_cast<void>(registered);
#endif
    Pool* fresh = new Pool;
    if (the_pool.compare_exchange_strong(current, fresh, std::memory_order_acq_rel)) return *fresh;
    delete fresh;
    return *current;
}

}  // namespace

void run_tasks(std::int64_t tasks, TaskFunction function, const void* context) {
    if (tasks <= 0) return;
    const std::int64_t limit = thread_limit.load(std::memory_order_relaxed);
    if (tasks > 1 && limit > 1 && !inside_task) {
        const std::int64_t threads = tasks < limit ? tasks : limit;
        Job job{function, context, tasks, static_cast<int>(threads)};
        inside_task = true;
        const bool ran = pool().run(job);
        inside_task = false;
        if (ran) {
            if (job.error) std::rethrow_exception(job.error);
            return;
        }
    }
    for (std::int64_t task = 0; task < tasks; ++task) function(context, task, 0);
}

int num_threads() { return thread_limit.load(std::memory_order_relaxed); }

void set_num_threads(int count) {
    thread_limit.store(count < 1              ? 1
                       : count > most_threads ? most_threads
                                              : count,
                       std::memory_order_relaxed);
}

void choose_num_threads() {
    const char* text = std::getenv("SUNHWAN_NUM_THREADS");
    if (!text || !*text) {
        set_num_threads(usable_processors());
        return;
    }
    char* end = nullptr;
    const long count = std::strtol(text, &end, 10);
    if (*end || count < 1)
        throw std::runtime_error("SUNHWAN_NUM_THREADS must be a positive integer, got '" +
                                 std::string(text) + "'");
    set_num_threads(count > most_threads ? most_threads : static_cast<int>(count));
}

}  // namespace sunhwan
