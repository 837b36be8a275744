// What the proofs share: how long they go on, what they count, how they end. Each is a program of its own:
//
//   PROGRAM [--seconds N | --cases N] [--seed S]
//
// whose last line is `NAME: N cases, M violations`, and which ends non-zero when there was a violation, or no
// case. The same seed gives the same cases, as far as chance is in our hands.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/error.h"

namespace af::proofs {

class Proof {
 public:
  Proof(const char* name, int argc, char** argv, int64_t cases) : name_(name), wanted_(cases) {
    for (int i = 1; i + 1 < argc; i += 2) {
      long long number = std::atoll(argv[i + 1]);
      if (std::strcmp(argv[i], "--seconds") == 0) {
        seconds_ = number;
      } else if (std::strcmp(argv[i], "--cases") == 0) {
        wanted_ = number;
      } else if (std::strcmp(argv[i], "--seed") == 0) {
        seed_ = static_cast<uint64_t>(number);
      } else {
        usage();
      }
    }
    if (argc % 2 == 0) usage();
    // Nothing of it need be kept, and a real disk is slow.
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0);
  }

  uint64_t seed() const { return seed_; }
  // Told how long to go on, not how many cases to try.
  bool is_timed() const { return seconds_ >= 0; }
  // How many cases to try, where it is not timed.
  int64_t wanted() const { return wanted_; }
  // Whether there is to be another case: until the time is over, or enough have been tried. Many violations
  // say no more than a few.
  bool goes_on() const { return has_time() && (is_timed() || cases_ < wanted_); }
  // The same in the middle of what is to be tried as a whole where there is no hurry.
  bool has_time() const {
    if (violations_ >= 20) return false;
    return !is_timed() || std::chrono::steady_clock::now() - begin_ < std::chrono::seconds(seconds_);
  }
  void count(int64_t cases = 1) { cases_ += cases; }
  int64_t cases() const { return cases_; }

  template <typename... Pieces>
  void violation(const Pieces&... pieces) {
    violations_++;
    if (quiet_) return;
    std::printf("VIOLATION  %s: %s\n", name_, text_of(pieces...).c_str());
    std::fflush(stdout);
  }
  template <typename... Pieces>
  void require(bool holds, const Pieces&... pieces) {
    if (!holds) violation(pieces...);
  }
  // For violations that are meant to be.
  void be_quiet() { quiet_ = true; }
  int64_t violations() const { return violations_; }

  int end() const {
    std::printf("%s: %lld cases, %lld violations\n", name_, static_cast<long long>(cases_),
                static_cast<long long>(violations_));
    return violations_ > 0 || cases_ == 0;
  }

 private:
  [[noreturn]] void usage() const {
    std::fprintf(stderr, "usage: %s [--seconds N | --cases N] [--seed S]\n", name_);
    std::exit(2);
  }

  const char* name_;
  int64_t wanted_;
  int64_t seconds_ = -1;
  uint64_t seed_ = 1;
  int64_t cases_ = 0, violations_ = 0;
  bool quiet_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace af::proofs
