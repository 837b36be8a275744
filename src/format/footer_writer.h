// Writes footers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/footer_layout.h"
#include "format/footer_parts.h"
#include "format/statistics.h"

namespace af {

// The archive of a footer of version 4 or 5. Blocks first, then arrays one by one, then the rest: the order
// of the bytes.
class FooterWriter {
 public:
  FooterWriter(int version, std::span<const BlockRecord> blocks, uint64_t expected_arrays);
  FooterWriter(const FooterWriter&) = delete;
  FooterWriter& operator=(const FooterWriter&) = delete;

  // `attributes` must be sorted by key.
  void add_array(std::string_view name, const ArraySchema& schema, std::span<const ChunkRecord> chunks,
                 bool deleted, std::span<const AttributeEntry> attributes);
  // Ends the archive.
  Pieces finish(std::span<const std::string> keys, std::span<const Value> values, uint32_t overlay_index,
                std::string_view base_hint, uint32_t mark);

 private:
  uint64_t child_attributes(std::span<const AttributeEntry> attributes, bool wide);

  ArchiveWriter out_;
  ArrayTable arrays_{out_, footer_layout::kArraySize};
  int version_;
  PlacedTable blocks_;
};

// The archive of a footer of version 6: blocks and pools first, then arrays one by one.
class FooterWriter6 {
 public:
  // `strings` holds each text that is a key or part of a value once, `values` each value once.
  FooterWriter6(std::span<const BlockRecord> blocks, std::span<const std::string> strings,
                std::span<const Value> values, uint64_t expected_arrays);
  FooterWriter6(const FooterWriter6&) = delete;
  FooterWriter6& operator=(const FooterWriter6&) = delete;

  // `attributes` must be sorted by the keys' texts, `chunks` by coordinate.
  void add_array(std::string_view name, const ArraySchema& schema, std::span<const ChunkRecord> chunks,
                 std::span<const AttributeEntry> attributes, const ArrayStats& stats);
  // Ends the archive.
  Pieces finish();

 private:
  using TextPlaces = std::unordered_map<std::string_view, uint32_t>;
  PlacedTable put_values(std::span<const Value> values, const TextPlaces& places);

  ArchiveWriter out_;
  ArrayTable arrays_{out_, footer_layout::kArraySize6};
  PlacedTable blocks_, strings_, values_;
};

}  // namespace af
