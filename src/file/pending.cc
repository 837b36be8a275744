#include "file/pending.h"

#include "format/checksum.h"

namespace af {

void PendingArray::change_attributes(std::string_view key, AttributeMap all) {
  std::set<std::string> keys = attributes ? attributes->keys : std::set<std::string>();
  keys.emplace(key);
  attributes = std::make_unique<ChangedAttributes>(ChangedAttributes{std::move(all), std::move(keys)});
}

void Pending::configure(ObjectStore& store, std::string near, CodecChoice codec, int64_t block_size,
                        int64_t budget) {
  store_ = &store;
  near_ = std::move(near);
  codec_ = std::move(codec);
  block_size_ = block_size;
  budget_ = budget;
}

PendingArray* Pending::find(std::string_view name) const {
  auto found = by_name_.find(name_hash(name), [&](uint32_t i) { return arrays_[i]->name == name; });
  return found ? arrays_[*found] : nullptr;
}

NodeMemory& Pending::memory() {
  if (!memory_) memory_ = std::make_unique<NodeMemory>();
  return *memory_;
}

PendingArray& Pending::add(std::string_view name, SharedSchema schema) {
  if (arrays_.size() == arrays_.capacity()) arrays_.reserve(arrays_.size() * 2 + 8);
  by_name_.make_room();
  std::pmr::polymorphic_allocator<> room(&memory());
  PendingArray* array = room.new_object<PendingArray>(name, &memory());
  // From here on nothing fails.
  array->schema = std::move(schema);
  by_name_.insert(name_hash(name), static_cast<uint32_t>(arrays_.size()));
  arrays_.push_back(array);
  return *array;
}

SharedSchema Pending::share(const ArraySchema& schema) {
  if (!last_schema_ || !(*last_schema_ == schema)) last_schema_ = std::make_shared<const ArraySchema>(schema);
  return last_schema_;
}

BlockPacker& Pending::packer() {
  if (!packer_)
    packer_ = std::make_unique<BlockPacker>(*store_, near_, codec_, block_size_, pool_, counters_);
  return *packer_;
}

void Pending::put_chunk(PendingArray& array, int64_t position, Buffer bytes, int64_t elements) {
  // What needs memory comes first. A place in the order without a chunk does no harm.
  auto present = array.chunks.find(position);
  bool in_memory = present != array.chunks.end() && !present->second.packed;
  if (!in_memory) order_.emplace_back(&array, position);
  PendingChunk& chunk = array.chunks[position];
  bytes_ += static_cast<int64_t>(bytes.size()) - (in_memory ? static_cast<int64_t>(chunk.bytes.size()) : 0);
  chunk.bytes = std::move(bytes);
  chunk.elements = elements;
  chunk.packed = false;
  keep_to_budget();
}

void Pending::keep_to_budget() {
  if (bytes_ <= budget_) return;
  // Down to half, so that the chunk just written, which the next write may touch again, is not packed at
  // once.
  while (bytes_ > budget_ / 2 && pack_oldest()) {
  }
}

void Pending::drop_chunks(PendingArray& array) {
  for (auto& [position, chunk] : array.chunks)
    if (!chunk.packed) bytes_ -= static_cast<int64_t>(chunk.bytes.size());
  array.chunks.clear();
}

void Pending::reshape(PendingArray& array, const Grid& before, const Grid& after, PendingChunks rewritten) {
  // What needs memory comes first, as in put_chunk.
  for (const auto& [position, chunk] : rewritten) order_.emplace_back(&array, position);
  for (const auto& [position, chunk] : array.chunks)
    if (Extents coord = before.coord(position); after.contains(coord))
      order_.emplace_back(&array, after.linear(coord));
  while (!array.chunks.empty()) {
    auto chunk = array.chunks.extract(array.chunks.begin());
    if (!chunk.mapped().packed) bytes_ -= static_cast<int64_t>(chunk.mapped().bytes.size());
    Extents coord = before.coord(chunk.key());
    if (!after.contains(coord)) continue;
    chunk.key() = after.linear(coord);
    rewritten.insert(std::move(chunk));  // unless it was rewritten
  }
  array.chunks = std::move(rewritten);
  for (const auto& [position, chunk] : array.chunks)
    if (!chunk.packed) bytes_ += static_cast<int64_t>(chunk.bytes.size());
}

ByteView Pending::chunk_bytes(const PendingChunk& chunk, Buffer* room) const {
  if (!chunk.packed) return chunk.bytes.view();
  std::lock_guard lock(read_back_mutex_);
  packer_->drain();
  *room = packer_->read(chunk.place);
  return room->view();
}

Summary Pending::chunk_summary(const PendingArray& array, const PendingChunk& chunk) const {
  if (!chunk.packed)
    return summarise(array.schema->dtype, array.schema->fill, chunk.bytes.view(), chunk.elements);
  std::lock_guard lock(read_back_mutex_);
  packer_->drain();
  return packer_->summary(chunk.place).value_or(Summary{});
}

bool Pending::pack_oldest() {
  while (!order_.empty()) {
    auto [array, position] = order_.front();
    auto found = array->chunks.find(position);
    if (found == array->chunks.end() || found->second.packed) {
      order_.pop_front();
      continue;
    }
    PendingChunk& chunk = found->second;
    int64_t size = static_cast<int64_t>(chunk.bytes.size());
    chunk.place = packer().add(std::move(chunk.bytes), array->schema, chunk.elements);
    chunk.packed = true;
    bytes_ -= size;
    order_.pop_front();
    return true;
  }
  return false;
}

void Pending::pack_all(const std::function<void(int64_t done, int64_t total)>& report) {
  int64_t total = bytes_;
  do report(total - bytes_, total);
  while (pack_oldest());
  if (packer_) packer_->drain();
}

void Pending::clear() {
  order_.clear();
  by_name_.clear();
  for (PendingArray* array : arrays_) std::destroy_at(array);
  arrays_ = {};
  memory_.reset();
  packer_.reset();
  bytes_ = 0;
}

}  // namespace af
