#include "file/block_reader.h"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace af {
namespace {

// Stored bytes fetched and decoded by one thread at a time: a bound on memory, and enough for a request to be
// worth its round trip.
constexpr uint64_t kBatchMost = 2 << 20;
constexpr uint64_t kBatchLeast = 256 << 10;
// The same for what is fetched from afar, by all threads together.
constexpr uint64_t kFarBatch = 64 << 20;

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

using UseBlock = std::function<void(const BlockNeed&, const std::shared_ptr<const DecodedBlock>&)>;

// Memory of one thread, used for one batch after the other.
struct Scratch {
  Buffer stored;
  DecodedBlock decoded;
};

// One scratch for each thread that works at the same time.
class ScratchShelf {
 public:
  std::unique_ptr<Scratch> take() {
    std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Scratch>();
    std::unique_ptr<Scratch> scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void put_back(std::unique_ptr<Scratch> scratch) {
    std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

// What the cache has of a block. Of one that was needed only in part, and is now needed further, the rest
// will be needed, too: `need` then asks for all of it.
std::shared_ptr<const DecodedBlock> cached(const BlockContext& context, BlockNeed& need) {
  if (!context.cache) return nullptr;
  auto block = context.cache->find(need.layer->cache_key(), need.block);
  if (!block) return nullptr;
  if (!block->whole && block->bytes.size() < need.end) {
    need.end = UINT64_MAX;
    return nullptr;
  }
  IoCounters::add(context.counters->cache_hits, 1);
  return block;
}

// Decodes a block to keep it. `own`: the stored bytes, if nobody else wants them.
std::shared_ptr<const DecodedBlock> decode_to_keep(const BlockContext& context, const BlockNeed& need,
                                                   const BlockRecord& record, ByteView stored, Buffer* own) {
  auto block = std::make_shared<DecodedBlock>();
  auto [bytes, whole] = need.layer->decode(record, stored, need.end, block->room);
  if (bytes.data() == stored.data()) {
    block->room = own ? std::move(*own) : Buffer(bytes.size());
    if (!own && !bytes.empty()) std::memcpy(block->room.data(), bytes.data(), bytes.size());
  }
  block->bytes = block->room.view().first(bytes.size());
  block->whole = whole;
  if (context.cache) context.cache->insert(need.layer->cache_key(), need.block, block);
  return block;
}

void decode_one(const BlockContext& context, const Fetch& fetch, ByteView stored, DecodedBlock& passing,
                const UseBlock& use) {
  const BlockNeed& need = *fetch.need;
  need.layer->check_stored(fetch.record, stored);
  if (need.direct.data()) {
    need.layer->decode_into(fetch.record, stored, need.direct);
    use(need, nullptr);
  } else if (context.passing) {
    auto [bytes, whole] = need.layer->decode(fetch.record, stored, need.end, passing.room);
    passing.bytes = bytes;
    passing.whole = whole;
    use(need, std::shared_ptr<const DecodedBlock>(std::shared_ptr<void>(), &passing));
  } else {
    use(need, decode_to_keep(context, need, fetch.record, stored, nullptr));
  }
}

// Whether the stored bytes are what is wanted, where it is wanted.
bool is_read_in_place(const Fetch& fetch) {
  return fetch.need->direct.data() && fetch.record.codec.empty() &&
         fetch.record.stored_size == fetch.need->direct.size();
}

std::vector<ReadRequest> read_batch(const BlockContext& context, const std::vector<Fetch>& fetches,
                                    const Batch& batch, Scratch& scratch) {
  if (scratch.stored.size() < batch.bytes) scratch.stored = Buffer(batch.bytes);
  std::vector<ReadRequest> requests;
  uint64_t at = 0;
  for (size_t i = batch.first; i < batch.first + batch.count; i++) {
    uint64_t size = fetches[i].record.stored_size;
    bool in_place = is_read_in_place(fetches[i]);
    requests.push_back({fetches[i].record.offset,
                        in_place ? fetches[i].need->direct : scratch.stored.span().subspan(at, size)});
    if (!in_place) at += size;
  }
  const Layer& layer = *fetches[batch.first].need->layer;
  layer.object().read_many(requests);
  context.counters->count_read(static_cast<int64_t>(batch.bytes));
  return requests;
}

void fetch_batch(const BlockContext& context, const std::vector<Fetch>& fetches, const Batch& batch,
                 Scratch& scratch, const UseBlock& use) {
  std::vector<ReadRequest> requests = read_batch(context, fetches, batch, scratch);
  for (size_t i = 0; i < batch.count; i++)
    decode_one(context, fetches[batch.first + i], requests[i].into, scratch.decoded, use);
}

std::vector<Batch> make_batches(const std::vector<Fetch>& fetches, uint64_t most) {
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

uint64_t near_batch(const std::vector<Fetch>& fetches, int threads) {
  uint64_t total = 0;
  for (const Fetch& fetch : fetches) total += fetch.record.stored_size;
  return std::clamp(total / (static_cast<uint64_t>(threads) * 4), kBatchLeast, kBatchMost);
}

// As much at once as memory allows, cut into requests by the store; decoded by all threads when it is there.
void fetch_far(const BlockContext& context, const std::vector<Fetch>& fetches, const UseBlock& use,
               const std::function<void(int64_t)>& done) {
  ScratchShelf shelf;
  for (const Batch& batch : make_batches(fetches, kFarBatch)) {
    Scratch stored;
    std::vector<ReadRequest> requests = read_batch(context, fetches, batch, stored);
    context.pool->for_each(static_cast<int64_t>(batch.count), [&](int64_t i) {
      std::unique_ptr<Scratch> scratch = shelf.take();
      auto at = static_cast<size_t>(i);
      decode_one(context, fetches[batch.first + at], requests[at].into, scratch->decoded, use);
      shelf.put_back(std::move(scratch));
    });
    done(static_cast<int64_t>(batch.first + batch.count));
  }
}

}  // namespace

void fetch_blocks(const BlockContext& context, std::vector<BlockNeed>& needs, const UseBlock& use) {
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
  if (!fetches.empty() && fetches.front().need->layer->object().is_far()) {
    fetch_far(context, fetches, use, [&](int64_t done) {
      if (context.progress) context.progress(done, static_cast<int64_t>(fetches.size()));
    });
    return;
  }
  std::vector<Batch> batches = make_batches(fetches, near_batch(fetches, context.pool->threads()));
  ScratchShelf shelf;
  std::atomic<int64_t> done{0};
  auto between = [&](int64_t) {
    if (context.progress) context.progress(done.load(), static_cast<int64_t>(fetches.size()));
  };
  context.pool->for_each(
      static_cast<int64_t>(batches.size()),
      [&](int64_t i) {
        std::unique_ptr<Scratch> scratch = shelf.take();
        fetch_batch(context, fetches, batches[static_cast<size_t>(i)], *scratch, use);
        shelf.put_back(std::move(scratch));
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
  return decode_to_keep(context, need, record, stored.view(), &stored);
}

ByteView chunk_of_block(const Layer& layer, const ChunkAddress& address, const DecodedBlock& block) {
  if (!within(address.offset, address.size, block.bytes.size()))
    fail(Status::kCorrupt, layer.key(), ": a chunk of ", address.size, " bytes at ", address.offset,
         " lies outside block ", address.block, " of ", block.bytes.size(), " bytes");
  return block.bytes.subspan(address.offset, address.size);
}

}  // namespace af
