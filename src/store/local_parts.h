// The parts of the local store (local.cc), one file each.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/posix_file.h"
#include "store/store.h"

namespace af {

// The folder of a local store. Keys are paths below it.
class LocalFolder {
 public:
  explicit LocalFolder(std::string_view folder);

  const std::string& path() const { return path_; }
  // Throws kInvalidName for a key that is empty, holds a NUL or has a segment that is empty, "." or "..".
  std::string path_of(std::string_view key) const;

 private:
  std::string path_;
};

// Throws kNotFound, and kInvalidName for what is not a file: it is neither waited for nor read.
std::unique_ptr<Object> open_local_object(const std::string& path, std::string_view key);

// Of a file that is open already. Throws kInvalidName for what is none.
std::unique_ptr<Object> local_object_of(FileDescriptor fd, const std::string& path, std::string_view key);

std::unique_ptr<Upload> start_local_upload(const LocalFolder& folder, Durability durability,
                                           std::string_view near);

// Waits for the lock file at `path`. nullptr: the file system has no locks.
std::unique_ptr<StoreLock> lock_local_file(const std::string& path);

}  // namespace af
