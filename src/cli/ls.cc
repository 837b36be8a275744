// af ls: the arrays of a stack.
#include <algorithm>

#include "cli/commands.h"
#include "cli/handles.h"
#include "cli/json.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

std::string dimensions_text(const af_schema* schema) {
  std::string out;
  const Extents shape = shape_of(schema);
  for (size_t i = 0; i < shape.size(); i++)
    out +=
        text_of(i == 0 ? "" : ", ", escaped(dimension_of(schema, static_cast<int32_t>(i))), " = ", shape[i]);
  return text_of("(", out, ")");
}

// A line of columns padded to the widest of each; the last, the name, is as long as it is.
struct Columns {
  size_t dtype = 0;
  size_t shape = 0;
};

void print_row(Output& out, const Columns& widths, std::string dtype, std::string shape,
               std::string_view name) {
  dtype.resize(std::max(dtype.size(), widths.dtype), ' ');
  shape.resize(std::max(shape.size(), widths.shape), ' ');
  out.write(text_of(dtype, "  ", shape, "  ", escaped(name), "\n"));
}

std::string shape_text_at(const af_listing* listing, int64_t i) {
  const auto shape = shape_at(listing, i);
  return shape_text(shape.data(), shape.size());
}

void print_short(Output& out, const af_listing* listing) {
  const int32_t* dtypes = af_listing_data_types(listing);
  Columns widths;
  for (int64_t i = 0; i < af_listing_count(listing); i++) {
    widths.dtype = std::max(widths.dtype, std::string_view(af_data_type_name(dtypes[i])).size());
    widths.shape = std::max(widths.shape, shape_text_at(listing, i).size());
  }
  for (int64_t i = 0; i < af_listing_count(listing); i++)
    print_row(out, widths, af_data_type_name(dtypes[i]), shape_text_at(listing, i), name_at(listing, i));
}

void print_long(Output& out, const af_file* file, const af_listing* listing) {
  for (int64_t i = 0; i < af_listing_count(listing); i++) {
    const std::string_view name = name_at(listing, i);
    const Schema schema = schema_of(file, name);
    const int64_t attributes = af_value_map_count(attributes_of(file, name).get());
    out.write(text_of(escaped(name), " ", dimensions_text(schema.get()), "\n    ", dtype_text(schema.get()),
                      ", chunks ", shape_text(chunk_shape_of(schema.get())), ", fill ",
                      bound_text(af_schema_fill(schema.get()), af_schema_data_type(schema.get())), ", ",
                      counted(attributes, "attribute"), "\n"));
  }
}

void write_details(JsonWriter& json, const af_file* file, std::string_view name) {
  const Schema schema = schema_of(file, name);
  json.key("dtype");
  write_dtype(json, schema.get());
  const Extents chunks = chunk_shape_of(schema.get());
  json.key("chunk_shape");
  json.integers(chunks.data(), chunks.size());
  json.key("dimension_names");
  json.begin_array();
  for (int32_t axis = 0; axis < af_schema_rank(schema.get()); axis++)
    json.string(dimension_of(schema.get(), axis));
  json.end_array();
  json.key("fill_value");
  write_bound(json, af_schema_fill(schema.get()), JsonStyle::kPlain);
  json.key("attributes");
  json.begin_object();
  const ValueMap attributes = attributes_of(file, name);
  for (int64_t i = 0; i < af_value_map_count(attributes.get()); i++) {
    json.key(key_at(attributes.get(), i));
    write_attribute(json, af_value_map_value(attributes.get(), i), JsonStyle::kPlain);
  }
  json.end_object();
}

// `next`: where the next page begins, -1 where there is none.
void print_json(Output& out, const af_file* file, const af_listing* listing, bool is_long, int64_t next) {
  JsonWriter json(out);
  json.begin_object();
  json.key("arrays");
  json.begin_array();
  for (int64_t i = 0; i < af_listing_count(listing); i++) {
    const auto shape = shape_at(listing, i);
    json.begin_object();
    json.member("name", name_at(listing, i));
    if (!is_long) json.member("dtype", af_data_type_name(af_listing_data_types(listing)[i]));
    json.key("shape");
    json.integers(shape.data(), shape.size());
    if (is_long) write_details(json, file, name_at(listing, i));
    json.end_object();
  }
  json.end_array();
  if (next >= 0) json.member("next", next);
  json.end_object();
  out.write("\n");
}

Listing page_of(const af_file* file, const LsCommand& command, int64_t* next) {
  const std::string pattern = command.glob ? *command.glob : command.prefix.value_or("");
  af_listing* found = nullptr;
  call(af_file_list_page, file, pattern.data(), length(pattern),
       command.glob ? AF_MATCH_GLOB : AF_MATCH_PREFIX, command.first,
       command.limit == 0 ? INT64_MAX : command.limit, &found, next);
  return Listing(found);
}

}  // namespace

ExitCode LsCommand::run() const {
  const bool is_page = prefix || glob || first != 0 || limit != 0;
  if (is_store(source.path)) {
    if (is_page) fail(kUsage, "--prefix, --glob, --first and --limit are for stacks");
    return ls_store(*this);
  }
  const File file = open_stack(source);
  int64_t next = -1;
  const Listing listing =
      is_page ? page_of(file.get(), *this, &next) : make<Listing>(af_file_list, file.get());
  Output out;
  if (json) {
    print_json(out, file.get(), listing.get(), is_long, next);
  } else if (is_long) {
    print_long(out, file.get(), listing.get());
  } else {
    print_short(out, listing.get());
  }
  if (next >= 0 && !json) out.write(text_of("more: --first ", next, "\n"));
  out.finish();
  return kOk;
}

}  // namespace af::cli
