#include "core/parallel.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>

namespace af {
namespace {

std::atomic<uint64_t> forks{0};

}  // namespace

uint64_t fork_generation() {
  // Registered on first use: loading the library must have no effects.
  static const int registered = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });
  (void)registered;
  return forks.load(std::memory_order_relaxed);
}

ThreadPool::ThreadPool(int threads)
    : threads_(threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {}

ThreadPool::~ThreadPool() {
  if (workers_.empty()) return;
  if (birth_ != fork_generation()) {
    // The threads live in the parent only: joining them would wait for ever, destroying them would abort.
    for (std::thread& worker : workers_) worker.detach();
    return;
  }
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::start() {
  if (!workers_.empty()) return;
  birth_ = fork_generation();
  workers_.reserve(static_cast<size_t>(threads_ - 1));
  for (int i = 1; i < threads_; i++) {
    try {
      workers_.emplace_back([this] { work(); });
    } catch (const std::exception&) {
      break;  // fewer threads than wished for still do the work
    }
  }
}

void ThreadPool::work() {
  while (true) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

void ThreadPool::submit(std::function<void()> job) {
  bool alone = threads_ == 1;
  if (!alone) {
    std::lock_guard lock(mutex_);
    start();
    alone = workers_.empty() || birth_ != fork_generation();
    if (!alone) jobs_.push_back(std::move(job));
  }
  if (alone)
    job();
  else
    wake_.notify_one();
}

namespace {

// What the threads of one for_each share. It outlives the call: a helper may wake up after all items are
// taken.
struct Batch {
  Batch(int64_t items, const std::function<void(int64_t)>* work) : count(items), body(work) {}

  const int64_t count;
  const std::function<void(int64_t)>* body;
  std::atomic<int64_t> next{0};
  std::mutex mutex;
  std::condition_variable idle;
  int64_t running = 0;  // helpers inside take_items
  bool closed = false;  // no helper may begin any more
  std::exception_ptr failure;

  void take_items(const std::function<void(int64_t)>& between) {
    while (true) {
      int64_t i = next.fetch_add(1);
      if (i >= count) return;
      try {
        (*body)(i);
        if (between) between(i);
      } catch (...) {
        std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next.store(count);
        return;
      }
    }
  }

  void help() {
    {
      std::lock_guard lock(mutex);
      if (closed) return;
      running++;
    }
    take_items({});
    std::lock_guard lock(mutex);
    if (--running == 0) idle.notify_all();
  }
};

}  // namespace

void ThreadPool::for_each(int64_t count, const std::function<void(int64_t)>& body,
                          const std::function<void(int64_t)>& between) {
  if (count <= 1 || threads_ == 1) {
    for (int64_t i = 0; i < count; i++) {
      body(i);
      if (between) between(i);
    }
    return;
  }
  auto batch = std::make_shared<Batch>(count, &body);
  int64_t helpers = std::min<int64_t>(threads_ - 1, count - 1);
  for (int64_t i = 0; i < helpers; i++) submit([batch] { batch->help(); });
  batch->take_items(between);
  std::unique_lock lock(batch->mutex);
  batch->closed = true;
  batch->idle.wait(lock, [&] { return batch->running == 0; });
  if (batch->failure) std::rethrow_exception(batch->failure);
}

}  // namespace af
