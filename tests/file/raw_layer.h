// Layers as bytes: what a footer really says, and layers as another writer makes them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/codec.h"
#include "format/footer_writer.h"

namespace af {

inline std::string text_of_bytes(const std::vector<std::byte>& bytes) { return std::string(as_text(bytes)); }

template <typename T>
void store_at(std::string& bytes, size_t at, T value) {
  store(std::as_writable_bytes(std::span(bytes)).subspan(at, sizeof value).data(), value);
}

// The elements as a chunk's payload.
template <typename T>
std::string payload_of(const std::vector<T>& elements) {
  return std::string(as_text(std::as_bytes(std::span(elements))));
}

// One layer file, looked at without any of the engine's merging.
class RawLayer {
 public:
  explicit RawLayer(std::string bytes)
      : bytes_(std::make_unique<std::string>(std::move(bytes))),
        size_(footer_length(as_bytes(*bytes_).last(kTrailerSize), bytes_->size())),
        metadata_(std::make_unique<MetadataBytes>(as_bytes(*bytes_).subspan(footer_begin(), size_))),
        footer_(ArchiveReader(metadata_.get(), 0, size_)) {}

  const FooterView& footer() const { return footer_; }
  uint64_t footer_begin() const { return bytes_->size() - kTrailerSize - size_; }
  std::string_view footer_bytes() const { return std::string_view(*bytes_).substr(footer_begin(), size_); }

  std::optional<ArrayView> array(std::string_view name) const {
    for (uint64_t i = 0; i < footer_.array_count(); i++)
      if (footer_.array(i).name() == name) return footer_.array(i);
    return {};
  }
  // The decoded bytes of each chunk in the array's table, by coordinate.
  std::map<std::vector<int64_t>, std::string> chunks(std::string_view name) const {
    std::map<std::vector<int64_t>, std::string> chunks;
    ArrayView view = array(name).value();
    for (uint64_t i = 0; i < view.chunk_count(); i++) {
      Extents coord = view.chunk_coord(i, view.rank()).value();
      ChunkAddress address = view.chunk_address(i);
      chunks[{coord.span().begin(), coord.span().end()}] =
          block(address.block).substr(address.offset, address.size);
    }
    return chunks;
  }
  std::string block(uint64_t i) const {
    BlockRecord record = footer_.block(i);
    ByteView stored = as_bytes(*bytes_).subspan(record.offset, record.stored_size);
    std::string raw(decoded_size(record.codec, stored, record.raw_size), '\0');
    decompress(record.codec, stored, std::as_writable_bytes(std::span(raw)));
    return raw;
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (uint64_t i = 0; i < footer_.key_count(); i++) keys.emplace_back(footer_.key(i));
    return keys;
  }
  std::vector<Value> values() const {
    std::vector<Value> values;
    for (uint64_t i = 0; i < footer_.value_count(); i++) values.push_back(footer_.value(i));
    return values;
  }

 private:
  std::unique_ptr<std::string> bytes_;
  uint64_t size_;
  std::unique_ptr<MetadataBytes> metadata_;
  FooterView footer_;
};

// An array in a layer of another writer. Nothing is checked: most stories want something to be wrong.
struct ForeignArray {
  std::string name;
  ArraySchema schema;
  std::vector<ChunkRecord> chunks;
  bool deleted = false;
  std::vector<AttributeEntry> attributes;
};

// A layer without mark or extension section, as the reference and others write it.
struct ForeignLayer {
  int version = 5;
  std::string data;
  std::vector<BlockRecord> blocks;
  std::vector<ForeignArray> arrays;
  std::vector<std::string> keys;
  std::vector<Value> values;
  uint32_t number = 0;
  std::string hint;

  // Appends a block of these bytes and answers its id.
  uint32_t add_stored(std::string_view stored, uint64_t raw_size, std::string codec = "") {
    uint32_t id = static_cast<uint32_t>(blocks.size());
    blocks.push_back({id, data.size(), stored.size(), raw_size, std::move(codec)});
    data += stored;
    return id;
  }
  uint32_t add_block(std::string_view raw, const std::string& codec = "") {
    std::string stored(compress_bound({codec, 3}, raw.size()), '\0');
    stored.resize(compress({codec, 3}, as_bytes(raw), std::as_writable_bytes(std::span(stored))));
    return add_stored(stored, raw.size(), codec);
  }
  // An array whose only chunk, at the origin, is `payload`.
  void add_array(std::string name, ArraySchema schema, std::string_view payload,
                 const std::string& codec = "") {
    uint32_t block = add_block(payload, codec);
    Extents origin(schema.shape.rank());
    arrays.push_back(
        {std::move(name), std::move(schema), {{origin, {block, 0, static_cast<uint32_t>(payload.size())}}}});
  }
  std::string bytes() const {
    FooterWriter writer(version, blocks, arrays.size());
    for (const ForeignArray& array : arrays)
      writer.add_array(array.name, array.schema, array.chunks, array.deleted, array.attributes);
    std::vector<std::byte> footer = writer.finish(keys, values, number, hint, 0).joined();
    auto trailer = footer_trailer(footer.size());
    return data + text_of_bytes(footer) + std::string(as_text(trailer));
  }
};

}  // namespace af
