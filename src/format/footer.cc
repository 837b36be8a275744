#include "format/footer.h"

#include <algorithm>
#include <array>
#include <string>

namespace af {
namespace {

// Offsets of the fields, docs/format.md "Archived layouts".
constexpr uint64_t kBlockSize = 56, kChunkSize = 32, kStringSize = 16, kValueSize = 24;
constexpr uint64_t kArrayDtype = 16, kArrayShape = 40, kArrayDims = 56, kArrayChunkShape = 72,
                   kArrayChunks = 88, kArrayFill = 104, kArrayDeleted = 136, kArrayAttributes = 144;

// Attribute value tags above 10. Tags 0 to 10 are the fixed-width types' own numbers; lists follow in the
// order of the scalars from 13 on.
constexpr uint8_t kTagString = 11, kTagBinary = 12, kTagBoolList = 13, kTagStringList = 24,
                  kTagBinaryList = 25;

uint64_t attribute_width(uint8_t tag) { return uint64_t{2} << tag; }

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
DType ArrayView::dtype() const { return dtype_at(at_ + kArrayDtype, 0); }

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

bool ArrayView::deleted() const { return archive_->tag(at_ + kArrayDeleted, 1, "boolean") != 0; }

int ArrayView::rank() const {
  uint64_t rank = archive_->number<uint64_t>(at_ + kArrayShape + 8);
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

Extents ArrayView::shape() const { return numbers(at_ + kArrayShape, "shape"); }

Extents ArrayView::chunk_shape() const {
  Extents stored = numbers(at_ + kArrayChunkShape, "chunk shape");
  int rank = this->rank();
  if (stored.rank() < rank)
    fail(Status::kUnsupported, "array ", quoted(name_bytes()), ": its chunk shape has rank ", stored.rank(),
         ", the array ", rank);
  Extents extents;
  for (int axis = 0; axis < rank; axis++) extents.push_back(stored[axis]);
  return extents;
}

std::vector<std::string> ArrayView::dimension_names() const {
  ArchivedVec stored = archive_->vec(at_ + kArrayDims, kStringSize, 8);
  uint64_t rank = static_cast<uint64_t>(this->rank());
  std::vector<std::string> names;
  for (uint64_t i = 0; i < rank; i++)
    names.emplace_back(stored.count == rank ? std::string(archive_->text(stored.at + i * kStringSize))
                                            : text_of("dim", i));
  return names;
}

std::optional<FillValue> ArrayView::fill() const {
  if (archive_->tag(at_ + kArrayFill, 1, "option") == 0) return {};
  uint64_t at = at_ + kArrayFill + 8;
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

uint64_t ArrayView::chunk_count() const { return archive_->vec(at_ + kArrayChunks, kChunkSize, 8).count; }

ChunkAddress ArrayView::chunk_address(uint64_t i) const {
  const std::byte* entry =
      archive_->raw(archive_->vec(at_ + kArrayChunks, kChunkSize, 8).at + i * kChunkSize, kChunkSize);
  return {load<uint32_t>(entry + 16), load<uint32_t>(entry + 20), load<uint32_t>(entry + 24)};
}

bool ArrayView::chunk_is(uint64_t i, const Extents& coord) const {
  uint64_t entry = archive_->vec(at_ + kArrayChunks, kChunkSize, 8).at + i * kChunkSize;
  ArchivedVec stored = archive_->vec(entry, 4, 4);
  if (stored.count < static_cast<uint64_t>(coord.rank())) return false;
  if (coord.rank() == 0) return true;
  const std::byte* components = archive_->raw(stored.at, static_cast<uint64_t>(coord.rank()) * 4);
  for (int axis = 0; axis < coord.rank(); axis++)
    if (load<uint32_t>(components + axis * 4) != coord[axis]) return false;
  return true;
}

std::optional<Extents> ArrayView::chunk_coord(uint64_t i, int rank) const {
  uint64_t entry = archive_->vec(at_ + kArrayChunks, kChunkSize, 8).at + i * kChunkSize;
  ArchivedVec stored = archive_->vec(entry, 4, 4);
  if (stored.count < static_cast<uint64_t>(rank)) return {};
  Extents coord;
  for (int axis = 0; axis < rank; axis++)
    coord.push_back(archive_->number<uint32_t>(stored.at + static_cast<uint64_t>(axis) * 4));
  return coord;
}

uint64_t ArrayView::attribute_count() const {
  uint8_t tag = archive_->tag(at_ + kArrayAttributes, 2, "attribute width");
  return archive_->vec(at_ + kArrayAttributes + 8, 2 * attribute_width(tag), attribute_width(tag)).count;
}

AttributeEntry ArrayView::attribute(uint64_t i) const {
  uint8_t tag = archive_->tag(at_ + kArrayAttributes, 2, "attribute width");
  uint64_t width = attribute_width(tag);
  uint64_t at = archive_->vec(at_ + kArrayAttributes + 8, 2 * width, width).at + i * 2 * width;
  switch (tag) {
    case 0: return {archive_->number<uint16_t>(at), archive_->number<uint16_t>(at + 2)};
    case 1: return {archive_->number<uint32_t>(at), archive_->number<uint32_t>(at + 4)};
    default: return {archive_->number<uint64_t>(at), archive_->number<uint64_t>(at + 8)};
  }
}

// ---------------------------------------------------------------- footer

FooterView::FooterView(ArchiveReader archive) : archive_(archive) {
  if (archive_.size() < kRootSize || archive_.size() % 8 != 0)
    fail(Status::kCorrupt, "footer: ", archive_.size(), " bytes cannot hold a root of ", kRootSize);
  root_ = archive_.size() - kRootSize;
  uint32_t version = archive_.number<uint32_t>(root_);
  if (version != 4 && version != 5)
    fail(Status::kUnsupported, "footer: version ", version, ", known are 4 and 5");
  version_ = static_cast<int>(version);
  blocks_ = archive_.vec(root_ + 8, kBlockSize, 8);
  arrays_ = archive_.vec(root_ + 24, kArraySize, 8);
  keys_ = archive_.vec(root_ + 40, kStringSize, 8);
  values_ = archive_.vec(root_ + 56, kValueSize, 8);
}

uint32_t FooterView::mark() const { return archive_.number<uint32_t>(root_ + 4); }

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
  if (tag == kTagString) return Value::text(archive_.text(at + 8));
  if (tag == kTagBinary) {
    ArchivedVec blob = archive_.vec(at + 8, 1, 1);
    return Value::of_bytes(TypeId::kBinary, as_text({archive_.raw(blob.at, blob.count), blob.count}));
  }
  if (tag < kTagStringList) return read_number_list(archive_, at, static_cast<TypeId>(tag - kTagBoolList));
  return read_variable_list(archive_, at + 8, tag == kTagStringList ? TypeId::kString : TypeId::kBinary);
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

uint64_t footer_length(ByteView trailer, uint64_t file_size) {
  if (trailer.size() < kTrailerSize || std::memcmp(trailer.data() + 8, "ARRF", 4) != 0)
    fail(Status::kCorrupt, "the last 4 bytes are not 'ARRF': not an array file, or cut off");
  uint64_t length = load<uint64_t>(trailer.data());
  if (length > file_size - kTrailerSize || length < kRootSize || length % 8 != 0)
    fail(Status::kCorrupt, "the footer's length of ", length, " does not fit a file of ", file_size,
         " bytes");
  return length;
}

}  // namespace af
