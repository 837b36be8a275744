#include "system_calls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>

using af::proofs::CallWatcher;
using af::proofs::SystemCall;

namespace {

// Makes the call unless it is to fail. `make` answers what the kernel's would.
template <typename Make>
auto watched(const SystemCall& call, Make make) {
  CallWatcher* watcher = CallWatcher::current;
  if (!watcher) return make();
  if (int error = watcher->before(call)) {
    errno = error;
    return static_cast<decltype(make())>(-1);
  }
  auto result = make();
  if (result >= 0) watcher->done(call, static_cast<int64_t>(result));
  return result;
}

size_t cut(const SystemCall& call, size_t size) {
  return CallWatcher::current ? CallWatcher::current->cut(call, size) : size;
}

template <typename Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

#define SITE __builtin_return_address(0)

extern "C" {

[[gnu::noinline]] int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return watched({SystemCall::kOpen, SITE, flags, path},
                 [&] { return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode)); });
}

[[gnu::noinline]] int close(int fd) {
  if (CallWatcher::current) CallWatcher::current->closed(fd);
  return static_cast<int>(syscall(SYS_close, fd));
}

[[gnu::noinline]] int stat(const char* path, struct stat* file) noexcept {
  return watched({SystemCall::kStat, SITE, -1, path},
                 [&] { return static_cast<int>(syscall(SYS_newfstatat, AT_FDCWD, path, file, 0)); });
}

[[gnu::noinline]] int fstat(int fd, struct stat* file) noexcept {
  return watched({SystemCall::kStat, SITE, fd},
                 [&] { return static_cast<int>(syscall(SYS_newfstatat, fd, "", file, AT_EMPTY_PATH)); });
}

[[gnu::noinline]] int fstatat(int folder, const char* path, struct stat* file, int flags) noexcept {
  return watched({SystemCall::kStat, SITE, folder, path},
                 [&] { return static_cast<int>(syscall(SYS_newfstatat, folder, path, file, flags)); });
}

[[gnu::noinline]] ssize_t preadv(int fd, const struct iovec* parts, int count, off_t offset) {
  SystemCall call{SystemCall::kRead, SITE, fd, nullptr, nullptr, offset};
  for (int i = 0; i < count; i++) call.size += parts[i].iov_len;
  return watched(call, [&]() -> ssize_t {
    size_t size = cut(call, call.size);
    if (size == call.size) return syscall(SYS_preadv, fd, parts, count, offset, 0);
    struct iovec first = {parts->iov_base, std::min(size, parts->iov_len)};
    return syscall(SYS_preadv, fd, &first, 1, offset, 0);
  });
}

[[gnu::noinline]] ssize_t pwrite(int fd, const void* from, size_t size, off_t offset) {
  SystemCall call{SystemCall::kWrite, SITE, fd, nullptr, nullptr, offset};
  call.bytes = {static_cast<const std::byte*>(from), size};
  return watched(call, [&] { return syscall(SYS_pwrite64, fd, from, cut(call, size), offset); });
}

[[gnu::noinline]] int ftruncate(int fd, off_t size) noexcept {
  return watched({SystemCall::kTruncate, SITE, fd, nullptr, nullptr, size},
                 [&] { return static_cast<int>(syscall(SYS_ftruncate, fd, size)); });
}

[[gnu::noinline]] int fsync(int fd) {
  return watched({SystemCall::kSync, SITE, fd}, [&] {
    bool really = !CallWatcher::current || CallWatcher::current->syncs_for_real;
    return really ? static_cast<int>(syscall(SYS_fsync, fd)) : 0;
  });
}

[[gnu::noinline]] int link(const char* from, const char* to) noexcept {
  return watched({SystemCall::kLink, SITE, -1, from, to},
                 [&] { return static_cast<int>(syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0)); });
}

[[gnu::noinline]] int rename(const char* from, const char* to) noexcept {
  return watched({SystemCall::kRename, SITE, -1, from, to},
                 [&] { return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)); });
}

[[gnu::noinline]] int renameat2(int from_folder, const char* from, int to_folder, const char* to,
                                unsigned flags) noexcept {
  SystemCall::Kind kind = flags == RENAME_EXCHANGE ? SystemCall::kExchange : SystemCall::kRenameIfFree;
  return watched({kind, SITE, -1, from, to}, [&] {
    return static_cast<int>(syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
  });
}

[[gnu::noinline]] int unlink(const char* path) noexcept {
  return watched({SystemCall::kRemove, SITE, -1, path},
                 [&] { return static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0)); });
}

[[gnu::noinline]] int flock(int fd, int operation) noexcept {
  return watched({SystemCall::kLock, SITE, fd},
                 [&] { return static_cast<int>(syscall(SYS_flock, fd, operation)); });
}

[[gnu::noinline]] void* mmap(void* at, size_t size, int protection, int flags, int fd,
                             off_t offset) noexcept {
  auto make = [&] { return syscall(SYS_mmap, at, size, protection, flags, fd, offset); };
  // Memory that is no file's is asked for by everyone.
  if (fd < 0) return reinterpret_cast<void*>(make());
  return reinterpret_cast<void*>(watched({SystemCall::kMap, SITE, fd}, make));
}

[[gnu::noinline]] DIR* opendir(const char* path) {
  static auto* real = original<DIR*(const char*)>("opendir");
  DIR* folder = nullptr;
  watched({SystemCall::kListFolder, SITE, -1, path}, [&] { return (folder = real(path)) ? 0 : -1; });
  return folder;
}

[[gnu::noinline]] struct dirent* readdir(DIR* folder) {
  static auto* real = original<struct dirent*(DIR*)>("readdir");
  struct dirent* entry = nullptr;
  watched({SystemCall::kNextEntry, SITE}, [&] {
    entry = real(folder);
    return 0;
  });
  return entry;
}

[[gnu::noinline]] ssize_t getrandom(void* into, size_t size, unsigned flags) noexcept {
  return watched({SystemCall::kRandom, SITE}, [&] { return syscall(SYS_getrandom, into, size, flags); });
}

[[gnu::noinline]] int futimens(int fd, const struct timespec times[2]) noexcept {
  return watched({SystemCall::kSetTimes, SITE, fd},
                 [&] { return static_cast<int>(syscall(SYS_utimensat, fd, nullptr, times, 0)); });
}

[[gnu::noinline]] int fchmod(int fd, mode_t mode) noexcept {
  return watched({SystemCall::kSetMode, SITE, fd},
                 [&] { return static_cast<int>(syscall(SYS_fchmod, fd, mode)); });
}

[[gnu::noinline]] int fchown(int fd, uid_t owner, gid_t group) noexcept {
  return watched({SystemCall::kSetOwner, SITE, fd},
                 [&] { return static_cast<int>(syscall(SYS_fchown, fd, owner, group)); });
}

[[gnu::noinline]] char* getcwd(char* into, size_t size) noexcept {
  auto make = [&] { return syscall(SYS_getcwd, into, size); };
  return watched({SystemCall::kWorkingFolder, SITE}, make) < 0 ? nullptr : into;
}

}  // extern "C"
