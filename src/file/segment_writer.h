// Writes a file of footer version 6, which is never changed: alone, or as a part of a container.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "file/attributes.h"
#include "file/block_packer.h"

namespace af {

class SegmentWriter {
 public:
  // The file begins where the packer's upload now ends. Nobody else may use the packer until `finish`.
  explicit SegmentWriter(BlockPacker& packer);

  // No name twice. Throws kUnsupported for attributes that the version has no kind for.
  void add_array(std::string_view name, const SharedSchema& schema, AttributeMap attributes);
  // Of the array added last, in rising order of coordinates.
  void add_chunk(const Extents& coord, Buffer payload);
  // Writes all blocks and answers what follows them, to be appended. Throws kCorrupt when a chunk is not what
  // its array's schema says.
  std::vector<std::byte> finish();

 private:
  struct Array {
    std::string name;
    SharedSchema schema;
    std::vector<AttributeEntry> attributes;
    size_t first_chunk = 0;
  };
  struct Chunk {
    Extents coord;
    PackedChunk packed;
  };

  ArrayStats stats_of(const Array& array, std::span<const Chunk> chunks) const;
  std::vector<BlockRecord> blocks() const;
  std::vector<std::byte> footer();

  BlockPacker& packer_;
  uint64_t begin_;
  uint32_t first_block_;
  std::vector<Array> arrays_;
  std::vector<Chunk> chunks_;
  Dictionary pools_;
};

}  // namespace af
