// What a handle asked of its store.
#pragma once

#include <atomic>
#include <cstdint>

namespace af {

struct IoCounts {
  int64_t read_requests = 0;
  int64_t bytes_read = 0;
  int64_t write_requests = 0;
  int64_t bytes_written = 0;
  int64_t blocks_decoded = 0;
  int64_t bytes_decoded = 0;
  int64_t cache_hits = 0;
};

// Counted by many threads at once.
struct IoCounters {
  std::atomic<int64_t> read_requests{0};
  std::atomic<int64_t> bytes_read{0};
  std::atomic<int64_t> write_requests{0};
  std::atomic<int64_t> bytes_written{0};
  std::atomic<int64_t> blocks_decoded{0};
  std::atomic<int64_t> bytes_decoded{0};
  std::atomic<int64_t> cache_hits{0};

  static void add(std::atomic<int64_t>& counter, int64_t n) {
    counter.fetch_add(n, std::memory_order_relaxed);
  }
  void count_read(int64_t bytes) {
    add(read_requests, 1);
    add(bytes_read, bytes);
  }
  void count_write(int64_t bytes) {
    add(write_requests, 1);
    add(bytes_written, bytes);
  }
  IoCounts counts() const {
    return {read_requests,  bytes_read,    write_requests, bytes_written,
            blocks_decoded, bytes_decoded, cache_hits};
  }
};

}  // namespace af
