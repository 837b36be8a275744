#include "core/dtype.h"

namespace af {

const char* type_name(TypeId id) {
  constexpr const char* kNames[kTypeCount] = {
      "Bool",   "Int8",    "Int16",   "Int32",  "Int64",  "UInt8",         "UInt16", "UInt32",
      "UInt64", "Float32", "Float64", "String", "Binary", "FixedSizeList", "List",   "TimestampNs"};
  return kNames[static_cast<int>(id)];
}

bool operator==(const DType& a, const DType& b) {
  if (a.id != b.id) return false;
  if (!is_list(a.id)) return true;
  return a.list_size == b.list_size && *a.child == *b.child;
}

}  // namespace af
