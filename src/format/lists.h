// Elements of list types: levels of offsets over the values of the innermost type. Bytes: docs/format.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/dtype.h"

namespace af {

// One level: the elements of a list, or at the end the values.
struct ListLevel {
  TypeId type = TypeId::kBool;
  int64_t size = 0;   // of a fixed-size list
  int64_t count = 0;  // elements of this level
  const int64_t* offsets =
      nullptr;  // count + 1 of a list (in elements of the next level), a string or binary (bytes)
};

// Elements of a list type that lie somewhere else: level 0 is the elements themselves.
struct ListView {
  std::vector<ListLevel> levels;
  ByteView values;
};

// `elements` elements of a type as a caller passes them: the offsets of all levels that have some, one run
// after the other, each from 0. Throws kInvalidArgument: they do not rise, are too few or too many, a value
// is none.
ListView list_view(const DType& dtype, int64_t elements, std::span<const int64_t> offsets, ByteView values);

// A payload's elements. Throws kCorrupt unless it holds exactly these.
class ListPayload {
 public:
  ListPayload(const DType& dtype, ByteView payload, int64_t elements);
  const ListView& view() const { return view_; }

 private:
  std::vector<std::vector<int64_t>> offsets_;
  ListView view_;
};

// Elements of a list type, gathered one after the other.
class ListData {
 public:
  // Throws kLimitExceeded when more than `limit` bytes are gathered.
  ListData(const DType& dtype, uint64_t limit);

  void append(const ListView& from, int64_t first, int64_t count);
  // Empty lists; in fixed-size ones zeros and empty texts.
  void append_unwritten(int64_t count);

  // How many levels there are, the values included.
  int levels() const { return static_cast<int>(types_.size()); }
  TypeId type(int level) const { return types_[static_cast<size_t>(level)].id; }
  int64_t size(int level) const { return types_[static_cast<size_t>(level)].list_size; }
  int64_t count(int level) const { return counts_[static_cast<size_t>(level)]; }
  // Of a list, a string or binary; else empty.
  const std::vector<int64_t>& offsets(int level) const { return offsets_[static_cast<size_t>(level)]; }
  const std::string& values() const { return values_; }
  ListView view() const;
  // As a chunk's payload. Throws kLimitExceeded where 32 bits do not hold an offset.
  std::vector<std::byte> payload() const;

 private:
  void reserve(uint64_t bytes) const;

  std::vector<DType> types_;
  std::vector<int64_t> counts_;
  std::vector<std::vector<int64_t>> offsets_;
  std::string values_;
  uint64_t limit_;
};

}  // namespace af
