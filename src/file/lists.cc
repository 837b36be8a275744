// Arrays of lists: regions read and written as levels of offsets and values.
#include "format/lists.h"

#include <algorithm>
#include <map>
#include <memory>

#include "file/array_file_impl.h"
#include "format/chunk.h"

namespace af {
namespace {

// What lists gathered for one call may hold, when the caller sets no ceiling: what a chunk can.
uint64_t list_limit(const Limits& limits) { return static_cast<uint64_t>(limits.max_allocation); }

// Calls `visit` for each run of elements along the last axis that lies in one chunk, in C order of the
// region: the chunk's coordinate, the run's first element within the chunk, how many there are.
template <typename Visit>
void for_each_run(const Grid& grid, const Region& region, Visit visit) {
  if (is_empty(region)) return;
  int last = region.shape.rank() - 1;
  Region rows = region;
  if (last >= 0) rows.shape[last] = 1;
  for (Odometer at(rows); !at.done(); at.next()) {
    Extents index = at.at();
    int64_t end = last < 0 ? 1 : region.start[last] + region.shape[last];
    do {
      Extents coord(index.rank());
      for (int axis = 0; axis < index.rank(); axis++) coord[axis] = index[axis] / grid.chunk_shape()[axis];
      Region chunk = grid.chunk_region(coord);
      int64_t first = 0, length = 1;
      for (int axis = 0; axis < index.rank(); axis++)
        first = first * chunk.shape[axis] + index[axis] - chunk.start[axis];
      if (last >= 0) length = std::min(end, chunk.start[last] + chunk.shape[last]) - index[last];
      visit(coord, first, length);
      if (last >= 0) index[last] += length;
    } while (last >= 0 && index[last] < end);
  }
}

void require_lists(const ArrayInUse& array) {
  if (!is_list(array.dtype.id))
    fail(Status::kDtypeMismatch, "array ", quoted(array.name), " is ", type_name(array.dtype.id),
         ", no list");
}

// Chunks of an array, parsed when they are first asked for.
class ParsedChunks {
 public:
  ParsedChunks(const ArrayFile::Impl& file, const ArrayInUse& array, const Grid& grid)
      : file_(file), array_(array), grid_(grid) {}

  // Null for one that nobody wrote.
  const ListView* find(const Extents& coord) {
    auto [entry, is_new] = chunks_.try_emplace(grid_.linear(coord));
    if (is_new) {
      ChunkPlace place = file_.locate(array_, grid_, coord, nullptr);
      if (place.written()) {
        auto chunk = std::make_unique<Chunk>();
        chunk->payload = file_.written_payload(place);
        chunk->lists.emplace(array_.dtype, chunk->payload.view(), grid_.chunk_elements(coord));
        entry->second = std::move(chunk);
      }
    }
    return entry->second ? &entry->second->lists->view() : nullptr;
  }

 private:
  struct Chunk {
    Buffer payload;
    std::optional<ListPayload> lists;
  };
  const ArrayFile::Impl& file_;
  const ArrayInUse& array_;
  const Grid& grid_;
  std::map<int64_t, std::unique_ptr<Chunk>> chunks_;
};

void append_run(ListData& lists, const ListView* chunk, int64_t first, int64_t count) {
  if (chunk)
    lists.append(*chunk, first, count);
  else
    lists.append_unwritten(count);
}

}  // namespace

ListData ArrayFile::read_lists(std::string_view name, std::span<const int64_t> start,
                               std::span<const int64_t> shape) const {
  std::shared_lock lock(mutex_);
  ArrayInUse array = impl_->require(name);
  require_lists(array);
  Region region = checked_region(start, shape, array.shape);
  Grid grid = array.grid();
  ParsedChunks chunks(*impl_, array, grid);
  ListData lists(array.dtype, list_limit(impl_->limits));
  for_each_run(grid, region, [&](const Extents& coord, int64_t first, int64_t count) {
    append_run(lists, chunks.find(coord), first, count);
  });
  return lists;
}

void ArrayFile::write_lists(std::string_view name, std::span<const int64_t> start,
                            std::span<const int64_t> shape, std::span<const int64_t> offsets,
                            ByteView values) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  require_lists(array);
  Region region = checked_region(start, shape, array.shape);
  ListView source = list_view(array.dtype, element_count(region.shape, "region"), offsets, values);
  if (is_empty(region)) return;
  Grid grid = array.grid();
  Extents to_source = c_strides(region.shape, 1);
  ParsedChunks chunks(*impl_, array, grid);
  // Payloads are made before any is put: one that is too large must leave everything as it was.
  std::vector<std::pair<Extents, Buffer>> payloads;
  for (Odometer at(grid.chunks_of(region)); !at.done(); at.next()) {
    Region chunk = grid.chunk_region(at.at());
    bool is_whole = intersect(chunk, region).shape == chunk.shape;
    const ListView* before = is_whole ? nullptr : chunks.find(at.at());
    ListData lists(array.dtype, list_limit(impl_->limits));
    int64_t position = 0;
    for (Odometer element(chunk); !element.done(); element.next(), position++) {
      int64_t from = 0;
      bool is_new = true;
      for (int axis = 0; axis < region.shape.rank(); axis++) {
        int64_t distance = element.at()[axis] - region.start[axis];
        is_new = is_new && distance >= 0 && distance < region.shape[axis];
        from += distance * to_source[axis];
      }
      append_run(lists, is_new ? &source : before, is_new ? from : position, 1);
    }
    std::vector<std::byte> payload = lists.payload();
    Buffer bytes(payload.size());
    if (!payload.empty()) std::memcpy(bytes.data(), payload.data(), payload.size());
    payloads.emplace_back(at.at(), std::move(bytes));
  }
  PendingArray& target = impl_->touch(array);
  for (auto& [coord, payload] : payloads) impl_->put_chunk(target, grid, coord, std::move(payload));
}

// ---------------------------------------------------------------- without copying

namespace {

// Where the region's elements lie in their chunk, if they are in one and follow each other there.
std::optional<int64_t> first_in_chunk(const Region& chunk, const Region& region) {
  int64_t first = 0;
  bool may_be_cut = true;  // all axes so far have one element
  for (int axis = 0; axis < region.shape.rank(); axis++) {
    int64_t begin = region.start[axis] - chunk.start[axis];
    if (!may_be_cut && region.shape[axis] != chunk.shape[axis]) return {};
    may_be_cut = may_be_cut && region.shape[axis] == 1;
    first = first * chunk.shape[axis] + begin;
  }
  return first;
}

}  // namespace

SharedElements ArrayFile::Impl::elements_in_place(const ArrayInUse& array, const Region& region) const {
  if (is_empty(region)) return {};
  Grid grid = array.grid();
  Region chunks = grid.chunks_of(region);
  if (element_count(chunks.shape) != 1) return {};
  Region chunk = grid.chunk_region(chunks.start);
  std::optional<int64_t> first = first_in_chunk(chunk, region);
  ChunkPlace place = locate(array, grid, chunks.start, nullptr);
  if (!first || !place.layer) return {};
  const Layer& layer = *place.layer->layer;
  ChunkAddress address = place.layer->address();
  auto block = fetch_block(blocks(), layer, address.block, uint64_t{address.offset} + address.size);
  ByteView bytes = chunk_of_block(layer, address, *block);
  check_payload(array.dtype, bytes, grid.chunk_elements(chunks.start));
  uint64_t width = element_size(array.dtype.id);
  bytes = bytes.subspan(static_cast<uint64_t>(*first) * width,
                        static_cast<uint64_t>(element_count(region.shape)) * width);
  if (reinterpret_cast<uintptr_t>(bytes.data()) % width != 0) return {};
  return {block, bytes, false};
}

SharedElements ArrayFile::read_shared(std::string_view name, std::span<const int64_t> start,
                                      std::span<const int64_t> shape) const {
  std::shared_lock lock(mutex_);
  ArrayInUse array = impl_->require(name);
  require_fixed(array);
  Region region = checked_region(start, shape, array.shape);
  SharedElements in_place = impl_->elements_in_place(array, region);
  if (in_place.owner) return in_place;
  uint64_t size;
  if (!multiply_fits(static_cast<uint64_t>(element_count(region.shape, "region")),
                     uint64_t{element_size(array.dtype.id)}, &size))
    fail(Status::kLimitExceeded, "the region holds over 2^64-1 bytes");
  check_allocation(impl_->limits, size, "a region");
  auto copy = std::make_shared<Buffer>(size);
  if (!is_empty(region))
    impl_->read(array, region, c_strides(region.shape, element_size(array.dtype.id)), copy->data());
  ByteView bytes = copy->view();
  return {std::move(copy), bytes, true};
}

}  // namespace af
