// Packs chunks into blocks, compresses the blocks on several threads and appends them to an upload in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/codec.h"
#include "core/parallel.h"
#include "file/io_counters.h"
#include "format/footer.h"
#include "format/schema.h"
#include "format/statistics.h"
#include "store/store.h"

namespace af {

using SharedSchema = std::shared_ptr<const ArraySchema>;

// Where a chunk was put, and which of its block's summaries is its own.
struct PackedChunk {
  ChunkAddress address;
  uint32_t ordinal = 0;
};

class BlockPacker {
 public:
  // `near`: the key that the upload will probably get.
  BlockPacker(ObjectStore& store, std::string near, CodecChoice codec, int64_t block_size, ThreadPool& pool,
              IoCounters& counters);

  // Appends a chunk of `elements` elements to the present block. Throws kLimitExceeded for a chunk over 4
  // GiB.
  // If it throws, the bytes are still the caller's.
  PackedChunk add(Buffer&& bytes, const SharedSchema& schema, int64_t elements);
  // Appends a block as it is and answers its id. `summaries`: those of its chunks, where they are known.
  uint32_t add_stored(const BlockRecord& block, ByteView stored, SummaryList summaries = {});
  // Compresses and appends all that was added. It may be called again, and more may be added afterwards.
  void drain();

  // Of drained blocks.
  Buffer read(const PackedChunk& chunk);
  std::optional<Summary> summary(const PackedChunk& chunk) const {
    return summaries_[chunk.address.block][chunk.ordinal];
  }
  const std::vector<BlockRecord>& blocks() const { return blocks_; }
  const std::vector<uint64_t>& checksums() const { return checksums_; }
  uint64_t data_size() const { return upload_ ? upload_->size() : 0; }
  // Started on first use.
  Upload& upload();

 private:
  struct Part {
    Buffer bytes;
    SharedSchema schema;
    int64_t elements;
  };
  // One block on its way. Whoever claims it compresses it: a worker, or the thread that waits for it.
  struct Job {
    std::vector<Part> parts;
    uint64_t raw_size = 0;
    CodecChoice codec;
    Buffer stored;
    uint64_t checksum = 0;
    SummaryList summaries;

    std::mutex mutex;
    std::condition_variable finished;
    bool claimed = false;
    bool done = false;
    std::exception_ptr failure;

    void run();
    void wait();

   private:
    static std::optional<Summary> summary_of(const Part& part);
    void compress_parts();
  };

  void close_block();
  void retire_front();
  void make_room_for_a_block();
  void record(const BlockRecord& block, uint64_t checksum, SummaryList summaries);
  uint32_t next_block() const { return static_cast<uint32_t>(blocks_.size() + queue_.size()); }

  ObjectStore& store_;
  std::string near_;
  CodecChoice codec_;
  uint64_t block_size_;
  ThreadPool& pool_;
  IoCounters& counters_;
  std::unique_ptr<Upload> upload_;
  std::shared_ptr<Job> current_;
  std::deque<std::shared_ptr<Job>> queue_;
  std::vector<BlockRecord> blocks_;
  std::vector<uint64_t> checksums_;
  std::vector<SummaryList> summaries_;
};

}  // namespace af
