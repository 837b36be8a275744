#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/parallel.h"
#include "store/local_parts.h"
#include "store/posix_file.h"

namespace af {
namespace {

// A lock file that this process holds. It is removed before it is let go of, so that none is left lying
// about.
class LocalLock : public StoreLock {
 public:
  LocalLock(std::string path, FileDescriptor fd)
      : path_(std::move(path)), fd_(std::move(fd)), birth_(fork_generation()) {}
  ~LocalLock() override {
    // A child of fork() shares the lock with its parent, whose it is.
    if (birth_ != fork_generation()) return;
    remove_quietly(path_);
    // Closing alone would not do where a child still has the file open.
    uninterrupted([this] { return ::flock(fd_.get(), LOCK_UN); });
  }
  LocalLock(const LocalLock&) = delete;
  LocalLock& operator=(const LocalLock&) = delete;

 private:
  std::string path_;
  FileDescriptor fd_;
  uint64_t birth_;
};

// Not open: the file was there and then was not.
FileDescriptor open_lock_file(const std::string& path) {
  FileDescriptor fd = try_open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
  // Another user's, left by a crash or held: it can be locked all the same.
  if (!fd.is_open() && errno == EACCES) {
    fd = try_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (!fd.is_open() && errno == ENOENT) return fd;
  }
  if (!fd.is_open()) fail_os(errno, text_of("open the lock file ", quoted(path)));
  if (!S_ISREG(stat_of(fd.get(), path).st_mode))
    fail(Status::kInvalidName, "lock ", quoted(path),
         ": expected a file, found a folder, pipe, socket or device");
  return fd;
}

// Whether the path still leads to the open file: its last holder may have removed it while we waited.
bool is_at(const FileDescriptor& fd, const std::string& path) {
  std::optional<struct stat> there = find_file(path);
  struct stat own = stat_of(fd.get(), path);
  return there && there->st_dev == own.st_dev && there->st_ino == own.st_ino;
}

}  // namespace

std::unique_ptr<StoreLock> lock_local_file(const std::string& path) {
  constexpr int kPatience = 100;  // a file that may not be made looks like one that always vanishes
  int vanished = 0;
  while (true) {
    FileDescriptor fd = open_lock_file(path);
    if (!fd.is_open()) {
      if (++vanished == kPatience) fail_os(EACCES, text_of("make the lock file ", quoted(path)));
      continue;
    }
    if (uninterrupted([&] { return ::flock(fd.get(), LOCK_EX); }) != 0) {
      if (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)
        fail_os(errno, text_of("lock ", quoted(path)));
      remove_quietly(path);
      return nullptr;
    }
    if (is_at(fd, path)) return std::make_unique<LocalLock>(path, std::move(fd));
  }
}

}  // namespace af
