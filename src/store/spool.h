// Bytes that are appended and read back: in memory at first, beyond a limit in a temporary file without a
// name.
#pragma once

#include <vector>

#include "core/bytes.h"
#include "store/posix_file.h"

namespace af {

class Spool {
 public:
  explicit Spool(uint64_t memory) : limit_(memory) {}
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  uint64_t size() const { return size_; }
  void append(ByteView bytes);
  // Throws kInternal past the end.
  void read(uint64_t offset, MutableBytes into) const;
  // All of it. Good until the next append.
  ByteView view();

 private:
  void move_to_file();
  void unmap();

  uint64_t limit_;
  uint64_t size_ = 0;
  std::vector<std::byte> memory_;
  FileDescriptor file_;
  void* mapped_ = nullptr;
  uint64_t mapped_size_ = 0;
};

}  // namespace af
