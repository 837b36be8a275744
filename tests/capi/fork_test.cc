// fork() while a file is open, changed, and its threads are at work.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "arrayformat/arrayformat.hpp"
#include "support/temp_folder.h"

namespace {

using arrayformat::File;
using arrayformat::Schema;

constexpr int64_t kLength = 4096;

// Ends as programs do.
[[noreturn]] void end_child(bool all_right) { std::exit(all_right ? 0 : 1); }

std::vector<int64_t> filled_with(int64_t number) { return std::vector<int64_t>(kLength, number); }

class Fork : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the sanitizers' own runtimes do not survive a fork beside a busy thread";
#endif
  }
  Fork() {
    File file = File::create(path_, options());
    for (const char* name : {"parent's", "child's"})
      file.define(name, Schema::of<int64_t>({kLength}).set_chunk_shape({64}));
    file.flush();
  }

  // So small a buffer that changes lie in a temporary file before they are committed.
  static af_file_options options() {
    af_file_options options = AF_FILE_OPTIONS_INIT;
    options.writable = 1;
    options.threads = 4;
    options.durability = AF_DURABILITY_NONE;
    options.block_size = 4096;
    options.write_buffer_size = 4096;
    return options;
  }
  File open() const { return File::open(path_, options()); }

  // Runs `body` in a child, and answers whether all was right there.
  template <typename Body>
  static bool in_a_child(const Body& body) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      end_child(body());
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  static std::vector<int64_t> values(const File& file, const char* name) { return file.read<int64_t>(name); }

  // Each call of the parent's handle answers the same.
  static bool is_the_parents(af_file* file) {
    int64_t number = 0;
    uint8_t flag = 0;
    return af_file_read(file, "parent's", -1, nullptr, nullptr, 0, nullptr, &number, 8, nullptr) ==
               AF_FORKED &&
           af_file_write(file, "parent's", -1, nullptr, nullptr, 0, nullptr, &number, 8, nullptr) ==
               AF_FORKED &&
           af_file_flush(file, nullptr) == AF_FORKED && af_file_compact(file, nullptr) == AF_FORKED &&
           af_file_refresh(file, &flag, nullptr) == AF_FORKED &&
           af_file_is_dirty(file, &flag, nullptr) == AF_FORKED;
  }

  const af::TempFolder folder_;
  const std::string path_ = folder_ / "f.af";
};

TEST_F(Fork, LeavesTheParentsChangesToTheParent) {
  File file = open();
  file.write("parent's", filled_with(1));
  ASSERT_GT(folder_.names().size(), 2u) << "no change is in a temporary file, so none could be removed";
  EXPECT_TRUE(in_a_child([&] { return is_the_parents(file.get()); }));
  EXPECT_TRUE(in_a_child([&] {
    af_file_close(file.get());
    return true;
  }));
  file.flush();
  EXPECT_EQ(values(open(), "parent's"), filled_with(1));
}

TEST_F(Fork, LetsBothGoOnWithHandlesOfTheirOwn) {
  File file = open();
  file.write("parent's", filled_with(1));
  EXPECT_TRUE(in_a_child([&] {
    File own = open();
    own.write("child's", filled_with(2));
    own.flush();
    own.compact();
    return values(own, "child's") == filled_with(2);
  }));
  file.flush();
  EXPECT_EQ(values(file, "child's"), filled_with(2));
  file.write("parent's", filled_with(3));
  file.flush();
  file.compact();
  const File anew = open();
  EXPECT_EQ(values(anew, "parent's"), filled_with(3));
  EXPECT_EQ(values(anew, "child's"), filled_with(2));
}

TEST_F(Fork, OfBothSidesWritingAtTheSameTimeLosesNothing) {
  File file = open();
  const auto write_and_flush = [](File& own, const char* name) {
    for (int64_t i = 1; i <= 20; i++) {
      own.write(name, filled_with(i));
      own.flush();
    }
    return true;
  };
  write_and_flush(file, "parent's");
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    File own = open();
    end_child(write_and_flush(own, "child's"));
  }
  write_and_flush(file, "parent's");
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  const File anew = open();
  EXPECT_EQ(values(anew, "parent's"), filled_with(20));
  EXPECT_EQ(values(anew, "child's"), filled_with(20));
}

}  // namespace
