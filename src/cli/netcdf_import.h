// One NetCDF file into a stack, or into a dataset of a store.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "cli/array_place.h"
#include "cli/handles.h"
#include "cli/netcdf_file.h"
#include "cli/netcdf_marks.h"

namespace af::cli {

class NetcdfImport {
 public:
  // `prefix` goes before every name: "" or "stem/". `moved` is told how many more bytes have been read.
  NetcdfImport(const NetcdfReader& from, ArraySink& to, std::string prefix, LeftOut& left_out,
               std::function<void(int64_t)> moved);

  void run();
  int64_t array_count() const { return array_count_; }

 private:
  void import_group(const NetcdfGroup& group, const std::string& prefix);
  void import_holder(const NetcdfGroup& group, const std::string& prefix);
  void import_variable(const NetcdfVariable& variable, const std::string& name);
  void import_elements(const NetcdfVariable& variable, const std::string& name);
  void import_strings(const NetcdfVariable& variable, const std::string& name);
  void import_chars(const NetcdfVariable& variable, const std::string& name);
  void import_texts(const std::string& name, const af_schema* schema,
                    const std::function<Texts(const Region&)>& read);
  bool all_utf8(const Extents& shape, const Extents& chunks, const std::function<Texts(const Region&)>& read);
  // Completes the schema with the fill value, and defines the array with its attributes.
  void define(const std::string& name, const NetcdfVariable& variable, af_schema* schema);
  void set_attributes(const std::string& name, const std::vector<NetcdfAttribute>& attributes, bool has_fill);
  void set_attribute(const std::string& name, std::string_view key, const af_value* value);
  void set_mark(const std::string& name, std::string_view mark, std::string_view text);
  void mark_enum(const std::string& name, const NetcdfType& type);
  bool is_string_length(const NetcdfVariable& variable) const;

  const NetcdfReader& from_;
  ArraySink& to_;
  std::string prefix_;
  LeftOut& left_out_;
  std::function<void(int64_t)> moved_;
  std::set<int> data_dimensions_;  // those of variables that are not char
  int64_t array_count_ = 0;
};

// The bytes of all variables that can be imported, texts counted as one byte each.
int64_t import_size(const NetcdfGroup& group);

}  // namespace af::cli
