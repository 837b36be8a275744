// Writes all that a file shows as one base: for compaction, for copies, and for changes that no sidecar can
// carry.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "file/array_file_impl.h"
#include "format/footer_writer.h"

namespace af {

class BaseWriter {
 public:
  struct Options {
    CodecChoice codec;
    int64_t block_size = 0;
    int footer_version = 5;
    // Blocks without dead bytes are copied as they are, whatever their codec.
    bool copy_blocks = false;
    // Entries of the dictionary keep their positions: sidecars that are still there rely on them.
    bool keep_dictionary = false;
  };

  // `key`: the base's. With `file.pending` not empty its changes are part of what is written.
  BaseWriter(const ArrayFile::Impl& file, ObjectStore& store, std::string key, Options options);

  // Gathers and writes the data. Throws kCancelled.
  void write_data();
  // The bytes after the data. `number`: of the last sidecar in it, where the next one's depends on it.
  Pieces tail(const LayerId& id, std::span<const LayerId> absorbed, uint32_t number);
  Upload& upload() { return packer_.upload(); }

 private:
  // What lives of a block of the old layers.
  struct BlockUse {
    uint64_t live = 0;
    uint32_t copied_to = UINT32_MAX;
  };
  using BlockKey = std::pair<const Layer*, uint32_t>;

  bool is_copied(const ChunkPlace& place) const;
  // Whether a chunk reads the same when it is left out.
  bool is_void(const ArrayInUse& array, const Grid& grid, const Extents& coord,
               const ChunkPlace& place) const;
  void count_live();
  void copy_blocks();
  void repack(const ArrayInUse& array);
  void add_array(FooterWriter& footer, ExtensionWriter& extension, const ArrayInUse& array);

  const ArrayFile::Impl& file_;
  Options options_;
  BlockPacker packer_;
  BlockCache recode_cache_;
  std::map<BlockKey, BlockUse> blocks_;
  Dictionary dictionary_;
  // Chunks that were packed anew, in the order in which tail() meets them again.
  std::vector<PackedChunk> repacked_;
  size_t next_repacked_ = 0;
  int64_t work_ = 0, done_ = 0;
};

}  // namespace af
