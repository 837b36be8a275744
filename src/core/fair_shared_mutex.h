// A shared mutex on which readers who never stop do not keep a writer waiting for ever, as they may on
// std::shared_mutex: who comes after a waiting writer waits for it. No thread may take it twice.
#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace af {

class FairSharedMutex {
 public:
  void lock() {
    // The gate passes one writer at a time, and while it is closed no more readers.
    waiting_.fetch_add(1);
    std::lock_guard gate(gate_);
    mutex_.lock();
    waiting_.fetch_sub(1);
  }
  void unlock() { mutex_.unlock(); }

  void lock_shared() {
    if (waiting_.load(std::memory_order_relaxed) != 0) {
      std::lock_guard gate(gate_);
    }
    mutex_.lock_shared();
  }
  bool try_lock_shared() { return waiting_.load(std::memory_order_relaxed) == 0 && mutex_.try_lock_shared(); }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::atomic<int> waiting_{0};  // writers; readers look here alone while there are none
  std::mutex gate_;
  std::shared_mutex mutex_;
};

}  // namespace af
