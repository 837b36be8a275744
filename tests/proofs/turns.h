// Threads that take turns in an order that a seed decides: every interleaving of what lies between their
// turns may come up, and comes up again with the same seed.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace af::proofs {

class Turns {
 public:
  explicit Turns(uint64_t seed) : random_(seed) {}

  // Runs all of these, each on a thread of its own but one at a time: who is next is decided at each take().
  void run(const std::vector<std::function<void()>>& actions) {
    std::vector<std::thread> threads;
    for (size_t i = 0; i < actions.size(); i++) waiting_.push_back(i);
    for (size_t i = 0; i < actions.size(); i++) {
      threads.emplace_back([this, i, &action = actions[i]] {
        mine() = i;
        wait_for_turn();
        action();
        end();
      });
    }
    {
      std::lock_guard lock(mutex_);
      pass_on();
    }
    for (std::thread& thread : threads) thread.join();
  }

  // Lets the others go first, or not. Does nothing on threads that are not taking turns.
  void take() {
    if (mine() == kNobody) return;
    {
      std::lock_guard lock(mutex_);
      // Long runs of one thread are as telling as short ones.
      if (random_() % 3 == 0) return;
      waiting_.push_back(mine());
      pass_on();
    }
    wait_for_turn();
  }
  // From 0 to n - 1; only for who has the turn.
  uint64_t below(uint64_t n) {
    std::lock_guard lock(mutex_);
    return random_() % n;
  }

 private:
  static constexpr size_t kNobody = SIZE_MAX;
  static size_t& mine() {
    static thread_local size_t number = kNobody;
    return number;
  }

  void wait_for_turn() {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [this] { return current_ == mine(); });
  }
  void end() {
    std::lock_guard lock(mutex_);
    pass_on();
  }
  void pass_on() {
    current_ = kNobody;
    if (waiting_.empty()) return;
    size_t place = random_() % waiting_.size();
    current_ = waiting_[place];
    waiting_.erase(waiting_.begin() + static_cast<ptrdiff_t>(place));
    turn_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable turn_;
  std::mt19937_64 random_;
  std::vector<size_t> waiting_;
  size_t current_ = kNobody;
};

}  // namespace af::proofs
