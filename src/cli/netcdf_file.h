// NetCDF files, as import and export see them. netcdf_file.cc is the only file that knows netCDF-C.
#pragma once

#include <arrayformat/arrayformat.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/handles.h"
#include "cli/texts.h"

namespace af::cli {

// What NetCDF holds is one of our fixed-width dtypes, AF_STRING, or one of these.
inline constexpr af_data_type kNetcdfChar = -1;   // single bytes of text
inline constexpr af_data_type kNetcdfOther = -2;  // compound, variable-length, opaque
// Also for kNetcdfChar.
int64_t netcdf_element_size(af_data_type dtype);
// Whether NetCDF takes this text for a name.
bool is_netcdf_name(std::string_view text);

struct NetcdfEnum {
  std::string path;  // "/group/name"; "" where the type is no enumeration
  std::vector<std::string> names;
  std::vector<int64_t> values;
};

struct NetcdfType {
  af_data_type dtype = kNetcdfOther;  // of an enumeration its integers'
  std::string description;            // of kNetcdfOther: "the compound type obs_t"
  NetcdfEnum enumeration;
};

struct NetcdfAttribute {
  std::string name;
  NetcdfType type;
  int64_t count = 0;
  std::vector<std::byte> bytes;  // of fixed width and kNetcdfChar
  Texts texts;                   // of AF_STRING
};

struct NetcdfDimension {
  int id = 0;
  std::string name;
  int64_t length = 0;
  bool is_unlimited = false;
};

struct NetcdfVariable {
  int group = 0;
  int id = 0;
  std::string name;
  NetcdfType type;
  std::vector<NetcdfDimension> dimensions;
  Extents chunk_shape;  // empty: the file has no chunks
  std::vector<NetcdfAttribute> attributes;
};

struct NetcdfGroup {
  std::string name;
  std::vector<NetcdfDimension> dimensions;  // those defined here
  std::vector<NetcdfAttribute> attributes;
  std::vector<NetcdfVariable> variables;
  std::vector<NetcdfGroup> groups;
};

// A file of any NetCDF format, open for reading.
class NetcdfReader {
 public:
  explicit NetcdfReader(const std::string& path);
  ~NetcdfReader();
  NetcdfReader(const NetcdfReader&) = delete;
  NetcdfReader& operator=(const NetcdfReader&) = delete;

  const NetcdfGroup& root() const { return root_; }
  // A region of fixed-width elements or chars.
  void read(const NetcdfVariable& variable, const Region& region, std::span<std::byte> into) const;
  // A region of AF_STRING.
  Texts read_texts(const NetcdfVariable& variable, const Region& region) const;

 private:
  std::string path_;
  int id_ = -1;
  NetcdfGroup root_;
};

// A variable to be defined.
struct NetcdfDefinition {
  std::string name;
  af_data_type dtype = AF_INT8;
  int user_type = -1;  // from add_enum
  std::vector<int> dimensions;
  Extents chunk_shape;          // empty: contiguous
  std::vector<std::byte> fill;  // one element; empty: none
  std::string text_fill;        // of AF_STRING
  bool has_text_fill = false;
};

// A new NetCDF-4 file. First everything is defined, then end_definitions, then data.
// Names and types that NetCDF does not take are Failure(kUnsupported).
class NetcdfWriter {
 public:
  static constexpr int kGroupItself = -1;

  // Takes the place of an existing file.
  explicit NetcdfWriter(const std::string& path);
  ~NetcdfWriter();
  NetcdfWriter(const NetcdfWriter&) = delete;
  NetcdfWriter& operator=(const NetcdfWriter&) = delete;

  int root() const { return id_; }
  int add_group(int parent, const std::string& name);
  int add_dimension(int group, const NetcdfDimension& dimension);
  int add_enum(int group, const std::string& name, af_data_type dtype, const NetcdfEnum& enumeration);
  int add_variable(int group, const NetcdfDefinition& definition);
  // Of a variable, or of the group itself.
  void add_attribute(int group, int variable, const NetcdfAttribute& attribute);
  void end_definitions();
  void write(int group, int variable, const Region& region, std::span<const std::byte> from);
  // Strings end at their first NUL.
  void write_texts(int group, int variable, const Region& region, const Texts& texts);
  void close();

 private:
  std::string path_;
  int id_ = -1;
};

}  // namespace af::cli
