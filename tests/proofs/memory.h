// Memory that runs out: a program with memory.cc in it has an operator new of its own.
#pragma once

#include <cstdint>

namespace af::proofs::memory {

// The `allocation`-th from now on fails, or all from it on; negative: none. Counted are those of this thread
// while memory is scarce.
void fail_at(int64_t allocation, bool from_then_on);
// How many there were since.
int64_t count();

// Memory is scarce while it lives.
class Scarce {
 public:
  Scarce();
  ~Scarce();
  Scarce(const Scarce&) = delete;
  Scarce& operator=(const Scarce&) = delete;
};

// There is enough of it while it lives: for what is not the library's.
class Plenty {
 public:
  Plenty();
  ~Plenty();
  Plenty(const Plenty&) = delete;
  Plenty& operator=(const Plenty&) = delete;

 private:
  bool was_scarce_;
};

}  // namespace af::proofs::memory
