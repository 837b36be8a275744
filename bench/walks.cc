// Larger arrays (10,000 i32 each, lz4, random walks): written, read at random, read by several threads.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>

#include "support.h"

namespace {

using namespace bench;

constexpr int64_t kSize = kWalk * static_cast<int64_t>(sizeof(int32_t));
constexpr int64_t kCache = 256 << 20;  // the crate's default

using Walk = std::vector<int32_t>;

void expect_walk(const Walk& found, int64_t array) {
  Walk expected(kWalk);
  fill_walk(expected.data(), array);
  expect(found == expected, walk_name(array));
}

void write(const char* path, int64_t count) {
  Walk values(kWalk);
  Watch watch;
  af_file* file = create(path, {});
  af_schema* schema = series(AF_INT32, kWalk);
  for (int64_t i = 0; i < count; i++) {
    fill_walk(values.data(), i);
    define(file, walk_name(i), schema);
    write_whole(file, walk_name(i), values.data(), kSize);
  }
  OK(af_file_flush(file, &error));
  watch.stop();
  report(watch, memory("VmHWM"));
}

// Whole arrays at random, once the cache is full.
void read_at_random(const char* path, int64_t count, int64_t times) {
  af_file* file = open(path, {.cache_size = kCache});
  Walk values(kWalk);
  for (int64_t i = 0; i < count / 3; i++) read_whole(file, walk_name(i), values.data(), kSize);
  uint64_t state = 1;
  Watch watch;
  watch.stop();
  watch.seconds = watch.cpu = 0;
  for (int64_t i = 0; i < times; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    int64_t array = static_cast<int64_t>((state >> 33) % static_cast<uint64_t>(count));
    std::string name = walk_name(array);
    watch.resume();
    read_whole(file, name, values.data(), kSize);
    watch.stop();
    expect_walk(values, array);
  }
  report(watch, memory("VmHWM"));
}

// All arrays once, by `thread_count` threads of this program, each taking the next few.
void read_side_by_side(const char* path, int64_t count, int64_t thread_count) {
  constexpr int64_t kAtATime = 16;
  af_file* file = open(path, {.cache_size = kCache, .threads = 1});
  std::vector<int32_t> last(static_cast<size_t>(count));
  std::atomic<int64_t> next = 0;
  auto work = [&] {
    Walk values(kWalk);
    for (int64_t begin; (begin = next.fetch_add(kAtATime)) < count;) {
      for (int64_t i = begin; i < std::min(begin + kAtATime, count); i++) {
        read_whole(file, walk_name(i), values.data(), kSize);
        last[static_cast<size_t>(i)] = values.back();
      }
    }
  };
  Watch watch;
  std::vector<std::thread> threads;
  for (int64_t i = 1; i < thread_count; i++) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  watch.stop();
  int64_t peak = memory("VmHWM");
  Walk expected(kWalk);
  for (int64_t i = 0; i < count; i++) {
    fill_walk(expected.data(), i);
    expect(last[static_cast<size_t>(i)] == expected.back(), walk_name(i));
  }
  report(watch, peak);
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 3 ? argv[1] : "";
  if (job.empty())
    stop("usage", "walks write FILE COUNT, random FILE COUNT TIMES, parallel FILE COUNT THREADS");
  int64_t count = to_number(argv[3]), more = argc > 4 ? to_number(argv[4]) : 0;
  if (job == "write") return write(argv[2], count), 0;
  if (job == "random") return read_at_random(argv[2], count, more), 0;
  if (job == "parallel") return read_side_by_side(argv[2], count, more), 0;
  stop("no such job", job);
}
