#include "store/posix_file.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace af {
namespace {

// What file systems answer to what they do not have.
bool is_missing_feature(int error) {
  return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == ENOTTY;
}

bool is_missing_file(int error) { return error == ENOENT || error == ENOTDIR; }

// The parts from byte `skip` on, as many as one call takes.
size_t remaining_parts(std::span<const MutableBytes> parts, uint64_t skip, std::span<iovec> out) {
  size_t count = 0;
  for (MutableBytes part : parts) {
    if (count == out.size()) break;
    uint64_t gone = std::min<uint64_t>(skip, part.size());
    skip -= gone;
    if (gone < part.size()) out[count++] = {part.data() + gone, part.size() - gone};
  }
  return count;
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  // Not again after EINTR: on Linux the descriptor is gone then, too.
  if (fd_ >= 0) ::close(fd_);
}

FileDescriptor try_open(const std::string& path, int flags, mode_t mode) {
  return FileDescriptor(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); }));
}

struct stat stat_of(int fd, const std::string& path) {
  struct stat file;
  if (uninterrupted([&] { return ::fstat(fd, &file); }) != 0) fail_os(errno, text_of("stat ", quoted(path)));
  return file;
}

std::optional<struct stat> find_file(const std::string& path) {
  struct stat file;
  if (uninterrupted([&] { return ::stat(path.c_str(), &file); }) == 0) return file;
  if (is_missing_file(errno)) return std::nullopt;
  fail_os(errno, text_of("stat ", quoted(path)));
}

std::string version_of(const struct stat& file) {
  return text_of(file.st_ino, "-", file.st_size, "-", file.st_mtim.tv_sec, ".", file.st_mtim.tv_nsec);
}

uint64_t read_at(int fd, uint64_t offset, std::span<const MutableBytes> parts, const std::string& path) {
  uint64_t done = 0;
  while (true) {
    std::array<iovec, 64> vectors;
    size_t count = remaining_parts(parts, done, vectors);
    if (count == 0) return done;
    ssize_t size = uninterrupted([&] {
      return ::preadv(fd, vectors.data(), static_cast<int>(count), static_cast<off_t>(offset + done));
    });
    if (size < 0) fail_os(errno, text_of("read ", quoted(path), " at offset ", offset + done));
    if (size == 0) return done;
    done += static_cast<uint64_t>(size);
  }
}

void write_at(int fd, uint64_t offset, ByteView bytes, const std::string& path) {
  while (!bytes.empty()) {
    ssize_t size =
        uninterrupted([&] { return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (size < 0) fail_os(errno, text_of("write ", quoted(path), " at offset ", offset));
    if (size == 0) fail(Status::kIo, "write ", quoted(path), " at offset ", offset, ": nothing was taken");
    bytes = bytes.subspan(static_cast<size_t>(size));
    offset += static_cast<uint64_t>(size);
  }
}

void sync_file(int fd, const std::string& path, Durability durability) {
  if (durability == Durability::kNone) return;
  if (uninterrupted([&] { return ::fsync(fd); }) != 0) fail_os(errno, text_of("sync ", quoted(path)));
}

void sync_folder_of(const std::string& path, Durability durability) {
  if (durability == Durability::kNone) return;
  std::string folder = folder_of(path);
  FileDescriptor fd = try_open(folder, O_RDONLY | O_DIRECTORY);
  if (!fd.is_open()) fail_os(errno, text_of("open the folder ", quoted(folder)));
  if (uninterrupted([&] { return ::fsync(fd.get()); }) == 0) return;
  // Some network file systems have no such call for folders, because they keep names at once.
  if (!is_missing_feature(errno)) fail_os(errno, text_of("sync the folder ", quoted(folder)));
}

bool make_folder(const std::string& path) {
  if (uninterrupted([&] { return ::mkdir(path.c_str(), 0777); }) == 0) return true;
  int error = errno;
  struct stat there;
  if (error == EEXIST && uninterrupted([&] { return ::stat(path.c_str(), &there); }) == 0 &&
      S_ISDIR(there.st_mode))
    return false;
  fail_os(error, text_of("make the folder ", quoted(path)));
}

std::string folder_of(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Naming link_if_free(const std::string& from, const std::string& to) {
  if (uninterrupted([&] { return ::link(from.c_str(), to.c_str()); }) == 0) return Naming::kDone;
  if (errno == EEXIST) return Naming::kTaken;
  // EPERM is what FAT answers; where it means a lack of rights, the rename that is tried next says so.
  if (errno == EPERM || errno == EMLINK || is_missing_feature(errno)) return Naming::kUnable;
  fail_os(errno, text_of("link ", quoted(to)));
}

Naming rename_if_free(const std::string& from, const std::string& to) {
  auto rename = [&] { return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE); };
  if (uninterrupted(rename) == 0) return Naming::kDone;
  if (errno == EEXIST) return Naming::kTaken;
  if (is_missing_feature(errno)) return Naming::kUnable;
  fail_os(errno, text_of("rename ", quoted(from), " to ", quoted(to)));
}

void fail_unable(const std::string& path) {
  fail(Status::kUnsupported, "the file system of ", quoted(path),
       " can neither link nor rename without replacing, so writers could overwrite each other");
}

void rename_over(const std::string& from, const std::string& to) {
  if (uninterrupted([&] { return ::rename(from.c_str(), to.c_str()); }) != 0)
    fail_os(errno, text_of("rename ", quoted(from), " to ", quoted(to)));
}

bool exchange_names(const std::string& a, const std::string& b) {
  auto swap = [&] { return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE); };
  if (uninterrupted(swap) == 0) return true;
  if (is_missing_feature(errno) || is_missing_file(errno)) return false;
  fail_os(errno, text_of("rename ", quoted(a), " to ", quoted(b)));
}

bool remove_file(const std::string& path) {
  if (uninterrupted([&] { return ::unlink(path.c_str()); }) == 0) return true;
  if (is_missing_file(errno)) return false;
  fail_os(errno, text_of("remove ", quoted(path)));
}

void remove_quietly(const std::string& path) noexcept {
  uninterrupted([&] { return ::unlink(path.c_str()); });
}

}  // namespace af
