// The system calls that the local store makes, each one carried on after a signal and after a short read or
// write. Failures are thrown as Error with the errno and a text that names the path.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/bytes.h"
#include "core/uninterrupted.h"
#include "store/store.h"

namespace af {

// An open file, closed when dropped.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

// open() with O_CLOEXEC. When it fails the answer is not open and errno says why.
FileDescriptor try_open(const std::string& path, int flags, mode_t mode = 0);

struct stat stat_of(int fd, const std::string& path);
// Nothing if there is no such file.
std::optional<struct stat> find_file(const std::string& path);

// Changes whenever a file is replaced; not when it gets another name.
std::string version_of(const struct stat& file);

// Fills the parts, one after the other, from `offset` on, and answers how many bytes there were: fewer at the
// end of the file.
uint64_t read_at(int fd, uint64_t offset, std::span<const MutableBytes> parts, const std::string& path);
void write_at(int fd, uint64_t offset, ByteView bytes, const std::string& path);

// Neither does anything with Durability::kNone.
void sync_file(int fd, const std::string& path, Durability durability);
// Makes names that were added to or taken from the folder of `path` survive a loss of power.
void sync_folder_of(const std::string& path, Durability durability);

// Answers false where there is one already.
bool make_folder(const std::string& path);

// The folder part of a path, "." if it has none.
std::string folder_of(const std::string& path);
std::string_view name_of(std::string_view path);

// What became of giving a file a name that had to be free.
enum class Naming { kDone, kTaken, kUnable };

// Both are atomic. kUnable: the file system has no such thing. After link_if_free the file has both names.
Naming link_if_free(const std::string& from, const std::string& to);
Naming rename_if_free(const std::string& from, const std::string& to);
[[noreturn]] void fail_unable(const std::string& path);
void rename_over(const std::string& from, const std::string& to);
// Lets two files swap their names, at once. Answers whether the file system can.
bool exchange_names(const std::string& a, const std::string& b);

// Whether there was such a file. Does not sync.
bool remove_file(const std::string& path);
// For clean-up that must not fail.
void remove_quietly(const std::string& path) noexcept;

}  // namespace af
