#include "atlas/stored_value.h"

#include "format/timestamp.h"

namespace af {

AttributeType attribute_type(const Value& value) {
  bool timestamps = value.type() == TypeId::kTimestampNs;
  if ((timestamps && value.is_list()) || is_list(value.type()))
    fail(Status::kUnsupported, "no attribute is a list of ", type_name(value.type()));
  return {value.type(), value.is_list()};
}

Value to_stored(const Value& value) {
  if (value.type() != TypeId::kTimestampNs) return value;
  return Value::text(timestamp_text(value.get<int64_t>()));
}

std::optional<Value> from_stored(AttributeType declared, const Value& stored) {
  if (declared.type != TypeId::kTimestampNs) {
    bool is_it = stored.type() == declared.type && stored.is_list() == declared.list;
    return is_it ? std::optional(stored) : std::nullopt;
  }
  if (stored.type() != TypeId::kString || stored.is_list()) return {};
  std::optional<int64_t> time = parse_timestamp(stored.data());
  return time ? std::optional(Value::scalar(TypeId::kTimestampNs, *time)) : std::nullopt;
}

}  // namespace af
