#include "file/segment_writer.h"

#include <algorithm>

#include "file/array_file_impl.h"
#include "format/chunk.h"
#include "format/footer_writer.h"

namespace af {

SegmentWriter::SegmentWriter(BlockPacker& packer) : packer_(packer) {
  packer_.drain();
  begin_ = packer_.data_size();
  first_block_ = static_cast<uint32_t>(packer_.blocks().size());
}

void SegmentWriter::add_array(std::string_view name, const SharedSchema& schema, AttributeMap attributes) {
  std::ranges::sort(attributes, {}, [](const auto& pair) { return std::string_view(pair.first); });
  std::vector<AttributeEntry> entries;
  for (const auto& [key, value] : attributes) {
    if (!footer_holds(6, value))
      fail(Status::kUnsupported, "array ", quoted(name), ", attribute ", quoted(key),
           ": footer version 6 holds no ", type_name(value.type()), value.is_list() ? " list" : "");
    uint64_t key_at = pools_.intern_key(key);
    entries.push_back({key_at, pools_.intern_value(value)});
  }
  arrays_.push_back({std::string(name), schema, std::move(entries), chunks_.size()});
}

void SegmentWriter::add_chunk(const Extents& coord, Buffer payload) {
  const SharedSchema& schema = arrays_.back().schema;
  int64_t elements = Grid(schema->shape, schema->chunk_shape).chunk_elements(coord);
  check_payload(schema->dtype, payload.view(), elements);
  PackedChunk packed = packer_.add(std::move(payload), schema, elements);
  packed.address.block -= first_block_;
  chunks_.push_back({coord, packed});
}

ArrayStats SegmentWriter::stats_of(const Array& array, std::span<const Chunk> chunks) const {
  Summary merged;
  for (const Chunk& chunk : chunks) {
    PackedChunk packed = chunk.packed;
    packed.address.block += first_block_;
    if (std::optional<Summary> summary = packer_.summary(packed)) merged.merge(*summary);
  }
  std::optional<uint64_t> rows = row_count(array.schema->shape);
  if (!rows) fail(Status::kLimitExceeded, "array ", quoted(array.name), " has more than 2^64-1 elements");
  return array_stats(merged, *rows);
}

std::vector<BlockRecord> SegmentWriter::blocks() const {
  std::vector<BlockRecord> blocks(packer_.blocks().begin() + first_block_, packer_.blocks().end());
  for (BlockRecord& block : blocks) {
    block.id -= first_block_;
    block.offset -= begin_;
  }
  return blocks;
}

std::vector<std::byte> SegmentWriter::footer() {
  // Texts that are values come behind all keys.
  for (const Value& value : pools_.values())
    for (int64_t i = 0; value.type() == TypeId::kString && i < value.count(); i++)
      pools_.intern_key(value.element(i));
  if (std::max(pools_.keys().size(), pools_.values().size()) > UINT32_MAX)
    fail(Status::kLimitExceeded, "a file of footer version 6 holds less than 2^32 texts and values");
  FooterWriter6 footer(blocks(), pools_.keys(), pools_.values(), arrays_.size());
  for (size_t i = 0; i < arrays_.size(); i++) {
    size_t end = i + 1 < arrays_.size() ? arrays_[i + 1].first_chunk : chunks_.size();
    std::span<const Chunk> chunks =
        std::span(chunks_).subspan(arrays_[i].first_chunk, end - arrays_[i].first_chunk);
    std::vector<ChunkRecord> records;
    for (const Chunk& chunk : chunks) records.push_back({chunk.coord, chunk.packed.address});
    footer.add_array(arrays_[i].name, *arrays_[i].schema, records, arrays_[i].attributes,
                     stats_of(arrays_[i], chunks));
  }
  return footer.finish().joined();
}

std::vector<std::byte> SegmentWriter::finish() {
  packer_.drain();
  std::vector<std::byte> bytes = footer();
  auto trailer = footer_trailer(bytes.size());
  bytes.insert(bytes.end(), trailer.begin(), trailer.end());
  return bytes;
}

}  // namespace af
