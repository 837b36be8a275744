#include "mmap/mmap_header.h"

#include <algorithm>
#include <cstring>

namespace af {
namespace {

constexpr char kMagic[] = {'M', 'M', 'A', 'P'};
constexpr uint8_t kVersion = 1;
constexpr size_t kVersionAt = 4, kTypeAt = 5, kRankAt = 6, kCountAt = 8, kShapeAt = 16;

// The header's own numbers: the position in this list, from 1.
constexpr TypeId kTypes[] = {TypeId::kFloat32, TypeId::kFloat64, TypeId::kInt32, TypeId::kInt64};

uint64_t extent_slot(ByteView head, int axis) { return load<uint64_t>(head.data() + kShapeAt + 8 * axis); }

// The number of elements, or -1 if the bytes, counting an extent of 0 as 1, are over 2^63-1. Counting so
// keeps every stride of an array without elements in range too.
int64_t count_elements(std::span<const int64_t> shape, int64_t element_size) {
  int64_t bytes = element_size;
  bool empty = false;
  for (int64_t extent : shape) {
    empty |= extent == 0;
    if (!multiply_fits(bytes, std::max<int64_t>(extent, 1), &bytes)) return -1;
  }
  if (bytes > INT64_MAX - kMmapHeaderSize) return -1;
  return empty ? 0 : bytes / element_size;
}

TypeId decode_type(uint8_t id, std::string_view path) {
  if (id < 1 || id > std::size(kTypes))
    fail(Status::kUnsupported, "mapped array ", quoted(path), ": dtype must be 1 to 4, found ", id);
  return kTypes[id - 1];
}

int decode_rank(ByteView head, std::string_view path) {
  auto rank = load<uint16_t>(head.data() + kRankAt);
  if (rank > kMmapMaxRank)
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": rank must be at most 6, found ", rank);
  return rank;
}

Extents decode_shape(ByteView head, TypeId dtype, std::string_view path) {
  Extents shape(decode_rank(head, path));
  for (int axis = 0; axis < shape.rank(); axis++) {
    uint64_t extent = extent_slot(head, axis);
    if (extent > INT64_MAX)
      fail(Status::kCorrupt, "mapped array ", quoted(path), ": the extent of axis ", axis,
           " must be under 2^63, found ", extent);
    shape[axis] = static_cast<int64_t>(extent);
  }
  if (count_elements(shape.span(), element_size(dtype)) < 0)
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": the shape needs over 2^63-1 bytes");
  return shape;
}

void check_length(const MmapLayout& layout, int64_t file_size, std::string_view path) {
  if (file_size < layout.file_size())
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": the shape needs ", layout.file_size(),
         " bytes, the file has ", file_size);
  if ((file_size - layout.file_size()) % layout.element_size() != 0)
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": the ", file_size - kMmapHeaderSize,
         " bytes after the header are not whole elements of ", layout.element_size(), " bytes");
}

void check_exact(const MmapLayout& layout, ByteView head, int64_t file_size, std::string_view path) {
  auto count = load<uint64_t>(head.data() + kCountAt);
  if (count != static_cast<uint64_t>(layout.element_count()))
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": the shape has ", layout.element_count(),
         " elements, the header counts ", count);
  for (int axis = layout.shape().rank(); axis < kMmapMaxRank; axis++)
    if (uint64_t extent = extent_slot(head, axis))
      fail(Status::kCorrupt, "mapped array ", quoted(path), ": unused shape slot ", axis,
           " must be 0, found ", extent);
  if (file_size != layout.file_size())
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": expected ", layout.file_size(),
         " bytes, the file has ", file_size);
}

}  // namespace

bool is_mmap_type(TypeId dtype) { return std::ranges::find(kTypes, dtype) != std::end(kTypes); }

MmapLayout::MmapLayout(TypeId dtype, std::span<const int64_t> shape) : dtype_(dtype) {
  if (!is_mmap_type(dtype))
    fail(Status::kUnsupported, "a mapped array holds Float32, Float64, Int32 or Int64, not ",
         type_name(dtype));
  if (shape.size() > kMmapMaxRank)
    fail(Status::kLimitExceeded, "a mapped array has at most 6 dimensions, not ", shape.size());
  shape_ = Extents(shape);
  for (int axis = 0; axis < shape_.rank(); axis++)
    if (shape_[axis] < 0)
      fail(Status::kInvalidArgument, "axis ", axis, ": extent ", shape_[axis], " is negative");
  count_ = count_elements(shape, element_size());
  if (count_ < 0) fail(Status::kLimitExceeded, "a mapped array of this shape would need over 2^63-1 bytes");
}

std::array<std::byte, kMmapHeaderSize> encode_mmap_header(const MmapLayout& layout) {
  std::array<std::byte, kMmapHeaderSize> head{};
  std::memcpy(head.data(), kMagic, sizeof kMagic);
  store<uint8_t>(&head[kVersionAt], kVersion);
  store<uint8_t>(&head[kTypeAt],
                 static_cast<uint8_t>(std::ranges::find(kTypes, layout.dtype()) - kTypes + 1));
  store<uint16_t>(&head[kRankAt], static_cast<uint16_t>(layout.shape().rank()));
  store<int64_t>(&head[kCountAt], layout.element_count());
  for (int axis = 0; axis < layout.shape().rank(); axis++)
    store<int64_t>(&head[kShapeAt + 8 * axis], layout.shape()[axis]);
  return head;
}

MmapLayout decode_mmap_header(ByteView head, int64_t file_size, std::string_view path, HeaderCheck check) {
  if (head.size() < kMmapHeaderSize)
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": the header has 64 bytes, the file ",
         head.size());
  if (std::memcmp(head.data(), kMagic, sizeof kMagic) != 0)
    fail(Status::kCorrupt, "mapped array ", quoted(path), ": the file does not begin with MMAP");
  if (auto version = load<uint8_t>(&head[kVersionAt]); version != kVersion)
    fail(Status::kUnsupported, "mapped array ", quoted(path), ": version must be 1, found ", version);
  TypeId dtype = decode_type(load<uint8_t>(&head[kTypeAt]), path);
  MmapLayout layout(dtype, decode_shape(head, dtype, path).span());
  check_length(layout, file_size, path);
  if (check == HeaderCheck::kExact) check_exact(layout, head, file_size, path);
  return layout;
}

}  // namespace af
