// Statistics of arrays: from the extension section where a layer of ours is the newest, from .stats where it
// is not.
#include <algorithm>

#include "file/array_file_impl.h"
#include "format/chunk.h"

namespace af {
namespace {

Summary summary_in_layer(const ArrayFile::Impl& file, const ArrayInUse& array, const FoundChunk& found,
                         int64_t elements) {
  if (std::optional<Summary> known = found.layer->chunk_summary(found.array, found.position)) return *known;
  ChunkAddress address = found.address();
  if (address.size == 0) return {};
  auto block =
      fetch_block(file.blocks(), *found.layer, address.block, uint64_t{address.offset} + address.size);
  return summarise(array.dtype, array.fill(), chunk_of_block(*found.layer, address, *block), elements);
}

Summary pending_summaries(const ArrayFile::Impl& file, const PendingArray& array) {
  Summary merged;
  for (const auto& [position, chunk] : array.chunks) merged.merge(file.pending->chunk_summary(array, chunk));
  return merged;
}

Summary all_summaries(const ArrayFile::Impl& file, const ArrayInUse& array) {
  if (array.pending && array.pending->below.empty()) return pending_summaries(file, *array.pending);
  Grid grid = array.grid();
  Summary merged;
  for (const Extents& coord : file.written_coords(array))
    merged.merge(file.chunk_summary(array, grid, coord));
  return merged;
}

bool same_bound(const std::optional<StatValue>& a, const std::optional<StatValue>& b) { return a && a == b; }

// The array's summary before the pending chunks, less what they replace, plus what they hold. Nothing when a
// replaced chunk holds one of the bounds: then all chunks have to be looked at.
std::optional<Summary> changed_summary(const ArrayFile::Impl& file, const ArrayInUse& array) {
  const PendingArray& changed = *array.pending;
  if (changed.below.empty() || changed.resized() || !changed.erased.empty()) return {};
  std::optional<Summary> merged = changed.below.front().layer->array_summary(changed.below.front().array);
  if (!merged) return {};
  Grid grid = array.grid();
  std::vector<uint64_t> hints(changed.below.size());
  for (const auto& [position, chunk] : changed.chunks) {
    Extents coord = grid.coord(position);
    std::optional<FoundChunk> replaced = find_chunk(changed.below, coord, &hints);
    if (!replaced) continue;
    Summary before = summary_in_layer(file, array, *replaced, grid.chunk_elements(coord));
    if (same_bound(before.min, merged->min) || same_bound(before.max, merged->max)) return {};
    merged->non_fill -= before.non_fill;
  }
  merged->merge(pending_summaries(file, changed));
  return merged;
}

}  // namespace

std::optional<uint64_t> row_count(const Extents& shape) {
  if (std::ranges::find(shape.span(), 0) != shape.span().end()) return 0;
  uint64_t count = 1;
  for (int64_t extent : shape.span())
    if (!multiply_fits(count, static_cast<uint64_t>(extent), &count)) return {};
  return count;
}

Summary ArrayFile::Impl::chunk_summary(const ArrayInUse& array, const Grid& grid,
                                       const Extents& coord) const {
  ChunkPlace place = locate(array, grid, coord, nullptr);
  if (place.pending) return pending->chunk_summary(*array.pending, *place.pending);
  if (!place.layer) return {};
  return summary_in_layer(*this, array, *place.layer, grid.chunk_elements(coord));
}

bool ArrayFile::Impl::is_void(const FoundChunk& chunk, int64_t elements) const {
  ArraySchema schema = chunk.layer->footer().array(chunk.array).schema();
  bool counts = chunk.layer->chunk_summary(chunk.array, chunk.position) != Summary{};
  if (counts || is_list(schema.dtype.id)) return false;
  // Not every element that counts as the fill value has its bits.
  std::vector<std::byte> fill = fill_payload(schema.dtype, schema.fill, elements);
  return std::ranges::equal(written_payload({nullptr, chunk}).view(), fill);
}

std::optional<Summary> ArrayFile::Impl::summary_of(const ArrayInUse& array) const {
  try {
    if (!array.pending) {
      const Mention& newest = array.mentions.front();
      if (std::optional<Summary> known = newest.layer->array_summary(newest.array)) return known;
    } else if (std::optional<Summary> known = changed_summary(*this, array)) {
      return known;
    }
    return all_summaries(*this, array);
  } catch (const Error& error) {
    // A chunk that cannot be read leaves the statistics unknown; reading it says what is wrong.
    if (error.status() != Status::kCorrupt && error.status() != Status::kUnsupported) throw;
    return {};
  }
}

std::optional<ArrayStats> ArrayFile::Impl::stats_of(const ArrayInUse& array) const {
  if (snapshot->immutable()) return array.mentions.front().view().stats();
  if (!array.pending && array.mentions.front().layer->foreign()) {
    std::shared_ptr<const StatsIndex> index = load_stats();
    auto found = index->entries.find(std::string(array.name));
    if (found == index->entries.end()) return {};
    return found->second;
  }
  std::optional<uint64_t> rows = row_count(array.shape);
  if (!rows) return {};
  std::optional<Summary> summary = summary_of(array);
  if (!summary) return {};
  return array_stats(*summary, *rows);
}

void ArrayFile::Impl::for_each_stats(
    const std::function<void(std::string_view, const ArrayStats&)>& visit) const {
  auto visit_slowly = [&](const ArrayInUse& array) {
    if (std::optional<ArrayStats> stats = stats_of(array)) visit(array.name, *stats);
  };
  if (!pending->empty()) return for_each_array(visit_slowly);
  snapshot->for_each_array([&](const Mention& newest) {
    ArrayView view = newest.view();
    std::optional<Summary> summary;
    if (!newest.layer->foreign()) summary = newest.layer->array_summary(newest.array);
    std::optional<uint64_t> rows = row_count(view.shape());
    if (summary && rows)
      visit(view.name(), array_stats(*summary, *rows));
    else if (std::optional<ArrayInUse> array = find(view.name()))
      visit_slowly(*array);
  });
}

std::shared_ptr<const StatsIndex> ArrayFile::Impl::load_stats() const {
  std::lock_guard lock(stats_mutex);
  if (stats_index) return stats_index;
  auto index = std::make_shared<StatsIndex>();
  if (std::optional<ObjectInfo> info = store->stat(name.stats())) {
    try {
      std::unique_ptr<Object> object = store->open(name.stats());
      check_allocation(limits, static_cast<uint64_t>(object->info().size), "the statistics");
      Buffer bytes(static_cast<size_t>(object->info().size));
      object->read(0, bytes.span());
      counters->count_read(static_cast<int64_t>(bytes.size()));
      for (StatsEntry& entry : read_stats(bytes.view()).entries)
        index->entries[std::move(entry.name)] = std::move(entry.stats);
      index->readable = true;
    } catch (const Error& error) {
      // Data are whole without statistics: a damaged file of them must not keep anyone from reading.
      // Verifying reports it.
      if (error.status() == Status::kOutOfMemory) throw;
    }
  }
  stats_index = index;
  return index;
}

NamedStats ArrayFile::stats(std::string_view name) const {
  std::shared_lock lock(mutex_);
  return {std::string(name), impl_->stats_of(impl_->require(name))};
}

void ArrayFile::for_each_stats(const std::function<void(std::string_view, const ArrayStats&)>& visit) const {
  std::shared_lock lock(mutex_);
  impl_->for_each_stats(visit);
}

std::vector<NamedStats> ArrayFile::stats_all() const {
  std::shared_lock lock(mutex_);
  std::vector<NamedStats> all;
  impl_->for_each_array([&](const ArrayInUse& array) {
    all.push_back({std::string(array.name), impl_->stats_of(array)});
  });
  return all;
}

}  // namespace af
