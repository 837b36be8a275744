// MappedArray: one array in a file that is mapped into memory. What each call promises stands in
// arrayformat.h.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "core/fair_shared_mutex.h"
#include "core/strided.h"
#include "mmap/mapped_pages.h"
#include "mmap/mmap_header.h"

namespace af {

struct MmapOpenOptions {
  MapMode mode = MapMode::kReadOnly;
  HeaderCheck check = HeaderCheck::kReadable;
  bool lock = false;
};

struct MmapCreateOptions {
  bool replace = false;
  bool durable = true;
  bool reserve = false;  // ask for all disk space at once
  bool lock = false;
};

// The file is mapped when its elements are first asked for in place. What is dense, in the file and in the
// caller's memory, is copied by system calls instead: they need no mapping, and answer by an error what would
// end the process there (a file cut short, a full disk).
class MappedArray {
 public:
  static std::shared_ptr<MappedArray> open(const std::string& path, const MmapOpenOptions& options);
  // Of zeros that take no space on disk until they are written, a copy of `source`, or what `fill` writes.
  // The file appears, whole, just before these return; the array is for reading and writing.
  static std::shared_ptr<MappedArray> create(const std::string& path, const MmapLayout& layout,
                                             const MmapCreateOptions& options);
  static std::shared_ptr<MappedArray> create(const std::string& path, const MmapLayout& layout,
                                             StridedBox<const std::byte> source,
                                             const MmapCreateOptions& options);
  static std::shared_ptr<MappedArray> create(const std::string& path, const MmapLayout& layout,
                                             const std::function<void(MappedArray&)>& fill,
                                             const MmapCreateOptions& options);

  MappedArray(RegularFile file, const MmapLayout& layout, MapMode mode);

  const std::string& path() const { return file_.path(); }
  const MmapLayout& layout() const { return layout_; }
  MapMode mode() const { return mode_; }
  const Extents& strides() const { return strides_; }  // in bytes

  // The elements, for as long as this object lives. Throws kCorrupt when the file has become too short to
  // hold them.
  const std::byte* data() const;
  // The same for writing. Throws kReadOnly.
  std::byte* mutable_data();

  // Empty spans mean the whole array. Reading runs side by side, writing alone.
  void read(std::span<const int64_t> start, std::span<const int64_t> shape, std::span<const int64_t> strides,
            MutableBytes dst) const;
  void write(std::span<const int64_t> start, std::span<const int64_t> shape, std::span<const int64_t> strides,
             ByteView src);

  // Header and elements.
  void flush() const;
  // Bytes of the elements; the first one is at 0. Throws kOutOfBounds.
  void flush_range(int64_t offset, int64_t length, FlushWait wait) const;
  void advise(Advice advice, int64_t offset, int64_t length) const;

 private:
  const MappedPages& pages() const;
  std::byte* elements() const { return pages().base() + kMmapHeaderSize; }
  int64_t offset_of(const Extents& at) const;
  // Whether some elements may differ from the file's.
  bool has_own_elements() const { return mode_ == MapMode::kCopyOnWrite && pages_.load() != nullptr; }
  void read_run(int64_t offset, MutableBytes dst) const;
  void check_writable() const;
  void check_length() const;
  void check_range(int64_t offset, int64_t length) const;
  void flush_bytes(int64_t offset, int64_t length, FlushWait wait) const;

  const RegularFile file_;
  const MmapLayout layout_;
  const Extents strides_;
  const MapMode mode_;
  mutable FairSharedMutex elements_mutex_;  // as far as read and write go
  mutable std::mutex map_mutex_;
  mutable std::unique_ptr<const MappedPages> owned_pages_;
  mutable std::atomic<const MappedPages*> pages_ = nullptr;  // once it is set it stays
};

}  // namespace af
