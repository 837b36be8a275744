// Work spread over a few threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace af {

// Threads that are started on first use and wait for work. After fork() the child has none of them: work is
// then done by the calling thread alone.
class ThreadPool {
 public:
  // `threads` counts the calling thread: 1 means that no thread is ever started. 0 means one for each core.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }
  // Runs body(0) ... body(count - 1), some of them at once, the caller's thread taking part. Returns when all
  // are done. If any throws, no further ones are begun and the first exception is thrown again. `between`, if
  // given, runs on the caller's thread between its own items.
  void for_each(int64_t count, const std::function<void(int64_t)>& body,
                const std::function<void(int64_t)>& between = {});
  // Runs a job on some thread later; with a single thread, at once. The job must not throw.
  void submit(std::function<void()> job);

 private:
  void start();
  void work();

  const int threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> workers_;
  uint64_t birth_ = 0;  // fork_generation() when the workers were started
  bool stopping_ = false;
};

// Grows by one in the child at each fork() of this process.
uint64_t fork_generation();

}  // namespace af
