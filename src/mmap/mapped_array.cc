#include "mmap/mapped_array.h"

namespace af {
namespace {

// Whether a region of one array can be copied as a single run of bytes.
bool is_one_run(const Extents& shape, int64_t element_size, const Extents& strides,
                const Extents& other_strides) {
  return is_dense(shape, element_size, strides) && is_dense(shape, element_size, other_strides);
}

}  // namespace

std::shared_ptr<MappedArray> MappedArray::open(const std::string& path, const MmapOpenOptions& options) {
  const bool writes = options.mode == MapMode::kReadWrite;
  RegularFile file =
      RegularFile::open(path, writes ? RegularFile::Use::kWriting : RegularFile::Use::kReading);
  const int64_t size = file.size();
  if (options.lock) file.lock(writes ? LockKind::kWriter : LockKind::kReader, path);
  std::array<std::byte, kMmapHeaderSize> head;
  const size_t head_size = file.read_at(0, head);
  const MmapLayout layout = decode_mmap_header({head.data(), head_size}, size, path, options.check);
  return std::make_shared<MappedArray>(std::move(file), layout, options.mode);
}

MappedArray::MappedArray(RegularFile file, const MmapLayout& layout, MapMode mode)
    : file_(std::move(file)),
      layout_(layout),
      strides_(c_strides(layout.shape(), layout.element_size())),
      mode_(mode) {}

const MappedPages& MappedArray::pages() const {
  if (const MappedPages* mapped = pages_.load(std::memory_order_acquire)) return *mapped;
  std::lock_guard lock(map_mutex_);
  if (owned_pages_ == nullptr) {
    owned_pages_ = std::make_unique<const MappedPages>(file_, layout_.file_size(), mode_);
    pages_.store(owned_pages_.get(), std::memory_order_release);
  }
  return *owned_pages_;
}

int64_t MappedArray::offset_of(const Extents& at) const {
  int64_t offset = 0;
  for (int axis = 0; axis < at.rank(); axis++) offset += at[axis] * strides_[axis];
  return offset;
}

void MappedArray::check_length() const {
  const int64_t size = file_.regular_size();
  if (size < layout_.file_size())
    fail(Status::kCorrupt, "mapped array ", quoted(path()), ": truncated after it was opened: expected ",
         layout_.file_size(), " bytes, the file has ", size);
}

void MappedArray::check_writable() const {
  if (mode_ == MapMode::kReadOnly)
    fail(Status::kReadOnly, "mapped array ", quoted(path()), ": opened read-only");
}

const std::byte* MappedArray::data() const {
  check_length();
  return elements();
}

std::byte* MappedArray::mutable_data() {
  check_writable();
  check_length();
  return elements();
}

void MappedArray::read(std::span<const int64_t> start, std::span<const int64_t> shape,
                       std::span<const int64_t> strides, MutableBytes dst) const {
  const Region region = checked_region(start, shape, layout_.shape());
  const int64_t size = layout_.element_size();
  const auto box = strided_box(region.shape, size, strides, dst);
  const int64_t offset = offset_of(region.start);
  const int64_t bytes = element_count(region.shape) * size;
  std::shared_lock lock(elements_mutex_);
  check_length();
  if (bytes > 0 && !has_own_elements() && is_one_run(region.shape, size, strides_, box.strides))
    return read_run(offset, {box.first, static_cast<size_t>(bytes)});
  copy_strided(region.shape, size, box.first, box.strides, elements() + offset, strides_);
}

void MappedArray::read_run(int64_t offset, MutableBytes dst) const {
  if (file_.read_at(kMmapHeaderSize + offset, dst) == dst.size()) return;
  check_length();
  fail(Status::kIo, "mapped array ", quoted(path()),
       ": the file was cut short and grew again while it was read");
}

void MappedArray::write(std::span<const int64_t> start, std::span<const int64_t> shape,
                        std::span<const int64_t> strides, ByteView src) {
  check_writable();
  const Region region = checked_region(start, shape, layout_.shape());
  const int64_t size = layout_.element_size();
  const auto box = strided_box(region.shape, size, strides, src);
  const int64_t offset = offset_of(region.start);
  const int64_t bytes = element_count(region.shape) * size;
  std::unique_lock lock(elements_mutex_);
  // Also where a write would do: it would let a truncated file grow again.
  check_length();
  if (bytes > 0 && mode_ == MapMode::kReadWrite && is_one_run(region.shape, size, strides_, box.strides))
    return file_.write_at(kMmapHeaderSize + offset, {box.first, static_cast<size_t>(bytes)});
  copy_strided(region.shape, size, elements() + offset, strides_, box.first, box.strides);
}

void MappedArray::flush() const { flush_bytes(0, layout_.file_size(), FlushWait::kUntilOnDisk); }

void MappedArray::flush_range(int64_t offset, int64_t length, FlushWait wait) const {
  check_range(offset, length);
  flush_bytes(kMmapHeaderSize + offset, length, wait);
}

void MappedArray::flush_bytes(int64_t offset, int64_t length, FlushWait wait) const {
  check_length();
  if (mode_ != MapMode::kReadWrite) return;
  const MappedPages* mapped = pages_.load(std::memory_order_acquire);
  if (mapped != nullptr) mapped->flush(file_, offset, length, wait);
  // Of a mapping the system only takes note when it is told not to wait.
  if (wait == FlushWait::kNo) return file_.begin_to_sync(offset, length);
  if (mapped == nullptr) file_.sync();
}

void MappedArray::advise(Advice advice, int64_t offset, int64_t length) const {
  check_range(offset, length);
  pages().advise(file_, advice, kMmapHeaderSize + offset, length);
}

void MappedArray::check_range(int64_t offset, int64_t length) const {
  if (offset < 0 || length < 0)
    fail(Status::kInvalidArgument, "offset ", offset, " and length ", length, " must not be negative");
  if (offset > layout_.data_size() || length > layout_.data_size() - offset)
    fail(Status::kOutOfBounds, "offset ", offset, " and length ", length, " lie outside the array's ",
         layout_.data_size(), " bytes");
}

}  // namespace af
