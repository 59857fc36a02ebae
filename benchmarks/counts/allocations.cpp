// Loaded before everything else (LD_PRELOAD), counts what a process asks of the system's memory.
#include <atomic>
#include <cerrno>
#include <cstddef>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

std::atomic<long long> counted{0};

long long allocations_so_far() { return counted.load(); }

void* malloc(std::size_t size) {
    ++counted;
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) {
    ++counted;
    return __libc_calloc(number, size);
}

void* realloc(void* block, std::size_t size) {
    ++counted;
    return __libc_realloc(block, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    ++counted;
    return __libc_memalign(alignment, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
    ++counted;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    ++counted;
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}
}
