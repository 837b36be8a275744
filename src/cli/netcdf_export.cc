#include "cli/netcdf_export.h"

#include <algorithm>
#include <optional>

#include "cli/fill.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

constexpr std::string_view kEnumWord = "enum /";
constexpr std::string_view kCoordinatesAttribute = "coordinates";

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

const af_value* find(const af_value_map* attributes, std::string_view key) {
  for (int64_t i = 0; i < af_value_map_count(attributes); i++) {
    if (key_at(attributes, i) == key) return af_value_map_value(attributes, i);
  }
  return nullptr;
}

// The text of a scalar string; "" for anything else.
std::string_view text_in(const af_value* value) {
  if (value == nullptr || af_value_is_list(value) || af_value_data_type(value) != AF_STRING) return {};
  return element_at(value, 0);
}

// NetCDF has no booleans and no points in time: both become the integers they are.
af_data_type netcdf_dtype(af_data_type dtype) {
  if (dtype == AF_BOOL) return AF_INT8;
  return dtype == AF_TIMESTAMP_NS ? AF_INT64 : dtype;
}

NetcdfAttribute attribute_of(std::string_view key, const af_value* value) {
  NetcdfAttribute attribute;
  attribute.name = key;
  attribute.count = af_value_count(value);
  const af_data_type dtype = af_value_data_type(value);
  const auto* bytes = static_cast<const std::byte*>(af_value_data(value));
  if (is_variable(dtype) && af_value_is_list(value)) {
    attribute.type.dtype = AF_STRING;
    for (int64_t i = 0; i < attribute.count; i++) attribute.texts.add(element_at(value, i));
    return attribute;
  }
  attribute.type.dtype = is_variable(dtype) ? kNetcdfChar : netcdf_dtype(dtype);
  if (is_variable(dtype)) attribute.count = af_value_data_len(value);
  attribute.bytes.assign(bytes, bytes + af_value_data_len(value));
  return attribute;
}

NetcdfAttribute text_attribute(std::string_view key, std::string_view text) {
  return attribute_of(key, make<Value>(af_value_create_text, text.data(), length(text)).get());
}

// "NAME=LENGTH", or "NAME=*" for an unlimited dimension.
bool parse_dimension(std::string_view text, NetcdfDimension* dimension) {
  const size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) return false;
  dimension->name = text.substr(0, equals);
  const std::string_view digits = text.substr(equals + 1);
  dimension->is_unlimited = digits == "*" || digits == "0";
  dimension->length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), dimension->length);
  const bool is_number =
      error == std::errc() && end == digits.data() + digits.size() && dimension->length > 0;
  return is_netcdf_name(dimension->name) && (dimension->is_unlimited || is_number);
}

// The texts of a JSON list, with spaces between them; "" for lists that hold what is no plain name.
std::string names_in_list(std::string_view json) {
  std::string names;
  if (json.find('\\') != std::string_view::npos) return names;
  const std::vector<std::string_view> parts = split(json, '"');
  for (size_t i = 1; i < parts.size(); i += 2) names += text_of(names.empty() ? "" : " ", parts[i]);
  return names;
}

// Contiguous where one chunk holds all; chunks never reach past a dimension that cannot grow.
Extents netcdf_chunks(const Extents& shape, Extents chunks, const std::vector<bool>& is_unlimited) {
  bool covers = true;
  for (size_t axis = 0; axis < shape.size(); axis++) {
    covers &= !is_unlimited[axis] && chunks[axis] >= shape[axis];
    if (!is_unlimited[axis]) chunks[axis] = std::min(chunks[axis], shape[axis]);
    chunks[axis] = std::max<int64_t>(chunks[axis], 1);
  }
  return covers ? Extents() : chunks;
}

// The enumeration that an array's marks tell of, unless what they say no longer fits.
std::optional<NetcdfEnum> enum_in(const af_value_map* attributes, af_data_type dtype) {
  const std::string_view mark = text_in(find(attributes, kTypeMark));
  const af_value* names = find(attributes, kEnumNamesMark);
  const af_value* values = find(attributes, kEnumValuesMark);
  if (!mark.starts_with(kEnumWord) || dtype < AF_INT8 || dtype > AF_UINT64) return {};
  if (names == nullptr || values == nullptr || af_value_count(names) != af_value_count(values)) return {};
  const af_data_type kind = af_value_data_type(values);
  if (af_value_data_type(names) != AF_STRING || (kind != AF_INT64 && kind != AF_UINT64)) return {};
  NetcdfEnum members{std::string(mark.substr(kEnumWord.size())), {}, {}};
  for (int64_t i = 0; i < af_value_count(names); i++) {
    members.names.emplace_back(element_at(names, i));
    members.values.push_back(load<int64_t>(static_cast<const std::byte*>(af_value_data(values)) + 8 * i));
  }
  return members;
}

void check_names(std::string_view path) {
  for (const std::string_view part : split(path, '/')) {
    if (!is_netcdf_name(part)) fail(kUnsupported, "NetCDF takes no name like ", in_quotes(part));
  }
}

}  // namespace

NetcdfExport::NetcdfExport(const ArraySource& from, NetcdfWriter& to, LeftOut& left_out,
                           std::function<void(int64_t, int64_t)> moved)
    : from_(from), to_(to), left_out_(left_out), moved_(std::move(moved)) {
  groups_[""] = to.root();
}

void NetcdfExport::run() {
  const std::vector<ArraySource::Item> items = from_.list();
  std::vector<std::string_view> holders;
  std::vector<std::string_view> arrays;
  for (const ArraySource::Item& item : items) (item.is_holder ? holders : arrays).push_back(item.name);
  // Dimensions come from the holders, so these go first.
  for (const auto& [names, define] :
       {std::pair(&holders, &NetcdfExport::define_holder), {&arrays, &NetcdfExport::define_array}}) {
    for (const std::string_view name : *names) {
      check_interrupted();
      try {
        (this->*define)(name);
      } catch (const Failure& failure) {
        if (failure.code() != kUnsupported) throw;
        left_out_.add(text_of("array ", in_quotes(name)), failure.what());
      }
    }
  }
  to_.end_definitions();
  for (const Array& array : planned_) write_array(array);
}

void NetcdfExport::define_holder(std::string_view name) {
  check_names(name);
  Array holder;
  holder.name = name;
  holder.group_path = parent_of(holder.name);
  holder.group = group_at(holder.group_path);
  holder.variable = NetcdfWriter::kGroupItself;
  const ValueMap attributes = from_.attributes(name);
  define_dimensions(holder.group_path, text_in(find(attributes.get(), kDimensionsMark)));
  add_attributes(holder, attributes.get(), false);
  add_coordinates(holder, attributes.get());
}

// Where nothing else says it, xarray and others learn from this which variables are coordinates.
void NetcdfExport::add_coordinates(const Array& holder, const af_value_map* attributes) {
  const std::string names = names_in_list(text_in(find(attributes, kCoordinatesMark)));
  if (names.empty()) return;
  for (const ArraySource::Item& item : from_.list()) {
    if (find(from_.attributes(item.name).get(), kCoordinatesAttribute) != nullptr) return;
  }
  to_.add_attribute(holder.group, holder.variable, text_attribute(kCoordinatesAttribute, names));
}

void NetcdfExport::define_dimensions(const std::string& group_path, std::string_view text) {
  for (const std::string_view part : split(text, '/')) {
    NetcdfDimension dimension;
    if (parse_dimension(part, &dimension) && !dimensions_.contains({group_path, dimension.name}))
      add_dimension(group_path, dimension);
  }
}

void NetcdfExport::define_array(std::string_view name) {
  check_names(name);
  Array array;
  array.name = name;
  array.group_path = parent_of(array.name);
  array.own_name = last_part(name);
  const Schema schema = from_.schema(name);
  const ValueMap attributes = from_.attributes(name);
  array.form = form_of(array, schema.get(), attributes.get());
  const NetcdfDefinition definition = definition_of(array, schema.get(), attributes.get());
  array.group = group_at(array.group_path);
  array.variable = to_.add_variable(array.group, definition);
  add_attributes(array, attributes.get(), !definition.fill.empty() || definition.has_text_fill);
  add_meaning(array, schema.get(), attributes.get());
  const int64_t each = std::max<int64_t>(1, af_data_type_size(af_schema_data_type(schema.get())));
  total_ += af_schema_element_count(schema.get()) * each;
  planned_.push_back(std::move(array));
}

NetcdfExport::Form NetcdfExport::form_of(const Array& array, const af_schema* schema,
                                         const af_value_map* attributes) {
  const af_data_type dtype = af_schema_data_type(schema);
  const std::string_view mark = text_in(find(attributes, kTypeMark));
  if (is_variable(dtype) && mark == "char") return char_form(array, schema, attributes);
  if (dtype == AF_STRING || (dtype == AF_BINARY && mark == "string")) return {AF_STRING, 0, ""};
  if (is_list(dtype) || dtype == AF_BINARY) fail(kUnsupported, "NetCDF has no type for ", dtype_text(schema));
  return {netcdf_dtype(dtype), 0, ""};
}

NetcdfExport::Form NetcdfExport::char_form(const Array& array, const af_schema* schema,
                                           const af_value_map* attributes) {
  const int64_t longest = longest_string(array, schema);
  NetcdfDimension dimension;
  if (parse_dimension(text_in(find(attributes, kCharDimensionMark)), &dimension))
    return {kNetcdfChar, std::max(longest, dimension.length), dimension.name};
  if (longest <= 1) return {kNetcdfChar, 0, ""};
  return {kNetcdfChar, longest, array.own_name + "_strlen"};
}

int64_t NetcdfExport::longest_string(const Array& array, const af_schema* schema) {
  const Extents shape = shape_of(schema);
  int64_t longest = 0;
  for (Pieces pieces({Extents(shape.size()), shape}, chunk_shape_of(schema), kPieceElements); !pieces.done();
       pieces.next()) {
    check_interrupted();
    const Values values = from_.read_variable(array.name, pieces.at());
    for (int64_t i = 0; i < af_values_count(values.get()); i++)
      longest = std::max(longest, length(element_at(values.get(), i)));
  }
  return longest;
}

NetcdfDefinition NetcdfExport::definition_of(const Array& array, const af_schema* schema,
                                             const af_value_map* attributes) {
  NetcdfDefinition definition;
  definition.name = array.own_name;
  definition.dtype = array.form.dtype;
  Extents shape = shape_of(schema);
  Extents chunks = chunk_shape_of(schema);
  std::vector<bool> is_unlimited;
  const auto lie_along = [&](const std::string& name, int64_t extent) {
    const Dimension& dimension = dimension_at(array.group_path, name, extent);
    definition.dimensions.push_back(dimension.id);
    is_unlimited.push_back(dimension.is_unlimited);
  };
  for (size_t axis = 0; axis < shape.size(); axis++) {
    const std::string_view name = dimension_of(schema, static_cast<int32_t>(axis));
    lie_along(is_netcdf_name(name) ? std::string(name) : text_of("dim", axis), shape[axis]);
  }
  if (array.form.row > 0) {
    lie_along(array.form.row_dimension, array.form.row);
    shape.push_back(array.form.row);
    chunks.push_back(array.form.row);
  }
  definition.chunk_shape = netcdf_chunks(shape, chunks, is_unlimited);
  const af_value* fill = af_schema_fill(schema);
  definition.fill = fill_element(fill, af_schema_data_type(schema));
  definition.text_fill = text_in(fill);
  definition.has_text_fill =
      array.form.dtype == AF_STRING && fill != nullptr && af_value_data_type(fill) == AF_STRING;
  definition.user_type = enum_type(attributes, array.form.dtype);
  return definition;
}

int NetcdfExport::group_at(const std::string& path) {
  const auto known = groups_.find(path);
  if (known != groups_.end()) return known->second;
  const int group = to_.add_group(group_at(parent_of(path)), std::string(last_part(path)));
  return groups_[path] = group;
}

// The nearest dimension of this name and length, in the group or above it; else a new one in the group, with
// its length behind its name where the name is taken.
const NetcdfExport::Dimension& NetcdfExport::dimension_at(const std::string& group_path,
                                                          const std::string& name, int64_t length) {
  for (std::string path = group_path;; path = parent_of(path)) {
    const auto found = dimensions_.find({path, name});
    if (found != dimensions_.end()) {
      Dimension& dimension = found->second;
      if (dimension.is_open) dimension.length = length;
      dimension.is_open = false;
      if (dimension.length == length) return dimension;
    }
    if (path.empty()) break;
  }
  if (dimensions_.contains({group_path, name}))
    return dimension_at(group_path, text_of(name, "_", length), length);
  const NetcdfDimension wanted{0, name, length, length == 0};
  return add_dimension(group_path, wanted);
}

const NetcdfExport::Dimension& NetcdfExport::add_dimension(const std::string& group_path,
                                                           const NetcdfDimension& wanted) {
  Dimension dimension;
  dimension.id = to_.add_dimension(group_at(group_path), wanted);
  dimension.length = wanted.length;
  dimension.is_unlimited = wanted.is_unlimited;
  dimension.is_open = wanted.is_unlimited && wanted.length == 0;
  return dimensions_[{group_path, wanted.name}] = dimension;
}

// The type that an array had as an enumeration, or -1.
int NetcdfExport::enum_type(const af_value_map* attributes, af_data_type dtype) {
  const std::optional<NetcdfEnum> members = enum_in(attributes, dtype);
  if (!members) return -1;
  const auto known = enums_.find(members->path);
  if (known != enums_.end()) {
    const Enum& found = known->second;
    const bool is_same = found.dtype == dtype && found.members.names == members->names &&
                         found.members.values == members->values;
    return is_same ? found.type : -1;
  }
  try {
    check_names(members->path);
    const int group = group_at(parent_of(members->path));
    const int type = to_.add_enum(group, std::string(last_part(members->path)), dtype, *members);
    enums_[members->path] = {type, dtype, *members};
    return type;
  } catch (const Failure& failure) {
    if (failure.code() != kUnsupported) throw;
    return -1;
  }
}

void NetcdfExport::add_attributes(const Array& holder, const af_value_map* attributes, bool has_fill) {
  for (int64_t i = 0; i < af_value_map_count(attributes); i++) {
    const std::string_view key = key_at(attributes, i);
    if (!is_mark(key) && !(has_fill && key == kFillAttribute))
      add_attribute(holder, key, af_value_map_value(attributes, i));
  }
}

void NetcdfExport::add_attribute(const Array& holder, std::string_view key, const af_value* value) {
  try {
    if (!is_netcdf_name(key)) fail(kUnsupported, "NetCDF takes no such name");
    to_.add_attribute(holder.group, holder.variable, attribute_of(key, value));
  } catch (const Failure& failure) {
    if (failure.code() != kUnsupported) throw;
    left_out_.add(text_of("attribute ", in_quotes(key), " of ", in_quotes(holder.name)), failure.what());
  }
}

// The conventions by which xarray and others know booleans and points in time again.
void NetcdfExport::add_meaning(const Array& array, const af_schema* schema, const af_value_map* attributes) {
  const af_data_type dtype = af_schema_data_type(schema);
  if (dtype == AF_BOOL && find(attributes, "dtype") == nullptr)
    to_.add_attribute(array.group, array.variable, text_attribute("dtype", "bool"));
  if (find(attributes, kDurationMark) != nullptr && find(attributes, "units") == nullptr)
    to_.add_attribute(array.group, array.variable, text_attribute("units", "nanoseconds"));
  if (dtype == AF_TIMESTAMP_NS && find(attributes, "units") == nullptr) {
    to_.add_attribute(array.group, array.variable, text_attribute("units", "nanoseconds since 1970-01-01"));
    if (find(attributes, "calendar") == nullptr)
      to_.add_attribute(array.group, array.variable, text_attribute("calendar", "proleptic_gregorian"));
  }
}

void NetcdfExport::advance(int64_t bytes) { moved_(done_ += bytes, total_); }

void NetcdfExport::write_array(const Array& array) {
  const Schema schema = from_.schema(array.name);
  is_variable(af_schema_data_type(schema.get())) ? write_texts(array, schema.get())
                                                 : write_fixed(array, schema.get());
}

void NetcdfExport::write_fixed(const Array& array, const af_schema* schema) {
  const af_data_type dtype = af_schema_data_type(schema);
  const Extents shape = shape_of(schema);
  std::vector<std::byte> buffer;
  for (Pieces pieces({Extents(shape.size()), shape}, chunk_shape_of(schema), piece_limit(dtype));
       !pieces.done(); pieces.next()) {
    check_interrupted();
    buffer.resize(static_cast<size_t>(element_count(pieces.at().shape) * af_data_type_size(dtype)));
    from_.read(array.name, pieces.at(), buffer);
    to_.write(array.group, array.variable, pieces.at(), buffer);
    advance(static_cast<int64_t>(buffer.size()));
  }
}

void NetcdfExport::write_texts(const Array& array, const af_schema* schema) {
  const Extents shape = shape_of(schema);
  int64_t cut = 0;
  for (Pieces pieces({Extents(shape.size()), shape}, chunk_shape_of(schema), kPieceElements); !pieces.done();
       pieces.next()) {
    check_interrupted();
    const Values values = from_.read_variable(array.name, pieces.at());
    if (array.form.dtype == kNetcdfChar) {
      write_rows(array, pieces.at(), values.get());
    } else {
      cut += write_strings(array, pieces.at(), values.get());
    }
    advance(af_values_count(values.get()));
  }
  if (cut > 0)
    left_out_.add(text_of("the rest of ", counted(cut, "string"), " in array ", in_quotes(array.name)),
                  "strings of NetCDF end at U+0000");
}

void NetcdfExport::write_rows(const Array& array, Region region, const af_values* values) {
  const int64_t row = std::max<int64_t>(1, array.form.row);
  std::string chars(static_cast<size_t>(af_values_count(values) * row), '\0');
  for (int64_t i = 0; i < af_values_count(values); i++) {
    const std::string_view text = element_at(values, i);
    std::copy(text.begin(), text.end(), chars.begin() + i * row);
  }
  if (array.form.row > 0) {
    region.start.push_back(0);
    region.shape.push_back(row);
  }
  to_.write(array.group, array.variable, region, std::as_bytes(std::span(chars)));
}

// Answers how many strings NetCDF cannot hold whole.
int64_t NetcdfExport::write_strings(const Array& array, const Region& region, const af_values* values) {
  Texts texts;
  int64_t cut = 0;
  for (int64_t i = 0; i < af_values_count(values); i++) {
    const std::string_view text = element_at(values, i);
    if (text.find('\0') != std::string_view::npos) cut++;
    texts.add(text);
  }
  to_.write_texts(array.group, array.variable, region, texts);
  return cut;
}

}  // namespace af::cli
