// Elements, attributes, fill values and dtypes as text and as JSON.
#pragma once

#include <arrayformat/arrayformat.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "cli/json.h"

namespace af::cli {

struct Timestamp {
  int64_t nanoseconds;
};

template <typename T>
T load(const std::byte* at) {
  T element;
  std::memcpy(&element, at, sizeof element);
  return element;
}

// Calls `act` with the element of a fixed-width dtype at `at`, as bool, an integer, float, double or
// Timestamp.
template <typename Act>
auto with_element(af_data_type dtype, const std::byte* at, Act act) {
  switch (dtype) {
    case AF_BOOL: return act(load<uint8_t>(at) != 0);
    case AF_INT8: return act(load<int8_t>(at));
    case AF_INT16: return act(load<int16_t>(at));
    case AF_INT32: return act(load<int32_t>(at));
    case AF_INT64: return act(load<int64_t>(at));
    case AF_UINT8: return act(load<uint8_t>(at));
    case AF_UINT16: return act(load<uint16_t>(at));
    case AF_UINT32: return act(load<uint32_t>(at));
    case AF_UINT64: return act(load<uint64_t>(at));
    case AF_FLOAT32: return act(load<float>(at));
    case AF_FLOAT64: return act(load<double>(at));
    case AF_TIMESTAMP_NS: return act(Timestamp{load<int64_t>(at)});
    default: fail(kInternal, "dtype ", af_data_type_name(dtype), " has no elements of fixed width");
  }
}

// How JSON says a number: for readers, or as the contract of `af dump --json` has it, floats as their bits.
enum class JsonStyle { kPlain, kExact };

bool is_variable(af_data_type dtype);
bool is_list(af_data_type dtype);

// One element. Timestamps are integers in JSON and ISO 8601 in text; binary is hex.
void write_element(JsonWriter& json, af_data_type dtype, const std::byte* at, JsonStyle style);
void write_variable(JsonWriter& json, af_data_type dtype, std::string_view bytes);
std::string element_text(af_data_type dtype, const std::byte* at);
// Strings in quotes, binary as 0x and hex.
std::string variable_text(af_data_type dtype, std::string_view bytes);

// An attribute: {"Int8List": [1, 2]} (kExact) or [1, 2] (kPlain).
void write_attribute(JsonWriter& json, const af_value* value, JsonStyle style);
// A fill value or a bound of the statistics, null for NULL: {"Int": 1} (kExact) or 1 (kPlain).
void write_bound(JsonWriter& json, const af_value* value, JsonStyle style);
// With the suffixes of CDL (1b, 2s, 3LL, 1.5f) and quotes.
std::string attribute_text(const af_value* value);
// A fill value or bound of an array of this dtype, as its elements are written; "none" for NULL.
std::string bound_text(const af_value* value, af_data_type dtype);

// The dtype with its children: "Int32", {"List": {"child": "Int32"}}.
void write_dtype(JsonWriter& json, const af_schema* schema);
// "Int32", "FixedSizeList<Float32, 3>"
std::string dtype_text(const af_schema* schema);

}  // namespace af::cli
