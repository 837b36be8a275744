#include "core/value.h"

#include <bit>
#include <functional>

namespace af {

Value Value::fixed(TypeId type, bool list, ByteView elements, int64_t count) {
  Value value;
  value.type_ = type;
  value.list_ = list;
  value.count_ = count;
  value.data_ = as_text(elements);
  return value;
}

Value Value::variable(TypeId type, bool list, std::string_view bytes, std::vector<int64_t> offsets) {
  Value value;
  value.type_ = type;
  value.list_ = list;
  value.count_ = static_cast<int64_t>(offsets.size()) - 1;
  value.data_ = bytes;
  value.offsets_ = std::move(offsets);
  return value;
}

size_t Value::hash() const {
  size_t h = std::hash<std::string_view>()(data_);
  h = h * 31 + static_cast<size_t>(type_) * 2 + (list_ ? 1 : 0);
  for (int64_t offset : offsets_) h = h * 1000003 + static_cast<size_t>(offset);
  return h;
}

Value value_of(const FillValue& fill) {
  switch (fill.kind) {
    case FillValue::Kind::kBool: return Value::scalar(TypeId::kBool, static_cast<uint8_t>(fill.bits));
    case FillValue::Kind::kInt: return Value::scalar(TypeId::kInt64, fill.bits);
    case FillValue::Kind::kUInt: return Value::scalar(TypeId::kUInt64, fill.bits);
    case FillValue::Kind::kFloat: return Value::scalar(TypeId::kFloat64, fill.bits);
    case FillValue::Kind::kString: return Value::text(fill.text);
    case FillValue::Kind::kTimestampNs: break;
  }
  return Value::scalar(TypeId::kTimestampNs, fill.bits);
}

FillValue fill_of(const Value& value) {
  using Kind = FillValue::Kind;
  if (value.is_list()) fail(Status::kInvalidArgument, "a fill value is one element, not a list");
  auto integer = [](int64_t v) { return FillValue{Kind::kInt, static_cast<uint64_t>(v), {}}; };
  auto natural = [](uint64_t v) { return FillValue{Kind::kUInt, v, {}}; };
  auto real = [](double v) { return FillValue{Kind::kFloat, std::bit_cast<uint64_t>(v), {}}; };
  switch (value.type()) {
    case TypeId::kBool: return {Kind::kBool, value.get<uint8_t>(), {}};
    case TypeId::kInt8: return integer(value.get<int8_t>());
    case TypeId::kInt16: return integer(value.get<int16_t>());
    case TypeId::kInt32: return integer(value.get<int32_t>());
    case TypeId::kInt64: return integer(value.get<int64_t>());
    case TypeId::kUInt8: return natural(value.get<uint8_t>());
    case TypeId::kUInt16: return natural(value.get<uint16_t>());
    case TypeId::kUInt32: return natural(value.get<uint32_t>());
    case TypeId::kUInt64: return natural(value.get<uint64_t>());
    case TypeId::kFloat32: return real(value.get<float>());
    case TypeId::kFloat64: return real(value.get<double>());
    case TypeId::kTimestampNs: return {Kind::kTimestampNs, value.get<uint64_t>(), {}};
    case TypeId::kString: return {Kind::kString, 0, std::string(value.data())};
    case TypeId::kBinary:
      if (!is_utf8(value.data()))
        fail(Status::kUnsupported, "the format holds no fill value that is not UTF-8");
      return {Kind::kString, 0, std::string(value.data())};
    default: fail(Status::kInvalidArgument, "a fill value cannot be a ", type_name(value.type()));
  }
}

}  // namespace af
