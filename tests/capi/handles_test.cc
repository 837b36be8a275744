// Living handles: whatever is passed as one, whenever it is closed, and on whichever side of a fork.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "arrayformat/arrayformat.hpp"

namespace {

using arrayformat::Region;
using arrayformat::Schema;

af_file* open_file() {
  af_file* file = nullptr;
  EXPECT_EQ(af_file_create_memory(nullptr, &file, nullptr), AF_OK);
  return file;
}

af_cache* open_cache() {
  af_cache* cache = nullptr;
  EXPECT_EQ(af_cache_create(0, &cache, nullptr), AF_OK);
  return cache;
}

af_store* open_store() {
  af_store* store = nullptr;
  EXPECT_EQ(af_store_create_memory(&store, nullptr), AF_OK);
  return store;
}

af_status ask(const af_file* file) {
  uint8_t dirty = 0;
  return af_file_is_dirty(file, &dirty, nullptr);
}

af_status ask(const af_cache* cache) {
  int64_t size = 0;
  return af_cache_size(cache, &size, nullptr);
}

template <typename Handle>
const Handle* at(uintptr_t address) {
  return reinterpret_cast<const Handle*>(address);
}

template <typename Handle>
uintptr_t address_of(const Handle* handle) {
  return reinterpret_cast<uintptr_t>(handle);
}

TEST(Handles, AnswerInvalidArgumentToWhatNeverWasOne) {
  af_file* file = open_file();
  EXPECT_EQ(ask(static_cast<af_file*>(nullptr)), AF_INVALID_ARGUMENT);
  for (uintptr_t garbage :
       {uintptr_t{1}, uintptr_t{2}, uintptr_t{64}, ~uintptr_t{0}, ~uintptr_t{0} - 63, uintptr_t{1} << 63})
    EXPECT_EQ(ask(at<af_file>(garbage)), AF_INVALID_ARGUMENT) << garbage;
  int on_the_stack = 0;
  EXPECT_EQ(ask(reinterpret_cast<af_file*>(&on_the_stack)), AF_INVALID_ARGUMENT);
  EXPECT_EQ(ask(file), AF_OK);
  af_file_close(file);
}

TEST(Handles, AnswerInvalidArgumentToAnyAddressNearAnOpenOne) {
  af_cache* cache = open_cache();
  for (uintptr_t distance = 1; distance <= 300; distance++) {
    EXPECT_EQ(ask(at<af_cache>(address_of(cache) + distance)), AF_INVALID_ARGUMENT) << distance;
    EXPECT_EQ(ask(at<af_cache>(address_of(cache) - distance)), AF_INVALID_ARGUMENT) << distance;
  }
  EXPECT_EQ(ask(cache), AF_OK);
  af_cache_close(cache);
}

TEST(Handles, OfOneTypeAreNoneOfAnother) {
  af_store* store = open_store();
  EXPECT_EQ(ask(reinterpret_cast<const af_file*>(store)), AF_INVALID_ARGUMENT);
  af_file_close(reinterpret_cast<af_file*>(store));
  EXPECT_EQ(af_store_put(store, "key", -1, "", 0, AF_PUT_ALWAYS, nullptr), AF_OK);
  af_store_close(store);
}

TEST(Handles, MayBeUsedAndClosedAgainAfterTheyWereClosed) {
  af_file* file = open_file();
  af_file_close(file);
  EXPECT_EQ(ask(file), AF_INVALID_ARGUMENT);
  af_file_close(file);
  af_file* next = open_file();
  af_file_close(file);
  EXPECT_EQ(ask(file), AF_INVALID_ARGUMENT);
  EXPECT_EQ(ask(next), AF_OK);
  af_file_close(next);
}

TEST(Handles, AreNotGivenTwiceForALongTime) {
  std::set<af_cache*> seen;
  for (int i = 0; i < 50000; i++) {
    af_cache* cache = open_cache();
    ASSERT_TRUE(seen.insert(cache).second) << i;
    af_cache_close(cache);
  }
}

TEST(Handles, MayBeOpenInGreatNumbers) {
  std::vector<af_cache*> caches(20000);
  for (af_cache*& cache : caches) cache = open_cache();
  EXPECT_TRUE(std::all_of(caches.begin(), caches.end(), [](af_cache* cache) { return ask(cache) == AF_OK; }));
  for (size_t i = 0; i < caches.size(); i += 2) af_cache_close(caches[i]);
  for (size_t i = 0; i < caches.size(); i++)
    ASSERT_EQ(ask(caches[i]), i % 2 == 0 ? AF_INVALID_ARGUMENT : AF_OK) << i;
  for (af_cache* cache : caches) af_cache_close(cache);
}

// A file in a store with a cache, and one array of a thousand numbers.
struct Family {
  af_store* store = open_store();
  af_cache* cache = nullptr;
  af_file* file = nullptr;

  Family() {
    EXPECT_EQ(af_cache_create(1 << 20, &cache, nullptr), AF_OK);
    EXPECT_EQ(af_file_create_in(store, "f.af", -1, nullptr, &file, nullptr), AF_OK);
    EXPECT_EQ(af_file_set_cache(file, cache, nullptr), AF_OK);
    EXPECT_EQ(af_file_define(file, "x", -1, Schema::of<int64_t>({1000}).get(), nullptr), AF_OK);
    const std::vector<int64_t> numbers(1000, 7);
    EXPECT_EQ(af_file_write(file, "x", -1, nullptr, nullptr, 0, nullptr, numbers.data(), 8000, nullptr),
              AF_OK);
    EXPECT_EQ(af_file_flush(file, nullptr), AF_OK);
  }
  af_status read() const {
    std::vector<int64_t> numbers(1000);
    const af_status status =
        af_file_read(file, "x", -1, nullptr, nullptr, 0, nullptr, numbers.data(), 8000, nullptr);
    EXPECT_EQ(numbers, std::vector<int64_t>(1000, status == AF_OK ? 7 : 0));
    return status;
  }
};

TEST(Handles, MayBeClosedInAnyOrder) {
  std::vector<int> order{0, 1, 2};
  do {
    Family family;
    bool file_is_open = true;
    for (int which : order) {
      if (which == 0) af_store_close(family.store);
      if (which == 1) af_cache_close(family.cache);
      if (which == 2) af_file_close(family.file);
      file_is_open = file_is_open && which != 2;
      EXPECT_EQ(family.read(), file_is_open ? AF_OK : AF_INVALID_ARGUMENT);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Handles, MayBeClosedDuringCallsOnOtherThreads) {
  for (int round = 0; round < 50; round++) {
    Family family;
    std::atomic<int> begun{0};
    const auto read_until_closed = [&] {
      af_status status = AF_OK;
      while (status == AF_OK) {
        status = family.read();
        begun++;
      }
      EXPECT_EQ(status, AF_INVALID_ARGUMENT);
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; i++) readers.emplace_back(read_until_closed);
    while (begun < 10) std::this_thread::yield();
    af_store_close(family.store);
    af_cache_close(family.cache);
    std::thread rival([&] { af_file_close(family.file); });
    af_file_close(family.file);
    rival.join();
    for (std::thread& reader : readers) reader.join();
  }
}

TEST(Handles, MayBeClosedFromTheirOwnProgressCallback) {
  Family family;
  const auto close_it = [](void* context, int64_t, int64_t) -> int32_t {
    af_file_close(static_cast<Family*>(context)->file);
    return 0;
  };
  ASSERT_EQ(af_file_set_progress(family.file, close_it, &family, nullptr), AF_OK);
  ASSERT_EQ(af_file_define(family.file, "y", -1, Schema::of<int64_t>({1000}).get(), nullptr), AF_OK);
  EXPECT_EQ(af_file_flush(family.file, nullptr), AF_OK);
  EXPECT_EQ(ask(family.file), AF_INVALID_ARGUMENT);
  af_store_close(family.store);
  af_cache_close(family.cache);
}

TEST(Handles, MayBeOpenedAndClosedByManyThreadsAtOnce) {
  const auto open_and_close = [] {
    for (int i = 0; i < 2000; i++) {
      af_cache* cache = open_cache();
      ASSERT_EQ(ask(cache), AF_OK);
      af_cache_close(cache);
      ASSERT_EQ(ask(cache), AF_INVALID_ARGUMENT);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) threads.emplace_back(open_and_close);
  for (std::thread& thread : threads) thread.join();
}

// Runs `body` in a child of this process and answers whether it answered true.
template <typename Body>
bool in_a_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(ForkedHandles, BelongToTheParent) {
  Family family;
  EXPECT_TRUE(in_a_child([&] { return family.read() == AF_FORKED && ask(family.cache) == AF_FORKED; }));
  EXPECT_EQ(family.read(), AF_OK);
  af_file_close(family.file);
  af_store_close(family.store);
  af_cache_close(family.cache);
}

TEST(ForkedHandles, AreForgottenByAChildThatClosesThem) {
  Family family;
  EXPECT_TRUE(in_a_child([&] {
    af_store_close(family.store);
    af_file_close(family.file);
    const bool closed = family.read() == AF_INVALID_ARGUMENT;
    af_file_close(family.file);
    return closed;
  }));
  EXPECT_EQ(family.read(), AF_OK);
  af_file_close(family.file);
  af_store_close(family.store);
  af_cache_close(family.cache);
}

TEST(ForkedHandles, DoNotKeepAChildFromOpeningItsOwn) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizers' own runtimes do not survive a fork beside a busy thread";
#endif
  std::atomic<bool> stop{false};
  // The lock of the handles is nearly always taken while this runs: a child must not inherit it.
  std::thread busy([&] {
    while (!stop) af_cache_close(open_cache());
  });
  for (int i = 0; i < 20; i++) {
    EXPECT_TRUE(in_a_child([] {
      alarm(20);
      Family own;
      const bool works = own.read() == AF_OK;
      af_file_close(own.file);
      return works;
    }));
  }
  stop = true;
  busy.join();
}

}  // namespace
