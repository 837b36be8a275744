// Two copies of the library in one process, as when two packages each bring their own: neither knows of the
// other, and they write to one file.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

#include "arrayformat/arrayformat.hpp"
#include "support/temp_folder.h"

namespace {

using arrayformat::Schema;

// The functions that are used here, as one of the copies has them.
struct Copy {
  explicit Copy(void* library) {
    find(library, "af_file_open", &open);
    find(library, "af_file_close", &close);
    find(library, "af_file_read", &read);
    find(library, "af_file_write", &write);
    find(library, "af_file_flush", &flush);
    find(library, "af_file_compact", &compact);
    find(library, "af_file_refresh", &refresh);
    find(library, "af_error_message", &message);
    find(library, "af_error_free", &error_free);
  }

  decltype(&af_file_open) open = nullptr;
  decltype(&af_file_close) close = nullptr;
  decltype(&af_file_read) read = nullptr;
  decltype(&af_file_write) write = nullptr;
  decltype(&af_file_flush) flush = nullptr;
  decltype(&af_file_compact) compact = nullptr;
  decltype(&af_file_refresh) refresh = nullptr;
  decltype(&af_error_message) message = nullptr;
  decltype(&af_error_free) error_free = nullptr;

 private:
  template <typename Function>
  static void find(void* library, const char* name, Function* function) {
    *function = reinterpret_cast<Function>(dlsym(library, name));
    EXPECT_NE(*function, nullptr) << name;
  }
};

// The library that this program is linked with, and a copy of its file.
class TwoCopies : public testing::Test {
 protected:
  TwoCopies() {
    Dl_info here{};
    EXPECT_NE(dladdr(reinterpret_cast<void*>(&af_version), &here), 0);
    const std::string copy = folder_ / "libanother.so";
    std::filesystem::copy_file(here.dli_fname, copy);
    linked_ = dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    copied_ = dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(linked_, nullptr) << dlerror();
    EXPECT_NE(copied_, nullptr) << dlerror();
    EXPECT_NE(dlsym(copied_, "af_version"), dlsym(linked_, "af_version"));
  }
  ~TwoCopies() override {
    if (copied_) dlclose(copied_);
    dlclose(linked_);
  }

  void create_counter() const {
    arrayformat::File file = arrayformat::File::create(path_);
    file.define("counter", Schema::of<int64_t>({}));
    file.write("counter", std::vector<int64_t>{0});
    file.flush();
  }

  // Adds one to the counter, so many times, and compacts now and then; whoever is told that somebody else was
  // faster tries again.
  void count(const Copy& library, int times) const {
    af_file* file = open(library);
    for (int done = 0; done < times;) {
      ASSERT_EQ(library.refresh(file, nullptr, nullptr), AF_OK);
      const int64_t next = number(library, file) + 1;
      ASSERT_EQ(library.write(file, "counter", -1, nullptr, nullptr, 0, nullptr, &next, sizeof next, nullptr),
                AF_OK);
      const bool counted = took_place(library, library.flush, file);
      done += counted;
      if (counted && done % 10 == 0) took_place(library, library.compact, file);
    }
    library.close(file);
  }

  af_file* open(const Copy& library) const {
    af_file_options options = AF_FILE_OPTIONS_INIT;
    options.writable = 1;
    options.threads = 2;
    options.durability = AF_DURABILITY_NONE;
    af_file* file = nullptr;
    EXPECT_EQ(library.open(path_.c_str(), -1, &options, &file, nullptr), AF_OK);
    return file;
  }

  static bool took_place(const Copy& library, af_status (*commit)(af_file*, af_error**), af_file* file) {
    af_error* error = nullptr;
    const af_status status = commit(file, &error);
    EXPECT_TRUE(status == AF_OK || status == AF_CONFLICT) << library.message(error);
    library.error_free(error);
    return status == AF_OK;
  }

  static int64_t number(const Copy& library, const af_file* file) {
    int64_t number = -1;
    EXPECT_EQ(
        library.read(file, "counter", -1, nullptr, nullptr, 0, nullptr, &number, sizeof number, nullptr),
        AF_OK);
    return number;
  }

  const af::TempFolder folder_;
  const std::string path_ = folder_ / "f.af";
  void* linked_ = nullptr;
  void* copied_ = nullptr;
};

TEST_F(TwoCopies, WriteToOneFileWithoutLosingAnything) {
  create_counter();
  const Copy one(linked_), other(copied_);
  std::thread rival([&] { count(other, 100); });
  count(one, 100);
  rival.join();
  for (const Copy& library : {one, other}) {
    af_file* file = open(library);
    EXPECT_EQ(number(library, file), 200);
    library.close(file);
  }
}

TEST_F(TwoCopies, DoNotTakeEachOthersHandles) {
  create_counter();
  const Copy one(linked_), other(copied_);
  af_file* file = open(one);
  EXPECT_EQ(other.flush(file, nullptr), AF_INVALID_ARGUMENT);
  other.close(file);
  EXPECT_EQ(one.flush(file, nullptr), AF_OK);
  one.close(file);
}

TEST_F(TwoCopies, LeaveNothingBehindThatIsCalledWhenOneIsUnloaded) {
  create_counter();
  const Copy other(copied_);
  af_file* file = open(other);
  EXPECT_EQ(number(other, file), 0);
  other.close(file);
  ASSERT_EQ(dlclose(copied_), 0);
  copied_ = nullptr;
  const pid_t child = fork();
  if (child == 0) _exit(0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  std::thread([] {}).join();
}

}  // namespace
