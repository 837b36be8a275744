// Memory for small objects by the hundred thousand, which are dropped one by one or all together.
#pragma once

#include <array>
#include <memory_resource>
#include <new>
#include <utility>

namespace af {

// What is dropped is used again for the next object of its size. When memory runs out nothing has changed:
// that cannot be said of every library's std::pmr::unsynchronized_pool_resource.
class NodeMemory : public std::pmr::memory_resource {
 private:
  static constexpr size_t kStep = 16, kLargest = 256;
  struct Free {
    Free* next;
  };

  static bool is_small(size_t size, size_t alignment) { return size <= kLargest && alignment <= kStep; }
  static size_t steps_of(size_t size) { return size == 0 ? 1 : (size + kStep - 1) / kStep; }

  void* do_allocate(size_t size, size_t alignment) override {
    if (!is_small(size, alignment)) return std::pmr::new_delete_resource()->allocate(size, alignment);
    Free*& first = free_[steps_of(size)];
    if (!first) return chunks_.allocate(steps_of(size) * kStep, kStep);
    return std::exchange(first, first->next);
  }
  void do_deallocate(void* memory, size_t size, size_t alignment) override {
    if (!is_small(size, alignment))
      return std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
    Free*& first = free_[steps_of(size)];
    first = new (memory) Free{first};
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

  std::pmr::monotonic_buffer_resource chunks_;
  std::array<Free*, kLargest / kStep + 1> free_{};
};

}  // namespace af
