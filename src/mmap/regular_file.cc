#include "mmap/regular_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/uninterrupted.h"

namespace af {
namespace {

struct stat stat_of(int fd, std::string_view path) {
  struct stat info;
  if (fstat(fd, &info) != 0) fail_os(errno, text_of("stat of ", quoted(path)));
  return info;
}

}  // namespace

ScopedFd::~ScopedFd() {
  if (fd_ >= 0) close(fd_);
}

void fail_not_regular(std::string_view path) {
  fail(Status::kInvalidName, "mapped array ", quoted(path), ": expected a regular file");
}

RegularFile RegularFile::open(const std::string& path, Use use) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not wait. It means nothing for a regular file.
  const int access = use == Use::kWriting ? O_RDWR : O_RDONLY;
  ScopedFd fd(
      uninterrupted([&] { return ::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); }));
  if (fd.get() >= 0) return {std::move(fd), path};
  // A folder opened for writing, a socket.
  if (errno == EISDIR || errno == ENXIO) fail_not_regular(path);
  fail_os(errno, text_of("opening ", quoted(path)));
}

int64_t RegularFile::size() const {
  const struct stat info = stat_of(fd(), path_);
  if (!S_ISREG(info.st_mode)) fail_not_regular(path_);
  return info.st_size;
}

int64_t RegularFile::regular_size() const {
  // Nobody goes by the position that this sets.
  const off_t end = lseek(fd(), 0, SEEK_END);
  if (end < 0) fail_os(errno, text_of("length of ", quoted(path_)));
  return end;
}

size_t RegularFile::read_at(int64_t offset, MutableBytes bytes) const {
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = uninterrupted([&] {
      return pread(fd(), bytes.data() + got, bytes.size() - got, offset + static_cast<off_t>(got));
    });
    if (n < 0) fail_os(errno, text_of("reading ", quoted(path_)));
    if (n == 0) break;
    got += static_cast<size_t>(n);
  }
  return got;
}

void RegularFile::write_at(int64_t offset, ByteView bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = uninterrupted([&] { return pwrite(fd(), bytes.data(), bytes.size(), offset); });
    if (n < 0) fail_os(errno, text_of("writing ", quoted(path_)));
    offset += n;
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

void RegularFile::sync() const {
  if (uninterrupted([&] { return fsync(fd()); }) != 0) fail_os(errno, text_of("fsync of ", quoted(path_)));
}

void RegularFile::begin_to_sync(int64_t offset, int64_t length) const {
#ifdef __linux__
  if (sync_file_range(fd(), offset, length, SYNC_FILE_RANGE_WRITE) != 0)
    fail_os(errno, text_of("flushing ", quoted(path_)));
#endif
}

void RegularFile::lock(LockKind kind, const std::string& name) const {
  const int operation = (kind == LockKind::kWriter ? LOCK_EX : LOCK_SH) | LOCK_NB;
  if (flock(fd(), operation) != 0) {
    if (errno == EWOULDBLOCK)
      fail(Status::kConflict, "mapped array ", quoted(path_), ": another has it locked");
    fail_os(errno, text_of("locking ", quoted(path_)));
  }
  // What was locked must be what the name leads to: a writer may have replaced the file since it was opened.
  const struct stat ours = stat_of(fd(), path_);
  struct stat named;
  if (stat(name.c_str(), &named) != 0 || named.st_ino != ours.st_ino || named.st_dev != ours.st_dev)
    fail(Status::kConflict, "mapped array ", quoted(path_), ": another writer replaced it");
}

RegularFile RegularFile::duplicate() const {
  ScopedFd copy(fcntl(fd(), F_DUPFD_CLOEXEC, 0));
  if (copy.get() < 0) fail_os(errno, text_of("opening ", quoted(path_)));
  return {std::move(copy), path_};
}

}  // namespace af
