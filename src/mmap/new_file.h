// A file that appears under its name only when it is complete.
#pragma once

#include <string>
#include <string_view>

#include "mmap/mapped_pages.h"

namespace af {

// Written under a name of its own in the target's folder. What is not published is removed; a crash may leave
// a
// ".af-mmap-*.tmp" behind.
class NewFile {
 public:
  // Throws kAlreadyExists at once if the target is there, unless `replace`; kInvalidName if it cannot be a
  // regular file.
  NewFile(const std::string& target, bool replace);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // A descriptor of the same open file, lock included.
  ScopedFd duplicate() const;
  // The length, and with `reserve` the disk space too. Throws kLimitExceeded for a length that no file can
  // have.
  void set_size(int64_t size, bool reserve);
  // Adds to the end of what was written so far.
  void append(ByteView bytes);

  struct Publishing {
    bool durable;  // its bytes are on disk before it appears, and its name when this returns
    bool lock;     // it appears locked by its descriptors; kConflict if someone has locked the file it is to
                   // replace
  };
  void publish(Publishing how);

 private:
  void move_to_target();
  void try_sync_folder() const;

  const std::string target_;
  const std::string folder_;
  const bool replace_;
  std::string temporary_;
  ScopedFd fd_;
  int64_t written_ = 0;
};

}  // namespace af
