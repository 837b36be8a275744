// How a MappedArray comes into being.
#include <algorithm>

#include "mmap/mapped_array.h"
#include "mmap/new_file.h"

namespace af {
namespace {

// Writes a strided box in C order, gathering what is not dense in pieces of about a megabyte.
class Gatherer {
 public:
  Gatherer(NewFile& file, int64_t element_size) : file_(file), element_size_(element_size) {}

  void write(const Extents& shape, StridedBox<const std::byte> box) {
    const int64_t bytes = element_count(shape) * element_size_;
    if (bytes == 0) return;
    if (is_dense(shape, element_size_, box.strides))
      return file_.append({box.first, static_cast<size_t>(bytes)});
    if (bytes <= kPiece) return write_gathered(shape, box, bytes);
    write_slices(shape, box, bytes);
  }

 private:
  static constexpr int64_t kPiece = 1 << 20;

  void write_gathered(const Extents& shape, StridedBox<const std::byte> box, int64_t bytes) {
    if (gathered_.empty()) gathered_ = Buffer(kPiece);
    copy_strided(shape, element_size_, gathered_.data(), c_strides(shape, element_size_), box.first,
                 box.strides);
    file_.append({gathered_.data(), static_cast<size_t>(bytes)});
  }

  void write_slices(const Extents& shape, StridedBox<const std::byte> box, int64_t bytes) {
    int axis = 0;
    while (shape[axis] == 1) axis++;
    const int64_t thickness = std::max<int64_t>(kPiece / (bytes / shape[axis]), 1);
    for (int64_t at = 0; at < shape[axis]; at += thickness) {
      Extents slice = shape;
      slice[axis] = std::min(thickness, shape[axis] - at);
      write(slice, {box.first + at * box.strides[axis], box.strides});
    }
  }

  NewFile& file_;
  const int64_t element_size_;
  Buffer gathered_;
};

// The file, complete but for its elements.
class Draft {
 public:
  Draft(const std::string& path, const MmapLayout& layout, const MmapCreateOptions& options)
      : layout_(layout), options_(options), file_(path, options.replace) {
    file_.set_size(layout.file_size(), options.reserve);
    file_.append(encode_mmap_header(layout));
  }

  NewFile& file() { return file_; }
  std::shared_ptr<MappedArray> array() {
    return std::make_shared<MappedArray>(file_.duplicate(), layout_, MapMode::kReadWrite);
  }
  void publish() { file_.publish({options_.durable, options_.lock}); }

 private:
  const MmapLayout& layout_;
  const MmapCreateOptions& options_;
  NewFile file_;
};

}  // namespace

std::shared_ptr<MappedArray> MappedArray::create(const std::string& path, const MmapLayout& layout,
                                                 const MmapCreateOptions& options) {
  Draft draft(path, layout, options);
  auto array = draft.array();
  draft.publish();
  return array;
}

std::shared_ptr<MappedArray> MappedArray::create(const std::string& path, const MmapLayout& layout,
                                                 StridedBox<const std::byte> source,
                                                 const MmapCreateOptions& options) {
  Draft draft(path, layout, options);
  Gatherer(draft.file(), layout.element_size()).write(layout.shape(), source);
  auto array = draft.array();
  draft.publish();
  return array;
}

std::shared_ptr<MappedArray> MappedArray::create(const std::string& path, const MmapLayout& layout,
                                                 const std::function<void(MappedArray&)>& fill,
                                                 const MmapCreateOptions& options) {
  MmapCreateOptions reserving = options;
  // Elements arrive through the mapping, where a full disk would end the process.
  reserving.reserve = true;
  Draft draft(path, layout, reserving);
  auto array = draft.array();
  fill(*array);
  draft.publish();
  return array;
}

}  // namespace af
