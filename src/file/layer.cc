#include "file/layer.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>

#include "codec/codec.h"
#include "format/checksum.h"

namespace af {
namespace {

// What one request fetches of a file's end: the whole metadata of a small layer.
constexpr uint64_t kTailRead = 64 << 10;
// What one request fetches of the begin of a section.
constexpr uint64_t kFarHead = 16 << 10;
// Tables up to this length are searched one by one rather than by an order of their own.
constexpr uint64_t kShortTable = 16;

uint64_t next_cache_key() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

void check_allocation(const Limits& limits, uint64_t size, std::string_view what) {
  if (size > static_cast<uint64_t>(limits.max_allocation))
    fail(Status::kLimitExceeded, what, " needs ", size, " bytes, allowed are ", limits.max_allocation);
}

// ---------------------------------------------------------------- opening

std::shared_ptr<const Layer> Layer::open(const ObjectStore& store, const std::string& key, uint32_t number,
                                         const Limits& limits, std::shared_ptr<IoCounters> counters) {
  return open(store.open(key), key, number, limits, std::move(counters));
}

std::shared_ptr<const Layer> Layer::open(std::unique_ptr<Object> object, const std::string& key,
                                         uint32_t number, const Limits& limits,
                                         std::shared_ptr<IoCounters> counters) {
  std::shared_ptr<Layer> layer(new Layer);
  layer->object_ = std::move(object);
  layer->info_ = layer->object_->info();
  layer->info_.key = key;
  layer->number_ = number;
  layer->limits_ = limits;
  layer->cache_key_ = next_cache_key();
  layer->counters_ = std::move(counters);
  try {
    layer->load_metadata(limits);
  } catch (const Error& error) {
    throw Error(error.status(), text_of(key, ": ", error.message()), error.os_errno(), error.http_status());
  }
  return layer;
}

void Layer::load_metadata(const Limits& limits) {
  uint64_t size = file_size();
  if (size < kRootSize6 + kTrailerSize)
    fail(Status::kCorrupt, "a file of ", size, " bytes is too short for a footer");
  Buffer tail(std::min(size, kTailRead));
  object_->read(size - tail.size(), tail.span());
  counters_->count_read(static_cast<int64_t>(tail.size()));
  footer_size_ = footer_length(tail.view().last(kTrailerSize), size);
  uint64_t footer_begin = size - kTrailerSize - footer_size_;
  uint32_t mark = footer_mark(tail.view().first(tail.size() - kTrailerSize));
  if (is_damaged_mark(mark)) fail(Status::kCorrupt, "the footer's mark is damaged: ", mark);
  if (mark == kExtensionMark) {
    load_section(footer_begin, footer_size_, limits);
  } else {
    map_metadata(footer_begin, size - footer_begin, limits);
    footer_at_ = 0;
  }
  ArchiveReader archive(metadata_.get(), footer_at_, footer_size_);
  footer_ = FooterView(archive);
  if (footer_.array_count() > static_cast<uint64_t>(limits.max_arrays))
    fail(Status::kLimitExceeded, "the footer holds ", footer_.array_count(), " arrays, allowed are ",
         limits.max_arrays);
  if (head_) extension_.expect_counts(footer_.block_count(), footer_.array_count());
  if (footer_.version() != 6) return;
  check_footer_6(archive);
  std::call_once(names_once_, [this] { build_name_index(); });
}

void Layer::load_section(uint64_t footer_begin, uint64_t footer_size, const Limits& limits) {
  if (footer_begin < kExtensionTailSize)
    fail(Status::kCorrupt, "the footer is marked, but nothing lies before it");
  std::byte tail[kExtensionTailSize];
  object_->read(footer_begin - sizeof tail, tail);
  uint64_t section_length = extension_length(tail, footer_begin);
  uint64_t section_begin = footer_begin - section_length;
  // Its length stands at its begin. From afar all of it is likely to come along.
  Buffer first(std::min<uint64_t>(section_length, object_->is_far() ? kFarHead : kExtensionFirst));
  object_->read(section_begin, first.span());
  Buffer head(extension_head_length(first.view(), section_length));
  check_allocation(limits, head.size(), "the head of the extension section");
  if (head.size() <= first.size())
    std::ranges::copy(first.view().first(head.size()), head.data());
  else
    object_->read(section_begin, head.span());
  counters_->count_read(static_cast<int64_t>(sizeof tail + first.size() + head.size()));
  head_ = read_extension_head(head.view(), section_length, footer_size, file_size());
  uint64_t body_begin = section_begin + head.size();
  map_metadata(body_begin, file_size() - body_begin, limits);
  footer_at_ = footer_begin - body_begin;
  extension_ = ExtensionView(metadata_.get(), *head_);
}

void Layer::map_metadata(uint64_t begin, uint64_t length, const Limits& limits) {
  mapping_ = object_->map(begin, length);
  if (mapping_) {
    region_ = mapping_->bytes();
  } else {
    check_allocation(limits, length, "the metadata");
    copied_ = Buffer(length);
    page_read_.resize(length / MetadataBytes::kPageSize + 1);
    region_ = copied_.view();
  }
  bool copied = !mapping_, checked = head_.has_value();
  if (!copied && !checked) {
    metadata_ = std::make_unique<MetadataBytes>(region_);
    return;
  }
  metadata_ = std::make_unique<MetadataBytes>(region_, [this, begin, copied, checked](uint64_t page) {
    if (copied) read_page(begin, page);
    if (checked) check_page(page);
  });
}

void Layer::read_page(uint64_t begin, uint64_t page) const {
  // Two threads may both find a page missing; the second must not write it while the first already looks at
  // it.
  std::lock_guard lock(pages_mutex_);
  if (page_read_[page]) return;
  uint64_t offset = page * MetadataBytes::kPageSize;
  uint64_t length = std::min(MetadataBytes::kPageSize, region_.size() - offset);
  object_->read(begin + offset, copied_.span().subspan(offset, length));
  counters_->count_read(static_cast<int64_t>(length));
  page_read_[page] = true;
}

void Layer::check_page(uint64_t page) const {
  uint64_t offset = page * MetadataBytes::kPageSize;
  uint64_t length = std::min(MetadataBytes::kPageSize, region_.size() - offset);
  if (checksum(region_.subspan(offset, length)) != head_->page_checksums[page])
    fail(Status::kCorrupt, info_.key, ": the checksum of page ", page, " of the metadata does not match");
}

void Layer::check_metadata() const {
  for (uint64_t at = 0; at < region_.size(); at += MetadataBytes::kPageSize) metadata_->at(at, 1);
}

const std::vector<LayerId>& Layer::absorbed() const {
  static const std::vector<LayerId> kNone;
  return head_ ? head_->absorbed : kNone;
}

const LayerId& Layer::id() const {
  if (head_) return head_->id;
  std::call_once(id_once_, [this] {
    check_metadata();
    foreign_id_ = fingerprint(region_.subspan(footer_at_, footer_size_));
  });
  return foreign_id_;
}

// ---------------------------------------------------------------- finding arrays

std::optional<uint64_t> Layer::find(std::string_view name, uint64_t hash) const {
  if (head_) {
    uint64_t probe = 0;
    while (std::optional<uint64_t> array = extension_.candidate(hash, &probe)) {
      if (*array >= footer_.array_count())
        fail(Status::kCorrupt, info_.key, ": the name index holds array ", *array);
      if (footer_.array(*array).name_bytes() == name) return array;
    }
    return {};
  }
  std::call_once(names_once_, [this] { build_name_index(); });
  if (names_.empty()) return {};
  uint64_t mask = names_.size() - 1;
  for (uint64_t slot = hash & mask; names_[slot] != 0; slot = (slot + 1) & mask)
    if (footer_.array(names_[slot] - 1).name_bytes() == name) return names_[slot] - 1;
  return {};
}

void Layer::build_name_index() const {
  uint64_t count = footer_.array_count();
  if (count == 0) return;
  uint64_t slots = std::bit_ceil(count + count / 2 + 1);
  check_allocation(limits_, slots * sizeof(uint32_t), "the index of names");
  std::vector<uint32_t> index(slots);
  for (uint64_t array = 0; array < count; array++) {
    std::string_view name = footer_.array(array).name();
    uint64_t slot = name_hash(name) & (slots - 1);
    // A later array of the same name takes the place of the earlier one.
    while (index[slot] != 0 && footer_.array(index[slot] - 1).name_bytes() != name)
      slot = (slot + 1) & (slots - 1);
    if (index[slot] != 0 && footer_.version() == 6)
      fail(Status::kCorrupt, "array ", quoted(name), " is there twice");
    index[slot] = static_cast<uint32_t>(array + 1);
  }
  names_ = std::move(index);
}

// ---------------------------------------------------------------- finding chunks

std::shared_ptr<const Layer::ChunkOrder> Layer::chunk_order(uint64_t array, int rank) const {
  {
    std::shared_lock lock(orders_mutex_);
    if (auto found = orders_.find(array); found != orders_.end()) return found->second;
  }
  ArrayView view = footer_.array(array);
  uint64_t count = view.chunk_count();
  auto order = std::make_shared<ChunkOrder>();
  std::vector<Extents> coords;
  for (uint64_t i = 0; i < count && order->sorted; i++) {
    std::optional<Extents> coord = view.chunk_coord(i, rank);
    order->sorted = coord && (i == 0 || *view.chunk_coord(i - 1, rank) < *coord);
  }
  if (!order->sorted) {
    check_allocation(limits_, count * (sizeof(Extents) + 4), "the order of a chunk table");
    // Entries too short to be a coordinate sort last and match nothing.
    Extents beyond(rank, INT64_MAX);
    for (uint64_t i = 0; i < count; i++) coords.push_back(view.chunk_coord(i, rank).value_or(beyond));
    order->order.resize(count);
    std::iota(order->order.begin(), order->order.end(), 0u);
    // Stable, because the first of two equal coordinates counts, in version 6 the last.
    if (footer_.version() == 6) std::ranges::reverse(order->order);
    std::ranges::stable_sort(order->order, [&](uint32_t a, uint32_t b) { return coords[a] < coords[b]; });
  }
  std::lock_guard lock(orders_mutex_);
  return orders_.emplace(array, std::move(order)).first->second;
}

std::optional<uint64_t> Layer::find_chunk(uint64_t array, const Extents& coord, uint64_t hint) const {
  ArrayView view = footer_.array(array);
  uint64_t count = view.chunk_count();
  if (foreign() && count <= kShortTable) {
    bool last_counts = footer_.version() == 6;
    for (uint64_t i = 0; i < count; i++) {
      uint64_t place = last_counts ? count - 1 - i : i;
      if (view.chunk_is(place, coord)) return place;
    }
    return {};
  }
  std::shared_ptr<const ChunkOrder> order = foreign() ? chunk_order(array, coord.rank()) : nullptr;
  bool sorted = !order || order->sorted;
  if (sorted && hint < count && view.chunk_is(hint, coord)) return hint;
  uint64_t low = 0, high = count;
  auto position = [&](uint64_t i) { return sorted ? i : order->order[i]; };
  while (low < high) {
    uint64_t middle = low + (high - low) / 2;
    std::optional<Extents> at = view.chunk_coord(position(middle), coord.rank());
    if (at && *at < coord)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < count && view.chunk_is(position(low), coord)) return position(low);
  return {};
}

// ---------------------------------------------------------------- blocks

void Layer::build_block_index() const {
  uint64_t count = footer_.block_count();
  bool in_order = true;
  for (uint64_t i = 0; i < count && in_order; i++) in_order = footer_.block(i).id == i;
  if (in_order) return;
  check_allocation(limits_, count * 32, "the index of blocks");
  for (uint64_t i = 0; i < count; i++) blocks_.emplace(footer_.block(i).id, i);  // the first of two counts
}

BlockRecord Layer::block(uint32_t id) const {
  uint64_t position = id;
  if (foreign() && footer_.version() != 6) {
    std::call_once(blocks_once_, [this] { build_block_index(); });
    if (!blocks_.empty()) {
      auto found = blocks_.find(id);
      position = found == blocks_.end() ? UINT64_MAX : found->second;
    }
  }
  if (position >= footer_.block_count())
    fail(Status::kCorrupt, info_.key, ": there is no block ", id, " among ", footer_.block_count());
  BlockRecord block = footer_.block(position);
  if (!within(block.offset, block.stored_size, file_size()))
    fail(Status::kCorrupt, info_.key, ": block ", id, " of ", block.stored_size, " bytes at ", block.offset,
         " lies outside the file's ", file_size());
  return block;
}

Buffer Layer::stored_block(const BlockRecord& block) const {
  check_stored_size(block);
  Buffer stored(block.stored_size);
  object_->read(block.offset, stored.span());
  counters_->count_read(static_cast<int64_t>(stored.size()));
  check_stored(block, stored.view());
  return stored;
}

void Layer::check_stored(const BlockRecord& block, ByteView stored) const {
  if (foreign()) return;
  if (checksum(stored) != extension_.block_checksum(block.id))
    fail(Status::kCorrupt, info_.key, ": the checksum of block ", block.id, " at ", block.offset,
         " does not match");
}

std::optional<uint64_t> Layer::block_checksum(const BlockRecord& block) const {
  if (foreign()) return {};
  return extension_.block_checksum(block.id);
}

void Layer::count_decoded(uint64_t bytes) const {
  counters_->add(counters_->blocks_decoded, 1);
  counters_->add(counters_->bytes_decoded, static_cast<int64_t>(bytes));
}

Layer::Decoded Layer::decode(const BlockRecord& block, ByteView stored, uint64_t needed, Buffer& room) const {
  uint64_t size = decoded_size(block.codec, stored, block.raw_size);
  check_allocation(limits_, size, "a decoded block");
  if (block.codec.empty()) {
    count_decoded(stored.size());
    return {stored, true};
  }
  uint64_t wanted = stops_early(block.codec) && needed < size - size / 8 ? needed : size;
  if (room.size() < wanted) room = Buffer(wanted);
  try {
    ByteView bytes = room.view().first(decompress(block.codec, stored, room.span().first(wanted)));
    count_decoded(bytes.size());
    return {bytes, wanted == size};
  } catch (const Error& error) {
    throw Error(error.status(),
                text_of(info_.key, ": block ", block.id, " at ", block.offset, ": ", error.message()));
  }
}

void Layer::decode_into(const BlockRecord& block, ByteView stored, MutableBytes into) const {
  uint64_t size = decoded_size(block.codec, stored, block.raw_size);
  bool in_place = block.codec.empty() && stored.data() == into.data();
  uint64_t produced = size == into.size() && !in_place ? decompress(block.codec, stored, into) : size;
  if (produced != into.size())
    fail(Status::kCorrupt, info_.key, ": block ", block.id, " decodes to ", produced, " bytes, expected ",
         into.size());
  count_decoded(produced);
}

std::optional<Summary> Layer::array_summary(uint64_t array) const {
  return head_ ? extension_.array_summary(array) : std::nullopt;
}

std::optional<Summary> Layer::chunk_summary(uint64_t array, uint64_t chunk) const {
  return head_ ? extension_.chunk_summary(array, chunk) : std::nullopt;
}

}  // namespace af
