// Reading: which chunks a region touches, where they are, and getting them into the caller's memory.
#include <algorithm>
#include <deque>

#include "file/array_file_impl.h"
#include "format/chunk.h"

namespace af {
namespace {

// From this many bytes on, blocks that a chunk fills are decoded straight to their place and kept out of the
// cache: one large read must not wash away what small ones use again.
constexpr int64_t kDirectRead = 1 << 20;

// Part of a chunk that is not one run of bytes on both sides.
struct Box {
  Extents shape;
  Extents dst_strides;
  Extents src_strides;
  int64_t src_offset = 0;
};

// One chunk's share of a read.
struct CopyTask {
  const Layer* layer;
  ChunkAddress address;
  int64_t chunk_bytes;  // that the chunk must have
  std::byte* dst;
  const Box* box;  // null: the whole chunk, to one run of bytes
};

// Copies and fills what is at hand, and gathers what has to be fetched.
class ReadPlan {
 public:
  ReadPlan(const ArrayFile::Impl& file) : file_(file) {}

  void add(const ArrayInUse& array, const Region& region, const Extents& strides, std::byte* first);
  void run();

 private:
  void add_chunk(const ArrayInUse& array, const Grid& grid, const Extents& coord, const Region& region,
                 const Extents& strides, std::byte* first);
  void copy(const CopyTask& task, ByteView chunk) const;
  std::vector<BlockNeed> needs();

  const ArrayFile::Impl& file_;
  int64_t element_ = 0;
  std::vector<uint64_t> hints_;
  std::vector<CopyTask> tasks_;
  std::deque<Box> boxes_;  // a deque keeps them where tasks point
  int64_t bytes_ = 0;
};

bool is_one_run(const Extents& shape, const Extents& strides, int64_t element) {
  int64_t run = element;
  for (int axis = shape.rank() - 1; axis >= 0; axis--) {
    if (shape[axis] != 1 && strides[axis] != run) return false;
    run *= shape[axis];
  }
  return true;
}

int64_t offset_of(const Extents& at, const Extents& origin, const Extents& strides) {
  int64_t offset = 0;
  for (int axis = 0; axis < at.rank(); axis++) offset += (at[axis] - origin[axis]) * strides[axis];
  return offset;
}

void ReadPlan::add(const ArrayInUse& array, const Region& region, const Extents& strides, std::byte* first) {
  element_ = element_size(array.dtype.id);
  Grid grid = array.grid();
  hints_.assign(array.mentions.size(), 0);
  for (Odometer at(grid.chunks_of(region)); !at.done(); at.next())
    add_chunk(array, grid, at.at(), region, strides, first);
}

void ReadPlan::add_chunk(const ArrayInUse& array, const Grid& grid, const Extents& coord,
                         const Region& region, const Extents& strides, std::byte* first) {
  Region chunk = grid.chunk_region(coord);
  Region part = intersect(chunk, region);
  std::byte* dst = first + offset_of(part.start, region.start, strides);
  ChunkPlace place = file_.locate(array, grid, coord, &hints_);
  if (!place.written()) {
    fill_strided(part.shape, element_, dst, strides, fill_element(array.dtype.id, array.fill()).data());
    return;
  }
  CopyTask task{place.layer ? place.layer->layer : nullptr,
                {},
                element_count(chunk.shape, "chunk") * element_,
                dst,
                nullptr};
  if (!(part.shape == chunk.shape) || !is_one_run(part.shape, strides, element_)) {
    Extents src_strides = c_strides(chunk.shape, element_);
    boxes_.push_back({part.shape, strides, src_strides, offset_of(part.start, chunk.start, src_strides)});
    task.box = &boxes_.back();
  }
  if (place.pending) {
    Buffer room;
    copy(task, file_.pending->chunk_bytes(*place.pending, &room));
    if (task.box) boxes_.pop_back();
    return;
  }
  task.address = place.layer->address();
  bytes_ += task.chunk_bytes;
  tasks_.push_back(task);
}

void ReadPlan::copy(const CopyTask& task, ByteView chunk) const {
  // A remainder of less than an element is ignored, as the reference does.
  if (static_cast<int64_t>(chunk.size()) / element_ != task.chunk_bytes / element_)
    fail(Status::kCorrupt, task.layer ? task.layer->key() : "the pending layer", ": a chunk has ",
         chunk.size(), " bytes, expected are ", task.chunk_bytes);
  if (task.chunk_bytes == 0) return;
  if (!task.box)
    std::memcpy(task.dst, chunk.data(), static_cast<size_t>(task.chunk_bytes));
  else
    copy_strided(task.box->shape, element_, task.dst, task.box->dst_strides,
                 chunk.data() + task.box->src_offset, task.box->src_strides);
}

std::vector<BlockNeed> ReadPlan::needs() {
  std::ranges::sort(tasks_, [](const CopyTask& a, const CopyTask& b) {
    if (a.layer != b.layer) return a.layer < b.layer;
    if (a.address.block != b.address.block) return a.address.block < b.address.block;
    return a.address.offset < b.address.offset;
  });
  std::vector<BlockNeed> needs;
  for (size_t i = 0; i < tasks_.size(); i++) {
    const CopyTask& task = tasks_[i];
    if (needs.empty() || needs.back().layer != task.layer || needs.back().block != task.address.block)
      needs.push_back({task.layer, task.address.block, 0, i, 0, {}});
    BlockNeed& need = needs.back();
    need.count++;
    need.end = std::max(need.end, uint64_t{task.address.offset} + task.address.size);
  }
  if (bytes_ < kDirectRead) return needs;
  for (BlockNeed& need : needs) {
    const CopyTask& task = tasks_[need.first];
    bool fills = need.count == 1 && !task.box && task.address.offset == 0 &&
                 task.address.size == task.chunk_bytes &&
                 task.layer->block(need.block).raw_size == task.address.size;
    if (fills) need.direct = {task.dst, task.address.size};
  }
  return needs;
}

void ReadPlan::run() {
  if (tasks_.size() == 1) {
    const CopyTask& task = tasks_[0];
    if (bytes_ < kDirectRead) {
      auto block = fetch_block(file_.blocks(), *task.layer, task.address.block,
                               uint64_t{task.address.offset} + task.address.size);
      copy(task, chunk_of_block(*task.layer, task.address, *block));
      return;
    }
  }
  std::vector<BlockNeed> needs = this->needs();
  fetch_blocks(file_.blocks(), needs,
               [&](const BlockNeed& need, const std::shared_ptr<const DecodedBlock>& block) {
                 for (size_t i = need.first; block && i < need.first + need.count; i++)
                   copy(tasks_[i], chunk_of_block(*need.layer, tasks_[i].address, *block));
               });
}

}  // namespace

ChunkPlace ArrayFile::Impl::locate(const ArrayInUse& array, const Grid& grid, const Extents& coord,
                                   std::vector<uint64_t>* hints) const {
  if (array.pending) {
    auto found = array.pending->chunks.find(grid.linear(coord));
    if (found != array.pending->chunks.end()) return {&found->second, {}};
    if (!array.pending->erased.empty() && array.pending->erased.contains(coord)) return {};
  }
  return {nullptr, find_chunk(array.mentions, coord, hints)};
}

Buffer ArrayFile::Impl::written_payload(const ChunkPlace& place) const {
  Buffer room;
  ByteView bytes;
  std::shared_ptr<const DecodedBlock> block;
  if (place.pending) {
    bytes = pending->chunk_bytes(*place.pending, &room);
  } else {
    const Layer& layer = *place.layer->layer;
    ChunkAddress address = place.layer->address();
    block = fetch_block(blocks(), layer, address.block, uint64_t{address.offset} + address.size);
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

// ---------------------------------------------------------------- variable length

namespace {

// One chunk with the payload that its texts lie in.
struct TextChunk {
  Extents coord;
  std::shared_ptr<const DecodedBlock> block;
  Buffer own;
  ByteView payload;
};

void place_texts(const Grid& grid, const Region& region, const TextChunk& chunk,
                 std::vector<std::string_view>& texts) {
  Region whole = grid.chunk_region(chunk.coord);
  int64_t elements = element_count(whole.shape, "chunk");
  VariablePayload payload(chunk.payload, elements);
  std::vector<std::string_view> own(static_cast<size_t>(elements));
  for (int64_t i = 0; i < elements; i++) own[static_cast<size_t>(i)] = payload.element(i);
  constexpr int64_t kView = sizeof(std::string_view);
  Region part = intersect(whole, region);
  Extents to = c_strides(region.shape, kView), from = c_strides(whole.shape, kView);
  copy_strided(
      part.shape, kView, reinterpret_cast<std::byte*>(texts.data()) + offset_of(part.start, region.start, to),
      to, reinterpret_cast<const std::byte*>(own.data()) + offset_of(part.start, whole.start, from), from);
}

VariableData join_texts(const std::vector<std::string_view>& texts, bool repair, const Limits& limits) {
  uint64_t total = 0;
  for (std::string_view text : texts) total += text.size();
  check_allocation(limits, total, "the texts read");
  VariableData data;
  data.bytes.reserve(total);
  data.offsets.reserve(texts.size() + 1);
  for (std::string_view text : texts) {
    if (repair && !is_utf8(text))
      data.bytes += utf8_lossy(text);
    else
      data.bytes += text;
    data.offsets.push_back(static_cast<int64_t>(data.bytes.size()));
  }
  return data;
}

}  // namespace

VariableData ArrayFile::Impl::read_variable(const ArrayInUse& array, const Region& region) const {
  int64_t count = element_count(region.shape, "region");
  uint64_t room;
  if (!multiply_fits<uint64_t>(static_cast<uint64_t>(count), sizeof(std::string_view), &room))
    room = UINT64_MAX;
  check_allocation(limits, room, "the texts read");
  std::optional<FillValue> fill = array.fill();
  std::vector<std::string_view> texts(static_cast<size_t>(count), fill_text(array.dtype.id, fill));

  Grid grid = array.grid();
  std::deque<TextChunk> chunks;
  std::vector<std::pair<TextChunk*, FoundChunk>> fetched;
  std::vector<uint64_t> hints(array.mentions.size());
  for (Odometer at(grid.chunks_of(region)); !at.done(); at.next()) {
    ChunkPlace place = locate(array, grid, at.at(), &hints);
    if (!place.written()) continue;
    chunks.push_back({at.at(), nullptr, {}, {}});
    if (place.layer)
      fetched.emplace_back(&chunks.back(), *place.layer);
    else
      chunks.back().payload = pending->chunk_bytes(*place.pending, &chunks.back().own);
  }
  std::vector<BlockNeed> needs;
  for (size_t i = 0; i < fetched.size(); i++) {
    ChunkAddress address = fetched[i].second.address();
    needs.push_back(
        {fetched[i].second.layer, address.block, uint64_t{address.offset} + address.size, i, 1, {}});
  }
  // A block that holds several of the chunks is decoded once: the cache, or this sort and the merge below,
  // see to that.
  std::ranges::sort(needs, [](const BlockNeed& a, const BlockNeed& b) {
    return a.layer != b.layer ? a.layer < b.layer : a.block < b.block;
  });
  std::vector<BlockNeed> distinct;
  std::vector<size_t> order;
  for (const BlockNeed& need : needs) {
    if (distinct.empty() || distinct.back().layer != need.layer || distinct.back().block != need.block)
      distinct.push_back({need.layer, need.block, 0, order.size(), 0, {}});
    distinct.back().end = std::max(distinct.back().end, need.end);
    distinct.back().count++;
    order.push_back(need.first);
  }
  fetch_blocks(blocks(), distinct,
               [&](const BlockNeed& need, const std::shared_ptr<const DecodedBlock>& block) {
                 for (size_t i = need.first; i < need.first + need.count; i++) {
                   auto& [chunk, found] = fetched[order[i]];
                   chunk->block = block;
                   chunk->payload = chunk_of_block(*need.layer, found.address(), *block);
                 }
               });
  for (const TextChunk& chunk : chunks) place_texts(grid, region, chunk, texts);
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

namespace {

void require_fixed(const ArrayInUse& array) {
  if (!is_fixed_width(array.dtype.id))
    fail(Status::kDtypeMismatch, "array ", quoted(array.name), " is ", type_name(array.dtype.id),
         ": its elements have no fixed width");
}

}  // namespace

void ArrayFile::read(std::string_view name, std::span<const int64_t> start, std::span<const int64_t> shape,
                     Strided<MutableBytes> dst) const {
  std::shared_lock lock(mutex_);
  ArrayInUse array = impl_->require(name);
  require_fixed(array);
  Region region = checked_region(start, shape, array.shape);
  StridedPlace place =
      strided_place(region.shape, element_size(array.dtype.id), dst.strides, dst.bytes.size());
  if (is_empty(region)) return;
  impl_->read(array, region, place.strides, dst.bytes.data() + place.first);
}

VariableData ArrayFile::read_variable(std::string_view name, std::span<const int64_t> start,
                                      std::span<const int64_t> shape) const {
  std::shared_lock lock(mutex_);
  ArrayInUse array = impl_->require(name);
  if (!is_variable(array.dtype.id))
    fail(Status::kDtypeMismatch, "array ", quoted(name), " is ", type_name(array.dtype.id),
         ", not String or Binary");
  return impl_->read_variable(array, checked_region(start, shape, array.shape));
}

void ArrayFile::read_many(const std::vector<std::string_view>& names, MutableBytes dst,
                          std::span<int64_t> offsets) const {
  std::shared_lock lock(mutex_);
  std::vector<ArrayInUse> arrays;
  arrays.reserve(names.size());
  offsets[0] = 0;
  for (size_t i = 0; i < names.size(); i++) {
    arrays.push_back(impl_->require(names[i]));
    require_fixed(arrays.back());
    int64_t bytes;
    if (!multiply_fits<int64_t>(element_count(arrays.back().shape), element_size(arrays.back().dtype.id),
                                &bytes) ||
        !add_fits(offsets[i], bytes, &offsets[i + 1]))
      fail(Status::kLimitExceeded, "the arrays hold over 2^63-1 bytes");
  }
  if (!dst.data()) return;
  if (static_cast<uint64_t>(offsets[names.size()]) > dst.size())
    fail(Status::kInvalidArgument, "the arrays need ", offsets[names.size()], " bytes, the buffer has ",
         dst.size());
  impl_->read_many(arrays, dst.data(), offsets);
}

void ArrayFile::Impl::read_many(const std::vector<ArrayInUse>& arrays, std::byte* dst,
                                std::span<const int64_t> offsets) const {
  // One plan for each width of element; most callers have one.
  for (int64_t width : {1, 2, 4, 8}) {
    ReadPlan plan(*this);
    for (size_t i = 0; i < arrays.size(); i++) {
      if (element_size(arrays[i].dtype.id) != width || offsets[i] == offsets[i + 1]) continue;
      Region whole{Extents(arrays[i].shape.rank()), arrays[i].shape};
      plan.add(arrays[i], whole, c_strides(arrays[i].shape, width), dst + offsets[i]);
    }
    plan.run();
  }
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
