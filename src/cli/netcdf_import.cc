#include "cli/netcdf_import.h"

#include <algorithm>

#include "cli/chunking.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// What a string is taken to weigh when chunks are chosen.
constexpr int64_t kUsualStringSize = 32;

Extents shape_of(const NetcdfVariable& variable) {
  Extents shape;
  for (const NetcdfDimension& dimension : variable.dimensions) shape.push_back(dimension.length);
  return shape;
}

void collect_data_dimensions(const NetcdfGroup& group, std::set<int>* ids) {
  for (const NetcdfVariable& variable : group.variables) {
    if (variable.type.dtype == kNetcdfChar) continue;
    for (const NetcdfDimension& dimension : variable.dimensions) ids->insert(dimension.id);
  }
  for (const NetcdfGroup& child : group.groups) collect_data_dimensions(child, ids);
}

Value text_value(std::string_view text) {
  return make<Value>(af_value_create_text, text.data(), length(text));
}

bool are_utf8(const Texts& texts) {
  for (int64_t i = 0; i < texts.count(); i++) {
    if (!is_utf8(texts.at(i))) return false;
  }
  return true;
}

Value texts_value(const Texts& texts, bool is_list) {
  const af_data_type dtype = are_utf8(texts) ? AF_STRING : AF_BINARY;
  return make<Value>(af_value_create_variable, dtype, uint8_t{is_list}, texts.bytes.data(),
                     texts.offsets.data(), texts.count());
}

// Strings are always lists and chars never, so that export can tell them apart.
Value value_of(const NetcdfAttribute& attribute) {
  if (attribute.type.dtype == AF_STRING) return texts_value(attribute.texts, true);
  if (attribute.type.dtype == kNetcdfChar) {
    Texts text;
    text.add({reinterpret_cast<const char*>(attribute.bytes.data()), attribute.bytes.size()});
    return texts_value(text, false);
  }
  const uint8_t is_list = attribute.count != 1;
  return make<Value>(af_value_create, attribute.type.dtype, is_list, attribute.bytes.data(), attribute.count);
}

// The attribute that becomes the schema's fill value, if there is one that can.
const NetcdfAttribute* fill_of(const NetcdfVariable& variable) {
  if (variable.type.dtype == kNetcdfChar) return nullptr;
  for (const NetcdfAttribute& attribute : variable.attributes) {
    if (attribute.name != kFillAttribute) continue;
    const bool fits = attribute.type.dtype == variable.type.dtype && attribute.count == 1;
    return fits && are_utf8(attribute.texts) ? &attribute : nullptr;
  }
  return nullptr;
}

Value fill_value(const NetcdfAttribute& attribute) {
  return attribute.type.dtype == AF_STRING ? text_value(attribute.texts.bytes) : value_of(attribute);
}

// The rows of chars as strings: NULs at their ends are padding.
Texts rows_of(std::string_view chars, size_t row) {
  Texts texts;
  for (size_t at = 0; at < chars.size(); at += row) {
    const std::string_view text = chars.substr(at, row);
    texts.add(text.substr(0, text.find_last_not_of('\0') + 1));
  }
  return texts;
}

std::string dimensions_text(const NetcdfGroup& group) {
  std::string out;
  for (const NetcdfDimension& dimension : group.dimensions) {
    out += text_of(out.empty() ? "" : "/", dimension.name, "=");
    out += dimension.is_unlimited ? "*" : number_text(dimension.length);
  }
  return out;
}

Schema make_schema(af_data_type dtype, const NetcdfVariable& variable, const Extents& shape,
                   const Extents& chunks) {
  const auto rank = static_cast<int32_t>(shape.size());
  Schema schema = make<Schema>(af_schema_create, dtype, shape.data(), rank);
  call(af_schema_set_chunk_shape, schema.get(), chunks.data(), rank);
  for (int32_t axis = 0; axis < rank; axis++) {
    const std::string& name = variable.dimensions[static_cast<size_t>(axis)].name;
    call(af_schema_set_dimension_name, schema.get(), axis, name.data(), length(name));
  }
  return schema;
}

}  // namespace

int64_t import_size(const NetcdfGroup& group) {
  int64_t size = 0;
  for (const NetcdfVariable& variable : group.variables) {
    const int64_t each = std::max<int64_t>(1, netcdf_element_size(variable.type.dtype));
    if (variable.type.dtype != kNetcdfOther) size += element_count(shape_of(variable)) * each;
  }
  for (const NetcdfGroup& child : group.groups) size += import_size(child);
  return size;
}

NetcdfImport::NetcdfImport(const NetcdfReader& from, ArraySink& to, std::string prefix, LeftOut& left_out,
                           std::function<void(int64_t)> moved)
    : from_(from), to_(to), prefix_(std::move(prefix)), left_out_(left_out), moved_(std::move(moved)) {
  collect_data_dimensions(from.root(), &data_dimensions_);
}

void NetcdfImport::run() { import_group(from_.root(), prefix_); }

void NetcdfImport::import_group(const NetcdfGroup& group, const std::string& prefix) {
  import_holder(group, prefix);
  for (const NetcdfVariable& variable : group.variables) {
    check_interrupted();
    import_variable(variable, prefix + variable.name);
  }
  for (const NetcdfGroup& child : group.groups) {
    const std::string name = text_of(prefix, child.name, "/");
    if (to_.takes_groups()) {
      import_group(child, name);
    } else {
      left_out_.add(text_of("group ", in_quotes(name)), "a dataset of a store has no groups");
    }
  }
}

void NetcdfImport::import_holder(const NetcdfGroup& group, const std::string& prefix) {
  const std::string name = text_of(prefix, kHolder);
  to_.define_holder(name);
  if (!group.dimensions.empty()) set_mark(name, kDimensionsMark, dimensions_text(group));
  set_attributes(name, group.attributes, false);
}

void NetcdfImport::import_variable(const NetcdfVariable& variable, const std::string& name) {
  const af_data_type dtype = variable.type.dtype;
  if (dtype == kNetcdfOther)
    return left_out_.add(text_of("variable ", in_quotes(name)),
                         text_of("it has ", variable.type.description));
  if (dtype == AF_STRING) {
    import_strings(variable, name);
  } else if (dtype == kNetcdfChar) {
    import_chars(variable, name);
  } else {
    import_elements(variable, name);
  }
  array_count_++;
}

void NetcdfImport::import_elements(const NetcdfVariable& variable, const std::string& name) {
  const af_data_type dtype = variable.type.dtype;
  const int64_t size = af_data_type_size(dtype);
  const Extents shape = shape_of(variable);
  const Extents chunks = choose_chunk_shape(shape, variable.chunk_shape, size);
  const Schema schema = make_schema(dtype, variable, shape, chunks);
  define(name, variable, schema.get());
  if (!variable.type.enumeration.path.empty()) mark_enum(name, variable.type);
  std::vector<std::byte> buffer;
  for (Pieces pieces({Extents(shape.size()), shape}, chunks, piece_limit(dtype)); !pieces.done();
       pieces.next()) {
    check_interrupted();
    const Region& region = pieces.at();
    buffer.resize(static_cast<size_t>(element_count(region.shape) * size));
    from_.read(variable, region, buffer);
    to_.write(name, region, buffer);
    moved_(static_cast<int64_t>(buffer.size()));
  }
}

void NetcdfImport::import_strings(const NetcdfVariable& variable, const std::string& name) {
  const Extents shape = shape_of(variable);
  const Extents chunks = choose_chunk_shape(shape, variable.chunk_shape, kUsualStringSize);
  const auto read = [&](const Region& region) { return from_.read_texts(variable, region); };
  const bool is_text = all_utf8(shape, chunks, read);
  const Schema schema = make_schema(is_text ? AF_STRING : AF_BINARY, variable, shape, chunks);
  define(name, variable, schema.get());
  if (!is_text) set_mark(name, kTypeMark, "string");
  import_texts(name, schema.get(), read);
}

// The last dimension of chars is the length of strings, unless it is a dimension of data: one that grows, or
// that numbers are laid out along.
bool NetcdfImport::is_string_length(const NetcdfVariable& variable) const {
  if (variable.dimensions.empty()) return false;
  const NetcdfDimension& last = variable.dimensions.back();
  return !last.is_unlimited && data_dimensions_.count(last.id) == 0;
}

void NetcdfImport::import_chars(const NetcdfVariable& variable, const std::string& name) {
  Extents shape = shape_of(variable);
  Extents given = variable.chunk_shape;
  const bool folds = is_string_length(variable);
  const int64_t row = folds ? shape.back() : 1;
  if (folds) {
    shape.pop_back();
    if (!given.empty()) given.pop_back();
  }
  const Extents chunks = choose_chunk_shape(shape, given, row);
  const auto read = [&](Region region) {
    const int64_t count = element_count(region.shape) * row;
    if (folds) {
      region.start.push_back(0);
      region.shape.push_back(row);
    }
    std::string chars(static_cast<size_t>(count), '\0');
    from_.read(variable, region, std::as_writable_bytes(std::span(chars)));
    return rows_of(chars, static_cast<size_t>(row));
  };
  const Schema schema =
      make_schema(all_utf8(shape, chunks, read) ? AF_STRING : AF_BINARY, variable, shape, chunks);
  define(name, variable, schema.get());
  set_mark(name, kTypeMark, "char");
  if (folds) set_mark(name, kCharDimensionMark, text_of(variable.dimensions.back().name, "=", row));
  import_texts(name, schema.get(), read);
}

bool NetcdfImport::all_utf8(const Extents& shape, const Extents& chunks,
                            const std::function<Texts(const Region&)>& read) {
  for (Pieces pieces({Extents(shape.size()), shape}, chunks, kPieceElements); !pieces.done(); pieces.next()) {
    check_interrupted();
    if (!are_utf8(read(pieces.at()))) return false;
  }
  return true;
}

void NetcdfImport::import_texts(const std::string& name, const af_schema* schema,
                                const std::function<Texts(const Region&)>& read) {
  const Extents shape = cli::shape_of(schema);
  for (Pieces pieces({Extents(shape.size()), shape}, chunk_shape_of(schema), kPieceElements); !pieces.done();
       pieces.next()) {
    check_interrupted();
    const Region& region = pieces.at();
    const Texts texts = read(region);
    to_.write_texts(name, region, texts);
    moved_(texts.count());
  }
}

void NetcdfImport::define(const std::string& name, const NetcdfVariable& variable, af_schema* schema) {
  const NetcdfAttribute* fill = fill_of(variable);
  const bool has_fill = fill != nullptr && af_schema_data_type(schema) != AF_BINARY;
  if (has_fill) call(af_schema_set_fill, schema, fill_value(*fill).get());
  to_.define(name, schema);
  set_attributes(name, variable.attributes, has_fill);
}

void NetcdfImport::set_attributes(const std::string& name, const std::vector<NetcdfAttribute>& attributes,
                                  bool has_fill) {
  for (const NetcdfAttribute& attribute : attributes) {
    if (has_fill && attribute.name == kFillAttribute) continue;
    if (attribute.type.dtype == kNetcdfOther) {
      left_out_.add(text_of("attribute ", in_quotes(attribute.name), " of ", in_quotes(name)),
                    text_of("it has ", attribute.type.description));
      continue;
    }
    set_attribute(name, attribute.name, value_of(attribute).get());
  }
}

// Footer version 4 has no lists and no binary.
void NetcdfImport::set_attribute(const std::string& name, std::string_view key, const af_value* value) {
  try {
    to_.set_attribute(name, key, value);
  } catch (const Failure& failure) {
    if (failure.code() != kUnsupported) throw;
    left_out_.add(text_of("attribute ", in_quotes(key), " of ", in_quotes(name)), failure.what());
  }
}

void NetcdfImport::set_mark(const std::string& name, std::string_view mark, std::string_view text) {
  set_attribute(name, mark, text_value(text).get());
}

void NetcdfImport::mark_enum(const std::string& name, const NetcdfType& type) {
  const NetcdfEnum& enumeration = type.enumeration;
  Texts names;
  for (const std::string& member : enumeration.names) names.add(member);
  set_mark(name, kTypeMark, text_of("enum /", prefix_, enumeration.path.substr(1)));
  set_attribute(name, kEnumNamesMark, texts_value(names, true).get());
  const auto count = static_cast<int64_t>(enumeration.values.size());
  const af_data_type dtype = type.dtype == AF_UINT64 ? AF_UINT64 : AF_INT64;
  set_attribute(name, kEnumValuesMark,
                make<Value>(af_value_create, dtype, uint8_t{1}, enumeration.values.data(), count).get());
}

}  // namespace af::cli
