// Statistics of elements: least, greatest, and how many are not the fill value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/bytes.h"
#include "core/dtype.h"
#include "core/value.h"

namespace af {

// A bound, in the widest type of its kind. Kinds are the format's own; do not renumber.
struct StatValue {
  enum class Kind : uint8_t { kInt = 0, kUInt = 1, kFloat = 2, kBytes = 3, kTimestampNs = 4 };
  Kind kind = Kind::kInt;
  uint64_t bits = 0;  // i64, u64 or the bits of an f64
  std::string bytes;  // of kBytes

  friend bool operator==(const StatValue&, const StatValue&) = default;
};

// Signed, unsigned, IEEE total order or lexicographic, as the kind says. Values of different kinds are
// ordered by kind.
bool stat_less(const StatValue& a, const StatValue& b);

// What some chunks of an array hold. Merging is commutative.
struct Summary {
  std::optional<StatValue> min;
  std::optional<StatValue> max;
  uint64_t non_fill = 0;  // written elements that are not the fill value

  void merge(const Summary& other);
  friend bool operator==(const Summary&, const Summary&) = default;
};

// An array's statistics as the format keeps them.
struct ArrayStats {
  std::optional<StatValue> min;
  std::optional<StatValue> max;
  uint64_t null_count = 0;  // elements that are the fill value or were never written
  uint64_t row_count = 0;

  friend bool operator==(const ArrayStats&, const ArrayStats&) = default;
};

ArrayStats array_stats(const Summary& summary, uint64_t row_count);

// Summarises a chunk's payload of `elements` elements. Lists have no bounds and count nothing. Throws
// kCorrupt if the payload is not one.
Summary summarise(const DType& dtype, const std::optional<FillValue>& fill, ByteView payload,
                  int64_t elements);

}  // namespace af
