// The parts that footers of all versions are written from.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "format/archive.h"
#include "format/footer.h"

namespace af {

// A table, by the position of its first entry.
struct PlacedTable {
  uint64_t at = 0;
  uint64_t count = 0;
};

PlacedTable put_blocks(ArchiveWriter& out, std::span<const BlockRecord> blocks);
// A vector of strings with their texts; answers its target.
uint64_t child_texts(ArchiveWriter& out, std::span<const std::string> texts);
// What of a value lies outside its fixed part, and that part. In version 6 texts are positions in a pool:
// not for those.
uint64_t child_value(ArchiveWriter& out, const Value& value);
void put_value(ArchiveWriter& out, uint64_t at, const Value& value, uint64_t target);
uint8_t value_tag(const Value& value);

// The table of arrays: what lies outside of the fixed parts goes to the archive at once, the fixed parts
// follow as a whole, as a piece of their own: a table of a million arrays is not copied. Until then their
// pointers are as if the table began at 0.
class ArrayTable {
 public:
  ArrayTable(ArchiveWriter& out, uint64_t array_size) : out_(out), array_size_(array_size) {}

  void reserve(uint64_t count) { fixed_.reserve(count * array_size_); }
  // Writes all that the versions have in common, and answers where the array's fixed part begins in `fixed`.
  uint64_t add(std::string_view name, const ArraySchema& schema, std::span<const ChunkRecord> chunks);
  ArchiveWriter& fixed() { return fixed_; }
  // Ends the table: the archive so far and the table go to `pieces`, and the archive goes on behind them.
  // `shift_rest(at, distance)` moves the pointers in `fixed` that `add` does not know.
  template <typename ShiftRest>
  PlacedTable place(Pieces& pieces, ShiftRest shift_rest) {
    out_.align(8);
    uint64_t table = out_.size(), count = fixed_.size() / array_size_;
    for (uint64_t at = 0; at < fixed_.size(); at += array_size_) {
      shift(at, table);
      shift_rest(at, table);
    }
    pieces.add(out_.take());
    pieces.add(fixed_.take());
    out_ = ArchiveWriter(pieces.size());
    return {table, count};
  }

 private:
  uint64_t child_dtype(const DType& dtype);
  uint64_t child_chunks(std::span<const ChunkRecord> chunks);
  void shift(uint64_t at, uint64_t distance);

  ArchiveWriter& out_;
  uint64_t array_size_;
  ArchiveWriter fixed_;
};

}  // namespace af
