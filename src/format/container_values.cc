#include "format/container_values.h"

#include <array>
#include <bit>
#include <limits>

namespace af {
namespace {

// Of attributes, in the order of the types.
constexpr std::array<std::string_view, 13> kKindNames = {"Bool",    "Int8",   "Int16",  "Int32",  "Int64",
                                                         "UInt8",   "UInt16", "UInt32", "UInt64", "Float32",
                                                         "Float64", "String", "Binary"};

using Kind = DocumentValue::Kind;

std::optional<TypeId> type_of_kind(std::string_view kind) {
  for (size_t i = 0; i < kKindNames.size(); i++)
    if (kKindNames[i] == kind) return static_cast<TypeId>(i);
  return {};
}

// An enum's variant with its payload: a map of one entry.
DocumentValue::Entry variant(const DocumentValue& value, std::string_view what) {
  auto entries = value.entries(what);
  if (entries.size() != 1)
    fail(Status::kCorrupt, what, ": a map of ", entries.size(), " entries, expected 1");
  return *entries.begin();
}

DType dtype_at(const DocumentValue& value, int depth) {
  if (depth > DType::kMaxDepth)
    fail(Status::kLimitExceeded, "a dtype is nested over ", DType::kMaxDepth, " deep");
  if (value.kind() == Kind::kText) {
    std::string_view name = value.text("dtype");
    std::optional<TypeId> type = dtype_of_word(name);
    if (!type || is_list(*type)) fail(Status::kCorrupt, "there is no dtype ", quoted(name));
    return *type;
  }
  auto [name, payload] = variant(value, "dtype");
  bool sized = name == dtype_word(TypeId::kFixedSizeList);
  if (!sized && name != dtype_word(TypeId::kList))
    fail(Status::kCorrupt, "there is no dtype ", quoted(name), " of others");
  std::vector<DocumentValue> parts = positional(payload, sized ? 2 : 1, "dtype");
  DType dtype(sized ? TypeId::kFixedSizeList : TypeId::kList);
  dtype.child = std::make_shared<DType>(dtype_at(parts[0], depth + 1));
  if (sized) dtype.list_size = position(parts[1], uint64_t{UINT32_MAX} + 1, "size of a list");
  return dtype;
}

template <typename T>
void append_number(std::string* bytes, T number) {
  bytes->append(reinterpret_cast<const char*>(&number), sizeof number);
}

template <typename T>
void append_integer(std::string* bytes, const DocumentValue& value, std::string_view what) {
  if constexpr (std::is_signed_v<T>) {
    int64_t number = value.integer(what);
    if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max())
      fail(Status::kCorrupt, what, ": ", number, " does not fit");
    append_number(bytes, static_cast<T>(number));
  } else {
    uint64_t number = value.natural(what);
    if (number > std::numeric_limits<T>::max()) fail(Status::kCorrupt, what, ": ", number, " does not fit");
    append_number(bytes, static_cast<T>(number));
  }
}

// Bytes are an array of numbers here.
void append_bytes(std::string* bytes, const DocumentValue& value, std::string_view what) {
  if (value.kind() == Kind::kBytes) {
    bytes->append(as_text(value.bytes(what)));
    return;
  }
  for (DocumentValue byte : value.elements(what)) append_integer<uint8_t>(bytes, byte, what);
}

void append_scalar(std::string* bytes, TypeId type, const DocumentValue& value, std::string_view what) {
  switch (type) {
    case TypeId::kBool: return append_number<uint8_t>(bytes, value.boolean(what));
    case TypeId::kInt8: return append_integer<int8_t>(bytes, value, what);
    case TypeId::kInt16: return append_integer<int16_t>(bytes, value, what);
    case TypeId::kInt32: return append_integer<int32_t>(bytes, value, what);
    case TypeId::kInt64:
    case TypeId::kTimestampNs: return append_integer<int64_t>(bytes, value, what);
    case TypeId::kUInt8: return append_integer<uint8_t>(bytes, value, what);
    case TypeId::kUInt16: return append_integer<uint16_t>(bytes, value, what);
    case TypeId::kUInt32: return append_integer<uint32_t>(bytes, value, what);
    case TypeId::kUInt64: return append_integer<uint64_t>(bytes, value, what);
    case TypeId::kFloat32: return append_number(bytes, static_cast<float>(value.real(what)));
    case TypeId::kFloat64: return append_number(bytes, value.real(what));
    case TypeId::kString: bytes->append(value.text(what)); return;
    default: append_bytes(bytes, value, what);
  }
}

// A list's elements, or the one of a scalar.
Value value_of(TypeId type, bool list, const DocumentValue& value, std::string_view what) {
  std::string bytes;
  std::vector<int64_t> offsets{0};
  int64_t count = 0;
  auto add = [&](const DocumentValue& element) {
    append_scalar(&bytes, type, element, what);
    count++;
    if (is_variable(type)) offsets.push_back(static_cast<int64_t>(bytes.size()));
  };
  if (!list) add(value);
  if (list)
    for (DocumentValue element : value.elements(what)) add(element);
  return is_variable(type) ? Value::variable(type, list, bytes, std::move(offsets))
                           : Value::fixed(type, list, as_bytes(bytes), count);
}

uint64_t bits_of(const DocumentValue& value, TypeId type, std::string_view what) {
  std::string bytes;
  append_scalar(&bytes, type, value, what);
  bytes.resize(8);
  return load<uint64_t>(as_bytes(bytes).data());
}

std::optional<StatValue> read_bound(const DocumentValue& value) {
  constexpr std::string_view kNames[] = {"Int", "UInt", "Float", "Bytes", "TimestampNs"};
  constexpr TypeId kTypes[] = {TypeId::kInt64, TypeId::kUInt64, TypeId::kFloat64, TypeId::kBinary,
                               TypeId::kTimestampNs};
  if (value.kind() == Kind::kNull) return {};
  auto [name, payload] = variant(value, "statistic");
  for (size_t i = 0; i < std::size(kNames); i++) {
    if (kNames[i] != name) continue;
    StatValue bound;
    bound.kind = static_cast<StatValue::Kind>(i);
    if (bound.kind == StatValue::Kind::kBytes)
      append_bytes(&bound.bytes, payload, "statistic");
    else
      bound.bits = bits_of(payload, kTypes[i], "statistic");
    return bound;
  }
  fail(Status::kCorrupt, "there is no kind of statistic ", quoted(name));
}

}  // namespace

std::vector<DocumentValue> positional(const DocumentValue& value, size_t count, std::string_view what) {
  auto elements = value.elements(what);
  if (elements.size() != count)
    fail(Status::kCorrupt, what, ": ", elements.size(), " fields, expected ", count);
  std::vector<DocumentValue> fields;
  fields.reserve(count);
  for (DocumentValue element : elements) fields.push_back(element);
  return fields;
}

uint32_t position(const DocumentValue& value, uint64_t count, std::string_view what) {
  uint64_t found = value.natural(what);
  if (found >= count || found > UINT32_MAX) fail(Status::kCorrupt, what, " ", found, " is not below ", count);
  return static_cast<uint32_t>(found);
}

DType read_dtype(const DocumentValue& value) { return dtype_at(value, 0); }

void write_dtype(DocumentWriter& out, const DType& dtype) {
  std::string_view name = dtype_word(dtype.id);
  if (!is_list(dtype.id)) return out.text(name);
  bool sized = dtype.id == TypeId::kFixedSizeList;
  out.begin_map(1);
  out.key(name);
  out.begin_array(sized ? 2 : 1);
  write_dtype(out, *dtype.child);
  if (sized) out.natural(dtype.list_size);
  out.end_array();
  out.end_map();
}

DType dtype_of(AttributeType type) {
  if (!type.list) return type.type;
  DType list(TypeId::kList);
  list.child = std::make_shared<DType>(type.type);
  return list;
}

AttributeType attribute_type_of(const DType& dtype) {
  bool list = dtype.id == TypeId::kList;
  TypeId type = list ? dtype.child->id : dtype.id;
  if (is_list(type) || (list && type == TypeId::kTimestampNs))
    fail(Status::kUnsupported, "no attribute has a dtype of nested or sized lists, or of timestamps");
  return {type, list};
}

Value read_attribute(const DocumentValue& value) {
  constexpr std::string_view kList = "List";
  auto [name, payload] = variant(value, "attribute");
  if (name == "TimestampNanoseconds") return value_of(TypeId::kTimestampNs, false, payload, name);
  bool list = name.ends_with(kList);
  std::string_view scalar = list ? name.substr(0, name.size() - kList.size()) : name;
  std::optional<TypeId> type = type_of_kind(scalar);
  if (!type) fail(Status::kCorrupt, "there is no kind of attribute ", quoted(name));
  return value_of(*type, list, payload, name);
}

std::optional<FillValue> read_fill(const DocumentValue& value) {
  constexpr std::string_view kNames[] = {"Bool", "Int", "UInt", "Float", "String", "TimestampNs"};
  constexpr TypeId kTypes[] = {TypeId::kBool,    TypeId::kInt64,  TypeId::kUInt64,
                               TypeId::kFloat64, TypeId::kString, TypeId::kTimestampNs};
  if (value.kind() == Kind::kNull) return {};
  auto [name, payload] = variant(value, "fill value");
  for (size_t i = 0; i < std::size(kNames); i++) {
    if (kNames[i] != name) continue;
    FillValue fill;
    fill.kind = static_cast<FillValue::Kind>(i);
    if (fill.kind == FillValue::Kind::kString)
      fill.text = payload.text("fill value");
    else
      fill.bits = bits_of(payload, kTypes[i], "fill value");
    return fill;
  }
  fail(Status::kCorrupt, "there is no kind of fill value ", quoted(name));
}

ArrayStats read_statistics(const DocumentValue& value) {
  std::vector<DocumentValue> fields = positional(value, 4, "statistics");
  return {read_bound(fields[0]), read_bound(fields[1]), fields[2].natural("null count"),
          fields[3].natural("row count")};
}

}  // namespace af
