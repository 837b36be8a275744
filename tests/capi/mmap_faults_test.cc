// Mapped arrays on a system that fails: this program's own definitions of system calls stand before those of
// the C library, for libarrayformat.so too, and do what a test says.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <map>

#include "support/mmap_api.h"

namespace {

// What happens to the calls while it lives.
class Faults {
 public:
  Faults() { current = this; }
  ~Faults() { current = nullptr; }
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // The next `times` calls fail.
  void refuse(const std::string& call, int error, int times = 1000) { refusals_[call] = {error, times}; }
  // Reads and writes take no more bytes than this.
  size_t most_bytes = SIZE_MAX;
  // What happens just before a read.
  std::function<void()> on_read;
  // The calls that were let through.
  std::vector<std::string> trace;
  // What those that are about a range were told.
  struct Ranged {
    std::string call;
    intptr_t start;  // an address, or an offset in the file
    size_t length;
    int how;
  };
  std::vector<Ranged> ranges;

  // The errno to fail with; 0: let it through.
  int before(const std::string& call) {
    auto& [error, times] = refusals_[call];
    if (times > 0 && times-- > 0) return error;
    trace.push_back(call);
    return 0;
  }

  static inline Faults* current = nullptr;

 private:
  std::map<std::string, std::pair<int, int>> refusals_;
};

bool is_refused(const char* call) {
  const int error = Faults::current == nullptr ? 0 : Faults::current->before(call);
  if (error != 0) errno = error;
  return error != 0;
}

bool is_refused(const char* call, intptr_t start, size_t length, int how) {
  if (is_refused(call)) return true;
  if (Faults::current != nullptr) Faults::current->ranges.push_back({call, start, length, how});
  return false;
}

size_t cut(size_t size) {
  return Faults::current == nullptr ? size : std::min(size, Faults::current->most_bytes);
}

const char* sync_of(int fd) {
  struct stat file;
  return fstat(fd, &file) == 0 && S_ISDIR(file.st_mode) ? "sync folder" : "sync file";
}

}  // namespace

// Seen by the library, though the tests are compiled with hidden symbols.
#pragma GCC visibility push(default)
extern "C" {

ssize_t pread(int fd, void* bytes, size_t size, off_t offset) {
  if (is_refused("read")) return -1;
  if (Faults::current != nullptr && Faults::current->on_read) Faults::current->on_read();
  return syscall(SYS_pread64, fd, bytes, cut(size), offset);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return is_refused("write") ? -1 : syscall(SYS_pwrite64, fd, bytes, cut(size), offset);
}

#ifndef __SANITIZE_THREAD__
void* mmap(void* start, size_t length, int protection, int flags, int fd, off_t offset) noexcept {
  if (fd >= 0 && is_refused("map")) return MAP_FAILED;
  return reinterpret_cast<void*>(syscall(SYS_mmap, start, length, protection, flags, fd, offset));
}
#endif

int fsync(int fd) { return is_refused(sync_of(fd)) ? -1 : static_cast<int>(syscall(SYS_fsync, fd)); }

int posix_fallocate(int fd, off_t offset, off_t length) {
  return is_refused("reserve") ? errno : static_cast<int>(syscall(SYS_fallocate, fd, 0, offset, length));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return is_refused("rename")
             ? -1
             : static_cast<int>(syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int link(const char* from, const char* to) noexcept {
  return is_refused("link") ? -1 : static_cast<int>(syscall(SYS_link, from, to));
}

int msync(void* start, size_t length, int flags) {
  return is_refused("flush", reinterpret_cast<intptr_t>(start), length, flags)
             ? -1
             : static_cast<int>(syscall(SYS_msync, start, length, flags));
}

int sync_file_range(int fd, off64_t offset, off64_t length, unsigned flags) {
  return is_refused("begin to flush", offset, static_cast<size_t>(length), static_cast<int>(flags))
             ? -1
             : static_cast<int>(syscall(SYS_sync_file_range, fd, offset, length, flags));
}

int madvise(void* start, size_t length, int advice) noexcept {
  return is_refused("advise", reinterpret_cast<intptr_t>(start), length, advice)
             ? -1
             : static_cast<int>(syscall(SYS_madvise, start, length, advice));
}

int flock(int fd, int operation) noexcept {
  return is_refused("lock") ? -1 : static_cast<int>(syscall(SYS_flock, fd, operation));
}

}  // extern "C"
#pragma GCC visibility pop

namespace {

using mmap_api::Array;
using mmap_api::create;
using mmap_api::elements;
using mmap_api::ExpectOk;
using mmap_api::mutable_view_of;
using mmap_api::Numbers;
using mmap_api::open;
using mmap_api::View;
using mmap_api::view_of;
using mmap_files::counting;
using mmap_files::Folder;

class MmapFaults : public testing::Test {
 protected:
  af_status status_of_creating(const af_mmap_options& options = AF_MMAP_OPTIONS_INIT) {
    const auto values = counting<double>(1000);
    const Numbers shape{1000};
    af_mmap* array = nullptr;
    const af_status status = af_mmap_create(path_.c_str(), -1, AF_FLOAT64, shape.data(), 1, nullptr,
                                            values.data(), 8000, &options, &array, nullptr);
    af_mmap_close(array);
    return status;
  }

  Folder folder_;
  const std::string path_ = folder_ / "a.mmap";
};

using Calls = std::vector<std::string>;

TEST_F(MmapFaults, ElementsAreOnDiskBeforeTheFileAppears) {
  Faults faults;
  EXPECT_EQ(status_of_creating(), AF_OK);
  EXPECT_EQ(faults.trace, (Calls{"write", "write", "sync file", "rename", "sync folder"}));
}

TEST_F(MmapFaults, ScratchDataWaitsForNoDisk) {
  af_mmap_options scratch = AF_MMAP_OPTIONS_INIT;
  scratch.durability = AF_DURABILITY_NONE;
  Faults faults;
  EXPECT_EQ(status_of_creating(scratch), AF_OK);
  EXPECT_EQ(faults.trace, (Calls{"write", "write", "rename"}));
}

TEST_F(MmapFaults, AFailureOfAnyCallLeavesNothingBehind) {
  const std::pair<const char*, int> failures[] = {{"write", ENOSPC},    {"write", EIO},  {"sync file", EIO},
                                                  {"sync folder", EIO}, {"rename", EIO}, {"rename", EDQUOT},
                                                  {"reserve", ENOSPC}};
  af_mmap_options options = AF_MMAP_OPTIONS_INIT;
  options.reserve = 1;
  for (const auto& [call, error] : failures) {
    Faults faults;
    faults.refuse(call, error);
    EXPECT_EQ(status_of_creating(options), AF_IO) << call;
    EXPECT_EQ(folder_.names().size(), 0u) << call;
  }
}

TEST_F(MmapFaults, AFailureWhileReplacingKeepsOneOfTheTwo) {
  create<double>(path_, {1}, {5});
  af_mmap_options replacing = AF_MMAP_OPTIONS_INIT;
  replacing.replace = 1;
  {
    Faults faults;
    faults.refuse("sync file", EIO);
    EXPECT_EQ(status_of_creating(replacing), AF_IO);
  }
  EXPECT_EQ(elements<double>(open(path_)), std::vector<double>{5});
  {
    Faults faults;
    faults.refuse("sync folder", EIO);
    EXPECT_EQ(status_of_creating(replacing), AF_IO);
  }
  EXPECT_EQ(elements<double>(open(path_)), counting<double>(1000));
  EXPECT_EQ(folder_.names().size(), 1u);
}

TEST_F(MmapFaults, InterruptedAndShortWritesGoOn) {
  Faults faults;
  faults.refuse("write", EINTR, 3);
  faults.most_bytes = 77;
  EXPECT_EQ(status_of_creating(), AF_OK);
  EXPECT_EQ(elements<double>(open(path_)), counting<double>(1000));
}

TEST_F(MmapFaults, SignalsInterruptNothingForGood) {
  Faults faults;
  for (const char* call : {"reserve", "sync file", "sync folder"}) faults.refuse(call, EINTR, 3);
  af_mmap_options reserving = AF_MMAP_OPTIONS_INIT;
  reserving.reserve = 1;
  EXPECT_EQ(status_of_creating(reserving), AF_OK);
  const Array array = open(path_, AF_MMAP_READ_WRITE);
  faults.refuse("sync file", EINTR, 3);
  af_mmap_flush(array.get(), ExpectOk());
}

TEST_F(MmapFaults, WithoutRenameThatSparesALinkDoes) {
  for (int error : {EINVAL, ENOSYS}) {
    Folder folder;
    Faults faults;
    faults.refuse("rename", error);
    create<double>(folder / "a.mmap", {2}, {1, 2});
    EXPECT_EQ(folder.names(), std::set<std::string>{"a.mmap"});
    EXPECT_EQ(elements<double>(open(folder / "a.mmap")), (std::vector<double>{1, 2}));
  }
}

// Another program takes the name between the first look and the last step.
TEST_F(MmapFaults, AFileThatAppearsMeanwhileIsNotBuried) {
  for (const char* call : {"rename", "link"}) {
    Faults faults;
    faults.refuse("rename", std::string(call) == "link" ? EINVAL : EEXIST);
    faults.refuse("link", EEXIST);
    EXPECT_EQ(status_of_creating(), AF_ALREADY_EXISTS) << call;
    EXPECT_EQ(folder_.names().size(), 0u);
  }
}

TEST_F(MmapFaults, ADiskThatFailsFailsTheFlush) {
  const Array array = create<double>(path_, {1000}, counting<double>(1000));
  Faults faults;
  faults.refuse("sync file", EIO);
  EXPECT_EQ(af_mmap_flush(array.get(), nullptr), AF_IO);
  EXPECT_EQ(af_mmap_flush_range(array.get(), 0, 8, 1, nullptr), AF_IO);
  mutable_view_of(array);
  faults.refuse("flush", EIO);
  EXPECT_EQ(af_mmap_flush(array.get(), nullptr), AF_IO);
  EXPECT_EQ(af_mmap_flush_range(array.get(), 0, 8, 1, nullptr), AF_IO);
}

// 800 KB, of which 10 bytes in the middle are flushed.
TEST_F(MmapFaults, AFlushOfARangeIsOfItsPagesOnly) {
  const Array array = create<double>(path_, {100'000}, counting<double>(100'000));
  const View view = mutable_view_of(array);
  const auto first = reinterpret_cast<intptr_t>(af_mmap_view_data(view.get())) + 400'000;
  Faults faults;
  af_mmap_flush_range(array.get(), 400'000, 10, 1, ExpectOk());
  ASSERT_EQ(faults.ranges.size(), 1u);
  const auto& [call, start, length, how] = faults.ranges[0];
  EXPECT_EQ(call, "flush");
  EXPECT_EQ(how, MS_SYNC);
  EXPECT_LE(start, first);
  EXPECT_GE(start + static_cast<intptr_t>(length), first + 10);
  EXPECT_LE(length, 2u * static_cast<size_t>(sysconf(_SC_PAGESIZE)));
}

TEST_F(MmapFaults, AFlushThatDoesNotWaitHasTheWritingBegun) {
  const Array array = create<double>(path_, {100'000}, counting<double>(100'000));
  for (bool is_mapped : {false, true}) {
    View view;
    if (is_mapped) view = mutable_view_of(array);
    Faults faults;
    af_mmap_flush_range(array.get(), 400'000, 10, 0, ExpectOk());
    ASSERT_FALSE(faults.ranges.empty()) << "mapped: " << is_mapped;
    const Faults::Ranged& last = faults.ranges.back();
    EXPECT_EQ(last.call, "begin to flush");
    EXPECT_EQ(last.start, 64 + 400'000);
    EXPECT_EQ(last.length, 10u);
    EXPECT_EQ(last.how, SYNC_FILE_RANGE_WRITE);
    for (const Faults::Ranged& range : faults.ranges) EXPECT_NE(range.how, MS_SYNC);
    faults.refuse("begin to flush", EIO);
    EXPECT_EQ(af_mmap_flush_range(array.get(), 400'000, 10, 0, nullptr), AF_IO);
  }
}

TEST_F(MmapFaults, AdviceReachesTheSystem) {
  const std::pair<int32_t, int> advices[] = {{AF_ADVICE_NORMAL, MADV_NORMAL},
                                             {AF_ADVICE_SEQUENTIAL, MADV_SEQUENTIAL},
                                             {AF_ADVICE_RANDOM, MADV_RANDOM},
                                             {AF_ADVICE_WILL_NEED, MADV_WILLNEED},
                                             {AF_ADVICE_DONT_NEED, MADV_DONTNEED}};
  create<double>(path_, {100'000}, counting<double>(100'000));
  for (int32_t mode : {AF_MMAP_READ_ONLY, AF_MMAP_READ_WRITE, AF_MMAP_COPY_ON_WRITE}) {
    const Array array = open(path_, mode);
    const View view = view_of(array);
    const auto first = reinterpret_cast<intptr_t>(af_mmap_view_data(view.get())) + 400'000;
    for (const auto& [advice, expected] : advices) {
      Faults faults;
      af_mmap_advise(array.get(), advice, 400'000, 10, ExpectOk());
      if (advice == AF_ADVICE_DONT_NEED && mode == AF_MMAP_COPY_ON_WRITE) {
        EXPECT_EQ(faults.ranges.size(), 0u) << "it would drop what was written";
        continue;
      }
      ASSERT_EQ(faults.ranges.size(), 1u);
      EXPECT_EQ(faults.ranges[0].how, expected);
      EXPECT_LE(faults.ranges[0].start, first);
      EXPECT_GE(faults.ranges[0].start + static_cast<intptr_t>(faults.ranges[0].length), first + 10);
      faults.refuse("advise", EIO);
      EXPECT_EQ(af_mmap_advise(array.get(), advice, 400'000, 10, nullptr), AF_IO);
    }
  }
}

// Elements that come from a stack are put into the mapping, where a full disk would end the process.
TEST_F(MmapFaults, AFullDiskFailsTheCopyFromAStack) {
  const Numbers shape{1000};
  af_file* stack = nullptr;
  af_schema* schema = nullptr;
  af_file_create_memory(nullptr, &stack, ExpectOk());
  af_schema_create(AF_FLOAT64, shape.data(), 1, &schema, ExpectOk());
  af_file_define(stack, "a", -1, schema, ExpectOk());
  Faults faults;
  faults.refuse("reserve", ENOSPC);
  af_mmap* array = nullptr;
  EXPECT_EQ(af_mmap_create_from_file(path_.c_str(), -1, stack, "a", -1, nullptr, &array, nullptr), AF_IO);
  EXPECT_EQ(array, nullptr);
  EXPECT_EQ(folder_.names().size(), 0u);
  af_schema_free(schema);
  af_file_close(stack);
}

TEST_F(MmapFaults, AFullDiskFailsTheWriteOfADenseRegion) {
  const Numbers shape{1000};
  const auto values = counting<double>(1000);
  af_mmap* zeros = nullptr;
  af_mmap_create_zeros(path_.c_str(), -1, AF_FLOAT64, shape.data(), 1, nullptr, &zeros, ExpectOk());
  const Array array(zeros);
  Faults faults;
  faults.refuse("write", ENOSPC);
  EXPECT_EQ(af_mmap_write(array.get(), nullptr, nullptr, 0, nullptr, values.data(), 8000, nullptr), AF_IO);
}

TEST_F(MmapFaults, ReadsGoOnWhereTheyWereCutShort) {
  const Array array = create<double>(path_, {1000}, counting<double>(1000));
  std::vector<double> values(1000);
  Faults faults;
  faults.most_bytes = 77;
  faults.refuse("read", EINTR, 3);
  af_mmap_read(array.get(), nullptr, nullptr, 0, nullptr, values.data(), 8000, ExpectOk());
  EXPECT_EQ(values, counting<double>(1000));
  faults.refuse("read", EIO);
  EXPECT_EQ(af_mmap_read(array.get(), nullptr, nullptr, 0, nullptr, values.data(), 8000, nullptr), AF_IO);
}

// The file shrinks between the look at its length and the read.
TEST_F(MmapFaults, AFileCutShortDuringAReadIsNoAccident) {
  const Array array = create<double>(path_, {1000}, counting<double>(1000));
  std::vector<double> values(1000);
  Faults faults;
  faults.on_read = [&] { std::filesystem::resize_file(path_, 500); };
  EXPECT_EQ(af_mmap_read(array.get(), nullptr, nullptr, 0, nullptr, values.data(), 8000, nullptr),
            AF_CORRUPT);
}

TEST_F(MmapFaults, MemoryThatCannotBeMappedIsSaidByTheView) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer needs the mmap that this test would stand before";
#endif
  const Array array = create<double>(path_, {1000}, counting<double>(1000));
  af_mmap_view* view = nullptr;
  Faults faults;
  faults.refuse("map", ENOMEM);
  EXPECT_EQ(af_mmap_get_view(array.get(), &view, nullptr), AF_OUT_OF_MEMORY);
  faults.refuse("map", ENODEV);
  EXPECT_EQ(af_mmap_get_view(array.get(), &view, nullptr), AF_IO);
  std::vector<double> values(1000);
  af_mmap_read(array.get(), nullptr, nullptr, 0, nullptr, values.data(), 8000, ExpectOk());
  EXPECT_EQ(values, counting<double>(1000)) << "needs no mapping";
}

TEST_F(MmapFaults, ALockThatCannotBeHadIsSaid) {
  create<double>(path_, {1}, {1});
  af_mmap_options locking = AF_MMAP_OPTIONS_INIT;
  locking.lock = 1;
  Faults faults;
  faults.refuse("lock", ENOLCK);
  af_mmap* array = nullptr;
  EXPECT_EQ(af_mmap_open(path_.c_str(), -1, &locking, &array, nullptr), AF_IO);
}

}  // namespace
