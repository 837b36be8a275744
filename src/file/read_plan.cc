#include "file/read_plan.h"

#include <algorithm>

#include "format/chunk.h"

namespace af {
namespace {

// From this many bytes on, blocks that a chunk fills are decoded straight to their place and kept out of the
// cache: one large read must not wash away what small ones use again.
constexpr int64_t kDirectRead = 1 << 20;
// From this many on no block is kept.
constexpr int64_t kPassingRead = 16 << 20;

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

}  // namespace

void ReadPlan::add(const ArrayInUse& array, const Region& region, const Extents& strides, std::byte* first) {
  Grid grid = array.grid();
  Region chunks = grid.chunks_of(region);
  hints_.assign(element_count(chunks.shape, "grid") > 1 ? array.mentions.size() : 0, 0);
  for (Odometer at(chunks); !at.done(); at.next()) add_chunk(array, grid, at.at(), region, strides, first);
}

void ReadPlan::add_chunk(const ArrayInUse& array, const Grid& grid, const Extents& coord,
                         const Region& region, const Extents& strides, std::byte* first) {
  int64_t element = element_size(array.dtype.id);
  Region chunk = grid.chunk_region(coord);
  Region part = intersect(chunk, region);
  std::byte* dst = first + offset_of(part.start, region.start, strides);
  ChunkPlace place = file_.locate(array, grid, coord, hints_.empty() ? nullptr : &hints_);
  if (!place.written()) {
    fill_strided(part.shape, element, dst, strides, fill_element(array.dtype.id, array.fill()).data());
    return;
  }
  CopyTask task{place.layer ? place.layer->layer : nullptr,
                {},
                element_count(chunk.shape, "chunk") * element,
                dst,
                static_cast<int32_t>(element),
                -1};
  if (!(part.shape == chunk.shape) || !is_one_run(part.shape, strides, element)) {
    Extents src_strides = c_strides(chunk.shape, element);
    boxes_.push_back({part.shape, strides, src_strides, offset_of(part.start, chunk.start, src_strides)});
    task.box = static_cast<int32_t>(boxes_.size()) - 1;
  }
  if (place.pending) {
    Buffer room;
    copy(task, file_.pending->chunk_bytes(*place.pending, &room));
    if (task.box >= 0) boxes_.pop_back();
    return;
  }
  task.address = place.layer->address();
  bytes_ += task.chunk_bytes;
  tasks_.push_back(task);
}

void ReadPlan::copy(const CopyTask& task, ByteView chunk) const {
  // A remainder of less than an element is ignored, as the reference does.
  if (static_cast<int64_t>(chunk.size()) / task.element != task.chunk_bytes / task.element)
    fail(Status::kCorrupt, task.layer ? task.layer->key() : "the pending layer", ": a chunk has ",
         chunk.size(), " bytes, expected are ", task.chunk_bytes);
  if (task.chunk_bytes == 0) return;
  if (task.box < 0) {
    std::memcpy(task.dst, chunk.data(), static_cast<size_t>(task.chunk_bytes));
    return;
  }
  const Box& box = boxes_[static_cast<size_t>(task.box)];
  copy_strided(box.shape, task.element, task.dst, box.dst_strides, chunk.data() + box.src_offset,
               box.src_strides);
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
    bool fills = need.count == 1 && task.box < 0 && task.address.offset == 0 &&
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
  BlockContext context = file_.blocks();
  context.passing = bytes_ >= kPassingRead;
  fetch_blocks(context, needs, [&](const BlockNeed& need, const std::shared_ptr<const DecodedBlock>& block) {
    for (size_t i = need.first; block && i < need.first + need.count; i++)
      copy(tasks_[i], chunk_of_block(*need.layer, tasks_[i].address, *block));
  });
}

// ---------------------------------------------------------------- variable length

void TextPlan::add(const ArrayInUse& array, const Region& region, std::string_view* texts) {
  std::optional<FillValue> fill = array.fill();
  std::string_view filler = fill_text(array.dtype.id, fill);
  if (!filler.empty()) filler = keep(filler);
  std::fill_n(texts, element_count(region.shape, "region"), filler);
  Grid grid = array.grid();
  std::vector<uint64_t> hints(array.mentions.size());
  for (Odometer at(grid.chunks_of(region)); !at.done(); at.next()) {
    ChunkPlace place = file_.locate(array, grid, at.at(), &hints);
    if (!place.written()) continue;
    Share share{grid.chunk_region(at.at()), region};
    bool all = share.chunk.start == region.start && share.chunk.shape == region.shape;
    if (!all) shares_.push_back(share);
    chunks_.push_back({element_count(share.chunk.shape, "chunk"),
                       all ? nullptr : &shares_.back(),
                       texts,
                       place.layer,
                       nullptr,
                       {},
                       {}});
    if (place.pending)
      chunks_.back().payload = file_.pending->chunk_bytes(*place.pending, &chunks_.back().own);
  }
}

std::string_view TextPlan::keep(std::string_view filler) {
  if (fillers_.empty() || fillers_.back() != filler) fillers_.emplace_back(filler);
  return fillers_.back();
}

void TextPlan::run() {
  std::vector<Chunk*> stored;
  for (Chunk& chunk : chunks_)
    if (chunk.found) stored.push_back(&chunk);
  std::ranges::stable_sort(stored, {}, [](const Chunk* chunk) {
    return std::pair(chunk->found->layer, chunk->found->address().block);
  });
  std::vector<BlockNeed> needs;
  for (size_t i = 0; i < stored.size(); i++) {
    const Layer* layer = stored[i]->found->layer;
    ChunkAddress address = stored[i]->found->address();
    if (needs.empty() || needs.back().layer != layer || needs.back().block != address.block)
      needs.push_back({layer, address.block, 0, i, 0, {}});
    needs.back().count++;
    needs.back().end = std::max(needs.back().end, uint64_t{address.offset} + address.size);
  }
  fetch_blocks(file_.blocks(), needs,
               [&](const BlockNeed& need, const std::shared_ptr<const DecodedBlock>& block) {
                 for (size_t i = need.first; i < need.first + need.count; i++) {
                   stored[i]->block = block;
                   stored[i]->payload = chunk_of_block(*need.layer, stored[i]->found->address(), *block);
                 }
               });
  for (const Chunk& chunk : chunks_) place(chunk);
}

void TextPlan::place(const Chunk& chunk) {
  VariablePayload payload(chunk.payload, chunk.elements);
  if (!chunk.share) {
    for (int64_t i = 0; i < chunk.elements; i++) chunk.texts[i] = payload.element(i);
    return;
  }
  std::vector<std::string_view> own(static_cast<size_t>(chunk.elements));
  for (int64_t i = 0; i < chunk.elements; i++) own[static_cast<size_t>(i)] = payload.element(i);
  constexpr int64_t kView = sizeof(std::string_view);
  const auto& [whole, region] = *chunk.share;
  Region part = intersect(whole, region);
  Extents to = c_strides(region.shape, kView), from = c_strides(whole.shape, kView);
  copy_strided(
      part.shape, kView, reinterpret_cast<std::byte*>(chunk.texts) + offset_of(part.start, region.start, to),
      to, reinterpret_cast<const std::byte*>(own.data()) + offset_of(part.start, whole.start, from), from);
}

std::vector<std::string_view> room_for_texts(int64_t count, const Limits& limits) {
  uint64_t room;
  if (!multiply_fits<uint64_t>(static_cast<uint64_t>(count), sizeof(std::string_view), &room))
    room = UINT64_MAX;
  check_allocation(limits, room, "the texts read");
  return std::vector<std::string_view>(static_cast<size_t>(count));
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

}  // namespace af
