// What import and export agree on: attributes that keep what NetCDF knows and a stack has no place for. They
// are described in the man page; export uses them up and does not write them to the NetCDF file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.h"
#include "cli/json.h"
#include "cli/text.h"

namespace af::cli {

// The scalar array that carries the attributes of the file; with a group's name and '/' before it, those of
// the group.
inline constexpr std::string_view kHolder = "__file__";

// On a holder: the dimensions defined there, "lat=6/lon=8/time=*", the star meaning unlimited. Names hold no
// '/'.
inline constexpr std::string_view kDimensionsMark = "_nc_dimensions";
// On an array: "char", "string" (strings that are not UTF-8, kept as binary), or "enum /path/of/type".
inline constexpr std::string_view kTypeMark = "_nc_type";
// On an array that was char: the last dimension, which became the length of the strings: "strlen=20". Absent:
// one char in each string.
inline constexpr std::string_view kCharDimensionMark = "_nc_char_dimension";
// On an array that was an enumeration: its members.
inline constexpr std::string_view kEnumNamesMark = "_nc_enum_names";
inline constexpr std::string_view kEnumValuesMark = "_nc_enum_values";

// The marks of the reference's Python package. On a dataset: a JSON list of the names of its coordinates.
inline constexpr std::string_view kCoordinatesMark = "_pyatlas_coords";
// On an array of integers: they are durations, "ns".
inline constexpr std::string_view kDurationMark = "_pyatlas_timedelta";

inline constexpr std::string_view kFillAttribute = "_FillValue";

inline bool is_mark(std::string_view key) {
  for (const std::string_view mark : {kDimensionsMark, kTypeMark, kCharDimensionMark, kEnumNamesMark,
                                      kEnumValuesMark, kCoordinatesMark, kDurationMark}) {
    if (key == mark) return true;
  }
  return false;
}

// What a conversion could not take along: said on standard error at once, and counted.
class LeftOut {
 public:
  struct Item {
    std::string what;
    std::string reason;
  };

  void add(std::string what, std::string reason) {
    complain(text_of("left out: ", what, ": ", reason));
    items_.push_back({std::move(what), std::move(reason)});
  }
  // What another was told already.
  void take(const LeftOut& other) { items_.insert(items_.end(), other.items_.begin(), other.items_.end()); }
  const std::vector<Item>& items() const { return items_; }

 private:
  std::vector<Item> items_;
};

// The member "left_out" of a command's JSON.
inline void write_left_out(JsonWriter& json, const LeftOut& left_out) {
  json.key("left_out");
  json.begin_array();
  for (const LeftOut::Item& item : left_out.items()) {
    json.begin_object();
    json.member("what", item.what);
    json.member("reason", item.reason);
    json.end_object();
  }
  json.end_array();
}

}  // namespace af::cli
