#include "memory.h"

#include <cstdlib>
#include <new>
#include <utility>

namespace af::proofs::memory {
namespace {

thread_local bool is_scarce = false;
thread_local int64_t allocations = 0, fails_at = -1;
thread_local bool fails_from_then_on = false;

bool fails_now() {
  if (!is_scarce) return false;
  int64_t number = allocations++;
  return fails_at >= 0 && (number == fails_at || (fails_from_then_on && number > fails_at));
}

}  // namespace

void fail_at(int64_t allocation, bool from_then_on) {
  allocations = 0;
  fails_at = allocation;
  fails_from_then_on = from_then_on;
}
int64_t count() { return allocations; }

Scarce::Scarce() { is_scarce = true; }
Scarce::~Scarce() { is_scarce = false; }

Plenty::Plenty() : was_scarce_(std::exchange(is_scarce, false)) {}
Plenty::~Plenty() { is_scarce = was_scarce_; }

}  // namespace af::proofs::memory

// Inlined, gcc takes the pairs for mismatched.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return af::proofs::memory::fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
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
