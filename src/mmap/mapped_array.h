// MappedArray: one array in a file that is mapped into memory. What each call promises stands in
// arrayformat.h.
#pragma once

#include <functional>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>

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

class MappedArray {
 public:
  static std::shared_ptr<MappedArray> open(const std::string& path, const MmapOpenOptions& options);
  // Of zeros that take no space on disk until they are written, a copy of `source`, or what `fill` writes.
  // The file appears, whole, just before these return; the array is mapped for reading and writing.
  static std::shared_ptr<MappedArray> create(const std::string& path, const MmapLayout& layout,
                                             const MmapCreateOptions& options);
  static std::shared_ptr<MappedArray> create(const std::string& path, const MmapLayout& layout,
                                             StridedBox<const std::byte> source,
                                             const MmapCreateOptions& options);
  static std::shared_ptr<MappedArray> create(const std::string& path, const MmapLayout& layout,
                                             const std::function<void(MappedArray&)>& fill,
                                             const MmapCreateOptions& options);

  MappedArray(std::string path, const MmapLayout& layout, MappedPages mapping);

  const std::string& path() const { return path_; }
  const MmapLayout& layout() const { return layout_; }
  MapMode mode() const { return mapping_.mode(); }
  Extents strides() const { return c_strides(layout_.shape(), layout_.element_size()); }

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
  void check_length() const;
  void check_range(int64_t offset, int64_t length) const;
  std::byte* element(const Extents& at) const;

  const std::string path_;
  const MmapLayout layout_;
  const MappedPages mapping_;
  mutable std::shared_mutex mutex_;  // the elements, as far as read and write go
};

}  // namespace af
