// One immutable layer of a stack: its footer in place, its blocks on demand.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "file/cache.h"
#include "file/io_counters.h"
#include "format/extension.h"
#include "format/footer.h"
#include "format/metadata_bytes.h"
#include "store/store.h"

namespace af {

// The caller's ceilings for one file.
struct Limits {
  int64_t max_layers = INT32_MAX;
  int64_t max_arrays = INT32_MAX;
  int64_t max_allocation = INT64_MAX;
};

// Throws kLimitExceeded when `size` bytes are more than the caller allows for one buffer.
void check_allocation(const Limits& limits, uint64_t size, std::string_view what);

class Layer {
 public:
  // Reads the end of the object. `number` is 0 for the base. Throws what reading and parsing throw, naming
  // the key.
  static std::shared_ptr<const Layer> open(const ObjectStore& store, const std::string& key, uint32_t number,
                                           const Limits& limits, std::shared_ptr<IoCounters> counters);
  // The same of an object that is open already.
  static std::shared_ptr<const Layer> open(std::unique_ptr<Object> object, const std::string& key,
                                           uint32_t number, const Limits& limits,
                                           std::shared_ptr<IoCounters> counters);

  const std::string& key() const { return info_.key; }
  const std::string& version() const { return info_.version; }
  uint64_t file_size() const { return static_cast<uint64_t>(info_.size); }
  uint32_t number() const { return number_; }
  // Written by another library: no identity, checksums, index or statistics of its own.
  bool foreign() const { return !head_; }
  // The layer's id; of a foreign one a hash of its footer, found on first use.
  const LayerId& id() const;
  const LayerId& parent() const { return head_->parent; }
  const std::vector<LayerId>& absorbed() const;
  const FooterView& footer() const { return footer_; }

  // The position of the array of this name; for names that occur twice the last.
  std::optional<uint64_t> find(std::string_view name, uint64_t hash) const;
  // The position in the array's chunk table of this coordinate. `hint` is where to look first.
  std::optional<uint64_t> find_chunk(uint64_t array, const Extents& coord, uint64_t hint = 0) const;

  // The block of this id; its bytes lie inside the file. Throws kCorrupt.
  BlockRecord block(uint32_t id) const;
  // Whether the caller's ceiling lets the stored bytes be fetched. Throws kLimitExceeded.
  void check_stored_size(const BlockRecord& block) const {
    check_allocation(limits_, block.stored_size, "a stored block");
  }
  // Reads and checks the stored bytes of a block.
  Buffer stored_block(const BlockRecord& block) const;
  void check_stored(const BlockRecord& block, ByteView stored) const;
  // Of the stored bytes; nothing for foreign layers.
  std::optional<uint64_t> block_checksum(const BlockRecord& block) const;
  // Decodes at least the first `needed` bytes into `room`, which is made larger if need be. Blocks without a
  // codec are not copied: the answer then lies in `stored`.
  struct Decoded {
    ByteView bytes;
    bool whole = false;  // nothing was left undecoded
  };
  Decoded decode(const BlockRecord& block, ByteView stored, uint64_t needed, Buffer& room) const;
  // Decodes a block whose chunk fills it straight into `into`, whose size must be the block's; one without a
  // codec may have been read to there.
  void decode_into(const BlockRecord& block, ByteView stored, MutableBytes into) const;
  const Object& object() const { return *object_; }
  // The name under which its blocks are cached.
  uint64_t cache_key() const { return cache_key_; }

  // What the extension section knows; nothing for foreign layers.
  std::optional<Summary> array_summary(uint64_t array) const;
  std::optional<Summary> chunk_summary(uint64_t array, uint64_t chunk) const;
  // Looks at all metadata, so that each page is checked.
  void check_metadata() const;

 private:
  // How to search a chunk table of a foreign layer.
  struct ChunkOrder {
    bool sorted = true;
    std::vector<uint32_t> order;  // positions by coordinate, if the table itself is not sorted
  };

  Layer() = default;
  void count_decoded(uint64_t bytes) const;
  void load_metadata(const Limits& limits);
  void load_section(uint64_t footer_begin, uint64_t footer_size, const Limits& limits);
  void map_metadata(uint64_t begin, uint64_t length, const Limits& limits);
  void read_page(uint64_t begin, uint64_t page) const;
  void check_page(uint64_t page) const;
  void build_name_index() const;
  void build_block_index() const;
  std::shared_ptr<const ChunkOrder> chunk_order(uint64_t array, int rank) const;

  std::unique_ptr<Object> object_;
  ObjectInfo info_;
  Limits limits_;
  uint32_t number_ = 0;
  uint64_t cache_key_ = 0;
  std::shared_ptr<IoCounters> counters_;

  std::unique_ptr<Mapping> mapping_;
  mutable Buffer copied_;  // instead of a mapping, filled page by page
  mutable std::mutex pages_mutex_;
  mutable std::vector<bool> page_read_;
  ByteView region_;  // metadata: the section's body (or the footer) up to the end of the file
  std::unique_ptr<MetadataBytes> metadata_;
  std::optional<ExtensionHead> head_;
  ExtensionView extension_;
  FooterView footer_;
  uint64_t footer_at_ = 0;  // within the region
  uint64_t footer_size_ = 0;

  mutable std::once_flag id_once_, names_once_, blocks_once_;
  mutable LayerId foreign_id_{};
  mutable std::vector<uint32_t> names_;                    // open addressing: array + 1
  mutable std::unordered_map<uint32_t, uint64_t> blocks_;  // id to position, where the two differ
  mutable std::shared_mutex orders_mutex_;
  mutable std::unordered_map<uint64_t, std::shared_ptr<const ChunkOrder>> orders_;
};

}  // namespace af
