#include "file/block_packer.h"

#include "format/checksum.h"

namespace af {

BlockPacker::BlockPacker(ObjectStore& store, std::string near, CodecChoice codec, int64_t block_size,
                         ThreadPool& pool, IoCounters& counters)
    : store_(store),
      near_(std::move(near)),
      codec_(std::move(codec)),
      block_size_(static_cast<uint64_t>(block_size)),
      pool_(pool),
      counters_(counters) {}

Upload& BlockPacker::upload() {
  if (!upload_) upload_ = store_.start_upload(near_);
  return *upload_;
}

PackedChunk BlockPacker::add(Buffer&& bytes, const SharedSchema& schema, int64_t elements) {
  uint64_t size = bytes.size();
  if (size > UINT32_MAX)
    fail(Status::kLimitExceeded, "a chunk of ", size,
         " bytes: the format holds less than 4 GiB, use smaller chunks");
  // What can fail comes before the bytes are taken: from then on they are in the queue until they are
  // written.
  if (current_ && (current_->raw_size >= block_size_ || current_->raw_size + size > UINT32_MAX))
    close_block();
  while (queue_.size() > static_cast<size_t>(pool_.threads()) * 2) retire_front();
  if (!current_) {
    if (next_block() == UINT32_MAX) fail(Status::kLimitExceeded, "a layer holds at most 2^32-1 blocks");
    current_ = std::make_shared<Job>();
    current_->codec = codec_;
  }
  current_->parts.push_back({Buffer(), schema, elements});
  current_->parts.back().bytes = std::move(bytes);
  PackedChunk place{{next_block(), static_cast<uint32_t>(current_->raw_size), static_cast<uint32_t>(size)},
                    static_cast<uint32_t>(current_->parts.size() - 1)};
  current_->raw_size += size;
  return place;
}

void BlockPacker::close_block() {
  if (!current_) return;
  // The reference's compaction wants a block that exists: one byte is enough for chunks of none.
  if (current_->raw_size == 0) {
    Buffer one(1);
    one.data()[0] = std::byte{0};
    current_->parts.push_back({std::move(one), nullptr, 0});
    current_->raw_size = 1;
  }
  queue_.push_back(current_);
  current_ = nullptr;
  try {
    pool_.submit([job = queue_.back()] { job->run(); });
  } catch (const std::bad_alloc&) {
    // Whoever waits for the block compresses it.
  }
}

namespace {

template <typename T>
void make_room(std::vector<T>& entries) {
  if (entries.size() == entries.capacity()) entries.reserve(entries.size() * 2 + 8);
}

}  // namespace

void BlockPacker::record(const BlockRecord& block, uint64_t checksum, SummaryList summaries) {
  blocks_.push_back(block);
  checksums_.push_back(checksum);
  summaries_.push_back(std::move(summaries));
}

void BlockPacker::make_room_for_a_block() {
  make_room(blocks_);
  make_room(checksums_);
  make_room(summaries_);
}

void BlockPacker::retire_front() {
  Job& job = *queue_.front();
  job.run();
  job.wait();
  // Only what was appended leaves the queue: after a failure, such as a full disk, it can be tried again.
  make_room_for_a_block();
  uint64_t offset = upload().size();
  upload_->append(job.stored.view());
  counters_.count_write(static_cast<int64_t>(job.stored.size()));
  record({static_cast<uint32_t>(blocks_.size()), offset, job.stored.size(), job.raw_size, job.codec.name},
         job.checksum, std::move(job.summaries));
  queue_.pop_front();
}

void BlockPacker::drain() {
  close_block();
  while (!queue_.empty()) retire_front();
}

uint32_t BlockPacker::add_stored(const BlockRecord& block, ByteView stored, SummaryList summaries) {
  drain();
  make_room_for_a_block();
  uint32_t id = next_block();
  uint64_t offset = upload().size();
  upload_->append(stored);
  counters_.count_write(static_cast<int64_t>(stored.size()));
  record({id, offset, block.stored_size, block.raw_size, block.codec}, checksum(stored),
         std::move(summaries));
  return id;
}

Buffer BlockPacker::read(const PackedChunk& chunk) {
  const BlockRecord& block = blocks_[chunk.address.block];
  Buffer stored(block.stored_size);
  upload_->read(block.offset, stored.span());
  counters_.count_read(static_cast<int64_t>(stored.size()));
  if (checksum(stored.view()) != checksums_[chunk.address.block])
    fail(Status::kCorrupt, "block ", block.id, " of the layer being written does not match its checksum");
  Buffer raw(block.raw_size);
  uint64_t end = uint64_t{chunk.address.offset} + chunk.address.size;
  decompress(block.codec, stored.view(), raw.span(), end);
  Buffer bytes(chunk.address.size);
  if (!bytes.empty()) std::memcpy(bytes.data(), raw.data() + chunk.address.offset, bytes.size());
  return bytes;
}

// ---------------------------------------------------------------- job

void BlockPacker::Job::run() {
  {
    std::lock_guard lock(mutex);
    if (claimed) return;
    claimed = true;
  }
  std::exception_ptr thrown;
  try {
    compress_parts();
  } catch (...) {
    thrown = std::current_exception();
  }
  std::lock_guard lock(mutex);
  failure = thrown;
  done = true;
  finished.notify_all();
}

void BlockPacker::Job::wait() {
  std::unique_lock lock(mutex);
  finished.wait(lock, [this] { return done; });
  if (!failure) return;
  // Another attempt may succeed, for instance when memory was short.
  done = claimed = false;
  std::rethrow_exception(std::exchange(failure, nullptr));
}

std::optional<Summary> BlockPacker::Job::summary_of(const Part& part) {
  if (!part.schema || part.bytes.empty()) return Summary{};
  try {
    return summarise(part.schema->dtype, part.schema->fill, part.bytes.view(), part.elements);
  } catch (const Error&) {
    // Another writer's damaged chunk on its way through a compaction: its bytes are kept, its statistics stay
    // unknown.
    return {};
  }
}

void BlockPacker::Job::compress_parts() {
  Buffer gathered;
  if (parts.size() != 1) {
    gathered = Buffer(raw_size);
    uint64_t at = 0;
    for (const Part& part : parts) {
      if (!part.bytes.empty()) std::memcpy(gathered.data() + at, part.bytes.data(), part.bytes.size());
      at += part.bytes.size();
    }
  }
  ByteView raw = parts.size() == 1 ? parts[0].bytes.view() : gathered.view();
  SummaryList found;
  for (const Part& part : parts) found.push_back(summary_of(part));
  if (codec.name.empty()) {
    stored = parts.size() == 1 ? std::move(parts[0].bytes) : std::move(gathered);
  } else {
    Buffer room(compress_bound(codec, raw.size()));
    room.shrink(compress(codec, raw, room.span()));
    stored = std::move(room);
  }
  checksum = af::checksum(stored.view());
  summaries = std::move(found);
  parts.clear();
}

}  // namespace af
