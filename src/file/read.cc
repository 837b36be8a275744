// Reading: which chunks a region touches, where they are, and getting them into the caller's memory.
#include <algorithm>

#include "file/read_plan.h"
#include "format/chunk.h"

namespace af {

ChunkPlace ArrayFile::Impl::locate(const ArrayInUse& array, const Grid& grid, const Extents& coord,
                                   std::vector<uint64_t>* hints) const {
  if (array.pending) {
    auto found = array.pending->chunks.find(grid.linear(coord));
    if (found != array.pending->chunks.end()) return {&found->second, {}};
    if (!array.pending->erased.empty() && array.pending->erased.contains(coord)) return {};
  }
  return {nullptr, find_chunk(array.mentions, coord, hints)};
}

Buffer ArrayFile::Impl::written_payload(const ChunkPlace& place, BlockCache* passing) const {
  Buffer room;
  ByteView bytes;
  std::shared_ptr<const DecodedBlock> block;
  if (place.pending) {
    bytes = pending->chunk_bytes(*place.pending, &room);
  } else {
    const Layer& layer = *place.layer->layer;
    ChunkAddress address = place.layer->address();
    BlockContext context = blocks();
    if (passing) context.cache = passing;
    block = fetch_block(context, layer, address.block, uint64_t{address.offset} + address.size);
    bytes = chunk_of_block(layer, address, *block);
  }
  Buffer payload(bytes.size());
  if (!bytes.empty()) std::memcpy(payload.data(), bytes.data(), bytes.size());
  return payload;
}

Buffer ArrayFile::Impl::chunk_payload(const ArrayInUse& array, const Grid& grid, const Extents& coord) const {
  ChunkPlace place = locate(array, grid, coord, nullptr);
  if (!place.written()) {
    int64_t elements = grid.chunk_elements(coord);
    uint64_t size = static_cast<uint64_t>(elements) * std::max<uint32_t>(element_size(array.dtype.id), 4);
    check_allocation(limits, size, "a chunk");
    std::vector<std::byte> fill = fill_payload(array.dtype, array.fill(), elements);
    Buffer payload(fill.size());
    if (!fill.empty()) std::memcpy(payload.data(), fill.data(), fill.size());
    return payload;
  }
  Buffer payload = written_payload(place);
  check_payload(array.dtype, payload.view(), grid.chunk_elements(coord));
  return payload;
}

std::vector<Extents> ArrayFile::Impl::written_coords(const ArrayInUse& array) const {
  Grid grid = array.grid();
  std::vector<Extents> coords = chunk_coords(array.mentions, grid);
  if (!array.pending) return coords;
  std::erase_if(coords, [&](const Extents& coord) { return array.pending->erased.contains(coord); });
  for (const auto& [position, chunk] : array.pending->chunks) coords.push_back(grid.coord(position));
  std::ranges::sort(coords, [](const Extents& a, const Extents& b) { return a < b; });
  coords.erase(std::unique(coords.begin(), coords.end()), coords.end());
  return coords;
}

void ArrayFile::Impl::read(const ArrayInUse& array, const Region& region, const Extents& strides,
                           std::byte* first) const {
  ReadPlan plan(*this);
  plan.add(array, region, strides, first);
  plan.run();
}

VariableData ArrayFile::Impl::read_variable(const ArrayInUse& array, const Region& region) const {
  std::vector<std::string_view> texts = room_for_texts(element_count(region.shape, "region"), limits);
  TextPlan plan(*this);
  plan.add(array, region, texts.data());
  plan.run();
  return join_texts(texts, array.dtype.id == TypeId::kString, limits);
}

// ---------------------------------------------------------------- calls

StridedPlace strided_place(const Extents& shape, int64_t element_size, std::span<const int64_t> strides,
                           size_t bytes) {
  int64_t count = element_count(shape, "region");
  StridedPlace place{c_strides(shape, element_size), 0};
  if (count == 0) return place;
  int64_t low = 0, high = element_size;  // the bytes touched, relative to the first element
  if (strides.empty()) {
    if (!multiply_fits(count, element_size, &high)) high = INT64_MAX;
  } else {
    if (static_cast<int>(strides.size()) != shape.rank())
      fail(Status::kInvalidArgument, strides.size(), " strides for a region of rank ", shape.rank());
    place.strides = Extents(strides);
    for (int axis = 0; axis < shape.rank(); axis++) {
      int64_t reach;
      bool fits = multiply_fits(shape[axis] - 1, strides[axis], &reach) &&
                  (reach < 0 ? add_fits(low, reach, &low) : add_fits(high, reach, &high));
      if (!fits)
        fail(Status::kInvalidArgument, "axis ", axis, ": a stride of ", strides[axis],
             " reaches over 2^63-1 bytes");
    }
  }
  int64_t extent;
  if (!add_fits(high, low == INT64_MIN ? INT64_MAX : -low, &extent) || static_cast<uint64_t>(extent) > bytes)
    fail(Status::kInvalidArgument, "the region needs ", extent, " bytes, the buffer has ", bytes);
  place.first = -low;
  return place;
}

void require_fixed(const ArrayInUse& array) {
  if (!is_fixed_width(array.dtype.id))
    fail(Status::kDtypeMismatch, "array ", quoted(array.name), " is ", type_name(array.dtype.id),
         ": its elements have no fixed width");
}

void require_variable(const ArrayInUse& array) {
  if (!is_variable(array.dtype.id))
    fail(Status::kDtypeMismatch, "array ", quoted(array.name), " is ", type_name(array.dtype.id),
         ", not String or Binary");
}

void ArrayFile::read(std::string_view name, std::span<const int64_t> start, std::span<const int64_t> shape,
                     Strided<MutableBytes> dst) const {
  std::shared_lock lock(mutex_);
  ArrayInUse array = impl_->require(name);
  require_fixed(array);
  Region region = checked_region(start, shape, array.shape);
  StridedPlace place =
      strided_place(region.shape, element_size(array.dtype.id), dst.strides, dst.bytes.size());
  if (is_empty(region)) return;
  auto watch = impl_->watch();
  impl_->read(array, region, place.strides, dst.bytes.data() + place.first);
}

VariableData ArrayFile::read_variable(std::string_view name, std::span<const int64_t> start,
                                      std::span<const int64_t> shape) const {
  std::shared_lock lock(mutex_);
  ArrayInUse array = impl_->require(name);
  require_variable(array);
  auto watch = impl_->watch();
  return impl_->read_variable(array, checked_region(start, shape, array.shape));
}

void ArrayFile::read_many(const std::vector<std::string_view>& names, MutableBytes dst,
                          std::span<int64_t> offsets) const {
  std::shared_lock lock(mutex_);
  offsets[0] = 0;
  for (size_t i = 0; i < names.size(); i++) {
    ArrayInUse array = impl_->require(names[i]);
    require_fixed(array);
    int64_t bytes;
    if (!multiply_fits<int64_t>(element_count(array.shape), element_size(array.dtype.id), &bytes) ||
        !add_fits(offsets[i], bytes, &offsets[i + 1]))
      fail(Status::kLimitExceeded, "the arrays hold over 2^63-1 bytes");
  }
  if (!dst.data()) return;
  if (static_cast<uint64_t>(offsets[names.size()]) > dst.size())
    fail(Status::kInvalidArgument, "the arrays need ", offsets[names.size()], " bytes, the buffer has ",
         dst.size());
  auto watch = impl_->watch();
  // Looked up once more rather than kept: there may be a million of them.
  ReadPlan plan(*impl_);
  for (size_t i = 0; i < names.size(); i++) {
    if (offsets[i] == offsets[i + 1]) continue;
    ArrayInUse array = impl_->require(names[i]);
    Region whole{Extents(array.shape.rank()), array.shape};
    plan.add(array, whole, c_strides(array.shape, element_size(array.dtype.id)), dst.data() + offsets[i]);
  }
  plan.run();
}

std::vector<Extents> ArrayFile::chunks(std::string_view name) const {
  std::shared_lock lock(mutex_);
  return impl_->written_coords(impl_->require(name));
}

std::string ArrayFile::read_chunk(std::string_view name, std::span<const int64_t> coord) const {
  std::shared_lock lock(mutex_);
  ArrayInUse array = impl_->require(name);
  Grid grid = array.grid();
  Extents at(coord);
  if (!grid.contains(at))
    fail(Status::kOutOfBounds, "array ", quoted(name), ": the chunk's coordinate is outside the grid");
  ChunkPlace place = impl_->locate(array, grid, at, nullptr);
  if (!place.written()) fail(Status::kNotFound, "array ", quoted(name), ": nobody wrote this chunk");
  return std::string(as_text(impl_->written_payload(place).view()));
}

}  // namespace af
