// One handle in the hands of many threads: readers, a writer, some who flush and compact, and one who closes
// it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "arrayformat/arrayformat.hpp"
#include "support/temp_folder.h"

namespace {

using arrayformat::Schema;

constexpr int64_t kLength = 64;

af_file_options two_threads() {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.writable = 1;
  options.threads = 2;
  options.durability = AF_DURABILITY_NONE;
  // Some chunks are on disk before they are committed.
  options.write_buffer_size = 1024;
  return options;
}

// The writer fills "first" and then "second" with 1, with 2, and so on.
class OneHandle {
 public:
  explicit OneHandle(af_store* store) {
    EXPECT_EQ(af_file_create_in(store, "f.af", -1, &options_, &file_, nullptr), AF_OK);
    for (const char* name : {"first", "second"})
      EXPECT_EQ(af_file_define(file_, name, -1, Schema::of<int64_t>({kLength}).set_chunk_shape({16}).get(),
                               nullptr),
                AF_OK);
    EXPECT_EQ(af_file_flush(file_, nullptr), AF_OK);
  }

  void run(int64_t steps) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; i++) threads.emplace_back([this] { repeat([this] { return read(); }); });
    threads.emplace_back([this] { repeat([this] { return look_around(); }); });
    threads.emplace_back([this] { repeat([this] { return write(); }); });
    threads.emplace_back([this] { repeat([this] { return commit(af_file_flush); }); });
    threads.emplace_back([this] { repeat([this] { return commit(af_file_compact); }); });
    while (written_ < steps || commits_ < steps || reads_ < steps) std::this_thread::yield();
    af_file_close(file_);
    for (std::thread& thread : threads) thread.join();
  }

  // What is there when it is opened anew.
  void expect_nothing_lost(af_store* store) const {
    af_file* file = nullptr;
    ASSERT_EQ(af_file_open_in(store, "f.af", -1, nullptr, &file, nullptr), AF_OK);
    int64_t second = 0, first = 0;
    EXPECT_EQ(number_in(file, "second", &second), AF_OK);
    EXPECT_EQ(number_in(file, "first", &first), AF_OK);
    EXPECT_GE(second, acknowledged_);
    EXPECT_TRUE(first == second || first == second + 1) << first << " beside " << second;
    EXPECT_LE(first, written_ + 1);
    af_report* report = nullptr;
    EXPECT_EQ(af_file_verify(file, &report, nullptr), AF_OK);
    EXPECT_FALSE(has_problem(report));
    af_report_free(report);
    af_file_close(file);
  }

 private:
  // Until the handle is closed.
  template <typename Action>
  void repeat(const Action& action) {
    af_status status = AF_OK;
    while (status == AF_OK) status = action();
    EXPECT_EQ(status, AF_INVALID_ARGUMENT);
  }

  static bool has_problem(const af_report* report) {
    for (int64_t i = 0; i < af_report_count(report); i++)
      if (af_report_is_problem(report, i) == 1) return true;
    return false;
  }

  static af_status number_in(const af_file* file, const char* name, int64_t* number) {
    std::vector<int64_t> values(kLength, -1);
    const af_status status = af_file_read(file, name, -1, nullptr, nullptr, 0, nullptr, values.data(),
                                          kLength * int64_t{sizeof(int64_t)}, nullptr);
    if (status == AF_OK) {
      EXPECT_EQ(std::set<int64_t>(values.begin(), values.end()).size(), 1u)
          << name << " is seen half written";
    }
    *number = values[0];
    return status;
  }

  af_status read() {
    int64_t second = 0, first = 0;
    if (const af_status status = number_in(file_, "second", &second); status != AF_OK) return status;
    if (const af_status status = number_in(file_, "first", &first); status != AF_OK) return status;
    EXPECT_LE(second, first);
    reads_++;
    return AF_OK;
  }

  af_status look_around() {
    af_listing* listing = nullptr;
    af_status status = af_file_list(file_, &listing, nullptr);
    EXPECT_EQ(af_listing_count(listing), status == AF_OK ? 2 : 0);
    af_listing_free(listing);
    af_stats* stats = nullptr;
    if (status == AF_OK) status = af_file_stats_all(file_, &stats, nullptr);
    af_stats_free(stats);
    af_report* report = nullptr;
    if (status == AF_OK) status = af_file_verify(file_, &report, nullptr);
    EXPECT_FALSE(has_problem(report));
    af_report_free(report);
    uint8_t dirty = 0;
    return status == AF_OK ? af_file_is_dirty(file_, &dirty, nullptr) : status;
  }

  af_status write() {
    const std::vector<int64_t> values(kLength, written_ + 1);
    for (const char* name : {"first", "second"}) {
      const af_status status = af_file_write(file_, name, -1, nullptr, nullptr, 0, nullptr, values.data(),
                                             kLength * int64_t{sizeof(int64_t)}, nullptr);
      if (status != AF_OK) return status;
    }
    written_++;
    return AF_OK;
  }

  af_status commit(af_status (*call)(af_file*, af_error**)) {
    const int64_t written = written_;
    af_error* error = nullptr;
    const af_status status = call(file_, &error);
    EXPECT_TRUE(status == AF_OK || status == AF_INVALID_ARGUMENT) << af_error_message(error);
    af_error_free(error);
    if (status != AF_OK) return status;
    int64_t known = acknowledged_;
    while (known < written && !acknowledged_.compare_exchange_weak(known, written)) {
    }
    commits_++;
    return AF_OK;
  }

  af_file_options options_ = two_threads();
  af_file* file_ = nullptr;
  std::atomic<int64_t> written_{0}, acknowledged_{0}, commits_{0}, reads_{0};
};

void share_a_handle(af_store* store) {
  OneHandle handle(store);
  handle.run(40);
  handle.expect_nothing_lost(store);
  af_store_close(store);
}

TEST(OneHandle, IsSharedByReadersAWriterFlushesCompactionsAndAClose) {
  af_store* store = nullptr;
  ASSERT_EQ(af_store_create_memory(&store, nullptr), AF_OK);
  share_a_handle(store);
}

TEST(OneHandle, IsSharedInAFolder) {
  const af::TempFolder folder;
  af_store* store = nullptr;
  ASSERT_EQ(af_store_open_local(folder.path().c_str(), -1, &store, nullptr), AF_OK);
  share_a_handle(store);
}

// Without turns it would wait until they stop.
TEST(OneHandle, GivesAWriterItsTurnAmongReadersWhoNeverStop) {
  constexpr int64_t kLong = 100000;
  arrayformat::File file = arrayformat::File::create_memory();
  file.define("x", Schema::of<int64_t>({kLong}));
  file.write("x", std::vector<int64_t>(kLong, 0));
  file.flush();
  std::atomic<int> reading{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; i++)
    readers.emplace_back([&] {
      while (!stop) {
        EXPECT_EQ(file.read<int64_t>("x").size(), static_cast<size_t>(kLong));
        reading++;
      }
    });
  while (reading < 100) std::this_thread::yield();
  for (int64_t i = 0; i < 50; i++) file.write("x", std::vector<int64_t>(kLong, i));
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
