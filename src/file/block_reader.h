// Fetches the blocks that a read needs, each once: from the cache, or from the store in coalesced requests,
// decoded on several threads.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/parallel.h"
#include "file/cache.h"
#include "file/layer.h"

namespace af {

// What is wanted of one block.
struct BlockNeed {
  const Layer* layer = nullptr;
  uint32_t block = 0;
  uint64_t end = 0;  // bytes needed from its beginning
  size_t first = 0;  // the caller's tasks that need it
  size_t count = 0;
  // Where the whole block may be decoded straight to, if its decoded size is that; else empty.
  MutableBytes direct;
};

struct BlockContext {
  BlockCache* cache = nullptr;  // may be null
  ThreadPool* pool = nullptr;
  IoCounters* counters = nullptr;
  std::function<void(int64_t done, int64_t total)>
      progress;  // called on the caller's thread; throws to cancel
  // The blocks are only passed by: they are decoded into memory that is used again, kept out of the cache,
  // and gone when `use` returns.
  bool passing = false;
};

// Calls `use` once for each need, with the block's bytes or, where it was decoded straight to its place, with
// none; from several threads at once. Throws what reading and decoding throw.
void fetch_blocks(
    const BlockContext& context, std::vector<BlockNeed>& needs,
    const std::function<void(const BlockNeed&, const std::shared_ptr<const DecodedBlock>&)>& use);

// One block, at least its first `end` bytes.
std::shared_ptr<const DecodedBlock> fetch_block(const BlockContext& context, const Layer& layer,
                                                uint32_t block, uint64_t end);

// The bytes of a chunk within its decoded block. Throws kCorrupt when they lie outside.
ByteView chunk_of_block(const Layer& layer, const ChunkAddress& address, const DecodedBlock& block);

}  // namespace af
