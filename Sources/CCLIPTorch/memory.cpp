// The memory of tensors in a process that takes the same steps again and again.

#include "shim.h"

#include <c10/core/CPUAllocator.h>

#include <map>
#include <mutex>
#include <unordered_map>

#include <sys/mman.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

/// Keeps the freed blocks of large tensors for the next ones, in huge pages where the kernel has them.
///
/// The C library would give them back and fault them in anew, page by page, or, told not to, leave its heap in holes: what is
/// freed between two small blocks that live on seldom fits the next aligned request of the same size. Here a block has one
/// of eight sizes for each doubling and serves requests of at least four fifths of its size. All that is held, in use or not,
/// stays within 9/8 of the most that was in use at a time, but for `slack`.
class BlockAllocator final : public c10::Allocator {
  public:
    c10::DataPtr allocate(size_t bytes) override {
        if (bytes < smallest) return c10::GetDefaultCPUAllocator()->allocate(bytes);
        void *block = take(size_class(bytes));
        return {block, block, &give_back, c10::DeviceType::CPU};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

    void copy_data(void *to, const void *from, size_t bytes) const override { default_copy_data(to, from, bytes); }

    static BlockAllocator &shared() {
        static auto *allocator = new BlockAllocator;  // outlives every tensor
        return *allocator;
    }

  private:
    struct Free {
        void *block;
        uint64_t freed_at;
    };

    static constexpr size_t smallest = size_t(128) << 10;
    static constexpr size_t huge_page = size_t(2) << 20;
    static constexpr size_t slack = size_t(64) << 20;

    std::mutex mutex;
    std::unordered_map<void *, size_t> sizes;  // of all blocks
    std::multimap<size_t, Free> free_blocks;   // by size; of one size the last one freed is the last
    size_t in_use = 0, most_in_use = 0, held = 0;
    uint64_t ticks = 0;

    /// The smallest of the blocks' sizes that holds so many bytes.
    static size_t size_class(size_t bytes) {
        size_t step = smallest / 8;
        while (step * 16 <= bytes) step *= 2;
        return (bytes + step - 1) / step * step;
    }

    void *take(size_t size) {
        std::lock_guard lock(mutex);
        auto found = free_blocks.lower_bound(size);
        if (found != free_blocks.end() && found->first <= size + size / 4) {
            auto last = std::prev(free_blocks.upper_bound(found->first));
            void *block = last->second.block;
            count_in_use(last->first);
            free_blocks.erase(last);
            return block;
        }
        size_t most = std::max(most_in_use, in_use + size);
        while (held + size > most + most / 8 + slack && unmap_oldest()) {}
        void *block = map(size);
        while (block == nullptr && unmap_oldest()) block = map(size);
        TORCH_CHECK(block != nullptr, "not enough memory: ", size, " bytes were asked for");
        sizes[block] = size;
        held += size;
        count_in_use(size);
        return block;
    }

    /// Counts a block that is there: what could not be had raises no bound.
    void count_in_use(size_t size) {
        in_use += size;
        most_in_use = std::max(most_in_use, in_use);
    }

    static void give_back(void *block) {
        if (block == nullptr) return;
        auto &self = shared();
        {
            std::lock_guard lock(self.mutex);
            auto known = self.sizes.find(block);
            if (known != self.sizes.end()) {
                self.in_use -= known->second;
                self.free_blocks.insert({known->second, {block, self.ticks++}});
                return;
            }
        }
        c10::GetDefaultCPUAllocator()->raw_deallocate(block);
    }

    /// Gives the block that was freed first back to the kernel; false where none is free.
    bool unmap_oldest() {
        auto oldest = std::min_element(free_blocks.begin(), free_blocks.end(), [](auto &one, auto &other) {
            return one.second.freed_at < other.second.freed_at;
        });
        if (oldest == free_blocks.end()) return false;
        munmap(oldest->second.block, oldest->first);
        sizes.erase(oldest->second.block);
        held -= oldest->first;
        free_blocks.erase(oldest);
        return true;
    }

    /// Fresh pages, from the border of a huge page on where they fill one; null where there are none.
    static void *map(size_t size) {
        size_t border = size < huge_page ? 0 : huge_page;
        void *pages = mmap(nullptr, size + border, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) return nullptr;
        if (border == 0) return pages;
        auto start = static_cast<char *>(pages);
        size_t before = (border - reinterpret_cast<uintptr_t>(start) % border) % border;
        if (before > 0) munmap(start, before);
        if (before < border) munmap(start + before + size, border - before);
#if defined(MADV_HUGEPAGE)
        madvise(start + before, size, MADV_HUGEPAGE);
#endif
        return start + before;
    }
};

}  // namespace

void clip_keep_freed_memory(void) {
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    mallopt(M_TOP_PAD, 64 << 20);
#endif
    c10::SetCPUAllocator(&BlockAllocator::shared(), UINT8_MAX);
}
