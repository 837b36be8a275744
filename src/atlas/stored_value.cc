#include "atlas/stored_value.h"

#include <cmath>

#include "format/timestamp.h"

namespace af {

AttributeType attribute_type(const Value& value) {
  bool timestamps = value.type() == TypeId::kTimestampNs;
  if ((timestamps && value.is_list()) || is_list(value.type()))
    fail(Status::kUnsupported, "no attribute is a list of ", type_name(value.type()));
  return {value.type(), value.is_list()};
}

void check_schema_1(std::string_view key, const Value& value, MetadataFormat format) {
  bool known = !value.is_list() && (value.type() == TypeId::kBool || value.type() == TypeId::kInt64 ||
                                    value.type() == TypeId::kFloat64 || value.type() == TypeId::kString ||
                                    value.type() == TypeId::kTimestampNs);
  if (!known)
    fail(Status::kUnsupported, "attribute ", quoted(key), ": schema 1 holds no ", type_name(value.type()),
         value.is_list() ? " list" : "");
  if (value.type() == TypeId::kFloat64 && format == MetadataFormat::kJson &&
      !std::isfinite(value.get<double>()))
    fail(Status::kUnsupported, "attribute ", quoted(key), ": JSON holds no NaN and no infinity");
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
