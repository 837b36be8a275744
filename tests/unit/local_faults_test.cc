// System calls that are interrupted, cut short, refused or not there: this program's own definitions stand
// before those of the C library and do, where a test says so, something else.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>

#include "store/store.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

namespace af {
namespace {

// What happens to the calls while it lives.
class Faults {
 public:
  Faults() { current = this; }
  ~Faults() { current = nullptr; }
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // The next `times` calls fail.
  void refuse(const std::string& call, int error, int times = 1000000) { refusals_[call] = {error, times}; }
  // Each call is interrupted so often before it is let through.
  int interruptions = 0;
  // Reads and writes take no more bytes than this.
  size_t most_bytes = SIZE_MAX;
  // The link is made, and answered as if its name had been taken.
  bool lose_answer_of_link = false;
  // The calls that were let through.
  std::vector<std::string> trace;

  // The errno to fail with; 0: let it through.
  int before(const std::string& call) {
    if (interrupted_ < interruptions) {
      interrupted_++;
      return EINTR;
    }
    interrupted_ = 0;
    auto found = refusals_.find(call);
    if (found != refusals_.end() && found->second.second > 0) {
      found->second.second--;
      return found->second.first;
    }
    trace.push_back(call);
    return 0;
  }

  static inline Faults* current = nullptr;

 private:
  std::map<std::string, std::pair<int, int>> refusals_;
  int interrupted_ = 0;
};

bool is_refused(const char* call) {
  int error = Faults::current ? Faults::current->before(call) : 0;
  if (error != 0) errno = error;
  return error != 0;
}

size_t cut(size_t size) { return Faults::current ? std::min(size, Faults::current->most_bytes) : size; }

const char* kind_of(int fd) {
  struct stat file;
  return fstat(fd, &file) == 0 && S_ISDIR(file.st_mode) ? "sync folder" : "sync file";
}

}  // namespace
}  // namespace af

extern "C" {

ssize_t preadv(int fd, const struct iovec* parts, int count, off_t offset) {
  if (af::is_refused("read")) return -1;
  struct iovec first = {parts->iov_base, af::cut(parts->iov_len)};
  bool whole = first.iov_len == parts->iov_len;
  return syscall(SYS_preadv, fd, whole ? parts : &first, whole ? count : 1, offset, 0);
}

ssize_t pwrite(int fd, const void* from, size_t size, off_t offset) {
  if (af::is_refused("write")) return -1;
  return syscall(SYS_pwrite64, fd, from, af::cut(size), offset);
}

int fsync(int fd) { return af::is_refused(af::kind_of(fd)) ? -1 : static_cast<int>(syscall(SYS_fsync, fd)); }

int link(const char* from, const char* to) noexcept {
  if (af::is_refused("link")) return -1;
  int answer = static_cast<int>(syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
  if (!af::Faults::current || !af::Faults::current->lose_answer_of_link) return answer;
  errno = EEXIST;
  return -1;
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  if (af::is_refused(flags == RENAME_EXCHANGE ? "exchange" : "rename if free")) return -1;
  return static_cast<int>(syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int rename(const char* from, const char* to) noexcept {
  if (af::is_refused("rename over")) return -1;
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int ftruncate(int fd, off_t size) noexcept {
  if (af::is_refused("truncate")) return -1;
  return static_cast<int>(syscall(SYS_ftruncate, fd, size));
}

int unlink(const char* path) noexcept {
  if (af::is_refused("remove")) return -1;
  return static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int flock(int fd, int operation) noexcept {
  if (af::is_refused("lock")) return -1;
  return static_cast<int>(syscall(SYS_flock, fd, operation));
}

}  // extern "C"

namespace af {
namespace {

using Names = std::set<std::string>;
using Trace = std::vector<std::string>;

class LocalFaultsTest : public testing::Test {
 protected:
  std::optional<std::string> put(const std::string& key, const std::string& text,
                                 const Condition& condition = Condition::always()) {
    return store_->put(key, as_bytes(text), condition);
  }
  std::string text_at(const std::string& key) {
    std::unique_ptr<Object> object = store_->open(key);
    std::string text(static_cast<size_t>(object->info().size), '?');
    object->read(0, {reinterpret_cast<std::byte*>(text.data()), text.size()});
    return text;
  }
  // An upload that has written 300,000 bytes and holds some back.
  std::unique_ptr<Upload> started_upload() {
    std::unique_ptr<Upload> upload = store_->start_upload("x");
    upload->append(as_bytes(body_.substr(0, 300000)));
    upload->append(as_bytes(body_.substr(300000)));
    return upload;
  }
  Trace trace_of(const std::function<void()>& action) {
    Faults faults;
    action();
    return faults.trace;
  }

  TempFolder folder_;
  std::shared_ptr<ObjectStore> store_ = open_local_store(folder_.path(), Durability::kFull);
  std::shared_ptr<ObjectStore> scratch_ = open_local_store(folder_.path(), Durability::kNone);
  std::string body_ = std::string(300000, 'a') + std::string(1000, 'b');
};

TEST_F(LocalFaultsTest, SignalsInterruptNothing) {
  Faults faults;
  faults.interruptions = 3;
  put("x", "text");
  put("x", "other", Condition::if_match(store_->stat("x")->version));
  EXPECT_TRUE(started_upload()->finish("y", as_bytes("tail"), Condition::if_absent()));
  EXPECT_EQ(text_at("x"), "other");
  EXPECT_TRUE(store_->rename("x", "z"));
  EXPECT_TRUE(store_->remove("z"));
  store_->lock("x.lock").reset();
  EXPECT_EQ(text_at("y"), body_ + "tail");
  EXPECT_EQ(folder_.names(), Names{"y"});
}

TEST_F(LocalFaultsTest, ShortReadsAndWritesAreCarriedOn) {
  Faults faults;
  faults.most_bytes = 999;
  std::unique_ptr<Upload> upload = started_upload();
  std::string back(2000, '?');
  upload->read(299000, {reinterpret_cast<std::byte*>(back.data()), back.size()});
  EXPECT_EQ(back, std::string(1000, 'a') + std::string(1000, 'b'));
  EXPECT_TRUE(upload->finish("x", as_bytes("tail"), Condition::if_absent()));
  EXPECT_EQ(text_at("x"), body_ + "tail");
  std::string one(5000, '?'), other(3000, '?');
  faults.most_bytes = 7;
  store_->open("x")->read_many({{298000, {reinterpret_cast<std::byte*>(other.data()), other.size()}},
                                {290000, {reinterpret_cast<std::byte*>(one.data()), one.size()}}});
  EXPECT_EQ(one, body_.substr(290000, 5000));
  EXPECT_EQ(other, body_.substr(298000, 3000));
}

TEST_F(LocalFaultsTest, AFileIsOnDiskBeforeItsNameAndItsNameBeforeTheAnswer) {
  EXPECT_EQ(trace_of([&] { put("x", "text", Condition::if_absent()); }),
            (Trace{"lock", "write", "truncate", "sync file", "link", "remove", "sync folder"}));
  EXPECT_EQ(trace_of([&] { put("x", "text"); }),
            (Trace{"lock", "write", "truncate", "sync file", "exchange", "sync folder", "remove"}));
  EXPECT_EQ(trace_of([&] { store_->rename("x", "y"); }), (Trace{"rename if free", "sync folder"}));
  EXPECT_EQ(trace_of([&] { store_->remove("y"); }), (Trace{"remove", "sync folder"}));
}

TEST_F(LocalFaultsTest, ARenameBetweenFoldersSyncsBoth) {
  std::filesystem::create_directory(folder_ / "a");
  put("x", "text");
  EXPECT_EQ(trace_of([&] { store_->rename("x", "a/x"); }),
            (Trace{"rename if free", "sync folder", "sync folder"}));
}

TEST_F(LocalFaultsTest, ScratchDataWaitsForNoDisk) {
  Trace trace = trace_of([&] {
    scratch_->put("x", {}, Condition::if_absent());
    scratch_->put("x", {}, Condition::always());
    scratch_->start_upload("y")->finish("y", ByteView(), Condition::if_absent());
    scratch_->rename("x", "z");
    scratch_->remove("z");
  });
  for (const std::string& call : trace) EXPECT_FALSE(call.starts_with("sync")) << call;
  EXPECT_FALSE(trace.empty());
}

TEST_F(LocalFaultsTest, NeighboursAreReadAtOnce) {
  put("x", body_);
  std::unique_ptr<Object> object = store_->open("x");
  std::vector<std::byte> memory(40);
  auto part = [&](int i) { return MutableBytes(memory).subspan(static_cast<size_t>(i) * 10, 10); };
  EXPECT_EQ(trace_of([&] {
              object->read_many({{16410, part(0)}, {0, part(1)}, {16394, part(2)}, {100000, part(3)}});
            }),
            (Trace{"read", "read"}));
}

TEST_F(LocalFaultsTest, WithoutLinksANameIsTakenByARenameThatReplacesNothing) {
  for (int error : {EPERM, EOPNOTSUPP, ENOSYS, EMLINK}) {
    Faults faults;
    faults.refuse("link", error);
    EXPECT_TRUE(put("x", "first", Condition::if_absent()));
    EXPECT_FALSE(put("x", "second", Condition::if_absent()));
    EXPECT_EQ(text_at("x"), "first");
    EXPECT_EQ(folder_.names(), Names{"x"});
    store_->remove("x");
  }
}

TEST_F(LocalFaultsTest, WithoutARenameThatReplacesNothingALinkDoes) {
  for (int error : {EINVAL, ENOSYS}) {
    put("x", "text");
    put("taken", "other");
    Faults faults;
    faults.refuse("rename if free", error);
    EXPECT_FALSE(store_->rename("x", "taken"));
    EXPECT_TRUE(store_->rename("x", "y"));
    EXPECT_EQ(faults.trace, (Trace{"link", "link", "remove", "sync folder"}));
    EXPECT_EQ(text_at("y"), "text");
    EXPECT_EQ(folder_.names(), (Names{"y", "taken"}));
    store_->remove("y");
  }
}

TEST_F(LocalFaultsTest, WithoutEitherNothingIsWritten) {
  put("old", "text");
  Faults faults;
  faults.refuse("link", EPERM);
  faults.refuse("rename if free", EINVAL);
  expect_error(
      Status::kUnsupported, [&] { put("x", "text", Condition::if_absent()); }, "neither link nor rename");
  expect_error(
      Status::kUnsupported, [&] { store_->rename("old", "x"); }, "neither link nor rename");
  EXPECT_EQ(folder_.names(), Names{"old"});
}

TEST_F(LocalFaultsTest, ALinkThatIsForbiddenForAnotherReasonSaysIt) {
  Faults faults;
  faults.refuse("link", EPERM);
  faults.refuse("rename if free", EPERM);
  expect_error(
      Status::kPermissionDenied, [&] { put("x", "text", Condition::if_absent()); }, "rename");
  faults.refuse("link", EDQUOT);
  expect_error(
      Status::kIo, [&] { put("x", "text", Condition::if_absent()); }, "link");
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(LocalFaultsTest, ALinkWhoseAnswerWasLostCounts) {
  Faults faults;
  faults.lose_answer_of_link = true;
  EXPECT_TRUE(put("x", "text", Condition::if_absent()));
  EXPECT_FALSE(put("x", "other", Condition::if_absent()));
  EXPECT_EQ(text_at("x"), "text");
  EXPECT_EQ(folder_.names(), Names{"x"});
}

TEST_F(LocalFaultsTest, WhatCannotBeSyncedIsNotThereAndMayBeTriedAgain) {
  for (const char* call : {"sync file", "sync folder"}) {
    std::unique_ptr<Upload> upload = started_upload();
    Faults faults;
    faults.refuse(call, EIO, 1);
    expect_error(
        Status::kIo, [&] { upload->finish("x", as_bytes("tail"), Condition::if_absent()); }, "sync");
    EXPECT_FALSE(store_->stat("x"));
    EXPECT_EQ(folder_.names().size(), 1u);
    EXPECT_TRUE(upload->finish("x", as_bytes("tail"), Condition::if_absent()));
    EXPECT_EQ(text_at("x"), body_ + "tail");
    EXPECT_EQ(folder_.names(), Names{"x"});
    store_->remove("x");
  }
}

TEST_F(LocalFaultsTest, AReplacementThatCannotBeSyncedIsTakenBack) {
  put("x", "old");
  std::unique_ptr<Upload> upload = started_upload();
  Faults faults;
  faults.refuse("sync folder", EIO, 1);
  expect_error(
      Status::kIo, [&] { upload->finish("x", as_bytes("tail"), Condition::always()); }, "sync");
  EXPECT_EQ(text_at("x"), "old");
  EXPECT_TRUE(upload->finish("x", as_bytes("other"), Condition::always()));
  EXPECT_TRUE(text_at("x") == body_ + "other");
  EXPECT_EQ(folder_.names(), Names{"x"});
}

TEST_F(LocalFaultsTest, AReplacementThatCannotBeSyncedIsNotWrittenIntoAgain) {
  put("x", "old");
  std::unique_ptr<Upload> upload = started_upload();
  Faults faults;
  faults.refuse("exchange", EINVAL);
  faults.refuse("sync folder", EIO, 1);
  expect_error(
      Status::kIo, [&] { upload->finish("x", as_bytes("tail"), Condition::always()); }, "sync");
  expect_error(Status::kInternal, [&] { upload->finish("x", as_bytes("other"), Condition::always()); });
  upload.reset();
  EXPECT_TRUE(text_at("x") == body_ + "tail");
  EXPECT_EQ(folder_.names(), Names{"x"});
}

TEST_F(LocalFaultsTest, AFolderThatCannotBeSyncedBecauseItNeedNotIsFine) {
  Faults faults;
  faults.refuse("sync folder", EINVAL);
  EXPECT_TRUE(put("x", "text", Condition::if_absent()));
  EXPECT_TRUE(store_->remove("x"));
}

TEST_F(LocalFaultsTest, AFullDiskTakesNothingAwayFromTheUpload) {
  std::unique_ptr<Upload> upload = started_upload();
  Faults faults;
  for (size_t size : {100000, 300000}) {
    uint64_t before = upload->size();
    faults.refuse("write", ENOSPC, 1);
    expect_error(
        Status::kIo, [&] { upload->append(as_bytes(std::string(300000, 'c'))); }, "No space left");
    EXPECT_EQ(upload->size(), before);
    upload->append(as_bytes(std::string(size, 'd')));
  }
  faults.refuse("write", ENOSPC, 1);
  expect_error(Status::kIo, [&] { upload->finish("x", as_bytes("tail"), Condition::always()); });
  EXPECT_TRUE(upload->finish("x", as_bytes("tail"), Condition::always()));
  EXPECT_EQ(text_at("x"), body_ + std::string(400000, 'd') + "tail");
}

TEST_F(LocalFaultsTest, AFailedReadSaysWhere) {
  put("x", "text");
  Faults faults;
  faults.refuse("read", EIO);
  expect_error(
      Status::kIo, [&] { text_at("x"); }, "read '" + (folder_ / "x") + "' at offset 0: Input/output error");
}

TEST_F(LocalFaultsTest, WithoutLocksThereIsNone) {
  for (int error : {EOPNOTSUPP, ENOSYS}) {
    Faults faults;
    faults.refuse("lock", error);
    EXPECT_EQ(store_->lock("x.lock"), nullptr);
    EXPECT_EQ(folder_.names(), Names{});
  }
  Faults faults;
  faults.refuse("lock", ENOLCK);
  expect_error(
      Status::kIo, [&] { store_->lock("x.lock"); }, "x.lock");
}

}  // namespace
}  // namespace af
