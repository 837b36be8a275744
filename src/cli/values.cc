#include "cli/values.h"

#include <cmath>
#include <concepts>
#include <type_traits>

#include "cli/handles.h"
#include "cli/text.h"

namespace af::cli {
namespace {

const std::byte* bytes_of(const af_value* value) {
  return static_cast<const std::byte*>(af_value_data(value));
}

// The number as its dtype's literal in CDL: integers with a suffix, floats with a point.
struct CdlLiteral {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int8_t value) const { return text_of(value, "b"); }
  std::string operator()(int16_t value) const { return text_of(value, "s"); }
  std::string operator()(int32_t value) const { return text_of(value); }
  std::string operator()(int64_t value) const { return text_of(value, "LL"); }
  std::string operator()(uint8_t value) const { return text_of(value, "UB"); }
  std::string operator()(uint16_t value) const { return text_of(value, "US"); }
  std::string operator()(uint32_t value) const { return text_of(value, "U"); }
  std::string operator()(uint64_t value) const { return text_of(value, "ULL"); }
  std::string operator()(float value) const { return with_point(number_text(value)) + 'f'; }
  std::string operator()(double value) const { return with_point(number_text(value)); }
  std::string operator()(Timestamp value) const { return timestamp_text(value.nanoseconds); }

 private:
  static std::string with_point(std::string digits) {
    if (digits.find_first_of(".eNI") == std::string::npos) digits += '.';
    return digits;
  }
};

struct PlainText {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::integral auto value) const { return text_of(value); }
  std::string operator()(std::floating_point auto value) const { return number_text(value); }
  std::string operator()(Timestamp value) const { return timestamp_text(value.nanoseconds); }
};

// What the exact style calls a fill value or a bound.
const char* bound_kind(af_data_type dtype) {
  switch (dtype) {
    case AF_BOOL: return "Bool";
    case AF_INT64: return "Int";
    case AF_UINT64: return "UInt";
    case AF_FLOAT64: return "Float";
    case AF_STRING: return "String";
    case AF_BINARY: return "Bytes";
    case AF_TIMESTAMP_NS: return "TimestampNs";
    default: fail(kInternal, "a fill value or bound of dtype ", af_data_type_name(dtype));
  }
}

void write_value_element(JsonWriter& json, const af_value* value, int64_t i, JsonStyle style) {
  const af_data_type dtype = af_value_data_type(value);
  if (is_variable(dtype)) {
    write_variable(json, dtype, element_at(value, i));
  } else {
    write_element(json, dtype, bytes_of(value) + i * af_data_type_size(dtype), style);
  }
}

void write_elements(JsonWriter& json, const af_value* value, JsonStyle style) {
  if (!af_value_is_list(value)) return write_value_element(json, value, 0, style);
  json.begin_array();
  for (int64_t i = 0; i < af_value_count(value); i++) write_value_element(json, value, i, style);
  json.end_array();
}

void write_dtype_level(JsonWriter& json, const af_schema* schema, int32_t level) {
  const af_data_type dtype = af_schema_list_data_type(schema, level);
  if (!is_list(dtype)) return json.string(af_data_type_name(dtype));
  json.begin_object();
  json.key(af_data_type_name(dtype));
  json.begin_object();
  json.key("child");
  write_dtype_level(json, schema, level + 1);
  if (dtype == AF_FIXED_SIZE_LIST) json.member("size", af_schema_list_size(schema, level));
  json.end_object();
  json.end_object();
}

}  // namespace

bool is_variable(af_data_type dtype) { return dtype == AF_STRING || dtype == AF_BINARY; }
bool is_list(af_data_type dtype) { return dtype == AF_LIST || dtype == AF_FIXED_SIZE_LIST; }

void write_element(JsonWriter& json, af_data_type dtype, const std::byte* at, JsonStyle style) {
  with_element(dtype, at, [&](auto element) {
    using Element = decltype(element);
    if constexpr (std::is_same_v<Element, bool>) {
      json.boolean(element);
    } else if constexpr (std::is_same_v<Element, Timestamp>) {
      json.integer(element.nanoseconds);
    } else if constexpr (std::is_floating_point_v<Element>) {
      style == JsonStyle::kExact ? json.string(bits_text(element)) : json.number(element);
    } else if constexpr (std::is_signed_v<Element>) {
      json.integer(int64_t{element});
    } else {
      json.integer(uint64_t{element});
    }
  });
}

void write_variable(JsonWriter& json, af_data_type dtype, std::string_view bytes) {
  dtype == AF_STRING ? json.string(bytes) : json.string(hex(bytes));
}

std::string element_text(af_data_type dtype, const std::byte* at) {
  return with_element(dtype, at, PlainText());
}

std::string variable_text(af_data_type dtype, std::string_view bytes) {
  return dtype == AF_STRING ? in_quotes(bytes) : "0x" + hex(bytes);
}

void write_attribute(JsonWriter& json, const af_value* value, JsonStyle style) {
  if (style == JsonStyle::kPlain) return write_elements(json, value, style);
  json.begin_object();
  json.key(text_of(af_data_type_name(af_value_data_type(value)), af_value_is_list(value) ? "List" : ""));
  write_elements(json, value, style);
  json.end_object();
}

void write_bound(JsonWriter& json, const af_value* value, JsonStyle style) {
  if (value == nullptr) return json.null();
  if (style == JsonStyle::kPlain) return write_elements(json, value, style);
  json.begin_object();
  json.key(bound_kind(af_value_data_type(value)));
  write_elements(json, value, style);
  json.end_object();
}

std::string attribute_text(const af_value* value) {
  const af_data_type dtype = af_value_data_type(value);
  std::string out;
  for (int64_t i = 0; i < af_value_count(value); i++) {
    if (i > 0) out += ", ";
    out += is_variable(dtype)
               ? variable_text(dtype, element_at(value, i))
               : with_element(dtype, bytes_of(value) + i * af_data_type_size(dtype), CdlLiteral());
  }
  return af_value_is_list(value) ? text_of("[", out, "]") : out;
}

std::string bound_text(const af_value* value, af_data_type dtype) {
  if (value == nullptr) return "none";
  const af_data_type kind = af_value_data_type(value);
  if (kind == AF_FLOAT64 && dtype == AF_FLOAT32)
    return number_text(static_cast<float>(load<double>(bytes_of(value))));
  if (!is_variable(kind)) return element_text(kind, bytes_of(value));
  const std::string_view bytes = element_at(value, 0);
  return variable_text(dtype == AF_STRING && is_utf8(bytes) ? AF_STRING : kind, bytes);
}

void write_dtype(JsonWriter& json, const af_schema* schema) { write_dtype_level(json, schema, 0); }

std::string dtype_text(const af_schema* schema) {
  std::string out;
  std::string closing;
  for (int32_t level = 0; level <= af_schema_list_depth(schema); level++) {
    const af_data_type dtype = af_schema_list_data_type(schema, level);
    out += af_data_type_name(dtype);
    if (!is_list(dtype)) break;
    out += '<';
    if (dtype == AF_FIXED_SIZE_LIST)
      closing.insert(0, text_of(", ", af_schema_list_size(schema, level), ">"));
    if (dtype == AF_LIST) closing.insert(0, ">");
  }
  return out + closing;
}

}  // namespace af::cli
