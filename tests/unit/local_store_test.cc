// What only a store in a folder can get wrong: names, temporary files, links, processes.
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/store.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

namespace af {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

std::shared_ptr<ObjectStore> open_store(const std::string& folder) {
  return open_local_store(folder, Durability::kFull);
}

std::string text_in(const Object& object) {
  std::string text(static_cast<size_t>(object.info().size), '?');
  object.read(0, {reinterpret_cast<std::byte*>(text.data()), text.size()});
  return text;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

mode_t access_of(const std::string& path) {
  struct stat file;
  EXPECT_EQ(stat(path.c_str(), &file), 0) << path;
  return file.st_mode & 0777;
}

// Another process, forked from this one, that runs `action` and tells by its exit status whether all was as
// expected.
class Child {
 public:
  template <typename Action>
  explicit Child(const Action& action) : pid_(fork()) {
    if (pid_ != 0) return;
    action();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  ~Child() {
    if (pid_ > 0) wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void expect_success() { EXPECT_EQ(wait(), 0) << "the child found something wrong"; }
  void kill_at_once() {
    kill(pid_, SIGKILL);
    wait();
  }
  int wait() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
};

// A way for a child to say that it has come somewhere.
class Signal {
 public:
  Signal() { EXPECT_EQ(pipe(ends_), 0); }
  ~Signal() {
    close(ends_[0]);
    close(ends_[1]);
  }
  void give() { EXPECT_EQ(write(ends_[1], "!", 1), 1); }
  void await() {
    char byte;
    EXPECT_EQ(read(ends_[0], &byte, 1), 1);
  }
  bool comes_within(std::chrono::milliseconds time) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends_[0], &set);
    struct timeval patience = {0, static_cast<suseconds_t>(time.count() * 1000)};
    return select(ends_[0] + 1, &set, nullptr, nullptr, &patience) == 1;
  }

 private:
  int ends_[2];
};

// For a child: root may read and write everything, which would make tests of access rights pass for nothing.
void become_ordinary_user() {
  constexpr uid_t kNobody = 65534;
  if (geteuid() == 0) {
    ASSERT_EQ(setgroups(0, nullptr), 0);
    ASSERT_EQ(setresgid(kNobody, kNobody, kNobody), 0);
    ASSERT_EQ(setresuid(kNobody, kNobody, kNobody), 0);
  }
}

class LocalStoreTest : public testing::Test {
 protected:
  std::optional<std::string> put(const std::string& key, const std::string& text,
                                 const Condition& condition = Condition::always()) {
    return store_->put(key, as_bytes(text), condition);
  }
  std::string text_at(const std::string& key) { return text_in(*store_->open(key)); }
  std::vector<std::string> keys(const std::string& prefix = "") {
    std::vector<std::string> found;
    for (const ObjectInfo& info : store_->list(prefix, 1000)) found.push_back(info.key);
    return found;
  }
  // The one name in the folder that is no key.
  std::string temporary_name() {
    std::string found;
    for (const std::string& name : folder_.names()) {
      if (!name.starts_with(".")) continue;
      EXPECT_EQ(found, "");
      found = name;
    }
    return found;
  }

  TempFolder folder_;
  std::shared_ptr<ObjectStore> store_ = open_store(folder_.path());
};

// --- temporary files

TEST_F(LocalStoreTest, NothingIsLeftBesideWhatWasPut) {
  put("x", "1");
  put("x", "2", Condition::if_match(store_->stat("x")->version));
  EXPECT_FALSE(put("x", "3", Condition::if_absent()));
  EXPECT_FALSE(put("x", "4", Condition::if_match("another")));
  EXPECT_TRUE(put("y", "5", Condition::if_absent()));
  EXPECT_EQ(folder_.names(), (Names{"x", "y"}));
}

TEST_F(LocalStoreTest, AnUploadLivesUnderANameThatIsNoKey) {
  std::unique_ptr<Upload> upload = store_->start_upload("x.1.af");
  std::string name = temporary_name();
  EXPECT_EQ(name.substr(0, 12), ".x.1.af.tmp-");
  EXPECT_TRUE(keys("").empty());
  EXPECT_TRUE(keys(".x").empty());
  upload.reset();
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(LocalStoreTest, AnUploadMayEndInAnotherFolder) {
  fs::create_directory(folder_ / "a");
  std::unique_ptr<Upload> upload = store_->start_upload("x");
  EXPECT_TRUE(upload->finish("a/x", as_bytes("text"), Condition::if_absent()));
  EXPECT_EQ(text_at("a/x"), "text");
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_F(LocalStoreTest, AFinishedUploadIsSpent) {
  std::unique_ptr<Upload> upload = store_->start_upload("x");
  EXPECT_TRUE(upload->finish("x", as_bytes("text"), Condition::if_absent()));
  expect_error(Status::kInternal, [&] { upload->finish("y", as_bytes("text"), Condition::if_absent()); });
  EXPECT_EQ(folder_.names(), Names{"x"});
}

TEST_F(LocalStoreTest, AKilledWriterLeavesWhatNoReaderLooksAt) {
  Signal started;
  Child writer([&] {
    std::unique_ptr<Upload> upload = store_->start_upload("x.1.af");
    upload->append(as_bytes(std::string(1000000, 'x')));
    started.give();
    pause();
  });
  started.await();
  writer.kill_at_once();
  EXPECT_NE(temporary_name(), "");
  EXPECT_TRUE(keys("").empty());
  EXPECT_TRUE(put("x.1.af", "text", Condition::if_absent()));
}

TEST_F(LocalStoreTest, AForkedChildLeavesTheParentsUploadAlone) {
  std::unique_ptr<Upload> upload = store_->start_upload("x");
  upload->append(as_bytes("body "));
  Child([&] { upload.reset(); }).expect_success();
  EXPECT_TRUE(upload->finish("x", as_bytes("tail"), Condition::if_absent()));
  EXPECT_EQ(text_at("x"), "body tail");
}

TEST_F(LocalStoreTest, ANameOfTheGreatestLengthCanBeWritten) {
  std::string longest = "a";  // so that characters of two bytes straddle where the temporary name is cut
  while (longest.size() < 255) longest += "\xc3\xa9";
  put(longest, "text");
  EXPECT_EQ(text_at(longest), "text");
  std::unique_ptr<Upload> upload = store_->start_upload(longest);
  EXPECT_TRUE(is_utf8(temporary_name()));
  expect_error(Status::kInvalidName, [&] { put(longest + "b", "text"); });
}

TEST_F(LocalStoreTest, ANameLikeATemporaryOneIsAKeyIfItIsNone) {
  for (const char* key : {".x.tmp-", ".x.tmp-0123", "x.tmp-0123456789abcdef", ".x.tmp-0123456789ABCDEF"})
    put(key, "");
  EXPECT_EQ(keys().size(), 4u);
}

// --- access rights

TEST_F(LocalStoreTest, AReplacedFileKeepsItsAccessRights) {
  put("x", "1");
  for (mode_t mode : {0600, 0640, 0444, 0666}) {
    chmod((folder_ / "x").c_str(), mode);
    put("x", "2");
    EXPECT_EQ(access_of(folder_ / "x"), mode);
    put("x", "3", Condition::if_match(store_->stat("x")->version));
    EXPECT_EQ(access_of(folder_ / "x"), mode);
  }
}

TEST_F(LocalStoreTest, ASuccessorIsNoMoreReadableWhileItIsWritten) {
  put("x", "secret");
  chmod((folder_ / "x").c_str(), 0600);
  std::unique_ptr<Upload> upload = store_->start_upload("x");
  EXPECT_EQ(access_of(folder_ / temporary_name()), 0600u);
}

TEST_F(LocalStoreTest, ANewFileHasTheAccessRightsOfTheProcess) {
  mode_t before = umask(027);
  put("x", "1");
  umask(before);
  EXPECT_EQ(access_of(folder_ / "x"), 0640u);
}

TEST_F(LocalStoreTest, AFileThatMayNotBeReadIsDenied) {
  put("x", "secret");
  chmod(folder_.path().c_str(), 0755);
  chmod((folder_ / "x").c_str(), 0);
  Child([&] {
    become_ordinary_user();
    expect_error(
        Status::kPermissionDenied, [&] { store_->open("x"); }, folder_ / "x");
    EXPECT_EQ(store_->stat("x")->size, 6);
  }).expect_success();
}

TEST_F(LocalStoreTest, AFolderThatMayNotBeWrittenIsDenied) {
  put("x", "text");
  chmod(folder_.path().c_str(), 0555);
  Child([&] {
    become_ordinary_user();
    EXPECT_EQ(text_at("x"), "text");
    expect_error(Status::kPermissionDenied, [&] { put("x", "y"); });
    expect_error(Status::kPermissionDenied, [&] { store_->start_upload("y"); });
    expect_error(Status::kPermissionDenied, [&] { store_->remove("x"); });
    expect_error(Status::kPermissionDenied, [&] { store_->rename("x", "y"); });
    expect_error(
        Status::kPermissionDenied, [&] { store_->lock("x.lock"); }, "x.lock");
  }).expect_success();
  chmod(folder_.path().c_str(), 0755);
}

TEST_F(LocalStoreTest, AFolderThatMayNotBeReadIsDenied) {
  put("x", "text");
  chmod(folder_.path().c_str(), 0311);
  Child([&] {
    become_ordinary_user();
    EXPECT_EQ(text_at("x"), "text");
    expect_error(
        Status::kPermissionDenied, [&] { store_->list("", 10); }, folder_.path());
  }).expect_success();
  chmod(folder_.path().c_str(), 0755);
}

TEST_F(LocalStoreTest, AnotherUsersLockFileCanBeLocked) {
  write_file(folder_ / "x.lock", "");
  chmod(folder_.path().c_str(), 0777);
  chmod((folder_ / "x.lock").c_str(), 0444);
  Child([&] {
    become_ordinary_user();
    EXPECT_TRUE(store_->lock("x.lock"));
  }).expect_success();
  EXPECT_EQ(folder_.names(), Names{});
}

// --- what is in the way

TEST_F(LocalStoreTest, WhatIsNoFileIsRefusedWithoutWaiting) {
  fs::create_directory(folder_ / "folder");
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0666), 0);
  fs::create_symlink("/dev/null", folder_ / "device");
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {AF_UNIX, {}};
  (folder_ / "socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(fd, reinterpret_cast<struct sockaddr*>(&address), sizeof address), 0);
  for (const char* key : {"folder", "pipe", "device", "socket"}) {
    expect_error(
        Status::kInvalidName, [&] { store_->open(key); }, "expected a file");
    EXPECT_FALSE(store_->stat(key)) << key;
    EXPECT_FALSE(put(key, "text", Condition::if_absent())) << key;
    EXPECT_FALSE(store_->remove(key)) << key;
    expect_error(Status::kNotFound, [&] { store_->rename(key, "other"); });
  }
  for (const char* key : {"pipe", "folder"}) EXPECT_ANY_THROW(store_->lock(key)) << key;
  EXPECT_TRUE(keys().empty());
  EXPECT_EQ(folder_.names().size(), 4u);
  close(fd);
}

TEST_F(LocalStoreTest, AKeyThatIsNoPathBelowTheFolderIsRefused) {
  fs::create_directory(folder_ / "a");
  for (std::string key : {std::string(), std::string("/x"), std::string("a//x"), std::string("a/"),
                          std::string("."), std::string(".."), std::string("../x"), std::string("a/../x"),
                          std::string("a/./x"), std::string("x\0y", 3)}) {
    expect_error(
        Status::kInvalidName, [&] { store_->open(key); }, af::quoted(key));
    expect_error(Status::kInvalidName, [&] { store_->stat(key); });
    expect_error(Status::kInvalidName, [&] { put(key, "text"); });
    expect_error(Status::kInvalidName, [&] { store_->start_upload(key); });
    expect_error(Status::kInvalidName, [&] { store_->remove(key); });
    expect_error(Status::kInvalidName, [&] { store_->rename("x", key); });
    expect_error(Status::kInvalidName, [&] { store_->rename(key, "x"); });
    expect_error(Status::kInvalidName, [&] { store_->lock(key); });
  }
  expect_error(Status::kInvalidName, [&] { store_->list("../", 10); });
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_F(LocalStoreTest, AFolderThatIsNotThereIsEmptyAndNotMade) {
  std::shared_ptr<ObjectStore> store = open_store(folder_ / "none");
  EXPECT_TRUE(store->list("", 10).empty());
  EXPECT_FALSE(store->stat("x"));
  EXPECT_FALSE(store->remove("x"));
  expect_error(Status::kNotFound, [&] { store->open("x"); });
  expect_error(Status::kNotFound, [&] { store->put("x", {}, Condition::always()); });
  expect_error(Status::kNotFound, [&] { store->lock("x"); });
  EXPECT_EQ(folder_.names(), Names{});
  fs::create_directory(folder_ / "none");
  EXPECT_TRUE(store->put("x", {}, Condition::if_absent()));
}

TEST_F(LocalStoreTest, AFileWhereAFolderShouldBeHoldsNothing) {
  put("x", "text");
  std::shared_ptr<ObjectStore> store = open_store(folder_ / "x");
  EXPECT_TRUE(store->list("", 10).empty());
  EXPECT_FALSE(store->stat("y"));
  expect_error(Status::kNotFound, [&] { store->open("y"); });
}

TEST_F(LocalStoreTest, AFolderWithANulIsRefused) {
  expect_error(
      Status::kInvalidName, [&] { open_store(std::string("a\0b", 3)); }, "NUL");
}

TEST_F(LocalStoreTest, LinksToFoldersAndFilesAreFollowed) {
  fs::create_directory(folder_ / "real");
  fs::create_directory_symlink("real", folder_ / "link");
  put("link/x", "text");
  EXPECT_EQ(text_at("real/x"), "text");
  fs::create_symlink("real/x", folder_ / "y");
  EXPECT_EQ(text_at("y"), "text");
  EXPECT_EQ(store_->stat("y")->version, store_->stat("real/x")->version);
  EXPECT_EQ(keys(), std::vector<std::string>{"y"});
  EXPECT_EQ(text_in(*open_store(folder_ / "link")->open("x")), "text");
}

TEST_F(LocalStoreTest, ALinkThatLeadsNowhereIsNoObjectButTakesTheKey) {
  fs::create_symlink("nowhere", folder_ / "x");
  EXPECT_TRUE(keys().empty());
  EXPECT_FALSE(store_->stat("x"));
  expect_error(Status::kNotFound, [&] { store_->open("x"); });
  EXPECT_FALSE(put("x", "text", Condition::if_absent()));
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
}

TEST_F(LocalStoreTest, NamesThatAreNotUtf8AreNotListed) {
  write_file(folder_ / "x.\xff", "");
  write_file(folder_ / "x.1", "");
  EXPECT_EQ(keys("x."), std::vector<std::string>{"x.1"});
}

// --- the working directory

class WorkingDirectoryTest : public LocalStoreTest {
 protected:
  void TearDown() override { fs::current_path(before_); }
  fs::path before_ = fs::current_path();
};

TEST_F(WorkingDirectoryTest, ARelativeFolderStaysTheSameOne) {
  fs::create_directory(folder_ / "a");
  fs::create_directory(folder_ / "b");
  fs::current_path(folder_.path());
  std::shared_ptr<ObjectStore> a = open_store("a");
  fs::current_path(folder_ / "b");
  std::shared_ptr<ObjectStore> b = open_store(".");
  std::shared_ptr<ObjectStore> also_b = open_store("");
  fs::current_path("/");
  a->put("x", as_bytes("in a"), Condition::if_absent());
  b->put("x", as_bytes("in b"), Condition::if_absent());
  EXPECT_EQ(text_at("a/x"), "in a");
  EXPECT_EQ(text_in(*also_b->open("x")), "in b");
}

TEST_F(WorkingDirectoryTest, ARelativeFolderBelowABarredOneIsReached) {
  fs::create_directories(folder_ / "barred/inner");
  chmod((folder_ / "barred/inner").c_str(), 0777);
  Child([&] {
    fs::current_path(folder_ / "barred/inner");
    chmod((folder_ / "barred").c_str(), 0);
    become_ordinary_user();
    std::shared_ptr<ObjectStore> store = open_store(".");
    store->put("x", as_bytes("text"), Condition::if_absent());
    EXPECT_EQ(text_in(*store->open("x")), "text");
  }).expect_success();
  chmod((folder_ / "barred").c_str(), 0755);
  EXPECT_EQ(text_at("barred/inner/x"), "text");
}

// --- files that change under the handle

TEST_F(LocalStoreTest, AFileThatWasCutShortIsCorrupt) {
  put("x", std::string(100000, 'x'));
  std::unique_ptr<Object> object = store_->open("x");
  fs::resize_file(folder_ / "x", 50000);
  std::vector<std::byte> bytes(1000);
  object->read(49000, bytes);
  expect_error(
      Status::kCorrupt, [&] { object->read(49001, bytes); },
      "had 100000 bytes when it was opened and now has 50000");
  expect_error(
      Status::kCorrupt,
      [&] {
        object->read_many({{0, bytes}, {1000, bytes}, {49500, bytes}});
      },
      "now has 50000");
  expect_error(
      Status::kCorrupt, [&] { object->map(0, 50001); }, "now has 50000");
  EXPECT_EQ(object->map(0, 50000)->bytes().size(), 50000u);
}

TEST_F(LocalStoreTest, AFileThatGrewIsReadAsItWas) {
  put("x", "12345");
  std::unique_ptr<Object> object = store_->open("x");
  write_file(folder_ / "x", "1234567890");
  EXPECT_EQ(text_in(*object), "12345");
  std::byte byte;
  expect_error(Status::kCorrupt, [&] { object->read(5, {&byte, 1}); });
}

TEST_F(LocalStoreTest, AnOpenFileOutlivesItsNames) {
  put("x", "text");
  std::unique_ptr<Object> object = store_->open("x");
  store_->rename("x", "y");
  EXPECT_EQ(text_in(*object), "text");
  store_->remove("y");
  EXPECT_EQ(text_in(*object), "text");
  EXPECT_EQ(as_text(object->map(1, 2)->bytes()), "ex");
}

// A file system's own clock is milliseconds behind most of the time: successors that get the same inode would
// look alike.
TEST_F(LocalStoreTest, AVersionIsStampedWithTheMomentItself) {
  auto nanoseconds = [](const struct timespec& time) {
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
  };
  for (int i = 0; i < 20; i++) {
    struct timespec before, after;
    struct stat file;
    clock_gettime(CLOCK_REALTIME, &before);
    put("x", "text");
    clock_gettime(CLOCK_REALTIME, &after);
    ASSERT_EQ(stat((folder_ / "x").c_str(), &file), 0);
    EXPECT_LE(nanoseconds(before), nanoseconds(file.st_mtim));
    EXPECT_LE(nanoseconds(file.st_mtim), nanoseconds(after));
  }
}

TEST_F(LocalStoreTest, AnotherNameIsNoNewVersion) {
  put("x", "text");
  std::string version = store_->stat("x")->version;
  store_->rename("x", "y");
  EXPECT_EQ(store_->stat("y")->version, version);
  EXPECT_EQ(store_->list("", 1)[0].version, version);
}

// --- other processes

TEST_F(LocalStoreTest, OneOfManyProcessesTakesAFreeKey) {
  constexpr int kTaken = 7;
  for (int round = 0; round < 10; round++) {
    std::string key = std::to_string(round);
    std::vector<std::unique_ptr<Child>> writers;
    for (int i = 0; i < 4; i++)
      writers.push_back(
          std::make_unique<Child>([&] { _exit(put(key, "text", Condition::if_absent()) ? 0 : kTaken); }));
    int winners = 0;
    for (auto& writer : writers) {
      int status = writer->wait();
      ASSERT_TRUE(WIFEXITED(status));
      ASSERT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kTaken);
      winners += WEXITSTATUS(status) == 0;
    }
    EXPECT_EQ(winners, 1);
  }
}

TEST_F(LocalStoreTest, ALockShutsOutAnotherProcess) {
  std::unique_ptr<StoreLock> lock = store_->lock("x.lock");
  Signal entered;
  Child other([&] {
    std::unique_ptr<StoreLock> waits = open_store(folder_.path())->lock("x.lock");
    entered.give();
  });
  EXPECT_FALSE(entered.comes_within(std::chrono::milliseconds(50)));
  lock.reset();
  entered.await();
  other.expect_success();
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(LocalStoreTest, ALockEndsWithItsProcess) {
  Signal entered;
  Child holder([&] {
    std::unique_ptr<StoreLock> lock = store_->lock("x.lock");
    entered.give();
    pause();
  });
  entered.await();
  holder.kill_at_once();
  EXPECT_EQ(folder_.names(), Names{"x.lock"});
  store_->lock("x.lock").reset();
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(LocalStoreTest, AForkedChildNeitherReleasesNorKeepsTheParentsLock) {
  std::unique_ptr<StoreLock> lock = store_->lock("x.lock");
  Child([&] { lock.reset(); }).expect_success();
  Signal entered;
  Child other([&] {
    store_->lock("x.lock").reset();
    entered.give();
  });
  EXPECT_FALSE(entered.comes_within(std::chrono::milliseconds(50)));
  // Still has the file open when the parent lets go.
  Child lingering([&] { pause(); });
  lock.reset();
  entered.await();
  other.expect_success();
  lingering.kill_at_once();
}

TEST_F(LocalStoreTest, ContendedLocksLeaveNoFileAndLetInOneAtATime) {
  std::atomic<int> inside{0}, most{0}, turns{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 100; turn++) {
        std::unique_ptr<StoreLock> lock = open_store(folder_.path())->lock("x.lock");
        int now = ++inside;
        if (now > most) most = now;
        turns++;
        inside--;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(turns, 400);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(LocalStoreTest, ALockThroughALinkIsRefused) {
  fs::create_symlink("elsewhere", folder_ / "x.lock");
  expect_error(
      Status::kIo, [&] { store_->lock("x.lock"); }, "x.lock");
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

}  // namespace
}  // namespace af
