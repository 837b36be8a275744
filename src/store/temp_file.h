// A file being made: it has a name that no reader looks at until it gets its own.
#pragma once

#include <optional>
#include <string>

#include "store/posix_file.h"
#include "store/store.h"

namespace af {

// Removed when it is dropped without having been placed, except in a child that a fork() gave a copy of it.
class TempFile {
 public:
  // Makes an empty file `.{name}.tmp-{16 hex digits}` in the folder of `near`, which must be there.
  explicit TempFile(const std::string& near);
  ~TempFile();
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }
  // Whether it has got its own name: nothing may be written into it any more.
  bool is_placed() const { return placed_; }

  // Gives the file its own name, durably, on the same file system, and answers its version. Nothing, if the
  // condition does not hold: it then stays what it was. Between comparing a version (kIfMatch) and replacing,
  // another writer may replace the object: writers that condition on versions hold a lock.
  std::optional<std::string> place(const std::string& path, const Condition& condition,
                                   Durability durability);

 private:
  // Whether it is still there once nobody may clear it away.
  bool is_kept();
  bool take_name(const std::string& path, const Condition& condition);
  bool take_free_name(const std::string& path);
  void give_back_name(const std::string& path, const Condition& condition);

  std::string path_;
  FileDescriptor fd_;
  uint64_t birth_;  // fork_generation() of its maker
  bool placed_ = false;
  bool holds_old_ = false;  // the temporary name is now that of the file whose place was taken
};

// Whether a file's name is one that TempFile makes.
bool is_temp_name(std::string_view name);

// The name that such a file was to get; of a very long one only its beginning.
std::string_view name_behind_temp(std::string_view temp_name);

// Removes such a file whose maker is gone, and answers its size; 0 if somebody is at work on it.
int64_t remove_if_abandoned(const std::string& path);

}  // namespace af
