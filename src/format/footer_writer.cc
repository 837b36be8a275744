#include "format/footer_writer.h"

#include <algorithm>
#include <vector>

#include "format/footer_layout.h"
#include "format/footer_parts.h"

namespace af {
using namespace footer_layout;

FooterWriter::FooterWriter(int version, std::span<const BlockRecord> blocks, uint64_t expected_arrays)
    : version_(version) {
  out_.reserve(kRootSize + blocks.size() * kBlockSize + expected_arrays * 128);
  arrays_.reserve(expected_arrays);
  blocks_ = put_blocks(out_, blocks);
}

uint64_t FooterWriter::child_attributes(std::span<const AttributeEntry> attributes, bool wide) {
  out_.align(wide ? 4 : 2);
  uint64_t target = out_.size();
  for (const AttributeEntry& entry : attributes) {
    uint64_t pair[] = {entry.key, entry.value};
    wide ? out_.child_numbers<uint32_t>(pair) : out_.child_numbers<uint16_t>(pair);
  }
  return target;
}

void FooterWriter::add_array(std::string_view name, const ArraySchema& schema,
                             std::span<const ChunkRecord> chunks, bool deleted,
                             std::span<const AttributeEntry> attributes) {
  uint64_t at = arrays_.add(name, schema, chunks);
  bool wide = std::ranges::any_of(
      attributes, [](const AttributeEntry& e) { return std::max(e.key, e.value) > UINT16_MAX; });
  uint64_t attribute_table = child_attributes(attributes, wide);
  ArchiveWriter& fixed = arrays_.fixed();
  fixed.put<uint8_t>(at + kDeleted, deleted);
  fixed.put<uint8_t>(at + kAttributes, wide);
  fixed.put_vec(at + kAttributes + 8, attribute_table, attributes.size());
}

Pieces FooterWriter::finish(std::span<const std::string> keys, std::span<const Value> values,
                            uint32_t overlay_index, std::string_view base_hint, uint32_t mark) {
  Pieces pieces;
  PlacedTable arrays = arrays_.place(pieces, [this](uint64_t at, uint64_t distance) {
    arrays_.fixed().shift(at + kAttributes + 8, distance);
  });
  uint64_t key_table = child_texts(out_, keys);
  std::vector<uint64_t> value_children;
  for (const Value& value : values) value_children.push_back(child_value(out_, value));
  out_.align(8);
  uint64_t value_table = out_.append_zeros(values.size() * kValueSize);
  for (size_t i = 0; i < values.size(); i++)
    put_value(out_, value_table + i * kValueSize, values[i], value_children[i]);

  uint64_t hint = out_.child_text(base_hint);
  out_.align(8);
  uint64_t root = out_.append_zeros(kRootSize);
  out_.put<uint32_t>(root, static_cast<uint32_t>(version_));
  out_.put<uint32_t>(root + 4, mark);
  out_.put_vec(root + 8, blocks_.at, blocks_.count);
  out_.put_vec(root + 24, arrays.at, arrays.count);
  out_.put_vec(root + 40, key_table, keys.size());
  out_.put_vec(root + 56, value_table, values.size());
  out_.put<uint32_t>(root + 72, overlay_index);
  out_.put_text(root + 80, base_hint, hint);
  pieces.add(out_.take());
  return pieces;
}

}  // namespace af
