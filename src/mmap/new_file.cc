#include "mmap/new_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

namespace af {
namespace {

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  if (name.empty() || name == "." || name == "..")
    fail(Status::kInvalidName, "mapped array ", quoted(path), ": expected the name of a file");
  return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
}

void check_target(const std::string& target, bool replace) {
  struct stat info;
  if (lstat(target.c_str(), &info) != 0) {
    if (errno == ENOENT) return;
    fail_os(errno, text_of("creating ", quoted(target)));
  }
  if (!replace) fail(Status::kAlreadyExists, "mapped array ", quoted(target), ": the file is there already");
  if (!S_ISREG(info.st_mode))
    fail(Status::kInvalidName, "mapped array ", quoted(target), ": what is there is not a regular file");
}

std::string unused_name(const std::string& folder) {
  uint8_t random[8];
  if (getrandom(random, sizeof random, 0) != sizeof random) fail_os(errno, "getrandom");
  std::string name = folder + ".af-mmap-";
  for (uint8_t byte : random) {
    name += "0123456789abcdef"[byte >> 4];
    name += "0123456789abcdef"[byte & 15];
  }
  return name + ".tmp";
}

void sync(const ScopedFd& fd, std::string_view path) {
  if (fsync(fd.get()) != 0) fail_os(errno, text_of("fsync of ", quoted(path)));
}

void sync_folder(const std::string& folder) {
  ScopedFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) fail_os(errno, text_of("opening ", quoted(folder)));
  sync(fd, folder);
}

// The file to be replaced, locked; nothing if there is none.
std::optional<ScopedFd> lock_predecessor(const std::string& target) {
  ScopedFd fd(open(target.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd.get() < 0) {
    if (errno == ENOENT) return std::nullopt;
    fail_os(errno, text_of("locking ", quoted(target)));
  }
  lock_file(fd, LockKind::kWriter, target);
  return fd;
}

}  // namespace

NewFile::NewFile(const std::string& target, bool replace)
    : target_(target), folder_(folder_of(target)), replace_(replace) {
  check_target(target, replace);
  temporary_ = unused_name(folder_);
  fd_ = ScopedFd(open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (fd_.get() >= 0) return;
  const int error = errno;
  temporary_.clear();
  fail_os(error, text_of("creating ", quoted(target)));
}

NewFile::~NewFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

ScopedFd NewFile::duplicate() const {
  ScopedFd copy(fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (copy.get() < 0) fail_os(errno, text_of("creating ", quoted(target_)));
  return copy;
}

void NewFile::set_size(int64_t size, bool reserve) {
  if (ftruncate(fd_.get(), size) != 0) {
    if (errno == EFBIG || errno == EINVAL)
      fail(Status::kLimitExceeded, "mapped array ", quoted(target_), ": no file here can have ", size,
           " bytes");
    fail_os(errno, text_of("creating ", quoted(target_), " of ", size, " bytes"));
  }
  if (!reserve) return;
  if (int error = posix_fallocate(fd_.get(), 0, size))
    fail_os(error, text_of("reserving ", size, " bytes for ", quoted(target_)));
}

void NewFile::append(ByteView bytes) {
  // By writes, not through a mapping: a full disk is then an error, not the end of the process.
  while (!bytes.empty()) {
    const ssize_t n = pwrite(fd_.get(), bytes.data(), bytes.size(), written_);
    if (n < 0) {
      if (errno == EINTR) continue;
      fail_os(errno, text_of("writing ", quoted(target_)));
    }
    written_ += n;
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

void NewFile::publish(Publishing how) {
  if (how.durable) sync(fd_, target_);
  std::optional<ScopedFd> predecessor;
  if (how.lock) {
    lock_file(fd_, LockKind::kWriter, temporary_);
    if (replace_) predecessor = lock_predecessor(target_);
  }
  move_to_target();
  if (how.durable) try_sync_folder();
}

void NewFile::try_sync_folder() const {
  try {
    sync_folder(folder_);
  } catch (const Error&) {
    // What was replaced cannot be brought back, but a file that was not there before must not be there after
    // a failure.
    if (!replace_) unlink(target_.c_str());
    throw;
  }
}

void NewFile::move_to_target() {
  const char* from = temporary_.c_str();
  const char* to = target_.c_str();
  if (replace_) {
    if (rename(from, to) != 0) fail_os(errno, text_of("creating ", quoted(target_)));
  } else if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0) {
    // File systems that do not know the flag: a link never replaces either.
    if ((errno != EINVAL && errno != ENOSYS) || link(from, to) != 0)
      fail_os(errno, text_of("creating ", quoted(target_)));
    unlink(from);
  }
  temporary_.clear();
}

}  // namespace af
