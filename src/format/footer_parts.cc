#include "format/footer_parts.h"

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

}  // namespace

PlacedTable put_blocks(ArchiveWriter& out, std::span<const BlockRecord> blocks) {
  std::vector<uint64_t> names;
  for (const BlockRecord& block : blocks) names.push_back(out.child_text(block.codec));
  out.align(8);
  uint64_t table = out.append_zeros(blocks.size() * kBlockSize);
  for (size_t i = 0; i < blocks.size(); i++) {
    uint64_t at = table + i * kBlockSize;
    out.put<uint32_t>(at, blocks[i].id);
    out.put<uint64_t>(at + 8, blocks[i].offset);
    out.put<uint64_t>(at + 16, blocks[i].stored_size);
    out.put<uint64_t>(at + 24, blocks[i].raw_size);
    if (blocks[i].codec.empty()) continue;
    out.put<uint8_t>(at + 32, 1);
    out.put_text(at + 40, blocks[i].codec, names[i]);
  }
  return {table, blocks.size()};
}

uint64_t child_texts(ArchiveWriter& out, std::span<const std::string> texts) {
  std::vector<uint64_t> targets;
  for (const std::string& text : texts) targets.push_back(out.child_text(text));
  out.align(8);
  uint64_t table = out.append_zeros(texts.size() * kStringSize);
  for (size_t i = 0; i < texts.size(); i++) out.put_text(table + i * kStringSize, texts[i], targets[i]);
  return table;
}

uint8_t value_tag(const Value& value) {
  // Scalars have their type's number, lists follow in the same order.
  uint8_t scalar = static_cast<uint8_t>(value.type());
  return value.is_list() ? static_cast<uint8_t>(13 + scalar) : scalar;
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

uint64_t ArrayTable::child_dtype(const DType& dtype) {
  if (!is_list(dtype.id)) return 0;
  uint64_t grandchild = child_dtype(*dtype.child);
  out_.align(8);
  uint64_t at = out_.append_zeros(kDtypeSize);
  put_dtype(out_, at, *dtype.child, grandchild);
  return at;
}

uint64_t ArrayTable::child_chunks(std::span<const ChunkRecord> chunks) {
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

uint64_t ArrayTable::add(std::string_view name, const ArraySchema& schema,
                         std::span<const ChunkRecord> chunks) {
  uint64_t name_target = out_.child_text(name);
  uint64_t dtype_child = child_dtype(schema.dtype);
  uint64_t shape = out_.child_numbers<uint32_t>(schema.shape.span());
  uint64_t dims = child_texts(out_, schema.dimension_names);
  uint64_t chunk_shape = out_.child_numbers<uint32_t>(schema.chunk_shape.span());
  uint64_t chunk_table = child_chunks(chunks);
  uint64_t fill_target = schema.fill ? out_.child_text(schema.fill->text) : 0;

  uint64_t at = fixed_.append_zeros(array_size_);
  fixed_.put_text(at, name, name_target);
  put_dtype(fixed_, at + kDtype, schema.dtype, dtype_child);
  fixed_.put_vec(at + kShape, shape, static_cast<uint64_t>(schema.shape.rank()));
  fixed_.put_vec(at + kDims, dims, schema.dimension_names.size());
  fixed_.put_vec(at + kChunkShape, chunk_shape, static_cast<uint64_t>(schema.chunk_shape.rank()));
  fixed_.put_vec(at + kChunks, chunk_table, chunks.size());
  if (schema.fill) put_fill(fixed_, at + kFill, *schema.fill, fill_target);
  return at;
}

void ArrayTable::shift(uint64_t at, uint64_t distance) {
  const std::byte* fixed = fixed_.bytes().data() + at;
  fixed_.shift_text(at, distance);
  if (is_list(load<TypeId>(fixed + kDtype))) fixed_.shift(at + kDtype + 8, distance);
  for (uint64_t vec : {kShape, kDims, kChunkShape, kChunks}) fixed_.shift(at + vec, distance);
  if (load<uint8_t>(fixed + kFill) == 1 &&
      load<FillValue::Kind>(fixed + kFill + 8) == FillValue::Kind::kString)
    fixed_.shift_text(at + kFill + 16, distance);
}

}  // namespace af
