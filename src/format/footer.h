// The footer of a layer (versions 4 and 5) or of a file that is never changed (version 6): its blocks,
// arrays, chunks and attribute dictionaries. Bytes: docs/format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/archive.h"
#include "format/schema.h"
#include "format/statistics.h"

namespace af {

inline constexpr uint64_t kTrailerSize = 12;  // footer length and "ARRF"
inline constexpr uint64_t kRootSize = 96;     // of versions 4 and 5
inline constexpr uint64_t kRootSize6 = 72;    // of version 6

struct BlockRecord {
  uint32_t id = 0;
  uint64_t offset = 0;       // in the file
  uint64_t stored_size = 0;  // as compressed
  uint64_t raw_size = 0;     // as decoded
  std::string codec;         // "" for none
};

// Where a chunk lies: `size` bytes from `offset` of a decoded block.
struct ChunkAddress {
  uint32_t block = 0;
  uint32_t offset = 0;
  uint32_t size = 0;

  friend bool operator==(const ChunkAddress&, const ChunkAddress&) = default;
};

struct ChunkRecord {
  Extents coord;
  ChunkAddress address;
};

// An attribute: positions in the layer's dictionaries.
struct AttributeEntry {
  uint64_t key = 0;
  uint64_t value = 0;

  friend bool operator==(const AttributeEntry&, const AttributeEntry&) = default;
};

// Which attribute value tags a footer version has: 4 knows scalars other than binary, later ones all of them.
bool footer_holds(int version, const Value& value);

class FooterView;

// One array of a footer, read in place.
class ArrayView {
 public:
  std::string_view name() const;
  // Without looking whether it is UTF-8: for comparing.
  std::string_view name_bytes() const;
  DType dtype() const;
  bool deleted() const;
  int rank() const;
  Extents shape() const;
  // As stored: extents of 0, which some writers put on axes of length 0, count as 1. Throws kUnsupported when
  // its rank is less than the array's.
  Extents chunk_shape() const;
  // dim0, dim1, ... where the stored names do not fit the rank.
  std::vector<std::string> dimension_names() const;
  std::optional<FillValue> fill() const;
  ArraySchema schema() const;

  uint64_t chunk_count() const;
  ChunkAddress chunk_address(uint64_t i) const;
  // Whether the i-th chunk has this coordinate; extra components of a stored one are ignored.
  bool chunk_is(uint64_t i, const Extents& coord) const;
  // Nothing when the stored coordinate has fewer components than `rank`.
  std::optional<Extents> chunk_coord(uint64_t i, int rank) const;

  // Sorted by key position in versions 4 and 5, by key in version 6.
  uint64_t attribute_count() const;
  AttributeEntry attribute(uint64_t i) const;

  // Versions 4 and 5 keep them elsewhere.
  std::optional<ArrayStats> stats() const;

 private:
  friend class FooterView;
  ArrayView(const ArchiveReader* archive, uint64_t at, int version)
      : archive_(archive), at_(at), version_(version) {}
  uint64_t attribute_width() const;
  ArchivedVec attribute_table() const;
  Extents numbers(uint64_t at, const char* what) const;
  DType dtype_at(uint64_t at, int depth) const;

  const ArchiveReader* archive_;
  uint64_t at_;
  int version_;
};

// A footer, read in place. The bytes must outlive the view.
class FooterView {
 public:
  FooterView() = default;
  // Throws kCorrupt, or kUnsupported for another version.
  explicit FooterView(ArchiveReader archive);

  int version() const { return version_; }
  // Bytes 4 to 7 of the root: nothing to the reference; in files of ours the mark of the extension section.
  uint32_t mark() const;
  uint64_t block_count() const { return blocks_.count; }
  BlockRecord block(uint64_t i) const;
  uint64_t array_count() const { return arrays_.count; }
  ArrayView array(uint64_t i) const;
  // The dictionary of keys; in version 6 a pool of texts, keys and others.
  uint64_t key_count() const { return keys_.count; }
  std::string_view key(uint64_t i) const;
  uint64_t value_count() const { return values_.count; }
  Value value(uint64_t i) const;
  // Of versions 4 and 5.
  uint32_t overlay_index() const;
  std::string_view base_hint() const;

 private:
  uint64_t array_size() const;
  Value text_value(uint64_t at) const;
  Value text_list(uint64_t at) const;
  // A text of version 6's pool.
  std::string_view pooled(uint32_t i) const;

  ArchiveReader archive_;
  uint64_t root_ = 0;
  int version_ = 0;
  ArchivedVec blocks_, arrays_, keys_, values_;
};

// Follows every pointer of a footer of version 6, and finds parts that overlap: such a file is refused as a
// whole when it is damaged, as the reference does. Names that occur twice are not looked for. Throws
// kCorrupt.
void check_footer_6(const ArchiveReader& archive);

// The 12 bytes after a footer of this length.
std::array<std::byte, kTrailerSize> footer_trailer(uint64_t footer_length);
// Whether a footer, of which these are the last bytes (kRootSize6 or more), has version 6.
bool is_version_6(ByteView end);
// FooterView::mark of a footer, of which these are the last bytes (all, or kRootSize or more).
uint32_t footer_mark(ByteView end);
// The footer's length, from the last 12 bytes of a file of `file_size`. Throws kCorrupt.
uint64_t footer_length(ByteView trailer, uint64_t file_size);

}  // namespace af
