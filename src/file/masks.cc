#include "file/masks.h"

#include <algorithm>
#include <set>

#include "format/chunk.h"

namespace af {
namespace {

// More than this, and rewriting the stack costs less than carrying the masks.
constexpr uint64_t kMaxMaskBytes = 64 << 20;

bool rank_changed(const Snapshot& snapshot, const PendingArray& array) {
  return std::ranges::any_of(snapshot.all_mentions(array.name), [&](const Mention& mention) {
    return mention.view().chunk_count() != 0 && mention.view().rank() != array.schema->shape.rank();
  });
}

// Packs the masks of one array. Fixed-width masks are prefixes of one chunk of fill values.
class MaskPacker {
 public:
  MaskPacker(Pending& pending, const PendingArray& array, const Grid& grid)
      : pending_(pending), array_(array), grid_(grid) {}

  ChunkAddress mask(const Extents& coord) {
    if (!grid_.contains(coord)) return nothing();
    int64_t elements = grid_.chunk_elements(coord);
    if (is_variable(array_.schema->dtype.id)) return texts(elements);
    ChunkAddress address = shared();
    address.size = static_cast<uint32_t>(elements * element_size(array_.schema->dtype.id));
    return address;
  }

 private:
  ChunkAddress pack(int64_t elements) {
    std::vector<std::byte> payload = fill_payload(array_.schema->dtype, array_.schema->fill, elements);
    Buffer bytes(payload.size());
    if (!payload.empty()) std::memcpy(bytes.data(), payload.data(), payload.size());
    return pending_.packer().add(std::move(bytes), nullptr, elements).address;
  }
  ChunkAddress shared() {
    if (!shared_) shared_ = pack(element_count(grid_.chunk_shape(), "chunk"));
    return *shared_;
  }
  ChunkAddress texts(int64_t elements) {
    auto [place, added] = texts_.try_emplace(elements);
    if (added) place->second = pack(elements);
    return place->second;
  }
  ChunkAddress nothing() {
    if (!nothing_) nothing_ = pending_.packer().add(Buffer(), nullptr, 0).address;
    return *nothing_;
  }

  Pending& pending_;
  const PendingArray& array_;
  const Grid& grid_;
  std::optional<ChunkAddress> shared_, nothing_;
  std::map<int64_t, ChunkAddress> texts_;
};

// Bytes of fill values that the masks of an array need.
uint64_t mask_bytes(const PendingArray& array, const Grid& grid, const std::vector<Extents>& coords) {
  uint64_t width = std::max<uint64_t>(element_size(array.schema->dtype.id),
                                      4 + fill_text(array.schema->dtype.id, array.schema->fill).size());
  std::set<int64_t> sizes;
  for (const Extents& coord : coords)
    if (grid.contains(coord)) sizes.insert(grid.chunk_elements(coord));
  if (sizes.empty()) return 0;
  uint64_t elements = static_cast<uint64_t>(element_count(grid.chunk_shape(), "chunk")), bytes;
  if (is_variable(array.schema->dtype.id)) {
    elements = 0;
    for (int64_t size : sizes) elements += static_cast<uint64_t>(size);
  }
  return multiply_fits(elements, width, &bytes) ? bytes : UINT64_MAX;
}

}  // namespace

std::vector<Extents> masked_coords(const Snapshot& snapshot, const PendingArray& array) {
  Grid grid(array.schema->shape, array.schema->chunk_shape);
  std::vector<Extents> coords;
  if (array.deleted) return coords;
  if (array.fresh) {
    std::set<Extents> all;
    for (const Mention& mention : snapshot.all_mentions(array.name)) {
      ArrayView view = mention.view();
      for (uint64_t i = 0; i < view.chunk_count(); i++)
        if (std::optional<Extents> coord = view.chunk_coord(i, grid.shape().rank())) all.insert(*coord);
    }
    coords.assign(all.begin(), all.end());
  } else {
    coords.assign(array.erased.begin(), array.erased.end());
  }
  std::erase_if(coords, [&](const Extents& coord) {
    return grid.contains(coord) && array.chunks.contains(grid.linear(coord));
  });
  return coords;
}

MaskPlan plan_masks(const Snapshot& snapshot, Pending& pending, bool anyway) {
  MaskPlan plan;
  for (const auto& array : pending.arrays()) {
    if (array->deleted || (!array->fresh && array->erased.empty())) continue;
    if (array->fresh && rank_changed(snapshot, *array)) plan.needs_rewrite = true;
    if (plan.needs_rewrite && !anyway) return plan;
    std::vector<Extents> coords = masked_coords(snapshot, *array);
    if (coords.empty()) continue;
    Grid grid(array->schema->shape, array->schema->chunk_shape);
    // A list's chunk of fill values is not defined: nothing but rewriting hides an old one.
    bool list_inside =
        is_list(array->schema->dtype.id) &&
        std::ranges::any_of(coords, [&](const Extents& coord) { return grid.contains(coord); });
    if (list_inside || mask_bytes(*array, grid, coords) > kMaxMaskBytes) {
      plan.needs_rewrite = true;
      if (!anyway) return plan;
    }
    if (list_inside) std::erase_if(coords, [&](const Extents& coord) { return grid.contains(coord); });
    MaskPacker packer(pending, *array, grid);
    std::vector<ChunkRecord>& records = plan.chunks[array];
    for (const Extents& coord : coords) records.push_back({coord, packer.mask(coord)});
  }
  return plan;
}

}  // namespace af
