// Each allocation of each call fails once: the call says so, and what it was called on is as good as before.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "arrayformat/arrayformat.hpp"

namespace {

// The allocations left to this thread until one fails; negative: no limit.
thread_local int64_t allocations_left = -1;
thread_local bool has_failed = false;

bool fails_now() {
  if (allocations_left < 0) return false;
  if (allocations_left-- > 0) return false;
  has_failed = true;
  return true;
}

}  // namespace

// The library takes these in place of its own, as it does those of any program. (Inlined, gcc takes the pairs
// for mismatched.)
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// The memory resources of the C++ library ask by alignment.
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  void* memory = nullptr;
  const std::size_t boundary = std::max(static_cast<std::size_t>(alignment), sizeof(void*));
  if (fails_now() || posix_memalign(&memory, boundary, size == 0 ? 1 : size) != 0) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept { return operator new(size, tag); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using arrayformat::Schema;

af_file_options single_threaded() {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.threads = 1;
  options.writable = 1;
  return options;
}

// A stack of two layers in memory, with an array of numbers "x", one of texts "s" and an attribute.
class OutOfMemoryTest : public testing::Test {
 protected:
  using Call = std::function<af_status(af_error**)>;

  OutOfMemoryTest() {
    EXPECT_EQ(af_store_create_memory(&store_, nullptr), AF_OK);
    EXPECT_EQ(af_file_create_in(store_, "f.af", -1, &options_, &file_, nullptr), AF_OK);
    EXPECT_EQ(af_file_define(file_, "x", -1, numbers_.get(), nullptr), AF_OK);
    EXPECT_EQ(af_file_define(file_, "s", -1, texts_.get(), nullptr), AF_OK);
    EXPECT_EQ(write_numbers(nullptr), AF_OK);
    EXPECT_EQ(af_file_set_attribute(file_, "x", -1, "units", -1, units_.get(), nullptr), AF_OK);
    EXPECT_EQ(af_file_flush(file_, nullptr), AF_OK);
    EXPECT_EQ(write_numbers(nullptr), AF_OK);
    EXPECT_EQ(af_file_flush(file_, nullptr), AF_OK);
  }
  ~OutOfMemoryTest() override {
    af_file_close(file_);
    af_store_close(store_);
  }

  af_status write_numbers(af_error** err) {
    const int64_t values[] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    return af_file_write(file_, "x", -1, nullptr, nullptr, 0, nullptr, values, sizeof values, err);
  }

  // What a call answers when an earlier one has done its work already is as good as success.
  static af_status unless(af_status done, af_status status, af_error** err) {
    if (status != done) return status;
    af_error_free(*err);
    *err = nullptr;
    return AF_OK;
  }

  // Lets the first allocation fail, then the second, and so on until the call needs no more of them.
  void starve(const char* what, const Call& call) {
    int64_t n = 0;
    do {
      af_error* error = nullptr;
      has_failed = false;
      allocations_left = n++;
      const af_status status = call(&error);
      allocations_left = -1;
      // A call may do without memory that it wanted only for speed.
      EXPECT_EQ(af_error_code(error), status) << what;
      EXPECT_TRUE(status == AF_OK || (has_failed && status == AF_OUT_OF_MEMORY))
          << what << ", allocation " << n << ": " << af_error_message(error);
      af_error_free(error);
      expect_unharmed(what, n);
    } while (has_failed && n < 10000);
    EXPECT_FALSE(has_failed) << what;
    EXPECT_GT(n, 1) << what << " allocates nothing: nothing was tried";
  }

  void expect_unharmed(const char* what, int64_t n) {
    const int64_t start = 0, shape = 10;
    std::vector<int64_t> values(10);
    ASSERT_EQ(af_file_read(file_, "x", -1, &start, &shape, 1, nullptr, values.data(), 80, nullptr), AF_OK)
        << what << ", after allocation " << n;
    ASSERT_EQ(values, std::vector<int64_t>(10, 7)) << what << ", after allocation " << n;
  }

  af_file_options options_ = single_threaded();
  Schema numbers_ = std::move(Schema::of<int64_t>({10}).set_chunk_shape({4}));
  Schema texts_{AF_STRING, {2}};
  arrayformat::Value units_ =
      arrayformat::Value::text("a text that is too long to be kept inside a string object");
  af_store* store_ = nullptr;
  af_file* file_ = nullptr;
};

TEST_F(OutOfMemoryTest, MakingPlainResults) {
  starve("schema", [&](af_error** err) {
    const int64_t shape[] = {3};
    af_schema* schema = nullptr;
    const af_status status = af_schema_create(AF_INT8, shape, 1, &schema, err);
    EXPECT_EQ(schema == nullptr, status != AF_OK);
    af_schema_free(schema);
    return status;
  });
  starve("value", [&](af_error** err) {
    af_value* value = nullptr;
    const af_status status =
        af_value_create_text("a text that is too long to be kept inside a string object", -1, &value, err);
    EXPECT_EQ(value == nullptr, status != AF_OK);
    af_value_free(value);
    return status;
  });
}

TEST_F(OutOfMemoryTest, Opening) {
  starve("open", [&](af_error** err) {
    af_file* file = nullptr;
    const af_status status = af_file_open_in(store_, "f.af", -1, &options_, &file, err);
    EXPECT_EQ(file == nullptr, status != AF_OK);
    af_file_close(file);
    return status;
  });
  starve("create", [&](af_error** err) {
    af_file* file = nullptr;
    const af_status status = af_file_create_memory(&options_, &file, err);
    af_file_close(file);
    return status;
  });
}

TEST_F(OutOfMemoryTest, Asking) {
  starve("list", [&](af_error** err) {
    af_listing* listing = nullptr;
    const af_status status = af_file_list(file_, &listing, err);
    af_listing_free(listing);
    return status;
  });
  starve("stats", [&](af_error** err) {
    af_stats* stats = nullptr;
    const af_status status = af_file_stats_all(file_, &stats, err);
    af_stats_free(stats);
    return status;
  });
  starve("attributes", [&](af_error** err) {
    af_value_map* map = nullptr;
    const af_status status = af_file_attributes(file_, "x", -1, &map, err);
    af_value_map_free(map);
    return status;
  });
  starve("verify", [&](af_error** err) {
    af_report* report = nullptr;
    const af_status status = af_file_verify(file_, &report, err);
    af_report_free(report);
    return status;
  });
  starve("read_variable", [&](af_error** err) {
    af_values* values = nullptr;
    const af_status status = af_file_read_variable(file_, "s", -1, nullptr, nullptr, 0, &values, err);
    af_values_free(values);
    return status;
  });
}

TEST_F(OutOfMemoryTest, Changing) {
  starve("write", [&](af_error** err) { return write_numbers(err); });
  // Too long for memory that is at hand for short ones.
  std::string name(100000, 'a');
  starve("define", [&](af_error** err) {
    const af_status status = af_file_define(file_, name.c_str(), -1, numbers_.get(), err);
    if (status == AF_OK) name.back()++;
    return status;
  });
  starve("set_attribute", [&](af_error** err) {
    return af_file_set_attribute(file_, "x", -1, "comment", -1, units_.get(), err);
  });
  starve("remove_attribute", [&](af_error** err) {
    const af_status status = af_file_remove_attribute(file_, "x", -1, "units", -1, err);
    return unless(AF_ATTRIBUTE_NOT_FOUND, status, err);
  });
  starve("write_variable", [&](af_error** err) {
    const int64_t ends[] = {0, 4, 8};
    return af_file_write_variable(file_, "s", -1, nullptr, nullptr, 0, "warmcold", ends, 2, err);
  });
}

TEST_F(OutOfMemoryTest, Deleting) {
  starve("delete", [&](af_error** err) {
    return unless(AF_ARRAY_NOT_FOUND, af_file_delete(file_, "s", -1, err), err);
  });
}

TEST_F(OutOfMemoryTest, Resizing) {
  // Longer and back again: the chunks are cut anew each time.
  for (int64_t length : {15, 10}) {
    starve("resize", [&](af_error** err) { return af_file_resize(file_, "x", -1, &length, 1, err); });
  }
}

TEST_F(OutOfMemoryTest, Committing) {
  EXPECT_EQ(write_numbers(nullptr), AF_OK);
  starve("flush", [&](af_error** err) { return af_file_flush(file_, err); });
  starve("compact", [&](af_error** err) { return af_file_compact(file_, err); });
}

}  // namespace
