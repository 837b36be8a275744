// One value: an attribute, a fill value, a minimum or maximum.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/dtype.h"

namespace af {

// A scalar or a list of a fixed-width or variable-length type. Equality is by bits, so that NaN equals
// itself.
class Value {
 public:
  Value() = default;
  static Value fixed(TypeId type, bool list, ByteView elements, int64_t count);
  // `offsets` has one more entry than there are elements and rises from 0 to bytes.size().
  static Value variable(TypeId type, bool list, std::string_view bytes, std::vector<int64_t> offsets);
  static Value text(std::string_view text) { return of_bytes(TypeId::kString, text); }
  static Value of_bytes(TypeId type, std::string_view bytes) {
    return variable(type, false, bytes, {0, static_cast<int64_t>(bytes.size())});
  }
  template <typename T>
  static Value scalar(TypeId type, T value) {
    return fixed(type, false, {reinterpret_cast<const std::byte*>(&value), sizeof value}, 1);
  }

  TypeId type() const { return type_; }
  bool is_list() const { return list_; }
  int64_t count() const { return count_; }
  std::string_view data() const { return data_; }
  const std::vector<int64_t>& offsets() const { return offsets_; }  // empty for fixed width
  // Element i of a variable-length value.
  std::string_view element(int64_t i) const {
    return data().substr(static_cast<size_t>(offsets_[i]),
                         static_cast<size_t>(offsets_[i + 1] - offsets_[i]));
  }
  // Element i of a fixed-width value.
  template <typename T>
  T get(int64_t i = 0) const {
    return load<T>(reinterpret_cast<const std::byte*>(data_.data()) + i * sizeof(T));
  }

  friend bool operator==(const Value&, const Value&) = default;
  // For a hash table: everything that equality looks at.
  size_t hash() const;

 private:
  TypeId type_ = TypeId::kBool;
  bool list_ = false;
  int64_t count_ = 0;
  std::string data_;
  std::vector<int64_t> offsets_;
};

// What unwritten cells read as, as stored. Six kinds, in the format's order; do not renumber.
struct FillValue {
  enum class Kind : uint8_t { kBool = 0, kInt = 1, kUInt = 2, kFloat = 3, kString = 4, kTimestampNs = 5 };
  Kind kind = Kind::kBool;
  uint64_t bits = 0;  // bool 0/1, i64, u64 or the bits of an f64
  std::string text;   // of a string

  friend bool operator==(const FillValue&, const FillValue&) = default;
};

// Between the two: a fill value is a scalar Bool, Int64, UInt64, Float64, String or TimestampNs.
Value value_of(const FillValue& fill);
// Widens narrower integers and floats. Throws kInvalidArgument for lists, kUnsupported for binary that is not
// UTF-8.
FillValue fill_of(const Value& value);

}  // namespace af
