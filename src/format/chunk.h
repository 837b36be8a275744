// Chunk payloads: fixed-width elements back to back, or offsets and bytes. Bytes: docs/format.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/dtype.h"
#include "core/value.h"

namespace af {

// What unwritten cells of a fixed-width type read as: the fill value converted (integers wrap, floats
// saturate, NaN is 0), else zero.
std::array<std::byte, 8> fill_element(TypeId type, const std::optional<FillValue>& fill);
// The same for strings. Binary reads as empty: the format has no fill value of bytes, a text only counts in
// its statistics.
std::string_view fill_text(TypeId type, const std::optional<FillValue>& fill);

// A payload of strings or binary, in place: element i is bytes[offset(i) .. offset(i + 1)).
class VariablePayload {
 public:
  // Throws kCorrupt unless the payload holds exactly `elements` elements with rising offsets inside it.
  VariablePayload(ByteView payload, int64_t elements);

  int64_t count() const { return count_; }
  std::string_view element(int64_t i) const {
    uint32_t first = offset(i);
    return as_text(values_.subspan(first, offset(i + 1) - first));
  }

 private:
  uint32_t offset(int64_t i) const { return load<uint32_t>(offsets_ + i * 4); }

  const std::byte* offsets_;
  ByteView values_;
  int64_t count_;
};

// Builds such a payload. Throws kLimitExceeded when the bytes do not fit 32-bit offsets.
std::vector<std::byte> variable_payload(const std::vector<std::string_view>& elements);

// Throws kCorrupt unless a payload fits a chunk of `elements` elements. Lists may hold anything.
void check_payload(const DType& dtype, ByteView payload, int64_t elements);

// The payload of a chunk of which no cell was written.
std::vector<std::byte> fill_payload(const DType& dtype, const std::optional<FillValue>& fill,
                                    int64_t elements);

}  // namespace af
