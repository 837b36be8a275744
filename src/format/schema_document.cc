#include "format/schema_document.h"

#include <unordered_map>

namespace af {
namespace {

// By TypeId.
TypeId read_type(std::string_view word) {
  if (std::optional<TypeId> type = dtype_of_word(word)) return *type;
  fail(Status::kUnsupported, "a dtype ", quoted(word), ", which is not known");
}

[[noreturn]] void fail_missing(std::string_view what, std::string_view field) {
  fail(Status::kCorrupt, what, " has no ", quoted(field));
}

DType read_dtype(const DocumentValue& value, int depth = 0) {
  if (depth == DType::kMaxDepth)
    fail(Status::kLimitExceeded, "a dtype nested deeper than ", DType::kMaxDepth);
  constexpr std::string_view kFields[] = {"type", "args"}, kArguments[] = {"child", "size"};
  auto fields = fields_of(value, "a dtype", kFields);
  if (!fields[0]) fail_missing("a dtype", "type");
  DType dtype(read_type(fields[0]->text("the type of a dtype")));
  if (!is_list(dtype.id)) return dtype;
  if (!fields[1]) fail_missing("a list dtype", "args");
  auto arguments = fields_of(*fields[1], "the args of a dtype", kArguments);
  if (!arguments[0]) fail_missing("a list dtype", "child");
  dtype.child = std::make_shared<const DType>(read_dtype(*arguments[0], depth + 1));
  if (dtype.id == TypeId::kList) return dtype;
  if (!arguments[1]) fail_missing("a dtype fixed_size_list", "size");
  uint64_t size = arguments[1]->natural("the size of a fixed_size_list");
  if (size > UINT32_MAX) fail(Status::kCorrupt, "a fixed_size_list of ", size, " elements");
  dtype.list_size = static_cast<uint32_t>(size);
  return dtype;
}

AttributeType read_attribute_type(const DocumentValue& value) {
  DType dtype = read_dtype(value);
  if (!is_list(dtype.id)) return {dtype.id, false};
  TypeId child = dtype.child->id;
  if (dtype.id == TypeId::kFixedSizeList || is_list(child) || child == TypeId::kTimestampNs)
    fail(Status::kUnsupported, "an attribute of a type that is none of the 27");
  return {child, true};
}

std::vector<AttributeDeclaration> read_attribute_types(const DocumentValue& value, std::string_view what) {
  std::vector<AttributeDeclaration> attributes;
  for (const auto& [key, type] : distinct_entries(value, what))
    attributes.push_back({std::string(key), read_attribute_type(type)});
  return attributes;
}

std::vector<int64_t> read_extents(const DocumentValue& value, std::string_view what) {
  auto elements = value.elements(what);
  std::vector<int64_t> extents;
  extents.reserve(elements.size());
  for (DocumentValue element : elements) {
    uint64_t extent = element.natural(what);
    if (extent > INT64_MAX) fail(Status::kLimitExceeded, what, " with an extent of ", extent);
    extents.push_back(static_cast<int64_t>(extent));
  }
  return extents;
}

VariableSchema read_variable(std::string_view name, const DocumentValue& value) {
  constexpr std::string_view kFields[] = {"dtype", "shape", "chunk_shape", "dimension_names", "codec"};
  auto fields = fields_of(value, "a variable", kFields);
  for (size_t i = 0; i < fields.size(); i++)
    if (!fields[i]) fail_missing("a variable", kFields[i]);
  VariableSchema variable{std::string(name),
                          read_dtype(*fields[0]),
                          read_extents(*fields[1], "a shape"),
                          read_extents(*fields[2], "a chunk shape"),
                          {},
                          read_codec(*fields[4])};
  auto names = fields[3]->elements("dimension names");
  variable.dimension_names.reserve(names.size());
  for (DocumentValue element : names) variable.dimension_names.emplace_back(element.text("a dimension name"));
  return variable;
}

void write_extents(const std::vector<int64_t>& extents, DocumentWriter& out) {
  out.begin_array(static_cast<uint32_t>(extents.size()));
  for (int64_t extent : extents) out.integer(extent);
  out.end_array();
}

void write_variable(const VariableSchema& variable, DocumentWriter& out) {
  out.begin_map(5);
  out.key("dtype");
  write_dtype(variable.dtype, out);
  out.key("shape");
  write_extents(variable.shape, out);
  out.key("chunk_shape");
  write_extents(variable.chunk_shape, out);
  out.key("dimension_names");
  write_dimension_names(variable.dimension_names, out);
  out.key("codec");
  out.text(store_codec_name(variable.codec));
  out.end_map();
}

DType dtype_of(AttributeType type) {
  if (!type.list) return type.type;
  DType list(TypeId::kList);
  list.child = std::make_shared<const DType>(type.type);
  return list;
}

}  // namespace

std::vector<std::optional<DocumentValue>> fields_of(const DocumentValue& record, std::string_view what,
                                                    std::span<const std::string_view> names) {
  std::vector<std::optional<DocumentValue>> fields(names.size());
  for (auto [name, value] : record.entries(what)) {
    for (size_t i = 0; i < names.size(); i++) {
      if (names[i] != name) continue;
      if (fields[i]) fail(Status::kCorrupt, what, " has ", quoted(name), " twice");
      fields[i] = value;
    }
  }
  return fields;
}

std::vector<DocumentValue::Entry> distinct_entries(const DocumentValue& map, std::string_view what) {
  constexpr size_t kFew = 16;
  auto all = map.entries(what);
  std::vector<DocumentValue::Entry> distinct;
  distinct.reserve(all.size());
  std::unordered_map<std::string_view, size_t> places;
  auto place_of = [&](std::string_view name) {
    if (all.size() > kFew) return places.try_emplace(name, distinct.size()).first->second;
    size_t place = 0;
    while (place < distinct.size() && distinct[place].name != name) place++;
    return place;
  };
  for (DocumentValue::Entry entry : all) {
    size_t place = place_of(entry.name);
    if (place == distinct.size())
      distinct.push_back(entry);
    else
      distinct[place].value = entry.value;
  }
  return distinct;
}

StoreCodec read_codec(const DocumentValue& value) {
  std::string_view name = value.text("a codec");
  for (StoreCodec codec : {StoreCodec::kZstd, StoreCodec::kLz4, StoreCodec::kNone})
    if (name == store_codec_name(codec)) return codec;
  fail(Status::kUnsupported, "a codec ", quoted(name), ", which is not known");
}

std::vector<VariableSchema> read_variables(const DocumentValue& value) {
  std::vector<VariableSchema> variables;
  auto entries = distinct_entries(value, "the map of variables");
  variables.reserve(entries.size());
  for (const auto& [name, variable] : entries) variables.push_back(read_variable(name, variable));
  return variables;
}

DatasetSchema read_schema(const DocumentValue& value) {
  constexpr std::string_view kFields[] = {"arrays", "global_attrs", "array_attrs"};
  auto fields = fields_of(value, "a schema", kFields);
  DatasetSchema schema;
  if (fields[0]) schema.variables = read_variables(*fields[0]);
  if (fields[1]) schema.attributes = read_attribute_types(*fields[1], "the map of attributes");
  if (fields[2])
    for (const auto& [name, attributes] : distinct_entries(*fields[2], "the map of variables' attributes"))
      schema.variable_attributes.push_back(
          {std::string(name), read_attribute_types(attributes, "a variable's attributes")});
  return schema;
}

void write_dtype(const DType& dtype, DocumentWriter& out) {
  out.begin_map(is_list(dtype.id) ? 2 : 1);
  out.key("type");
  out.text(dtype_word(dtype.id));
  if (is_list(dtype.id)) {
    bool fixed = dtype.id == TypeId::kFixedSizeList;
    out.key("args");
    out.begin_map(fixed ? 2 : 1);
    out.key("child");
    write_dtype(*dtype.child, out);
    if (fixed) {
      out.key("size");
      out.integer(dtype.list_size);
    }
    out.end_map();
  }
  out.end_map();
}

void write_dimension_names(const std::vector<std::string>& names, DocumentWriter& out) {
  out.begin_array(static_cast<uint32_t>(names.size()));
  for (const std::string& name : names) out.text(name);
  out.end_array();
}

void write_attribute_types(const std::vector<AttributeDeclaration>& attributes, DocumentWriter& out) {
  out.begin_map(static_cast<uint32_t>(attributes.size()));
  for (const AttributeDeclaration& attribute : attributes) {
    out.key(attribute.key);
    write_dtype(dtype_of(attribute.type), out);
  }
  out.end_map();
}

void write_variables(const std::vector<VariableSchema>& variables, DocumentWriter& out) {
  out.begin_map(static_cast<uint32_t>(variables.size()));
  for (const VariableSchema& variable : variables) {
    out.key(variable.name);
    write_variable(variable, out);
  }
  out.end_map();
}

void write_schema(const DatasetSchema& schema, DocumentWriter& out) {
  out.begin_map(3);
  out.key("arrays");
  write_variables(schema.variables, out);
  out.key("global_attrs");
  write_attribute_types(schema.attributes, out);
  out.key("array_attrs");
  out.begin_map(static_cast<uint32_t>(schema.variable_attributes.size()));
  for (const VariableAttributes& of : schema.variable_attributes) {
    out.key(of.variable);
    write_attribute_types(of.attributes, out);
  }
  out.end_map();
  out.end_map();
}

}  // namespace af
