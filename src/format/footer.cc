#include "format/footer.h"

#include <algorithm>
#include <array>
#include <string>

#include "format/archived_stats.h"
#include "format/footer_layout.h"

namespace af {
using namespace footer_layout;
namespace {

// The texts of one list together: far more than any attribute has.
constexpr uint64_t kLongestTextList = 64 << 20;

Value read_variable_list(const ArchiveReader& archive, uint64_t at, TypeId type) {
  ArchivedVec elements = archive.vec(at, kStringSize, 8);
  std::string bytes;
  std::vector<int64_t> offsets{0};
  for (uint64_t i = 0; i < elements.count; i++) {
    uint64_t element = elements.at + i * kStringSize;
    if (type == TypeId::kString) {
      bytes += archive.text(element);
    } else {
      ArchivedVec blob = archive.vec(element, 1, 1);
      bytes += as_text({archive.raw(blob.at, blob.count), blob.count});
    }
    if (bytes.size() > archive.size())
      fail(Status::kCorrupt, "footer: the elements of the list at ", at, " overlap");
    offsets.push_back(static_cast<int64_t>(bytes.size()));
  }
  return Value::variable(type, true, bytes, std::move(offsets));
}

Value read_number(const ArchiveReader& archive, uint64_t at, TypeId type) {
  uint32_t size = element_size(type);
  const std::byte* raw = archive.raw(at + size, size);
  if (type == TypeId::kBool) archive.tag(at + size, 1, "boolean");
  return Value::fixed(type, false, {raw, size}, 1);
}

Value read_number_list(const ArchiveReader& archive, uint64_t at, TypeId type) {
  uint32_t size = element_size(type);
  ArchivedVec elements = archive.vec(at + 8, size, size);
  ByteView raw{archive.raw(elements.at, elements.count * size), elements.count * size};
  if (type == TypeId::kBool)
    for (uint64_t i = 0; i < elements.count; i++) archive.tag(elements.at + i, 1, "boolean");
  return Value::fixed(type, true, raw, static_cast<int64_t>(elements.count));
}

}  // namespace

bool footer_holds(int version, const Value& value) {
  if (value.type() == TypeId::kTimestampNs || is_list(value.type())) return false;
  return version >= 5 || (!value.is_list() && value.type() != TypeId::kBinary);
}

// ---------------------------------------------------------------- arrays

std::string_view ArrayView::name() const { return archive_->text(at_); }
std::string_view ArrayView::name_bytes() const { return archive_->text_bytes(at_); }
DType ArrayView::dtype() const { return dtype_at(at_ + kDtype, 0); }

DType ArrayView::dtype_at(uint64_t at, int depth) const {
  if (depth > DType::kMaxDepth)
    fail(Status::kLimitExceeded, "footer: a dtype is nested over ", DType::kMaxDepth, " deep");
  DType dtype(static_cast<TypeId>(archive_->tag(at, kTypeCount - 1, "dtype")));
  if (is_list(dtype.id)) {
    dtype.child = std::make_shared<DType>(dtype_at(archive_->target(at + 8, 24, 8), depth + 1));
    if (dtype.id == TypeId::kFixedSizeList) dtype.list_size = archive_->number<uint32_t>(at + 16);
  }
  return dtype;
}

bool ArrayView::deleted() const { return version_ != 6 && archive_->tag(at_ + kDeleted, 1, "boolean") != 0; }

int ArrayView::rank() const {
  uint64_t rank = archive_->number<uint64_t>(at_ + kShape + 8);
  if (rank > kMaxRank)
    fail(Status::kUnsupported, "array ", quoted(name_bytes()), ": rank ", rank, " is over ", kMaxRank);
  return static_cast<int>(rank);
}

Extents ArrayView::numbers(uint64_t at, const char* what) const {
  ArchivedVec stored = archive_->vec(at, 4, 4);
  if (stored.count > kMaxRank)
    fail(Status::kUnsupported, "array ", quoted(name_bytes()), ": rank ", stored.count, " of its ", what,
         " is over ", kMaxRank);
  Extents extents;
  for (uint64_t i = 0; i < stored.count; i++)
    extents.push_back(archive_->number<uint32_t>(stored.at + i * 4));
  return extents;
}

Extents ArrayView::shape() const { return numbers(at_ + kShape, "shape"); }

Extents ArrayView::chunk_shape() const {
  Extents stored = numbers(at_ + kChunkShape, "chunk shape");
  int rank = this->rank();
  if (stored.rank() < rank)
    fail(Status::kUnsupported, "array ", quoted(name_bytes()), ": its chunk shape has rank ", stored.rank(),
         ", the array ", rank);
  Extents extents;
  for (int axis = 0; axis < rank; axis++) extents.push_back(stored[axis]);
  return extents;
}

std::vector<std::string> ArrayView::dimension_names() const {
  ArchivedVec stored = archive_->vec(at_ + kDims, kStringSize, 8);
  uint64_t rank = static_cast<uint64_t>(this->rank());
  std::vector<std::string> names;
  for (uint64_t i = 0; i < rank; i++)
    names.emplace_back(stored.count == rank ? std::string(archive_->text(stored.at + i * kStringSize))
                                            : text_of("dim", i));
  return names;
}

std::optional<FillValue> ArrayView::fill() const {
  if (archive_->tag(at_ + kFill, 1, "option") == 0) return {};
  uint64_t at = at_ + kFill + 8;
  FillValue fill;
  fill.kind = static_cast<FillValue::Kind>(archive_->tag(at, 5, "fill value"));
  if (fill.kind == FillValue::Kind::kBool)
    fill.bits = archive_->tag(at + 1, 1, "boolean");
  else if (fill.kind == FillValue::Kind::kString)
    fill.text = archive_->text(at + 8);
  else
    fill.bits = archive_->number<uint64_t>(at + 8);
  return fill;
}

ArraySchema ArrayView::schema() const { return {dtype(), shape(), chunk_shape(), dimension_names(), fill()}; }

uint64_t ArrayView::chunk_count() const { return archive_->vec(at_ + kChunks, kChunkSize, 8).count; }

ChunkAddress ArrayView::chunk_address(uint64_t i) const {
  const std::byte* entry =
      archive_->raw(archive_->vec(at_ + kChunks, kChunkSize, 8).at + i * kChunkSize, kChunkSize);
  return {load<uint32_t>(entry + 16), load<uint32_t>(entry + 20), load<uint32_t>(entry + 24)};
}

bool ArrayView::chunk_is(uint64_t i, const Extents& coord) const {
  uint64_t entry = archive_->vec(at_ + kChunks, kChunkSize, 8).at + i * kChunkSize;
  ArchivedVec stored = archive_->vec(entry, 4, 4);
  if (stored.count < static_cast<uint64_t>(coord.rank())) return false;
  if (coord.rank() == 0) return true;
  const std::byte* components = archive_->raw(stored.at, static_cast<uint64_t>(coord.rank()) * 4);
  for (int axis = 0; axis < coord.rank(); axis++)
    if (load<uint32_t>(components + axis * 4) != coord[axis]) return false;
  return true;
}

std::optional<Extents> ArrayView::chunk_coord(uint64_t i, int rank) const {
  uint64_t entry = archive_->vec(at_ + kChunks, kChunkSize, 8).at + i * kChunkSize;
  ArchivedVec stored = archive_->vec(entry, 4, 4);
  if (stored.count < static_cast<uint64_t>(rank)) return {};
  Extents coord;
  for (int axis = 0; axis < rank; axis++)
    coord.push_back(archive_->number<uint32_t>(stored.at + static_cast<uint64_t>(axis) * 4));
  return coord;
}

uint64_t ArrayView::attribute_width() const {
  return version_ == 6 ? 4 : uint64_t{2} << archive_->tag(at_ + kAttributes, 2, "attribute width");
}

ArchivedVec ArrayView::attribute_table() const {
  uint64_t width = attribute_width();
  return archive_->vec(at_ + (version_ == 6 ? kAttributes6 : kAttributes + 8), 2 * width, width);
}

uint64_t ArrayView::attribute_count() const { return attribute_table().count; }

AttributeEntry ArrayView::attribute(uint64_t i) const {
  uint64_t width = attribute_width();
  uint64_t at = attribute_table().at + i * 2 * width;
  switch (width) {
    case 2: return {archive_->number<uint16_t>(at), archive_->number<uint16_t>(at + 2)};
    case 4: return {archive_->number<uint32_t>(at), archive_->number<uint32_t>(at + 4)};
    default: return {archive_->number<uint64_t>(at), archive_->number<uint64_t>(at + 8)};
  }
}

std::optional<ArrayStats> ArrayView::stats() const {
  if (version_ != 6 || archive_->tag(at_ + kStats6, 1, "option") == 0) return {};
  return read_archived_stats(*archive_, at_ + kStats6 + 8);
}

// ---------------------------------------------------------------- footer

FooterView::FooterView(ArchiveReader archive) : archive_(archive) {
  uint64_t size = archive_.size();
  if (size >= kRootSize6 && size % 8 == 0 &&
      is_version_6({archive_.raw(size - kRootSize6, kRootSize6), kRootSize6})) {
    version_ = 6;
    root_ = size - kRootSize6;
    keys_ = archive_.vec(root_ + kStrings6, kStringSize, 8);
    values_ = archive_.vec(root_ + kValues6, kValueSize, 8);
    arrays_ = archive_.vec(root_ + kArrays6, array_size(), 8);
  } else {
    if (size < kRootSize || size % 8 != 0)
      fail(Status::kCorrupt, "footer: ", size, " bytes cannot hold a root of ", kRootSize);
    root_ = size - kRootSize;
    uint32_t version = archive_.number<uint32_t>(root_);
    if (version != 4 && version != 5)
      fail(Status::kUnsupported, "footer: version ", version, ", known are 4 and 5, and 6 in another place");
    version_ = static_cast<int>(version);
    arrays_ = archive_.vec(root_ + 24, array_size(), 8);
    keys_ = archive_.vec(root_ + 40, kStringSize, 8);
    values_ = archive_.vec(root_ + 56, kValueSize, 8);
  }
  blocks_ = archive_.vec(root_ + 8, kBlockSize, 8);
}

uint64_t FooterView::array_size() const { return version_ == 6 ? kArraySize6 : kArraySize; }

ArrayView FooterView::array(uint64_t i) const { return {&archive_, arrays_.at + i * array_size(), version_}; }

uint32_t FooterView::mark() const { return version_ == 6 ? 0 : archive_.number<uint32_t>(root_ + 4); }

BlockRecord FooterView::block(uint64_t i) const {
  uint64_t at = blocks_.at + i * kBlockSize;
  BlockRecord block{archive_.number<uint32_t>(at),
                    archive_.number<uint64_t>(at + 8),
                    archive_.number<uint64_t>(at + 16),
                    archive_.number<uint64_t>(at + 24),
                    {}};
  if (archive_.tag(at + 32, 1, "codec") == 1) {
    block.codec = archive_.text(at + 40);
    // "" is how "no codec" is written here; a codec of that name is another thing.
    if (block.codec.empty()) fail(Status::kUnsupported, "footer: block ", block.id, " names a codec ''");
  }
  return block;
}

std::string_view FooterView::key(uint64_t i) const { return archive_.text(keys_.at + i * kStringSize); }

Value FooterView::value(uint64_t i) const {
  uint64_t at = values_.at + i * kValueSize;
  uint8_t tag = archive_.tag(at, version_ == 4 ? kTagString : kTagBinaryList, "attribute value");
  if (tag < kTagString) return read_number(archive_, at, static_cast<TypeId>(tag));
  if (tag == kTagString) return text_value(at);
  if (tag == kTagBinary) {
    ArchivedVec blob = archive_.vec(at + 8, 1, 1);
    return Value::of_bytes(TypeId::kBinary, as_text({archive_.raw(blob.at, blob.count), blob.count}));
  }
  if (tag < kTagStringList) return read_number_list(archive_, at, static_cast<TypeId>(tag - kTagBoolList));
  if (tag == kTagStringList) return text_list(at);
  return read_variable_list(archive_, at + 8, TypeId::kBinary);
}

Value FooterView::text_value(uint64_t at) const {
  return Value::text(version_ == 6 ? pooled(archive_.number<uint32_t>(at + 4)) : archive_.text(at + 8));
}

Value FooterView::text_list(uint64_t at) const {
  if (version_ != 6) return read_variable_list(archive_, at + 8, TypeId::kString);
  ArchivedVec indices = archive_.vec(at + 8, 4, 4);
  std::string bytes;
  std::vector<int64_t> offsets{0};
  for (uint64_t i = 0; i < indices.count; i++) {
    bytes += pooled(archive_.number<uint32_t>(indices.at + i * 4));
    // A few bytes can name a long text again and again.
    if (bytes.size() > kLongestTextList)
      fail(Status::kLimitExceeded, "footer: the texts of the list at ", at, " are over ", kLongestTextList,
           " bytes");
    offsets.push_back(static_cast<int64_t>(bytes.size()));
  }
  return Value::variable(TypeId::kString, true, bytes, std::move(offsets));
}

std::string_view FooterView::pooled(uint32_t i) const {
  if (i >= keys_.count) fail(Status::kCorrupt, "footer: text ", i, " of ", keys_.count);
  return key(i);
}

uint32_t FooterView::overlay_index() const { return archive_.number<uint32_t>(root_ + 72); }
std::string_view FooterView::base_hint() const { return archive_.text(root_ + 80); }

// ---------------------------------------------------------------- trailer

std::array<std::byte, kTrailerSize> footer_trailer(uint64_t footer_length) {
  std::array<std::byte, kTrailerSize> trailer;
  store(trailer.data(), footer_length);
  std::memcpy(trailer.data() + 8, "ARRF", 4);
  return trailer;
}

bool is_version_6(ByteView end) {
  // In versions 4 and 5 this is part of a relative pointer, a multiple of 8.
  return load<uint32_t>(end.last(kRootSize6).data()) == 6;
}

uint32_t footer_mark(ByteView end) {
  if (is_version_6(end) || end.size() < kRootSize) return 0;
  return load<uint32_t>(end.last(kRootSize).data() + 4);
}

uint64_t footer_length(ByteView trailer, uint64_t file_size) {
  if (trailer.size() < kTrailerSize || std::memcmp(trailer.data() + 8, "ARRF", 4) != 0)
    fail(Status::kCorrupt, "the last 4 bytes are not 'ARRF': not an array file, or cut off");
  uint64_t length = load<uint64_t>(trailer.data());
  if (length > file_size - kTrailerSize || length < kRootSize6 || length % 8 != 0)
    fail(Status::kCorrupt, "the footer's length of ", length, " does not fit a file of ", file_size,
         " bytes");
  return length;
}

}  // namespace af
