// Writers in processes of their own, who commit to one stack at the same time.
#include <sys/wait.h>

#include "file/story.h"
#include "stores/remote_place.h"

namespace af {
namespace {

constexpr int kWriters = 8;

// A tenth of it by default: the whole takes minutes.
int commits() {
  const char* whole = std::getenv("AF_TEST_WHOLE_RACE");
  return whole && *whole ? 100 : 10;
}
const int kCommits = commits();

// Exits with the number of commits that failed.
[[noreturn]] void write_all(const std::string& url, int writer) {
  int failed = 0;
  try {
    FileOptions options;
    options.writable = true;
    options.threads = 1;
    Stack stack(ArrayFile::open(open_store_url(url, ""), "x.af", options));
    std::string name = "of writer " + std::to_string(writer);
    for (int64_t i = 0; i < kCommits; i++) {
      stack.write<int64_t>(name, {i}, {1}, {i * 100 + writer});
      stack->flush();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "writer %d: %s\n", writer, error.what());
    failed = 1;
  }
  std::_Exit(failed);
}

TEST(S3Race, NoCommitOfEightProcessesIsLostOrDoubled) {
  std::string url = new_remote_url();
  std::vector<pid_t> writers;
  for (int writer = 0; writer < kWriters; writer++) {
    if (writer == 0) {
      Stack stack(ArrayFile::create(open_store_url(url, ""), "x.af", {}));
      for (int i = 0; i < kWriters; i++)
        stack.define<int64_t>("of writer " + std::to_string(i), {kCommits}, {1});
      stack->flush();
    }
    pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_all(url, writer);
    writers.push_back(child);
  }
  for (pid_t writer : writers) {
    int status = 0;
    ASSERT_EQ(::waitpid(writer, &status, 0), writer);
    EXPECT_EQ(status, 0);
  }
  Stack stack(ArrayFile::open(open_store_url(url, ""), "x.af", {}));
  EXPECT_EQ(stack->layer_count(), 2 + kWriters * kCommits);
  for (int64_t writer = 0; writer < kWriters; writer++) {
    std::vector<int64_t> expected(kCommits);
    for (int64_t i = 0; i < kCommits; i++) expected[static_cast<size_t>(i)] = i * 100 + writer;
    EXPECT_EQ(stack.read<int64_t>("of writer " + std::to_string(writer)), expected);
  }
  EXPECT_EQ(stack.problems(), Texts{});
}

}  // namespace
}  // namespace af
