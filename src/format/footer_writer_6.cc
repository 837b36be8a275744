#include <vector>

#include "format/archived_stats.h"
#include "format/footer_writer.h"

namespace af {
using namespace footer_layout;
namespace {

bool is_text(const Value& value) { return value.type() == TypeId::kString; }

uint32_t place_of(const std::unordered_map<std::string_view, uint32_t>& places, std::string_view text) {
  auto found = places.find(text);
  if (found == places.end()) fail(Status::kInternal, "a text that is not in the pool: ", quoted(text));
  return found->second;
}

}  // namespace

FooterWriter6::FooterWriter6(std::span<const BlockRecord> blocks, std::span<const std::string> strings,
                             std::span<const Value> values, uint64_t expected_arrays) {
  out_.reserve(kRootSize6 + blocks.size() * kBlockSize + expected_arrays * 400);
  arrays_.reserve(expected_arrays);
  blocks_ = put_blocks(out_, blocks);
  TextPlaces places;
  for (size_t i = 0; i < strings.size(); i++) places.emplace(strings[i], static_cast<uint32_t>(i));
  strings_ = {child_texts(out_, strings), strings.size()};
  values_ = put_values(values, places);
}

PlacedTable FooterWriter6::put_values(std::span<const Value> values, const TextPlaces& places) {
  std::vector<uint64_t> children;
  for (const Value& value : values) {
    std::vector<uint32_t> texts;
    for (int64_t i = 0; is_text(value) && i < value.count(); i++)
      texts.push_back(place_of(places, value.element(i)));
    children.push_back(!is_text(value)   ? child_value(out_, value)
                       : value.is_list() ? out_.child_numbers<uint32_t>(texts)
                                         : texts.front());
  }
  out_.align(8);
  uint64_t table = out_.append_zeros(values.size() * kValueSize);
  for (size_t i = 0; i < values.size(); i++) {
    uint64_t at = table + i * kValueSize;
    if (!is_text(values[i])) {
      put_value(out_, at, values[i], children[i]);
      continue;
    }
    out_.put<uint8_t>(at, value_tag(values[i]));
    if (values[i].is_list())
      out_.put_vec(at + 8, children[i], static_cast<uint64_t>(values[i].count()));
    else
      out_.put<uint32_t>(at + 4, static_cast<uint32_t>(children[i]));
  }
  return {table, values.size()};
}

void FooterWriter6::add_array(std::string_view name, const ArraySchema& schema,
                              std::span<const ChunkRecord> chunks, std::span<const AttributeEntry> attributes,
                              const ArrayStats& stats) {
  uint64_t at = arrays_.add(name, schema, chunks);
  out_.align(4);
  uint64_t attribute_table = out_.size();
  for (const AttributeEntry& entry : attributes) {
    uint64_t pair[] = {entry.key, entry.value};
    out_.child_numbers<uint32_t>(pair);
  }
  StatsChildren children = child_stats(out_, name, stats);
  ArchiveWriter& fixed = arrays_.fixed();
  fixed.put_vec(at + kAttributes6, attribute_table, attributes.size());
  fixed.put<uint8_t>(at + kStats6, 1);
  put_stats(fixed, at + kStats6 + 8, name, stats, children);
}

Pieces FooterWriter6::finish() {
  Pieces pieces;
  PlacedTable arrays = arrays_.place(pieces, [this](uint64_t at, uint64_t distance) {
    arrays_.fixed().shift(at + kAttributes6, distance);
    shift_stats(arrays_.fixed(), at + kStats6 + 8, distance);
  });
  out_.align(8);
  uint64_t root = out_.append_zeros(kRootSize6);
  out_.put<uint32_t>(root, 6);
  out_.put_vec(root + kBlocks6, blocks_.at, blocks_.count);
  out_.put_vec(root + kStrings6, strings_.at, strings_.count);
  out_.put_vec(root + kValues6, values_.at, values_.count);
  out_.put_vec(root + kArrays6, arrays.at, arrays.count);
  pieces.add(out_.take());
  return pieces;
}

}  // namespace af
