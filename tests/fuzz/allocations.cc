// The operator new of the fuzz targets: one allocation can be made to fail, and none may be larger than a
// careful caller allows.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "fuzz/fuzz.h"

namespace {

thread_local bool watched = false;
thread_local int64_t left = -1;

}  // namespace

af::fuzz::WatchedAllocations::WatchedAllocations(int64_t failing) {
  watched = true;
  left = failing;
}
af::fuzz::WatchedAllocations::~WatchedAllocations() { watched = false; }

[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (watched && size > af::fuzz::kLargestAllocation) {
    std::fprintf(stderr, "an allocation of %zu bytes\n", size);
    std::abort();
  }
  if (watched && left >= 0 && left-- == 0) return nullptr;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept { return operator new(size, tag); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
