#include "store/temp_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <ctime>

#include "core/parallel.h"

namespace af {
namespace {

constexpr std::string_view kMark = ".tmp-";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr size_t kDigits = 16;

std::string random_digits() {
  uint64_t bits = 0;
  if (uninterrupted([&] { return ::getrandom(&bits, sizeof bits, 0); }) != sizeof bits)
    fail_os(errno, "get a random number for the name of a temporary file");
  std::string digits(kDigits, '0');
  for (char& digit : digits) {
    digit = kHex[bits & 15];
    bits >>= 4;
  }
  return digits;
}

// The name without the end that would make the temporary one longer than a file system takes. No character is
// cut in two.
std::string_view shortened(std::string_view name) {
  constexpr size_t kLongest = 200;
  if (name.size() <= kLongest) return name;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) end--;
  return name.substr(0, end);
}

std::string temp_path(const std::string& near) {
  return text_of(folder_of(near), "/.", shortened(name_of(near)), kMark, random_digits());
}

// A file that takes another's place is read by those who could read the other.
void copy_access(int fd, const std::string& path) {
  std::optional<struct stat> old = find_file(path);
  if (!old) return;
  struct stat own = stat_of(fd, path);
  if (own.st_uid != old->st_uid || own.st_gid != old->st_gid) {
    // Only a privileged process may give files away; for others the file is theirs, as any that they write.
    [[maybe_unused]] int given = uninterrupted([&] { return ::fchown(fd, old->st_uid, old->st_gid); });
  }
  constexpr mode_t kAccess = 0777;
  if ((own.st_mode & kAccess) != (old->st_mode & kAccess) &&
      uninterrupted([&] { return ::fchmod(fd, old->st_mode & kAccess); }) != 0)
    fail_os(errno, text_of("set the access rights of the new ", quoted(path)));
}

// For as long as its maker lives and has it open nobody else gets the lock. Answers false where somebody who
// clears away has just taken the file.
bool keep_from_clearing(int fd, const std::string& path) {
  if (uninterrupted([&] { return ::flock(fd, LOCK_EX); }) != 0) {
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return true;
    fail_os(errno, text_of("lock ", quoted(path)));
  }
  return stat_of(fd, path).st_nlink > 0;
}

// File systems stamp times from a clock that ticks every few milliseconds, and give inode numbers out again:
// two files could then look like one version.
void stamp_precisely(int fd, const std::string& path) {
  struct timespec now[2] = {{0, UTIME_OMIT}, {}};
  clock_gettime(CLOCK_REALTIME, &now[1]);
  if (uninterrupted([&] { return ::futimens(fd, now); }) != 0)
    fail_os(errno, text_of("set the time of ", quoted(path)));
}

}  // namespace

TempFile::TempFile(const std::string& near) : birth_(fork_generation()) {
  // Not even while it is written may a new version be open to more readers than the old one.
  std::optional<struct stat> old = find_file(near);
  mode_t mode = old ? old->st_mode & 0666 : 0666;
  do {
    path_ = temp_path(near);
    fd_ = try_open(path_, O_RDWR | O_CREAT | O_EXCL, mode);
    if (!fd_.is_open() && errno != EEXIST)
      fail_os(errno, text_of("create a temporary file for ", quoted(near)));
  } while (!fd_.is_open() || !is_kept());
}

bool TempFile::is_kept() {
  try {
    return keep_from_clearing(fd(), path_);
  } catch (...) {
    remove_quietly(path_);
    throw;
  }
}

TempFile::~TempFile() {
  if (!placed_ && birth_ == fork_generation()) remove_quietly(path_);
}

std::optional<std::string> TempFile::place(const std::string& path, const Condition& condition,
                                           Durability durability) {
  if (condition.kind != Condition::Kind::kIfAbsent) copy_access(fd(), path);
  stamp_precisely(fd(), path);
  sync_file(fd(), path, durability);
  std::string version = version_of(stat_of(fd(), path));
  if (!take_name(path, condition)) return std::nullopt;
  placed_ = true;
  try {
    sync_folder_of(path, durability);
  } catch (...) {
    give_back_name(path, condition);
    throw;
  }
  if (holds_old_) remove_quietly(path_);
  return version;
}

// What is answered as failed must not be there, and may be tried again.
void TempFile::give_back_name(const std::string& path, const Condition& condition) {
  if (condition.kind == Condition::Kind::kIfAbsent) {
    rename_over(path, path_);
    placed_ = false;
  } else if (holds_old_ && exchange_names(path_, path)) {
    placed_ = holds_old_ = false;
  }
}

bool TempFile::take_name(const std::string& path, const Condition& condition) {
  if (condition.kind == Condition::Kind::kIfAbsent) return take_free_name(path);
  if (condition.kind == Condition::Kind::kIfMatch) {
    std::optional<struct stat> old = find_file(path);
    if (!old || version_of(*old) != condition.version) return false;
  }
  holds_old_ = find_file(path) && exchange_names(path_, path);
  if (!holds_old_) rename_over(path_, path);
  return true;
}

bool TempFile::take_free_name(const std::string& path) {
  Naming outcome = link_if_free(path_, path);
  // A network file system that lost the answer to a link asks again, and finds the name taken by the file
  // itself.
  if (outcome == Naming::kTaken && stat_of(fd(), path_).st_nlink > 1) outcome = Naming::kDone;
  if (outcome == Naming::kDone) {
    remove_quietly(path_);
    return true;
  }
  if (outcome == Naming::kUnable) outcome = rename_if_free(path_, path);
  if (outcome == Naming::kUnable) fail_unable(path);
  return outcome == Naming::kDone;
}

bool is_temp_name(std::string_view name) {
  if (name.size() < 1 + kMark.size() + kDigits || name.front() != '.') return false;
  std::string_view digits = name.substr(name.size() - kDigits);
  return name.substr(0, name.size() - kDigits).ends_with(kMark) &&
         digits.find_first_not_of(kHex) == std::string_view::npos;
}

std::string_view name_behind_temp(std::string_view temp_name) {
  return temp_name.substr(1, temp_name.size() - 1 - kMark.size() - kDigits);
}

int64_t remove_if_abandoned(const std::string& path) {
  FileDescriptor fd = try_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!fd.is_open() || uninterrupted([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) return 0;
  struct stat file = stat_of(fd.get(), path);
  return S_ISREG(file.st_mode) && remove_file(path) ? file.st_size : 0;
}

}  // namespace af
