// Decoded blocks, shared by any number of files and threads, within a budget of bytes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/bytes.h"

namespace af {

// A decoded block, or its beginning.
struct DecodedBlock {
  Buffer room;
  ByteView bytes;      // what was decoded, in `room` unless the block only passes by
  bool whole = false;  // to its end
};

// Keyed by a number that each opened layer gets once in the life of the process, never by a path: names are
// used again by other layers, and layers of other writers may have equal footers over unequal data.
class BlockCache {
 public:
  explicit BlockCache(int64_t capacity);

  // The block, marked as used just now, or nothing.
  std::shared_ptr<const DecodedBlock> find(uint64_t layer, uint32_t block);
  // Keeps a block, dropping those not used for longest. One that is larger than half of the cache is not
  // kept.
  void insert(uint64_t layer, uint32_t block, std::shared_ptr<const DecodedBlock> decoded);
  int64_t size() const { return size_; }

 private:
  struct Key {
    uint64_t layer;
    uint32_t block;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  struct Entry {
    Key key;
    std::shared_ptr<const DecodedBlock> decoded;
  };
  // Parts with a lock of their own, so that readers seldom wait for one another.
  struct Part {
    mutable std::mutex mutex;
    std::list<Entry> by_use;  // most recent first
    std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> entries;
  };
  static constexpr size_t kParts = 8;

  size_t part_of(const Key& key) const;
  // Moves what was not used for longest to `dropped` until the cache is within its capacity or the part has
  // only `least` entries.
  void shrink(Part& part, size_t least, std::list<Entry>* dropped);

  const int64_t capacity_;
  std::atomic<int64_t> size_{0};  // of all parts
  std::array<Part, kParts> parts_;
};

}  // namespace af
