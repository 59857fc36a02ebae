// Working memory of a kernel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sunhwan {

// Memory of the calling thread, 64-byte aligned and uninitialized, good until this object is
// destroyed. Objects of one thread end in the reverse order of their beginning. The thread keeps
// the memory for the next use, up to 64 MiB. Throws std::bad_alloc.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    float* floats(std::int64_t count);
    std::int32_t* integers(std::int64_t count);
    void* bytes(std::int64_t count);

private:
    std::size_t block_;  // where the thread's memory stood when this object began
    std::size_t offset_;
};

}  // namespace sunhwan
