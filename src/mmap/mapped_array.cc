#include "mmap/mapped_array.h"

#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace af {
namespace {

// The first bytes by a read, not through the mapping: a file that shrinks meanwhile only gives fewer of them.
ByteView read_head(const ScopedFd& fd, std::array<std::byte, kMmapHeaderSize>& head, std::string_view path) {
  size_t got = 0;
  while (got < head.size()) {
    ssize_t n = pread(fd.get(), head.data() + got, head.size() - got, static_cast<off_t>(got));
    if (n < 0 && errno != EINTR) fail_os(errno, text_of("reading ", quoted(path)));
    if (n == 0) break;
    if (n > 0) got += static_cast<size_t>(n);
  }
  return {head.data(), got};
}

}  // namespace

std::shared_ptr<MappedArray> MappedArray::open(const std::string& path, const MmapOpenOptions& options) {
  const bool writes = options.mode == MapMode::kReadWrite;
  ScopedFd fd = open_regular_file(path, writes ? OpenFor::kWriting : OpenFor::kReading);
  const int64_t size = regular_file_size(fd, path);
  if (options.lock) lock_file(fd, writes ? LockKind::kWriter : LockKind::kReader, path);
  std::array<std::byte, kMmapHeaderSize> head;
  MmapLayout layout = decode_mmap_header(read_head(fd, head, path), size, path, options.check);
  return std::make_shared<MappedArray>(path, layout,
                                       MappedPages(std::move(fd), layout.file_size(), options.mode, path));
}

MappedArray::MappedArray(std::string path, const MmapLayout& layout, MappedPages mapping)
    : path_(std::move(path)), layout_(layout), mapping_(std::move(mapping)) {}

void MappedArray::check_length() const {
  const int64_t size = mapping_.file_size(path_);
  if (size < mapping_.size())
    fail(Status::kCorrupt, "mapped array ", quoted(path_), ": truncated after it was opened: expected ",
         mapping_.size(), " bytes, the file has ", size);
}

const std::byte* MappedArray::data() const {
  check_length();
  return mapping_.base() + kMmapHeaderSize;
}

std::byte* MappedArray::mutable_data() {
  if (mode() == MapMode::kReadOnly)
    fail(Status::kReadOnly, "mapped array ", quoted(path_), ": opened read-only");
  check_length();
  return mapping_.base() + kMmapHeaderSize;
}

std::byte* MappedArray::element(const Extents& at) const {
  const Extents steps = strides();
  std::byte* found = mapping_.base() + kMmapHeaderSize;
  for (int axis = 0; axis < at.rank(); axis++) found += at[axis] * steps[axis];
  return found;
}

void MappedArray::read(std::span<const int64_t> start, std::span<const int64_t> shape,
                       std::span<const int64_t> strides, MutableBytes dst) const {
  const Region region = checked_region(start, shape, layout_.shape());
  const auto box = strided_box(region.shape, layout_.element_size(), strides, dst);
  check_length();
  if (is_empty(region)) return;
  std::shared_lock lock(mutex_);
  copy_strided(region.shape, layout_.element_size(), box.first, box.strides, element(region.start),
               this->strides());
}

void MappedArray::write(std::span<const int64_t> start, std::span<const int64_t> shape,
                        std::span<const int64_t> strides, ByteView src) {
  mutable_data();
  const Region region = checked_region(start, shape, layout_.shape());
  const auto box = strided_box(region.shape, layout_.element_size(), strides, src);
  if (is_empty(region)) return;
  std::unique_lock lock(mutex_);
  copy_strided(region.shape, layout_.element_size(), element(region.start), this->strides(), box.first,
               box.strides);
}

void MappedArray::flush() const {
  check_length();
  mapping_.flush(0, mapping_.size(), FlushWait::kUntilOnDisk, path_);
}

void MappedArray::flush_range(int64_t offset, int64_t length, FlushWait wait) const {
  check_range(offset, length);
  check_length();
  mapping_.flush(kMmapHeaderSize + offset, length, wait, path_);
}

void MappedArray::advise(Advice advice, int64_t offset, int64_t length) const {
  check_range(offset, length);
  mapping_.advise(advice, kMmapHeaderSize + offset, length, path_);
}

void MappedArray::check_range(int64_t offset, int64_t length) const {
  if (offset < 0 || length < 0)
    fail(Status::kInvalidArgument, "offset ", offset, " and length ", length, " must not be negative");
  if (!within(static_cast<uint64_t>(offset), static_cast<uint64_t>(length),
              static_cast<uint64_t>(layout_.data_size())))
    fail(Status::kOutOfBounds, "offset ", offset, " and length ", length, " lie outside the array's ",
         layout_.data_size(), " bytes");
}

}  // namespace af
