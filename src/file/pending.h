// Changes that are not flushed yet: definitions, deletions, attributes, and chunks within a budget of memory.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "file/attributes.h"
#include "file/block_packer.h"
#include "file/name_table.h"
#include "file/node_memory.h"

namespace af {

// A chunk as it will be: in memory, or packed already.
struct PendingChunk {
  Buffer bytes;
  int64_t elements = 0;
  bool packed = false;
  PackedChunk place;
};

// The attributes of an array of which some were changed.
struct ChangedAttributes {
  AttributeMap all;
  std::set<std::string> keys;  // of those changed or removed
};

// By position in the grid.
using PendingChunks = std::pmr::map<int64_t, PendingChunk>;

struct PendingArray {
  PendingArray(std::string_view array_name, std::pmr::memory_resource* memory)
      : name(array_name, memory), chunks(memory) {}

  std::pmr::string name;
  SharedSchema schema;
  bool deleted = false;
  // Defined in this delta: nothing of older layers shows through.
  bool fresh = false;
  // The mentions in the snapshot that show through, newest first; none when fresh.
  std::vector<Mention> below;
  PendingChunks chunks;
  // Coordinates that older layers hold but that a change of shape cut off in this delta.
  std::set<Extents> erased;
  // Once one of them was changed.
  std::unique_ptr<ChangedAttributes> attributes;

  // What all attributes are after a change of this one.
  void change_attributes(std::string_view key, AttributeMap all);
  bool resized() const {
    return !fresh && !deleted && !below.empty() && below.front().view().shape() != schema->shape;
  }
};

class Pending {
 public:
  Pending(ThreadPool& pool, IoCounters& counters) : pool_(pool), counters_(counters) {}
  ~Pending() { clear(); }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  bool empty() const { return arrays_.empty(); }
  // In the order in which they were first touched.
  const std::vector<PendingArray*>& arrays() const { return arrays_; }
  PendingArray* find(std::string_view name) const;
  PendingArray& add(std::string_view name, SharedSchema schema);
  // A schema like this one, shared with the last array that had it: a hundred thousand profiles of one kind
  // keep one.
  SharedSchema share(const ArraySchema& schema);

  // Puts a chunk, replacing what was pending at the position. Packs old chunks when there are more bytes than
  // the budget.
  void put_chunk(PendingArray& array, int64_t position, Buffer bytes, int64_t elements);
  void drop_chunks(PendingArray& array);
  // No chunks, for reshape.
  PendingChunks no_chunks() { return PendingChunks(&memory()); }
  // Moves the chunks to their positions in another grid and adds the rewritten ones, which were put into
  // no_chunks(). If it throws, all is as it was.
  void reshape(PendingArray& array, const Grid& before, const Grid& after, PendingChunks rewritten);
  // Packs old chunks while there are more bytes than the budget.
  void keep_to_budget();
  // A chunk's bytes: those in memory, else read back from its block into `room`. Several readers may ask at
  // once.
  ByteView chunk_bytes(const PendingChunk& chunk, Buffer* room) const;
  Summary chunk_summary(const PendingArray& array, const PendingChunk& chunk) const;

  void configure(ObjectStore& store, std::string near, CodecChoice codec, int64_t block_size, int64_t budget);
  // Packs everything, telling `report` now and then how many bytes are done of how many; it may throw to
  // stop, and all stays pending.
  void pack_all(const std::function<void(int64_t done, int64_t total)>& report);
  BlockPacker& packer();
  void clear();

 private:
  // Packs the oldest chunk that is still in memory; false if there is none.
  bool pack_oldest();

  ThreadPool& pool_;
  IoCounters& counters_;
  ObjectStore* store_ = nullptr;
  std::string near_;
  CodecChoice codec_;
  int64_t block_size_ = 0;
  int64_t budget_ = 0;

  NodeMemory& memory();

  // Of the arrays and their chunks, apart from the chunks' bytes: what these leave when they are packed is
  // whole again, not full of holes. Made on first use.
  std::unique_ptr<NodeMemory> memory_;
  std::vector<PendingArray*> arrays_;
  NameTable by_name_;
  SharedSchema last_schema_;
  // Chunks in memory, oldest first; some have been packed, replaced or dropped since.
  std::deque<std::pair<PendingArray*, int64_t>> order_;
  int64_t bytes_ = 0;
  std::unique_ptr<BlockPacker> packer_;
  mutable std::mutex read_back_mutex_;
};

}  // namespace af
