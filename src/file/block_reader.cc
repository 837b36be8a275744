#include "file/block_reader.h"

#include <algorithm>
#include <atomic>

namespace af {
namespace {

// Stored bytes fetched and decoded by one thread at a time: a bound on memory, and enough for a request to be
// worth its round trip.
constexpr uint64_t kBatchMost = 8 << 20;
constexpr uint64_t kBatchLeast = 256 << 10;

struct Fetch {
  BlockNeed* need;
  BlockRecord record;
};

// A run of fetches of one layer.
struct Batch {
  size_t first = 0;
  size_t count = 0;
  uint64_t bytes = 0;
};

std::shared_ptr<const DecodedBlock> cached(const BlockContext& context, const BlockNeed& need) {
  if (!context.cache) return nullptr;
  auto block = context.cache->find(need.layer->cache_key(), need.block);
  if (!block || block->valid < std::min<uint64_t>(need.end, block->bytes.size())) return nullptr;
  IoCounters::add(context.counters->cache_hits, 1);
  return block;
}

void decode_one(
    const BlockContext& context, const Fetch& fetch, ByteView stored,
    const std::function<void(const BlockNeed&, const std::shared_ptr<const DecodedBlock>&)>& use) {
  const BlockNeed& need = *fetch.need;
  need.layer->check_stored(fetch.record, stored);
  if (need.direct.data()) {
    need.layer->decode_into(fetch.record, stored, need.direct);
    use(need, nullptr);
    return;
  }
  auto decoded = need.layer->decode(fetch.record, stored, need.end);
  if (context.cache) context.cache->insert(need.layer->cache_key(), need.block, decoded);
  use(need, decoded);
}

void fetch_batch(
    const BlockContext& context, const std::vector<Fetch>& fetches, const Batch& batch,
    const std::function<void(const BlockNeed&, const std::shared_ptr<const DecodedBlock>&)>& use) {
  Buffer room(batch.bytes);
  std::vector<ReadRequest> requests;
  uint64_t at = 0;
  for (size_t i = batch.first; i < batch.first + batch.count; i++) {
    requests.push_back({fetches[i].record.offset, room.span().subspan(at, fetches[i].record.stored_size)});
    at += fetches[i].record.stored_size;
  }
  const Layer& layer = *fetches[batch.first].need->layer;
  layer.object().read_many(requests);
  context.counters->count_read(static_cast<int64_t>(batch.bytes));
  for (size_t i = 0; i < batch.count; i++)
    decode_one(context, fetches[batch.first + i], requests[i].into, use);
}

std::vector<Batch> make_batches(const std::vector<Fetch>& fetches, int threads) {
  uint64_t total = 0;
  for (const Fetch& fetch : fetches) total += fetch.record.stored_size;
  uint64_t most = std::clamp(total / (static_cast<uint64_t>(threads) * 4), kBatchLeast, kBatchMost);
  std::vector<Batch> batches;
  for (size_t i = 0; i < fetches.size(); i++) {
    bool joins = !batches.empty() && fetches[i].need->layer == fetches[batches.back().first].need->layer &&
                 batches.back().bytes + fetches[i].record.stored_size <= most;
    if (!joins) batches.push_back({i, 0, 0});
    batches.back().count++;
    batches.back().bytes += fetches[i].record.stored_size;
  }
  return batches;
}

}  // namespace

void fetch_blocks(
    const BlockContext& context, std::vector<BlockNeed>& needs,
    const std::function<void(const BlockNeed&, const std::shared_ptr<const DecodedBlock>&)>& use) {
  std::vector<Fetch> fetches;
  for (BlockNeed& need : needs) {
    if (auto block = cached(context, need)) {
      use(need, block);
      continue;
    }
    fetches.push_back({&need, need.layer->block(need.block)});
    need.layer->check_stored_size(fetches.back().record);
  }
  std::ranges::sort(fetches, [](const Fetch& a, const Fetch& b) {
    return a.need->layer != b.need->layer ? a.need->layer->number() < b.need->layer->number()
                                          : a.record.offset < b.record.offset;
  });
  std::vector<Batch> batches = make_batches(fetches, context.pool->threads());
  std::atomic<int64_t> done{0};
  auto between = [&](int64_t) {
    if (context.progress) context.progress(done.load(), static_cast<int64_t>(fetches.size()));
  };
  context.pool->for_each(
      static_cast<int64_t>(batches.size()),
      [&](int64_t i) {
        fetch_batch(context, fetches, batches[static_cast<size_t>(i)], use);
        done += static_cast<int64_t>(batches[static_cast<size_t>(i)].count);
      },
      between);
}

std::shared_ptr<const DecodedBlock> fetch_block(const BlockContext& context, const Layer& layer,
                                                uint32_t block, uint64_t end) {
  BlockNeed need{&layer, block, end, 0, 0, {}};
  if (auto found = cached(context, need)) return found;
  BlockRecord record = layer.block(block);
  Buffer stored = layer.stored_block(record);
  auto decoded = layer.decode(record, stored.view(), end);
  if (context.cache) context.cache->insert(layer.cache_key(), block, decoded);
  return decoded;
}

ByteView chunk_of_block(const Layer& layer, const ChunkAddress& address, const DecodedBlock& block) {
  if (!within(address.offset, address.size, block.valid))
    fail(Status::kCorrupt, layer.key(), ": a chunk of ", address.size, " bytes at ", address.offset,
         " lies outside block ", address.block, " of ", block.valid, " bytes");
  return block.bytes.view().subspan(address.offset, address.size);
}

}  // namespace af
