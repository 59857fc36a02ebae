#include "runtime/scratch.h"

#include <new>
#include <vector>

#include "runtime/counters.h"

namespace sunhwan {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t page = 4096;  // processors read ahead in it, and hardly beyond the next
constexpr std::size_t smallest_block = std::size_t{1} << 20;
constexpr std::size_t most_kept = std::size_t{64} << 20;

struct Block {
    std::byte* memory;
    std::size_t size;
};

std::byte* allocate(std::size_t size) {
    count(counters.allocations);
    return static_cast<std::byte*>(::operator new(size, std::align_val_t{alignment}));
}

void release(const Block& block) { ::operator delete(block.memory, std::align_val_t{alignment}); }

// Blocks of growing size, filled one after the other. When none is in use, several become one.
struct Arena {
    std::vector<Block> blocks;
    std::size_t block = 0;   // being filled; == blocks.size() where all are full
    std::size_t offset = 0;  // used bytes of it
    int users = 0;

    ~Arena() { clear(); }

    void clear() {
        for (const Block& each : blocks) release(each);
        blocks.clear();
        block = offset = 0;
    }

    void* take(std::size_t size) {
        size = (size + alignment - 1) / alignment * alignment;
        while (block < blocks.size() && blocks[block].size < offset + size) {
            ++block;
            offset = 0;
        }
        if (block == blocks.size()) {
            std::size_t total = smallest_block;
            for (const Block& each : blocks) total += each.size;
            const std::size_t fresh = size + 2 * page > total ? size + 2 * page : total;
            blocks.reserve(blocks.size() + 1);
            blocks.push_back({allocate(fresh), fresh});
            offset = 0;
        }
        std::byte* memory = blocks[block].memory + offset;
        offset += size;
        return memory;
    }

    void settle() noexcept {
        std::size_t total = 0;
        for (const Block& each : blocks) total += each.size;
        if (blocks.size() > 1 || total > most_kept) clear();
        if (total == 0 || total > most_kept || !blocks.empty()) return;
        try {
            blocks.push_back({nullptr, 0});
            blocks.back() = {allocate(total), total};
        } catch (const std::bad_alloc&) {
            blocks.clear();
        }
    }
};

thread_local Arena arena;

}  // namespace

// What the thread took before may be read by other threads, again and again and in order: then
// their processors read ahead past its end. What is taken from here on, perhaps for this thread
// alone, lies a page further, else they would fetch it from under this thread's hands.
Scratch::Scratch() : block_(arena.block), offset_(arena.offset) {
    if (arena.users++ > 0 && arena.offset > 0)
        arena.offset = (arena.offset + page - 1) / page * page + page;
}

Scratch::~Scratch() {
    arena.block = block_;
    arena.offset = offset_;
    if (--arena.users == 0) arena.settle();
}

void* Scratch::bytes(std::int64_t count) {
    if (count < 0) throw std::bad_alloc();
    return arena.take(static_cast<std::size_t>(count));
}

float* Scratch::floats(std::int64_t count) {
    if (count > INT64_MAX / 8) throw std::bad_alloc();
    return static_cast<float*>(bytes(count * static_cast<std::int64_t>(sizeof(float))));
}

std::int32_t* Scratch::integers(std::int64_t count) {
    return reinterpret_cast<std::int32_t*>(floats(count));
}

}  // namespace sunhwan
