// An open file, and the few things that are done with it. Failures name its path.
#pragma once

#include <string>
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

// A reader keeps those writers out who ask for the lock, a writer everyone who asks.
enum class LockKind { kReader, kWriter };

class RegularFile {
 public:
  enum class Use { kReading, kWriting };

  // Does not hang on a pipe. Throws kInvalidName for what is seen at once not to be a regular file; `size`
  // sees the rest.
  static RegularFile open(const std::string& path, Use use);
  // `path` is what failures name.
  RegularFile(ScopedFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }

  // Its length now. Throws kInvalidName unless it is a regular file.
  int64_t size() const;
  // The same where it is known to be one, in less than half the time.
  int64_t regular_size() const;
  // Answers how many bytes there were: fewer than asked for at the end of the file.
  size_t read_at(int64_t offset, MutableBytes bytes) const;
  void write_at(int64_t offset, ByteView bytes) const;
  // Returns when the bytes are on disk.
  void sync() const;
  // Sees that they begin to be written, where the system can.
  void begin_to_sync(int64_t offset, int64_t length) const;

  // Takes the file, which `name` must still lead to, until all descriptors of this open file are closed.
  // Throws kConflict when another has it.
  void lock(LockKind kind, const std::string& name) const;
  // Another descriptor of the same open file, lock included.
  RegularFile duplicate() const;

 private:
  ScopedFd fd_;
  std::string path_;
};

[[noreturn]] void fail_not_regular(std::string_view path);

}  // namespace af
