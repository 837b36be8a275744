// Copies arrays from one stack to another, or within one. Blocks that hold nothing else are copied as they
// are stored; chunks of others are packed anew.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "file/array_file_impl.h"

namespace af {

class Transfer {
 public:
  // They may be the same.
  Transfer(const ArrayFile::Impl& source, ArrayFile::Impl& target);

  // Of the source's arrays one that is to be copied. Throws kArrayAlreadyExists when the target has one of
  // the new name, unless it is to be replaced; kUnsupported when its attributes do not fit the target's
  // footer.
  void add(const ArrayInUse& array, std::string_view new_name, bool replace);
  // Copies them to what is pending of the target. Throws what reading throws; the target then shows nothing
  // of it.
  void run();

 private:
  struct Chunk {
    int64_t position = 0;
    ChunkPlace place;
    PackedChunk packed;
  };
  struct Array {
    std::string name;
    SharedSchema schema;
    AttributeMap attributes;
    std::vector<Chunk> chunks;
  };
  // What is copied of a block of the source.
  struct BlockUse {
    uint64_t live = 0;
    std::vector<std::pair<Array*, Chunk*>> chunks;
  };

  std::optional<Summary> summary_of(const Array& array, const Chunk& chunk);
  void copy_block(const Layer& layer, uint32_t id, BlockUse& use);
  void pack(const Array& array, Chunk& chunk);
  void place(Array& array);

  const ArrayFile::Impl& source_;
  ArrayFile::Impl& target_;
  BlockCache passing_;
  std::vector<Array> arrays_;
  int64_t work_ = 0, done_ = 0;
};

}  // namespace af
