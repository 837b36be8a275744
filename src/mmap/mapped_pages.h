// A file descriptor, and the first bytes of its file mapped into memory.
#pragma once

#include <string_view>
#include <utility>

#include "core/bytes.h"

namespace af {

class ScopedFd {
 public:
  explicit ScopedFd(int fd = -1) : fd_(fd) {}
  ~ScopedFd();
  ScopedFd(ScopedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ScopedFd& operator=(ScopedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

enum class MapMode : int32_t {
  kReadOnly = 0,
  kReadWrite = 1,
  kCopyOnWrite = 2,  // written pages are this mapping's own, never the file's
};

enum class Advice : int32_t {
  kNormal = 0,
  kSequential = 1,
  kRandom = 2,
  kWillNeed = 3,
  kDontNeed = 4,
};

enum class FlushWait {
  kUntilOnDisk,
  kNo,  // writing begins
};

// Pages of a file. Owns the descriptor too: it holds the lock and tells the file's present length.
class MappedPages {
 public:
  // `size` must not be 0, nor more than the file has.
  MappedPages(ScopedFd fd, int64_t size, MapMode mode, std::string_view path);
  ~MappedPages();
  MappedPages(MappedPages&& other) noexcept
      : fd_(std::move(other.fd_)),
        base_(std::exchange(other.base_, nullptr)),
        size_(other.size_),
        mode_(other.mode_) {}
  MappedPages& operator=(MappedPages&&) = delete;

  std::byte* base() const { return base_; }
  int64_t size() const { return size_; }
  MapMode mode() const { return mode_; }
  // The length of the file now. Touching pages beyond it ends the process.
  int64_t file_size(std::string_view path) const;

  // [offset, offset + length) must lie within the mapping.
  void flush(int64_t offset, int64_t length, FlushWait wait, std::string_view path) const;
  void advise(Advice advice, int64_t offset, int64_t length, std::string_view path) const;

 private:
  ScopedFd fd_;
  std::byte* base_;
  int64_t size_;
  MapMode mode_;
};

// Takes the file for a writer (against everyone who asks) or a reader (against writers who ask), until the
// descriptor and all copies of it are closed. Throws kConflict when another has it, or when the path
// meanwhile leads to another file.
enum class LockKind { kReader, kWriter };
void lock_file(const ScopedFd& fd, LockKind kind, const std::string& path);

// The length of a regular file. Throws kInvalidName for a folder, a pipe and the like.
int64_t regular_file_size(const ScopedFd& fd, std::string_view path);

// Opens an existing regular file; does not hang on a pipe.
enum class OpenFor { kReading, kWriting };
ScopedFd open_regular_file(const std::string& path, OpenFor use);

}  // namespace af
