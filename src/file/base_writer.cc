#include "file/base_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "format/footer_writer.h"

namespace af {
namespace {

// Decoded blocks that are kept while their chunks are packed anew.
constexpr int64_t kRecodeCache = 32 << 20;

// Whether elements that count as the fill value may differ from it: zeros of either sign, NaNs of any
// payload.
bool fill_has_other_bits(const ArrayInUse& array) {
  std::optional<FillValue> fill = array.fill();
  bool is_float = array.dtype.id == TypeId::kFloat32 || array.dtype.id == TypeId::kFloat64;
  if (!is_float || !fill || fill->kind != FillValue::Kind::kFloat) return false;
  double value = std::bit_cast<double>(fill->bits);
  return value == 0 || std::isnan(value) || static_cast<float>(value) == 0;
}

}  // namespace

BaseWriter::BaseWriter(const ArrayFile::Impl& file, ObjectStore& store, std::string key, Options options)
    : file_(file),
      options_(std::move(options)),
      packer_(store, std::move(key), options_.codec, options_.block_size, *file.pool, *file.counters),
      recode_cache_(kRecodeCache) {
  if (options_.keep_dictionary) dictionary_ = Dictionary(*file.snapshot);
}

bool BaseWriter::is_void(const ArrayInUse& array, const Grid& grid, const Extents& coord,
                         const ChunkPlace& place) const {
  if (is_list(array.dtype.id)) return false;
  // The reference reads "" where no text was written, whatever the fill value: texts that equal it stay.
  if (is_variable(array.dtype.id) && array.fill()) return false;
  if (fill_has_other_bits(array)) return false;
  std::optional<Summary> known =
      place.layer ? place.layer->layer->chunk_summary(place.layer->array, place.layer->position)
                  : file_.chunk_summary(array, grid, coord);
  return known && known->non_fill == 0 && !known->min;
}

bool BaseWriter::is_copied(const ChunkPlace& place) const {
  if (!place.layer) return false;
  auto found = blocks_.find({place.layer->layer, place.layer->address().block});
  return found != blocks_.end() && found->second.copied_to != UINT32_MAX;
}

// Calls `visit` for each chunk that the new base will have, in its order.
template <typename Visit>
static void for_each_chunk(const ArrayFile::Impl& file, const ArrayInUse& array, Visit visit) {
  Grid grid = array.grid();
  std::vector<uint64_t> hints(array.mentions.size());
  for (const Extents& coord : file.written_coords(array)) {
    ChunkPlace place = file.locate(array, grid, coord, &hints);
    if (place.written()) visit(grid, coord, place);
  }
}

void BaseWriter::count_live() {
  file_.for_each_array([&](const ArrayInUse& array) {
    for_each_chunk(file_, array, [&](const Grid& grid, const Extents& coord, const ChunkPlace& place) {
      if (is_void(array, grid, coord, place)) return;
      work_++;
      if (!place.layer) return;
      ChunkAddress address = place.layer->address();
      blocks_[{place.layer->layer, address.block}].live += address.size;
    });
  });
}

void BaseWriter::copy_blocks() {
  for (auto& [key, use] : blocks_) {
    const auto& [layer, id] = key;
    BlockRecord block = layer->block(id);
    // Dead bytes, and blocks far below the size wished for, are what rewriting is for.
    if (use.live < block.raw_size || block.raw_size < static_cast<uint64_t>(options_.block_size) / 2 ||
        !is_known_codec(block.codec))
      continue;
    Buffer stored = layer->stored_block(block);
    use.copied_to = packer_.add_stored(block, stored.view());
    file_.report(done_, work_);
  }
}

void BaseWriter::repack(const ArrayInUse& array) {
  SharedSchema schema = array.schema();
  for_each_chunk(file_, array, [&](const Grid& grid, const Extents& coord, const ChunkPlace& place) {
    if (is_void(array, grid, coord, place)) return;
    file_.report(++done_, work_);
    if (is_copied(place)) return;
    // What hides older chunks was written by nobody, and is not counted as if it had been.
    bool counts = !place.layer ||
                  place.layer->layer->chunk_summary(place.layer->array, place.layer->position) != Summary{};
    Buffer payload = file_.written_payload(place, &recode_cache_);
    repacked_.push_back(
        packer_.add(std::move(payload), counts ? schema : nullptr, grid.chunk_elements(coord)));
  });
}

void BaseWriter::write_data() {
  auto watch = file_.watch();
  count_live();
  if (options_.copy_blocks) copy_blocks();
  file_.for_each_array([&](const ArrayInUse& array) { repack(array); });
  packer_.drain();
}

void BaseWriter::add_array(FooterWriter& footer, ExtensionWriter& extension, const ArrayInUse& array) {
  std::vector<ChunkRecord> chunks;
  std::vector<std::optional<Summary>> summaries;
  std::optional<Summary> whole = Summary{};
  for_each_chunk(file_, array, [&](const Grid& grid, const Extents& coord, const ChunkPlace& place) {
    if (is_void(array, grid, coord, place)) return;
    std::optional<Summary> summary;
    if (is_copied(place)) {
      ChunkAddress address = place.layer->address();
      address.block = blocks_.at({place.layer->layer, address.block}).copied_to;
      chunks.push_back({coord, address});
      summary = file_.chunk_summary(array, grid, coord);
    } else {
      const PackedChunk& packed = repacked_[next_repacked_++];
      chunks.push_back({coord, packed.address});
      summary = packer_.summary(packed);
    }
    if (whole && summary) whole->merge(*summary);
    if (!summary) whole.reset();
    summaries.push_back(std::move(summary));
  });
  AttributeMap attributes = file_.attributes_of(array);
  for (const auto& [key, value] : attributes)
    if (!footer_holds(options_.footer_version, value))
      fail(Status::kUnsupported, "array ", quoted(array.name), ", attribute ", quoted(key),
           ": footer version ", options_.footer_version, " holds no ", type_name(value.type()),
           value.is_list() ? " list" : "");
  footer.add_array(array.name, *array.schema(), chunks, false, dictionary_.intern(attributes));
  extension.add_array(array.name, whole, summaries);
}

Pieces BaseWriter::tail(const LayerId& id, std::span<const LayerId> absorbed, uint32_t number) {
  next_repacked_ = 0;
  FooterWriter footer(options_.footer_version, packer_.blocks(), file_.snapshot->mention_count());
  ExtensionWriter extension;
  extension.set_block_checksums(packer_.checksums());
  file_.for_each_array([&](const ArrayInUse& array) { add_array(footer, extension, array); });
  Pieces archive = footer.finish(dictionary_.keys(), dictionary_.values(), number, "", kExtensionMark);
  return finish_layer(extension, id, LayerId{}, absorbed, packer_.data_size(), std::move(archive));
}

}  // namespace af
