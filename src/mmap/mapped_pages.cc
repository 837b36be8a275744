#include "mmap/mapped_pages.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace af {
namespace {

struct stat stat_of(int fd, std::string_view path) {
  struct stat info;
  if (fstat(fd, &info) != 0) fail_os(errno, text_of("stat of ", quoted(path)));
  return info;
}

[[noreturn]] void fail_not_regular(std::string_view path) {
  fail(Status::kInvalidName, "mapped array ", quoted(path), ": expected a regular file");
}

// Whole pages around a range, as madvise and msync ask for.
struct Pages {
  std::byte* start;
  size_t length;
};

Pages pages_around(std::byte* base, int64_t offset, int64_t length) {
  const int64_t skip = offset % sysconf(_SC_PAGESIZE);
  return {base + offset - skip, static_cast<size_t>(length + skip)};
}

int posix_advice(Advice advice) {
  switch (advice) {
    case Advice::kSequential: return MADV_SEQUENTIAL;
    case Advice::kRandom: return MADV_RANDOM;
    case Advice::kWillNeed: return MADV_WILLNEED;
    case Advice::kDontNeed: return MADV_DONTNEED;
    default: return MADV_NORMAL;
  }
}

}  // namespace

ScopedFd::~ScopedFd() {
  if (fd_ >= 0) close(fd_);
}

MappedPages::MappedPages(ScopedFd fd, int64_t size, MapMode mode, std::string_view path)
    : fd_(std::move(fd)), size_(size), mode_(mode) {
  const int protection = mode == MapMode::kReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
  // Private pages are not counted in advance: an array larger than memory may be opened to change a little of
  // it.
  const int flags = mode == MapMode::kCopyOnWrite ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED;
  void* base = mmap(nullptr, static_cast<size_t>(size), protection, flags, fd_.get(), 0);
  if (base == MAP_FAILED) fail_os(errno, text_of("mapping ", size, " bytes of ", quoted(path)));
  base_ = static_cast<std::byte*>(base);
}

MappedPages::~MappedPages() {
  if (base_ != nullptr) munmap(base_, static_cast<size_t>(size_));
}

int64_t MappedPages::file_size(std::string_view path) const { return stat_of(fd_.get(), path).st_size; }

void MappedPages::flush(int64_t offset, int64_t length, FlushWait wait, std::string_view path) const {
  if (mode_ != MapMode::kReadWrite || length == 0) return;
  Pages pages = pages_around(base_, offset, length);
  if (msync(pages.start, pages.length, wait == FlushWait::kUntilOnDisk ? MS_SYNC : MS_ASYNC) != 0)
    fail_os(errno, text_of("flushing ", quoted(path)));
#ifdef __linux__
  // There, MS_ASYNC alone begins nothing.
  if (wait == FlushWait::kNo && sync_file_range(fd_.get(), offset, length, SYNC_FILE_RANGE_WRITE) != 0)
    fail_os(errno, text_of("flushing ", quoted(path)));
#endif
}

void MappedPages::advise(Advice advice, int64_t offset, int64_t length, std::string_view path) const {
  // To a private mapping "don't need" means "forget what was written".
  if (length == 0 || (advice == Advice::kDontNeed && mode_ == MapMode::kCopyOnWrite)) return;
  Pages pages = pages_around(base_, offset, length);
  if (madvise(pages.start, pages.length, posix_advice(advice)) != 0)
    fail_os(errno, text_of("advice for ", quoted(path)));
}

void lock_file(const ScopedFd& fd, LockKind kind, const std::string& path) {
  const int operation = (kind == LockKind::kWriter ? LOCK_EX : LOCK_SH) | LOCK_NB;
  if (flock(fd.get(), operation) != 0) {
    if (errno == EWOULDBLOCK)
      fail(Status::kConflict, "mapped array ", quoted(path), ": another writer has it locked");
    fail_os(errno, text_of("locking ", quoted(path)));
  }
  // What was locked must be what the name leads to: a writer may have replaced the file since it was opened.
  struct stat ours = stat_of(fd.get(), path), named;
  if (stat(path.c_str(), &named) != 0 || named.st_ino != ours.st_ino || named.st_dev != ours.st_dev)
    fail(Status::kConflict, "mapped array ", quoted(path), ": another writer replaced it");
}

int64_t regular_file_size(const ScopedFd& fd, std::string_view path) {
  struct stat info = stat_of(fd.get(), path);
  if (!S_ISREG(info.st_mode)) fail_not_regular(path);
  return info.st_size;
}

ScopedFd open_regular_file(const std::string& path, OpenFor use) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not wait. It means nothing for a regular file.
  const int access = use == OpenFor::kWriting ? O_RDWR : O_RDONLY;
  ScopedFd fd(open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd.get() >= 0) return fd;
  // A folder opened for writing, a socket.
  if (errno == EISDIR || errno == ENXIO) fail_not_regular(path);
  fail_os(errno, text_of("opening ", quoted(path)));
}

}  // namespace af
