// Reading in three steps: what chunks the regions touch and where those are, the blocks they lie in, each
// fetched once, and copying into the caller's memory.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "file/array_file_impl.h"

namespace af {

// Fixed-width elements.
class ReadPlan {
 public:
  explicit ReadPlan(const ArrayFile::Impl& file) : file_(file) {}

  // The region's first element goes to `first`. What nobody wrote is filled, and what is pending copied, at
  // once.
  void add(const ArrayInUse& array, const Region& region, const Extents& strides, std::byte* first);
  void run();

 private:
  // Part of a chunk that is not one run of bytes on both sides.
  struct Box {
    Extents shape;
    Extents dst_strides;
    Extents src_strides;
    int64_t src_offset = 0;
  };

  // One chunk's share of a read.
  struct CopyTask {
    const Layer* layer;
    ChunkAddress address;
    int64_t chunk_bytes;  // that the chunk must have
    std::byte* dst;
    int32_t element;  // bytes
    int32_t box;      // its number; -1: the whole chunk, to one run of bytes
  };

  void add_chunk(const ArrayInUse& array, const Grid& grid, const Extents& coord, const Region& region,
                 const Extents& strides, std::byte* first);
  void copy(const CopyTask& task, ByteView chunk) const;
  std::vector<BlockNeed> needs();

  const ArrayFile::Impl& file_;
  std::vector<uint64_t> hints_;
  std::vector<CopyTask> tasks_;
  std::vector<Box> boxes_;
  int64_t bytes_ = 0;
};

// Strings and binary. What it points to lives as long as the plan.
class TextPlan {
 public:
  explicit TextPlan(const ArrayFile::Impl& file) : file_(file) {}

  // The region's elements go to `texts`, in C order.
  void add(const ArrayInUse& array, const Region& region, std::string_view* texts);
  void run();

 private:
  // Which part of a chunk goes where, if it is not all of the chunk to all of the region.
  struct Share {
    Region chunk;
    Region region;
  };
  // A chunk with the payload that its texts lie in.
  struct Chunk {
    int64_t elements;
    const Share* share;
    std::string_view* texts;
    std::optional<FoundChunk> found;
    std::shared_ptr<const DecodedBlock> block;
    Buffer own;
    ByteView payload;
  };

  std::string_view keep(std::string_view filler);
  static void place(const Chunk& chunk);

  const ArrayFile::Impl& file_;
  std::deque<Chunk> chunks_;
  std::deque<Share> shares_;
  std::deque<std::string> fillers_;
};

// Throws kLimitExceeded when the caller does not allow for so many.
std::vector<std::string_view> room_for_texts(int64_t count, const Limits& limits);
// The texts one after the other; `repair` replaces what is not UTF-8. Throws kLimitExceeded.
VariableData join_texts(const std::vector<std::string_view>& texts, bool repair, const Limits& limits);

}  // namespace af
