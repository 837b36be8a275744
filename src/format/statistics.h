// Statistics of elements: least, greatest, and how many are not the fill value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// Summaries of very many chunks, in little memory; nothing for a chunk of which none is known.
class SummaryList {
 public:
  // Its bounds, if any, are two and of one kind, as `summarise` answers them.
  void push_back(const std::optional<Summary>& summary);
  std::optional<Summary> operator[](size_t i) const;

 private:
  // A bound's bits; of one of bytes where it lies in `texts_`.
  struct Record {
    uint64_t min = 0, max = 0, non_fill = 0;
    StatValue::Kind kind = StatValue::Kind::kInt;
    bool known = false, bounded = false;
  };
  uint64_t bits_of(const StatValue& bound);
  StatValue bound(const Record& record, uint64_t bits) const;

  std::vector<Record> records_;
  std::vector<std::string> texts_;
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
