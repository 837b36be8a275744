// Writing: regions and chunks into the pending delta, and changes of shape.
#include <algorithm>
#include <unordered_map>

#include "file/array_file_impl.h"
#include "format/chunk.h"

namespace af {
namespace {

int64_t offset_of(const Extents& at, const Extents& origin, const Extents& strides) {
  int64_t offset = 0;
  for (int axis = 0; axis < at.rank(); axis++) offset += (at[axis] - origin[axis]) * strides[axis];
  return offset;
}

Extents last_of(const Region& region) {
  Extents last = region.start;
  for (int axis = 0; axis < last.rank(); axis++) last[axis] += region.shape[axis] - 1;
  return last;
}

Buffer buffer_of(const std::vector<std::byte>& bytes) {
  Buffer buffer(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

// The bytes of a chunk that is still in memory, to be changed in place; null if it is not.
std::byte* chunk_in_memory(const ArrayInUse& array, const Grid& grid, const Extents& coord) {
  if (!array.pending) return nullptr;
  auto found = array.pending->chunks.find(grid.linear(coord));
  if (found == array.pending->chunks.end() || found->second.packed) return nullptr;
  return found->second.bytes.data();
}

// Throws while nothing has changed yet: those of the chunks that a region covers only in part, as they are
// now.
std::unordered_map<int64_t, Buffer> partial_chunks(const ArrayFile::Impl& file, const ArrayInUse& array,
                                                   const Grid& grid, const Region& region,
                                                   std::span<const int64_t> positions) {
  std::unordered_map<int64_t, Buffer> bases;
  for (int64_t position : positions) {
    Extents coord = grid.coord(position);
    Region chunk = grid.chunk_region(coord);
    if (intersect(chunk, region).shape == chunk.shape) continue;
    bases.emplace(position, file.chunk_payload(array, grid, coord));
  }
  return bases;
}

uint64_t chunk_size(const Grid& grid, const Extents& coord, uint64_t element) {
  uint64_t size;
  if (!multiply_fits(static_cast<uint64_t>(grid.chunk_elements(coord)), element, &size) || size > UINT32_MAX)
    fail(Status::kLimitExceeded, "a chunk of ", grid.chunk_elements(coord), " elements of ", element,
         " bytes: the format holds less than 4 GiB, use smaller chunks");
  return size;
}

}  // namespace

void ArrayFile::Impl::put_chunk(PendingArray& array, const Grid& grid, const Extents& coord, Buffer payload) {
  array.erased.erase(coord);
  pending->put_chunk(array, grid.linear(coord), std::move(payload), grid.chunk_elements(coord));
}

void ArrayFile::Impl::write(const ArrayInUse& array, const Region& region, const Extents& strides,
                            const std::byte* first) {
  if (is_empty(region)) return;
  Grid grid = array.grid();
  int64_t element = element_size(array.dtype.id);
  // What can fail comes first: no chunk of the region is larger than its first, or has a greater number than
  // its last.
  Region chunks = grid.chunks_of(region);
  chunk_size(grid, chunks.start, static_cast<uint64_t>(element));
  grid.linear(last_of(chunks));
  std::vector<int64_t> others;  // than those in memory
  for (Odometer at(chunks); !at.done(); at.next())
    if (!chunk_in_memory(array, grid, at.at())) others.push_back(grid.linear(at.at()));
  std::unordered_map<int64_t, Buffer> bases = partial_chunks(*this, array, grid, region, others);
  PendingArray& target = touch(array);
  auto copy_part = [&](const Region& chunk, std::byte* payload) {
    Region part = intersect(chunk, region);
    Extents to = c_strides(chunk.shape, element);
    copy_strided(part.shape, element, payload + offset_of(part.start, chunk.start, to), to,
                 first + offset_of(part.start, region.start, strides), strides);
  };
  // In place first: to put another chunk may pack one of these.
  for (Odometer at(chunks); !at.done(); at.next())
    if (std::byte* bytes = chunk_in_memory(array, grid, at.at()))
      copy_part(grid.chunk_region(at.at()), bytes);
  for (int64_t position : others) {
    Extents coord = grid.coord(position);
    auto base = bases.find(position);
    Buffer payload = base == bases.end() ? Buffer(chunk_size(grid, coord, static_cast<uint64_t>(element)))
                                         : std::move(base->second);
    copy_part(grid.chunk_region(coord), payload.data());
    put_chunk(target, grid, coord, std::move(payload));
  }
}

void ArrayFile::Impl::write_variable(const ArrayInUse& array, const Region& region, const std::byte* bytes,
                                     std::span<const int64_t> offsets) {
  if (is_empty(region)) return;
  Grid grid = array.grid();
  std::vector<int64_t> positions;
  for (Odometer at(grid.chunks_of(region)); !at.done(); at.next()) positions.push_back(grid.linear(at.at()));
  std::unordered_map<int64_t, Buffer> bases = partial_chunks(*this, array, grid, region, positions);
  std::vector<std::string_view> texts(offsets.size() - 1);
  for (size_t i = 0; i < texts.size(); i++)
    texts[i] = {reinterpret_cast<const char*>(bytes) + offsets[i],
                static_cast<size_t>(offsets[i + 1] - offsets[i])};
  constexpr int64_t kView = sizeof(std::string_view);
  Extents from = c_strides(region.shape, kView);

  // Payloads are made before any is put: one that is too large must leave everything as it was.
  std::vector<std::pair<Extents, Buffer>> payloads;
  for (Odometer at(grid.chunks_of(region)); !at.done(); at.next()) {
    Region chunk = grid.chunk_region(at.at());
    Region part = intersect(chunk, region);
    int64_t elements = element_count(chunk.shape, "chunk");
    std::vector<std::string_view> own(static_cast<size_t>(elements));
    if (auto base = bases.find(grid.linear(at.at())); base != bases.end()) {
      VariablePayload before(base->second.view(), elements);
      for (int64_t i = 0; i < elements; i++) own[static_cast<size_t>(i)] = before.element(i);
    }
    Extents to = c_strides(chunk.shape, kView);
    copy_strided(part.shape, kView,
                 reinterpret_cast<std::byte*>(own.data()) + offset_of(part.start, chunk.start, to), to,
                 reinterpret_cast<const std::byte*>(texts.data()) + offset_of(part.start, region.start, from),
                 from);
    payloads.emplace_back(at.at(), buffer_of(variable_payload(own)));
  }
  PendingArray& target = touch(array);
  for (auto& [coord, payload] : payloads) put_chunk(target, grid, coord, std::move(payload));
}

// ---------------------------------------------------------------- resizing

namespace {

// A chunk's payload for another clipped extent: what both have in common is kept, the rest is fill.
Buffer reclip(const DType& dtype, const std::optional<FillValue>& fill, const Extents& old_shape,
              const Extents& new_shape, ByteView payload) {
  Extents common(old_shape.rank());
  for (int axis = 0; axis < old_shape.rank(); axis++)
    common[axis] = std::min(old_shape[axis], new_shape[axis]);
  int64_t elements = element_count(new_shape, "chunk");
  if (is_variable(dtype.id)) {
    constexpr int64_t kView = sizeof(std::string_view);
    int64_t old_elements = element_count(old_shape, "chunk");
    VariablePayload before(payload, old_elements);
    std::vector<std::string_view> from(static_cast<size_t>(old_elements)),
        to(static_cast<size_t>(elements), fill_text(dtype.id, fill));
    for (int64_t i = 0; i < old_elements; i++) from[static_cast<size_t>(i)] = before.element(i);
    copy_strided(common, kView, reinterpret_cast<std::byte*>(to.data()), c_strides(new_shape, kView),
                 reinterpret_cast<const std::byte*>(from.data()), c_strides(old_shape, kView));
    return buffer_of(variable_payload(to));
  }
  int64_t element = element_size(dtype.id);
  Buffer after = buffer_of(fill_payload(dtype, fill, elements));
  copy_strided(common, element, after.data(), c_strides(new_shape, element), payload.data(),
               c_strides(old_shape, element));
  return after;
}

}  // namespace

void ArrayFile::Impl::resize(const ArrayInUse& array, const Extents& shape) {
  Grid before = array.grid(), after(shape, array.chunk_shape);
  ArraySchema schema = *array.schema();
  schema.shape = shape;
  // Another writer's chunk extent of 0, on an axis that had no length, would not do for one that has.
  schema.chunk_shape = after.chunk_shape();
  // Everything that can fail comes first: the chunks whose clipped extent changes, as they will be.
  std::vector<std::pair<Extents, Buffer>> rewritten;
  std::vector<Extents> masked;
  std::vector<Extents> written = written_coords(array);
  for (const Extents& coord : written) {
    if (!after.contains(coord)) continue;
    after.linear(coord);  // throws for one that cannot be counted
    Extents old_shape = before.chunk_region(coord).shape, new_shape = after.chunk_region(coord).shape;
    if (old_shape == new_shape) continue;
    if (is_fixed_width(array.dtype.id)) chunk_size(after, coord, element_size(array.dtype.id));
    // To write what nobody wrote would make it count.
    ChunkPlace place = locate(array, before, coord, nullptr);
    if (place.layer && is_void(*place.layer, before.chunk_elements(coord))) {
      masked.push_back(coord);
      continue;
    }
    Buffer payload = chunk_payload(array, before, coord);
    rewritten.emplace_back(coord, reclip(array.dtype, array.fill(), old_shape, new_shape, payload.view()));
  }
  // What older layers hold and the new shape cuts off stays cut off, also if the array grows again.
  std::set<Extents> erased = array.pending ? array.pending->erased : std::set<Extents>();
  std::vector<Mention> older = snapshot->all_mentions(array.name);
  for (const Extents& coord : chunk_coords(older, before))
    if (!after.contains(coord)) erased.insert(coord);
  erased.insert(masked.begin(), masked.end());
  // And what they hold outside the present grid must not come into view.
  for (const Extents& coord : chunk_coords(older, after))
    if (!before.contains(coord)) erased.insert(coord);
  PendingChunks chunks = pending->no_chunks();
  for (auto& [coord, payload] : rewritten) {
    erased.erase(coord);
    chunks.emplace(after.linear(coord),
                   PendingChunk{std::move(payload), after.chunk_elements(coord), false, {}});
  }
  SharedSchema next = pending->share(schema);
  PendingArray& target = touch(array);
  pending->reshape(target, before, after, std::move(chunks));
  target.schema = std::move(next);
  target.erased = std::move(erased);
  pending->keep_to_budget();
}

// ---------------------------------------------------------------- calls

namespace {

void check_bool(std::byte value) {
  if (value > std::byte{1})
    fail(Status::kInvalidArgument, "a bool is ", static_cast<int>(value), ", neither 0 nor 1");
}

void check_bools(const Extents& shape, const Extents& strides, const std::byte* first) {
  Region all{Extents(shape.rank()), shape};
  for (Odometer at(all); !at.done(); at.next()) check_bool(first[offset_of(at.at(), all.start, strides)]);
}

}  // namespace

StridedPlace checked_source(const ArrayInUse& array, const Extents& shape, const Strided<ByteView>& src) {
  require_fixed(array);
  StridedPlace place = strided_place(shape, element_size(array.dtype.id), src.strides, src.bytes.size());
  if (array.dtype.id == TypeId::kBool) check_bools(shape, place.strides, src.bytes.data() + place.first);
  return place;
}

void check_texts(const ArrayInUse& array, const Extents& shape, const std::byte* bytes,
                 std::span<const int64_t> offsets) {
  require_variable(array);
  int64_t count = element_count(shape, "region");
  if (static_cast<int64_t>(offsets.size()) != count + 1)
    fail(Status::kInvalidArgument, "the region has ", count, " elements, given are ",
         static_cast<int64_t>(offsets.size()) - 1);
  for (int64_t i = 0; i < count; i++) {
    int64_t first = offsets[static_cast<size_t>(i)], end = offsets[static_cast<size_t>(i) + 1];
    if (first < 0 || end < first)
      fail(Status::kInvalidArgument, "element ", i, " goes from ", first, " to ", end);
    std::string_view text(reinterpret_cast<const char*>(bytes) + first, static_cast<size_t>(end - first));
    if (array.dtype.id == TypeId::kString && !is_utf8(text))
      fail(Status::kInvalidArgument, "element ", i, " is not UTF-8: ", quoted(text));
  }
}

void ArrayFile::write(std::string_view name, std::span<const int64_t> start, std::span<const int64_t> shape,
                      Strided<ByteView> src) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  require_fixed(array);
  Region region = checked_region(start, shape, array.shape);
  StridedPlace place = checked_source(array, region.shape, src);
  impl_->write(array, region, place.strides, src.bytes.data() + place.first);
}

void ArrayFile::write_variable(std::string_view name, std::span<const int64_t> start,
                               std::span<const int64_t> shape, const std::byte* bytes,
                               std::span<const int64_t> offsets) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  require_variable(array);
  Region region = checked_region(start, shape, array.shape);
  check_texts(array, region.shape, bytes, offsets);
  impl_->write_variable(array, region, bytes, offsets);
}

void ArrayFile::write_chunk(std::string_view name, std::span<const int64_t> coord, ByteView payload) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  Grid grid = array.grid();
  Extents at(coord);
  if (!grid.contains(at))
    fail(Status::kOutOfBounds, "array ", quoted(name), ": the chunk's coordinate is outside the grid");
  grid.linear(at);  // throws for one that cannot be counted
  int64_t elements = grid.chunk_elements(at);
  uint64_t width = element_size(array.dtype.id);
  try {
    check_payload(array.dtype, payload, elements);
  } catch (const Error& error) {
    throw Error(Status::kInvalidArgument, error.message());
  }
  if (width != 0 && payload.size() != static_cast<uint64_t>(elements) * width)
    fail(Status::kInvalidArgument, "a chunk of ", elements, " elements of ", width, " bytes, given are ",
         payload.size());
  if (array.dtype.id == TypeId::kBool) std::ranges::for_each(payload, check_bool);
  if (payload.size() > UINT32_MAX)
    fail(Status::kLimitExceeded, "a chunk of ", payload.size(), " bytes: the format holds less than 4 GiB");
  Buffer own(payload.size());
  if (!payload.empty()) std::memcpy(own.data(), payload.data(), payload.size());
  impl_->put_chunk(impl_->touch(array), grid, at, std::move(own));
}

void ArrayFile::resize(std::string_view name, std::span<const int64_t> shape) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  if (is_list(array.dtype.id))
    fail(Status::kDtypeMismatch, "array ", quoted(name), ": lists cannot be resized");
  if (static_cast<int>(shape.size()) != array.shape.rank())
    fail(Status::kInvalidArgument, "array ", quoted(name), " has rank ", array.shape.rank(),
         ", the new shape ", shape.size());
  for (int64_t extent : shape) {
    if (extent < 0) fail(Status::kInvalidArgument, "an extent of ", extent, " is negative");
    if (extent > kMaxExtent) fail(Status::kLimitExceeded, "an extent of ", extent, " is over 2^32-1");
  }
  Extents next(shape);
  if (!(next == array.shape)) impl_->resize(array, next);
}

}  // namespace af
