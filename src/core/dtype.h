// Element types.
#pragma once

#include <cstdint>
#include <memory>

#include "core/error.h"

namespace af {

// The format's own numbers (AF_BOOL ... of arrayformat.h). Do not renumber.
enum class TypeId : uint8_t {
  kBool = 0,
  kInt8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kInt64 = 4,
  kUInt8 = 5,
  kUInt16 = 6,
  kUInt32 = 7,
  kUInt64 = 8,
  kFloat32 = 9,
  kFloat64 = 10,
  kString = 11,
  kBinary = 12,
  kFixedSizeList = 13,
  kList = 14,
  kTimestampNs = 15,
};
inline constexpr int kTypeCount = 16;

// Bytes of one element; 0 for variable-length types and lists.
constexpr uint32_t element_size(TypeId id) {
  constexpr uint8_t kSizes[kTypeCount] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 0, 0, 0, 0, 8};
  return kSizes[static_cast<int>(id)];
}
constexpr bool is_list(TypeId id) { return id == TypeId::kFixedSizeList || id == TypeId::kList; }
constexpr bool is_variable(TypeId id) { return id == TypeId::kString || id == TypeId::kBinary; }
constexpr bool is_fixed_width(TypeId id) { return element_size(id) != 0; }

const char* type_name(TypeId id);

// A type with its children: only lists have one.
struct DType {
  static constexpr int kMaxDepth = 64;

  TypeId id = TypeId::kBool;
  uint32_t list_size = 0;              // of a fixed-size list
  std::shared_ptr<const DType> child;  // of a list

  DType() = default;
  DType(TypeId type) : id(type) {}  // NOLINT: a plain type is a TypeId
};

bool operator==(const DType& a, const DType& b);

}  // namespace af
