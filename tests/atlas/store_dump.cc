#include "store_dump.h"

#include <openssl/sha.h>

#include <algorithm>
#include <map>
#include <set>

namespace af {
namespace {

using Members = std::map<std::string, std::string>;

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned char byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

std::string quote(std::string_view text) {
  std::string json = "\"";
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20)
      json += "\\u00" + hex(std::string(1, c));
    else if (c == '"' || c == '\\')
      json += std::string("\\") + c;
    else
      json += c;
  }
  return json + '"';
}

std::string object(const Members& members) {
  std::string json;
  for (const auto& [key, value] : members) json += (json.empty() ? "" : ", ") + quote(key) + ": " + value;
  return "{" + json + "}";
}

std::string list(const std::vector<std::string>& items) {
  std::string json;
  for (const std::string& item : items) json += (json.empty() ? "" : ", ") + item;
  return "[" + json + "]";
}

std::string numbers(std::span<const int64_t> values) {
  std::vector<std::string> items;
  for (int64_t value : values) items.push_back(std::to_string(value));
  return list(items);
}

template <typename T>
std::string bits_text(const T* number) {
  std::string bytes(reinterpret_cast<const char*>(number), sizeof(T));
  return quote("0x" + hex(std::string(bytes.rbegin(), bytes.rend())));
}

std::string digest(std::string_view bytes) {
  unsigned char sum[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), sum);
  return hex({reinterpret_cast<const char*>(sum), sizeof sum});
}

// ---------------------------------------------------------------- the golden dumps

std::string canonical(const DocumentValue& value) {
  using Kind = DocumentValue::Kind;
  switch (value.kind()) {
    case Kind::kNull: return "null";
    case Kind::kBoolean: return value.boolean("") ? "true" : "false";
    case Kind::kInteger: return std::to_string(value.integer(""));
    case Kind::kNatural: return std::to_string(value.natural(""));
    case Kind::kReal: return "a real number, of which dumps have none";
    case Kind::kText: return quote(value.text(""));
    case Kind::kBytes: return "bytes, of which JSON has none";
    case Kind::kArray: {
      std::vector<std::string> items;
      for (DocumentValue item : value.elements("")) items.push_back(canonical(item));
      return list(items);
    }
    case Kind::kMap: {
      Members members;
      for (auto [name, member] : value.entries("")) members.emplace(name, canonical(member));
      return object(members);
    }
  }
  return "";
}

// Only the members that are wanted.
Members picked(const DocumentValue& map, const std::set<std::string_view>& wanted) {
  Members members;
  for (auto [name, member] : map.entries(""))
    if (wanted.contains(name)) members.emplace(name, canonical(member));
  return members;
}

std::string dataset_of_dump(const DocumentValue& dataset) {
  Members members = picked(dataset, {"name", "attributes", "ordinal"});
  for (auto [name, member] : dataset.entries("")) {
    if (name != "arrays") continue;
    std::vector<std::string> arrays;
    for (DocumentValue array : member.elements(""))
      arrays.push_back(object(picked(array, {"name", "dtype", "shape", "chunk_shape", "dimension_names",
                                             "fill_value", "stats", "attributes", "content"})));
    members.emplace("arrays", list(arrays));
  }
  return object(members);
}

// ---------------------------------------------------------------- containers

std::string dtype_text(const DType& dtype) {
  if (dtype.id == TypeId::kList) return object({{"List", object({{"child", dtype_text(*dtype.child)}})}});
  return quote(type_name(dtype.id));
}

std::string element_text(TypeId type, std::string_view bytes) {
  const std::byte* at = as_bytes(bytes).data();
  switch (type) {
    case TypeId::kBool: return bytes[0] ? "true" : "false";
    case TypeId::kInt8: return std::to_string(load<int8_t>(at));
    case TypeId::kInt16: return std::to_string(load<int16_t>(at));
    case TypeId::kInt32: return std::to_string(load<int32_t>(at));
    case TypeId::kInt64:
    case TypeId::kTimestampNs: return std::to_string(load<int64_t>(at));
    case TypeId::kUInt8: return std::to_string(load<uint8_t>(at));
    case TypeId::kUInt16: return std::to_string(load<uint16_t>(at));
    case TypeId::kUInt32: return std::to_string(load<uint32_t>(at));
    case TypeId::kUInt64: return std::to_string(load<uint64_t>(at));
    case TypeId::kFloat32: return bits_text(reinterpret_cast<const uint32_t*>(bytes.data()));
    case TypeId::kFloat64: return bits_text(reinterpret_cast<const uint64_t*>(bytes.data()));
    case TypeId::kString: return quote(bytes);
    default: return quote(hex(bytes));
  }
}

std::string value_text(const Value& value) {
  std::vector<std::string> items;
  uint32_t size = element_size(value.type());
  for (int64_t i = 0; i < value.count(); i++)
    items.push_back(
        element_text(value.type(), size == 0 ? value.element(i)
                                             : value.data().substr(static_cast<size_t>(i) * size, size)));
  std::string kind = value.type() == TypeId::kTimestampNs ? "TimestampNanoseconds" : type_name(value.type());
  return value.is_list() ? object({{kind + "List", list(items)}}) : object({{kind, items[0]}});
}

std::string attributes_text(const Attributes& attributes) {
  std::vector<std::string> items;
  for (const auto& [key, value] : attributes) items.push_back(list({quote(key), value_text(value)}));
  return list(items);
}

std::string wide_text(const char* kind, TypeId type, uint64_t bits) {
  return object({{kind, element_text(type, {reinterpret_cast<const char*>(&bits), sizeof bits})}});
}

std::string fill_text(const std::optional<FillValue>& fill) {
  if (!fill) return "null";
  switch (fill->kind) {
    case FillValue::Kind::kBool: return wide_text("Bool", TypeId::kBool, fill->bits);
    case FillValue::Kind::kInt: return wide_text("Int", TypeId::kInt64, fill->bits);
    case FillValue::Kind::kUInt: return wide_text("UInt", TypeId::kUInt64, fill->bits);
    case FillValue::Kind::kFloat: return wide_text("Float", TypeId::kFloat64, fill->bits);
    case FillValue::Kind::kTimestampNs: return wide_text("TimestampNs", TypeId::kInt64, fill->bits);
    case FillValue::Kind::kString: break;
  }
  return object({{"String", quote(fill->text)}});
}

std::string bound_text(const std::optional<StatValue>& bound) {
  if (!bound) return "null";
  switch (bound->kind) {
    case StatValue::Kind::kInt: return wide_text("Int", TypeId::kInt64, bound->bits);
    case StatValue::Kind::kUInt: return wide_text("UInt", TypeId::kUInt64, bound->bits);
    case StatValue::Kind::kFloat: return wide_text("Float", TypeId::kFloat64, bound->bits);
    case StatValue::Kind::kTimestampNs: return wide_text("TimestampNs", TypeId::kInt64, bound->bits);
    case StatValue::Kind::kBytes: break;
  }
  return object({{"Bytes", quote(hex(bound->bytes))}});
}

std::string stats_text(const std::optional<ArrayStats>& stats) {
  if (!stats) return "null";
  return object({{"min", bound_text(stats->min)},
                 {"max", bound_text(stats->max)},
                 {"null_count", std::to_string(stats->null_count)},
                 {"row_count", std::to_string(stats->row_count)}});
}

std::string content_text(const Container::Place& place, const ArraySchema& schema) {
  if (is_variable(schema.dtype.id)) {
    VariableData data = place.file->read_variable(place.array, {}, {});
    std::vector<std::string> items;
    for (size_t i = 0; i + 1 < data.offsets.size(); i++)
      items.push_back(element_text(schema.dtype.id,
                                   std::string_view(data.bytes)
                                       .substr(static_cast<size_t>(data.offsets[i]),
                                               static_cast<size_t>(data.offsets[i + 1] - data.offsets[i]))));
    return object({{"values", list(items)}});
  }
  std::string bytes(static_cast<size_t>(element_count(schema.shape)) * element_size(schema.dtype.id), '\0');
  place.file->read(place.array, {}, {}, {std::as_writable_bytes(std::span(bytes)), {}});
  return object({{"sha256", quote(digest(bytes))}});
}

std::string array_text(const Container& container, size_t row, const std::string& variable) {
  Container::Place place = container.place(row, variable);
  ArraySchema schema = container.array_schema(row, variable);
  std::vector<std::string> dimensions;
  for (const std::string& name : schema.dimension_names) dimensions.push_back(quote(name));
  return object({{"name", quote(variable)},
                 {"dtype", dtype_text(schema.dtype)},
                 {"shape", numbers(schema.shape.span())},
                 {"chunk_shape", numbers(schema.chunk_shape.span())},
                 {"dimension_names", list(dimensions)},
                 {"fill_value", fill_text(schema.fill)},
                 {"stats", stats_text(container.stats(row, variable))},
                 {"attributes", attributes_text(container.attributes(row, variable))},
                 {"content", content_text(place, schema)}});
}

std::string dataset_text(const Container& container, size_t row) {
  std::vector<std::string> arrays;
  for (const VariableSchema& variable : container.schema(row).variables)
    arrays.push_back(array_text(container, row, variable.name));
  return object({{"name", quote(container.datasets().name(row))},
                 {"ordinal", std::to_string(row)},
                 {"attributes", attributes_text(container.attributes(row))},
                 {"arrays", list(arrays)}});
}

// One to a line, so that a difference is seen.
std::string lines(const std::vector<std::string>& datasets) {
  std::string text;
  for (const std::string& dataset : datasets) text += dataset + "\n";
  return text;
}

}  // namespace

std::string comparable(const Document& dump) {
  std::vector<std::string> datasets;
  for (auto [name, member] : dump.root().entries("")) {
    if (name != "datasets") continue;
    for (DocumentValue dataset : member.elements("")) datasets.push_back(dataset_of_dump(dataset));
  }
  return lines(datasets);
}

std::string comparable(const Container& container) {
  std::vector<std::string> datasets;
  for (size_t row = 0; row < container.datasets().size(); row++)
    if (!container.datasets().deleted(row)) datasets.push_back(dataset_text(container, row));
  return lines(datasets);
}

}  // namespace af
