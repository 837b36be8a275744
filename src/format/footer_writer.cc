#include <algorithm>
#include <vector>

#include "format/footer.h"
#include "format/footer_layout.h"

namespace af {
using namespace footer_layout;
namespace {

void put_dtype(ArchiveWriter& out, uint64_t at, const DType& dtype, uint64_t child) {
  out.put<uint8_t>(at, static_cast<uint8_t>(dtype.id));
  if (!is_list(dtype.id)) return;
  out.put<int64_t>(at + 8, static_cast<int64_t>(child - (at + 8)));
  if (dtype.id == TypeId::kFixedSizeList) out.put<uint32_t>(at + 16, dtype.list_size);
}

// An option of a fill value.
void put_fill(ArchiveWriter& out, uint64_t at, const FillValue& fill, uint64_t target) {
  out.put<uint8_t>(at, 1);
  out.put<uint8_t>(at + 8, static_cast<uint8_t>(fill.kind));
  if (fill.kind == FillValue::Kind::kBool)
    out.put<uint8_t>(at + 9, static_cast<uint8_t>(fill.bits));
  else if (fill.kind == FillValue::Kind::kString)
    out.put_text(at + 16, fill.text, target);
  else
    out.put<uint64_t>(at + 16, fill.bits);
}

uint8_t value_tag(const Value& value) {
  // Scalars have their type's number, lists follow in the same order.
  uint8_t scalar = static_cast<uint8_t>(value.type());
  return value.is_list() ? static_cast<uint8_t>(13 + scalar) : scalar;
}

uint64_t child_elements(ArchiveWriter& out, const Value& value) {
  std::vector<uint64_t> targets;
  for (int64_t i = 0; i < value.count(); i++) {
    std::string_view element = value.element(i);
    targets.push_back(value.type() == TypeId::kString ? out.child_text(element)
                                                      : out.append(as_bytes(element)));
  }
  out.align(8);
  uint64_t table = out.append_zeros(targets.size() * kStringSize);
  for (int64_t i = 0; i < value.count(); i++) {
    uint64_t at = table + static_cast<uint64_t>(i) * kStringSize, target = targets[static_cast<size_t>(i)];
    std::string_view element = value.element(i);
    if (value.type() == TypeId::kString)
      out.put_text(at, element, target);
    else
      out.put_vec(at, target, element.size());
  }
  return table;
}

uint64_t child_value(ArchiveWriter& out, const Value& value) {
  if (value.is_list() && is_variable(value.type())) return child_elements(out, value);
  if (value.is_list()) {
    out.align(element_size(value.type()));
    return out.append(as_bytes(value.data()));
  }
  if (value.type() == TypeId::kString) return out.child_text(value.data());
  if (value.type() == TypeId::kBinary) return out.append(as_bytes(value.data()));
  return 0;
}

void put_value(ArchiveWriter& out, uint64_t at, const Value& value, uint64_t target) {
  out.put<uint8_t>(at, value_tag(value));
  if (value.is_list() || value.type() == TypeId::kBinary) {
    uint64_t count = value.is_list() ? static_cast<uint64_t>(value.count()) : value.data().size();
    out.put_vec(at + 8, target, count);
  } else if (value.type() == TypeId::kString) {
    out.put_text(at + 8, value.data(), target);
  } else {
    uint32_t size = element_size(value.type());
    for (uint32_t i = 0; i < size; i++) out.put(at + size + i, static_cast<std::byte>(value.data()[i]));
  }
}

}  // namespace

FooterWriter::FooterWriter(int version, std::span<const BlockRecord> blocks, uint64_t expected_arrays)
    : version_(version) {
  out_.reserve(kRootSize + blocks.size() * kBlockSize + expected_arrays * 300);
  arrays_.reserve(expected_arrays * kArraySize);
  std::vector<uint64_t> names;
  for (const BlockRecord& block : blocks) names.push_back(out_.child_text(block.codec));
  out_.align(8);
  block_count_ = blocks.size();
  blocks_target_ = out_.append_zeros(blocks.size() * kBlockSize);
  for (size_t i = 0; i < blocks.size(); i++) {
    uint64_t at = blocks_target_ + i * kBlockSize;
    out_.put<uint32_t>(at, blocks[i].id);
    out_.put<uint64_t>(at + 8, blocks[i].offset);
    out_.put<uint64_t>(at + 16, blocks[i].stored_size);
    out_.put<uint64_t>(at + 24, blocks[i].raw_size);
    if (blocks[i].codec.empty()) continue;
    out_.put<uint8_t>(at + 32, 1);
    out_.put_text(at + 40, blocks[i].codec, names[i]);
  }
}

uint64_t FooterWriter::child_texts(std::span<const std::string> texts) {
  std::vector<uint64_t> targets;
  for (const std::string& text : texts) targets.push_back(out_.child_text(text));
  out_.align(8);
  uint64_t table = out_.append_zeros(texts.size() * kStringSize);
  for (size_t i = 0; i < texts.size(); i++) out_.put_text(table + i * kStringSize, texts[i], targets[i]);
  return table;
}

uint64_t FooterWriter::child_dtype(const DType& dtype) {
  if (!is_list(dtype.id)) return 0;
  uint64_t grandchild = child_dtype(*dtype.child);
  out_.align(8);
  uint64_t at = out_.append_zeros(24);
  put_dtype(out_, at, *dtype.child, grandchild);
  return at;
}

uint64_t FooterWriter::child_chunks(std::span<const ChunkRecord> chunks) {
  std::vector<uint64_t> coords;
  coords.reserve(chunks.size());
  for (const ChunkRecord& chunk : chunks) coords.push_back(out_.child_numbers<uint32_t>(chunk.coord.span()));
  out_.align(8);
  uint64_t table = out_.append_zeros(chunks.size() * kChunkSize);
  for (size_t i = 0; i < chunks.size(); i++) {
    uint64_t at = table + i * kChunkSize;
    out_.put_vec(at, coords[i], static_cast<uint64_t>(chunks[i].coord.rank()));
    out_.put<uint32_t>(at + 16, chunks[i].address.block);
    out_.put<uint32_t>(at + 20, chunks[i].address.offset);
    out_.put<uint32_t>(at + 24, chunks[i].address.size);
  }
  return table;
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
  uint64_t name_target = out_.child_text(name);
  uint64_t dtype_child = child_dtype(schema.dtype);
  uint64_t shape = out_.child_numbers<uint32_t>(schema.shape.span());
  uint64_t dims = child_texts(schema.dimension_names);
  uint64_t chunk_shape = out_.child_numbers<uint32_t>(schema.chunk_shape.span());
  uint64_t chunk_table = child_chunks(chunks);
  uint64_t fill_target = schema.fill ? out_.child_text(schema.fill->text) : 0;
  bool wide = std::ranges::any_of(
      attributes, [](const AttributeEntry& e) { return std::max(e.key, e.value) > UINT16_MAX; });
  uint64_t attribute_table = child_attributes(attributes, wide);

  uint64_t at = arrays_.append_zeros(kArraySize);
  arrays_.put_text(at, name, name_target);
  put_dtype(arrays_, at + kDtype, schema.dtype, dtype_child);
  arrays_.put_vec(at + kShape, shape, static_cast<uint64_t>(schema.shape.rank()));
  arrays_.put_vec(at + kDims, dims, schema.dimension_names.size());
  arrays_.put_vec(at + kChunkShape, chunk_shape, static_cast<uint64_t>(schema.chunk_shape.rank()));
  arrays_.put_vec(at + kChunks, chunk_table, chunks.size());
  if (schema.fill) put_fill(arrays_, at + kFill, *schema.fill, fill_target);
  arrays_.put<uint8_t>(at + kDeleted, deleted);
  arrays_.put<uint8_t>(at + kAttributes, wide);
  arrays_.put_vec(at + kAttributes + 8, attribute_table, attributes.size());
}

uint64_t FooterWriter::place_arrays() {
  out_.align(8);
  uint64_t table = out_.append(arrays_.bytes());
  auto shift = [&](uint64_t at) {
    out_.put(at, load<int64_t>(out_.bytes().data() + at) - static_cast<int64_t>(table));
  };
  auto shift_text = [&](uint64_t at) {
    if ((load<uint8_t>(out_.bytes().data() + at) & 0xc0) == 0x80) shift(at + 8);
  };
  for (uint64_t at = table; at < out_.size(); at += kArraySize) {
    const std::byte* fixed = out_.bytes().data() + at;
    shift_text(at);
    if (is_list(load<TypeId>(fixed + kDtype))) shift(at + kDtype + 8);
    for (uint64_t vec : {kShape, kDims, kChunkShape, kChunks, kAttributes + 8}) shift(at + vec);
    if (load<uint8_t>(fixed + kFill) == 1 &&
        load<FillValue::Kind>(fixed + kFill + 8) == FillValue::Kind::kString)
      shift_text(at + kFill + 16);
  }
  return table;
}

std::vector<std::byte> FooterWriter::finish(std::span<const std::string> keys, std::span<const Value> values,
                                            uint32_t overlay_index, std::string_view base_hint,
                                            uint32_t mark) {
  uint64_t array_count = arrays_.size() / kArraySize;
  uint64_t table = place_arrays();
  uint64_t key_table = child_texts(keys);
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
  out_.put_vec(root + 8, blocks_target_, block_count_);
  out_.put_vec(root + 24, table, array_count);
  out_.put_vec(root + 40, key_table, keys.size());
  out_.put_vec(root + 56, value_table, values.size());
  out_.put<uint32_t>(root + 72, overlay_index);
  out_.put_text(root + 80, base_hint, hint);
  return out_.take();
}

}  // namespace af
