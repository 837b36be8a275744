#include "file/transfer.h"

#include <algorithm>
#include <functional>
#include <set>

#include "format/chunk.h"

namespace af {
namespace {

// Decoded blocks that are kept while their chunks are packed anew.
constexpr int64_t kPassingCache = 32 << 20;

}  // namespace

Transfer::Transfer(const ArrayFile::Impl& source, ArrayFile::Impl& target)
    : source_(source), target_(target), passing_(kPassingCache) {}

void Transfer::add(const ArrayInUse& array, std::string_view new_name, bool replace) {
  if (!replace && target_.find(new_name))
    fail(Status::kArrayAlreadyExists, target_.name.base(), ": array ", quoted(new_name), " is there already");
  Array copy{
      std::string(new_name), target_.pending->share(*array.schema()), source_.attributes_of(array), {}};
  for (const auto& [key, value] : copy.attributes) target_.require_room_for(key, value);
  Grid grid = array.grid();
  std::vector<uint64_t> hints(array.mentions.size());
  for (const Extents& coord : source_.written_coords(array)) {
    ChunkPlace place = source_.locate(array, grid, coord, &hints);
    if (place.written()) copy.chunks.push_back({grid.linear(coord), std::move(place), {}});
  }
  work_ += static_cast<int64_t>(copy.chunks.size());
  arrays_.push_back(std::move(copy));
}

std::optional<Summary> Transfer::summary_of(const Array& array, const Chunk& chunk) {
  const FoundChunk& found = *chunk.place.layer;
  if (std::optional<Summary> known = found.layer->chunk_summary(found.array, found.position)) return known;
  Grid grid(array.schema->shape, array.schema->chunk_shape);
  return summarise(array.schema->dtype, array.schema->fill,
                   source_.written_payload(chunk.place, &passing_).view(),
                   grid.chunk_elements(grid.coord(chunk.position)));
}

void Transfer::copy_block(const Layer& layer, uint32_t id, BlockUse& use) {
  SummaryList summaries;
  uint32_t ordinal = 0;
  for (const auto& [array, chunk] : use.chunks) {
    summaries.push_back(summary_of(*array, *chunk));
    chunk->packed = {chunk->place.layer->address(), ordinal++};
  }
  BlockRecord block = layer.block(id);
  Buffer stored = layer.stored_block(block);
  uint32_t copied_to = target_.pending->packer().add_stored(block, stored.view(), std::move(summaries));
  for (const auto& [array, chunk] : use.chunks) {
    chunk->packed.address.block = copied_to;
    target_.report(++done_, work_);
  }
}

void Transfer::pack(const Array& array, Chunk& chunk) {
  target_.report(++done_, work_);
  // What hides older chunks was written by nobody, and is not counted as if it had been.
  bool counts = !chunk.place.layer || chunk.place.layer->layer->chunk_summary(
                                          chunk.place.layer->array, chunk.place.layer->position) != Summary{};
  Grid grid(array.schema->shape, array.schema->chunk_shape);
  int64_t elements = grid.chunk_elements(grid.coord(chunk.position));
  Buffer payload = source_.written_payload(chunk.place, &passing_);
  check_payload(array.schema->dtype, payload.view(), elements);
  chunk.packed = target_.pending->packer().add(std::move(payload), counts ? array.schema : nullptr, elements);
}

void Transfer::place(Array& array) {
  if (target_.find(array.name)) target_.erase(array.name);
  target_.define(array.name, *array.schema);
  PendingArray& target = *target_.pending->find(array.name);
  Grid grid(array.schema->shape, array.schema->chunk_shape);
  for (Chunk& chunk : array.chunks)
    target.chunks.emplace(
        chunk.position,
        PendingChunk{Buffer(), grid.chunk_elements(grid.coord(chunk.position)), true, chunk.packed});
  if (array.attributes.empty()) return;
  std::set<std::string> keys;
  for (const auto& [key, value] : array.attributes) keys.insert(key);
  target.attributes =
      std::make_unique<ChangedAttributes>(ChangedAttributes{std::move(array.attributes), std::move(keys)});
}

void Transfer::run() {
  using BlockKey = std::pair<const Layer*, uint32_t>;
  std::map<BlockKey, BlockUse> blocks;
  for (Array& array : arrays_) {
    for (Chunk& chunk : array.chunks) {
      if (!chunk.place.layer) continue;
      ChunkAddress address = chunk.place.layer->address();
      BlockUse& use = blocks[{chunk.place.layer->layer, address.block}];
      use.live += address.size;
      use.chunks.emplace_back(&array, &chunk);
    }
  }
  std::set<const Chunk*> copied;
  for (auto& [key, use] : blocks) {
    const auto& [layer, id] = key;
    if (use.live < layer->block(id).raw_size) continue;
    copy_block(*layer, id, use);
    for (const auto& [array, chunk] : use.chunks) copied.insert(chunk);
  }
  for (Array& array : arrays_)
    for (Chunk& chunk : array.chunks)
      if (!copied.contains(&chunk)) pack(array, chunk);
  target_.pending->packer().drain();
  // All that can fail has been done: from here on the target changes.
  for (Array& array : arrays_) place(array);
}

// ---------------------------------------------------------------- calls

void ArrayFile::Impl::copy_arrays(const Impl& source, std::span<const ArrayCopy> copies, bool replace) {
  require_writable();
  Transfer transfer(source, *this);
  std::set<std::string_view> names;
  for (const ArrayCopy& copy : copies) {
    if (!names.insert(copy.new_name).second)
      fail(Status::kInvalidArgument, "two arrays are to be called ", quoted(copy.new_name));
    transfer.add(source.require(copy.name), copy.new_name, replace);
  }
  transfer.run();
}

namespace {

// Two files at once, always in the same order, so that no two calls wait for one another.
template <typename First, typename Second>
void lock_both(First& first, Second& second) {
  const bool in_order = std::less<const void*>()(first.mutex(), second.mutex());
  if (in_order) first.lock();
  second.lock();
  if (!in_order) first.lock();
}

}  // namespace

void ArrayFile::copy_arrays(const ArrayFile& source, std::span<const ArrayCopy> copies, bool replace) {
  std::unique_lock own(mutex_, std::defer_lock);
  if (&source == this) {
    own.lock();
    impl_->copy_arrays(*impl_, copies, replace);
    return;
  }
  std::shared_lock other(source.mutex_, std::defer_lock);
  lock_both(own, other);
  impl_->copy_arrays(*source.impl_, copies, replace);
}

void ArrayFile::move_array(ArrayFile& source, const ArrayCopy& copy, bool replace) {
  if (&source == this) {
    std::unique_lock lock(mutex_);
    if (copy.name == copy.new_name)
      fail(Status::kInvalidArgument, "array ", quoted(copy.name), " has this name already");
    impl_->copy_arrays(*impl_, {&copy, 1}, replace);
    impl_->erase(copy.name);
    return;
  }
  std::unique_lock own(mutex_, std::defer_lock), other(source.mutex_, std::defer_lock);
  lock_both(own, other);
  source.impl_->require_writable();
  impl_->copy_arrays(*source.impl_, {&copy, 1}, replace);
  source.impl_->erase(copy.name);
}

void ArrayFile::merge(const ArrayFile& source, IfPresent if_present) {
  if (&source == this) fail(Status::kInvalidArgument, "a file cannot be merged into itself");
  std::unique_lock own(mutex_, std::defer_lock);
  std::shared_lock other(source.mutex_, std::defer_lock);
  lock_both(own, other);
  impl_->require_writable();
  Transfer transfer(*source.impl_, *impl_);
  std::vector<std::pair<std::string, Value>> of_the_file;
  source.impl_->for_each_array([&](const ArrayInUse& array) {
    std::optional<ArrayInUse> present = impl_->find(array.name);
    if (present && array.name == kFileArray) {
      of_the_file = source.impl_->attributes_of(array);
      return;
    }
    if (present && if_present == IfPresent::kSkip) return;
    transfer.add(array, array.name, if_present == IfPresent::kReplace);
  });
  // Those of the file itself are added to, not replaced as a whole.
  if (!of_the_file.empty() && if_present != IfPresent::kReplace) {
    AttributeMap known = impl_->attributes_of(impl_->require(kFileArray));
    std::erase_if(of_the_file, [&](const auto& entry) {
      return std::ranges::any_of(known,
                                 [&](const auto& own_entry) { return own_entry.first == entry.first; });
    });
  }
  for (const auto& [key, value] : of_the_file) impl_->require_room_for(key, value);
  transfer.run();
  for (const auto& [key, value] : of_the_file) impl_->set_attribute(kFileArray, key, value);
}

}  // namespace af
