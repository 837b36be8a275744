// The first bytes of a file as memory.
#pragma once

#include "mmap/regular_file.h"

namespace af {

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

// Touching a page that the file no longer has ends the process: look at the file's size before.
class MappedPages {
 public:
  // `size` must not be 0.
  MappedPages(const RegularFile& file, int64_t size, MapMode mode);
  ~MappedPages();
  MappedPages(const MappedPages&) = delete;
  MappedPages& operator=(const MappedPages&) = delete;

  std::byte* base() const { return base_; }
  // Both take bytes within the size.
  void flush(const RegularFile& file, int64_t offset, int64_t length, FlushWait wait) const;
  void advise(const RegularFile& file, Advice advice, int64_t offset, int64_t length) const;

 private:
  std::byte* base_;
  const int64_t size_;
  const MapMode mode_;
};

}  // namespace af
