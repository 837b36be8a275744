// A stack, or a dataset of a store, into one NetCDF file.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/array_place.h"
#include "cli/handles.h"
#include "cli/netcdf_file.h"
#include "cli/netcdf_marks.h"

namespace af::cli {

class NetcdfExport {
 public:
  // `moved` is told how many bytes have been written and how many there are, strings counted as one byte
  // each.
  NetcdfExport(const ArraySource& from, NetcdfWriter& to, LeftOut& left_out,
               std::function<void(int64_t, int64_t)> moved);

  // Defines everything, then writes the elements. The writer is left open.
  void run();
  int64_t array_count() const { return static_cast<int64_t>(planned_.size()); }

 private:
  struct Dimension {
    int id = 0;
    int64_t length = 0;
    bool is_unlimited = false;
    bool is_open = false;  // unlimited, and without an array that says how long it is
  };
  // How the elements of an array are told in NetCDF.
  struct Form {
    af_data_type dtype = kNetcdfOther;
    int64_t row = 0;            // chars in each string, with a dimension of their own; 0: none
    std::string row_dimension;  // its name
  };
  struct Enum {
    int type;
    af_data_type dtype;
    NetcdfEnum members;
  };
  // An array on its way.
  struct Array {
    std::string name;
    std::string group_path;
    std::string own_name;
    int group = 0;
    int variable = 0;
    Form form;
  };

  void define_holder(std::string_view name);
  void add_coordinates(const Array& holder, const af_value_map* attributes);
  void define_dimensions(const std::string& group_path, std::string_view text);
  void define_array(std::string_view name);
  Form form_of(const Array& array, const af_schema* schema, const af_value_map* attributes);
  Form char_form(const Array& array, const af_schema* schema, const af_value_map* attributes);
  int64_t longest_string(const Array& array, const af_schema* schema);
  NetcdfDefinition definition_of(const Array& array, const af_schema* schema, const af_value_map* attributes);
  int group_at(const std::string& path);
  const Dimension& dimension_at(const std::string& group_path, const std::string& name, int64_t length);
  const Dimension& add_dimension(const std::string& group_path, const NetcdfDimension& dimension);
  int enum_type(const af_value_map* attributes, af_data_type dtype);
  void add_attributes(const Array& holder, const af_value_map* attributes, bool has_fill);
  void add_attribute(const Array& holder, std::string_view key, const af_value* value);
  void add_meaning(const Array& array, const af_schema* schema, const af_value_map* attributes);
  void write_array(const Array& array);
  void write_fixed(const Array& array, const af_schema* schema);
  void write_texts(const Array& array, const af_schema* schema);
  void write_rows(const Array& array, Region region, const af_values* values);
  int64_t write_strings(const Array& array, const Region& region, const af_values* values);
  void advance(int64_t bytes);

  const ArraySource& from_;
  NetcdfWriter& to_;
  LeftOut& left_out_;
  std::function<void(int64_t, int64_t)> moved_;
  std::map<std::string, int> groups_;                                    // by path: "", "g", "g/h"
  std::map<std::pair<std::string, std::string>, Dimension> dimensions_;  // by the group's path and the name
  std::map<std::string, Enum> enums_;                                    // by path
  std::vector<Array> planned_;
  int64_t total_ = 0;
  int64_t done_ = 0;
};

}  // namespace af::cli
