#include "mmap/new_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "core/uninterrupted.h"

namespace af {
namespace {

[[noreturn]] void fail_creating(const std::string& target) {
  fail_os(errno, text_of("creating ", quoted(target)));
}

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
    fail_creating(target);
  }
  if (!replace) fail(Status::kAlreadyExists, "mapped array ", quoted(target), ": the file is there already");
  if (!S_ISREG(info.st_mode)) fail_not_regular(target);
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

RegularFile create(const std::string& temporary, const std::string& target, bool replace) {
  check_target(target, replace);
  ScopedFd fd(
      uninterrupted([&] { return open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666); }));
  if (fd.get() < 0) fail_creating(target);
  return {std::move(fd), target};
}

// As other system calls say it: -1 and errno.
int allocate(int fd, int64_t size) {
  errno = posix_fallocate(fd, 0, size);
  return errno == 0 ? 0 : -1;
}

void sync_folder(const std::string& folder) {
  ScopedFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) fail_os(errno, text_of("opening ", quoted(folder)));
  RegularFile(std::move(fd), folder).sync();
}

// The file to be replaced, locked; nothing if there is none.
std::optional<RegularFile> lock_predecessor(const std::string& target) {
  std::optional<RegularFile> predecessor;
  try {
    predecessor = RegularFile::open(target, RegularFile::Use::kReading);
  } catch (const Error& error) {
    if (error.status() == Status::kNotFound) return std::nullopt;
    throw;
  }
  predecessor->lock(LockKind::kWriter, target);
  return predecessor;
}

}  // namespace

NewFile::NewFile(const std::string& target, bool replace)
    : folder_(folder_of(target)),
      replace_(replace),
      temporary_(unused_name(folder_)),
      file_(create(temporary_, target, replace)) {}

NewFile::~NewFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void NewFile::set_size(int64_t size, bool reserve) {
  if (uninterrupted([&] { return ftruncate(file_.fd(), size); }) != 0) {
    if (errno == EFBIG || errno == EINVAL)
      fail(Status::kLimitExceeded, "mapped array ", quoted(target()), ": no file here can have ", size,
           " bytes");
    fail_creating(target());
  }
  if (!reserve) return;
  if (uninterrupted([&] { return allocate(file_.fd(), size); }) != 0)
    fail_os(errno, text_of("reserving ", size, " bytes for ", quoted(target())));
}

void NewFile::append(ByteView bytes) {
  file_.write_at(written_, bytes);
  written_ += static_cast<int64_t>(bytes.size());
}

void NewFile::publish(Publishing how) {
  if (how.durable) file_.sync();
  std::optional<RegularFile> predecessor;
  if (how.lock) {
    file_.lock(LockKind::kWriter, temporary_);
    if (replace_) predecessor = lock_predecessor(target());
  }
  move_to_target();
  if (how.durable) try_sync_folder();
}

void NewFile::move_to_target() {
  const char* from = temporary_.c_str();
  const char* to = target().c_str();
  if (replace_) {
    if (rename(from, to) != 0) fail_creating(target());
  } else if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0) {
    // File systems that do not know the flag: a link never replaces either.
    if ((errno != EINVAL && errno != ENOSYS) || link(from, to) != 0) fail_creating(target());
    unlink(from);
  }
  temporary_.clear();
}

void NewFile::try_sync_folder() const {
  try {
    sync_folder(folder_);
  } catch (const Error&) {
    // What was replaced cannot be brought back, but a file that was not there before must not be there after
    // a failure.
    if (!replace_) unlink(target().c_str());
    throw;
  }
}

}  // namespace af
