// A file that appears under its name only when it is complete.
#pragma once

#include <string>
#include <string_view>

#include "mmap/regular_file.h"

namespace af {

// Written under a name of its own in the target's folder. What is not published is removed; a crash may leave
// a ".af-mmap-*.tmp" behind.
class NewFile {
 public:
  // Throws kAlreadyExists at once if the target is there, unless `replace`; kInvalidName if it cannot be a
  // regular file.
  NewFile(const std::string& target, bool replace);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // The same open file, lock included.
  RegularFile duplicate() const { return file_.duplicate(); }
  // The length, and with `reserve` the disk space too. Throws kLimitExceeded for a length that no file can
  // have.
  void set_size(int64_t size, bool reserve);
  // Adds to the end of what was written so far.
  void append(ByteView bytes);

  struct Publishing {
    // Its bytes are on disk before it appears, and its name when `publish` returns.
    bool durable;
    // It appears locked. Throws kConflict if someone has locked the file it is to replace.
    bool lock;
  };
  void publish(Publishing how);

 private:
  const std::string& target() const { return file_.path(); }
  void move_to_target();
  void try_sync_folder() const;

  const std::string folder_;
  const bool replace_;
  std::string temporary_;
  const RegularFile file_;  // named after the target
  int64_t written_ = 0;
};

}  // namespace af
