// af dump: what a stack holds, in the manner of ncdump -h, with statistics.
#include "cli/commands.h"
#include "cli/handles.h"
#include "cli/mapped.h"
#include "cli/stack.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

std::string declaration_of(const af_schema* schema, std::string_view name) {
  std::string out = text_of(dtype_text(schema), " ", escaped(name));
  const Extents shape = shape_of(schema);
  for (size_t i = 0; i < shape.size(); i++)
    out +=
        text_of(i == 0 ? "(" : ", ", escaped(dimension_of(schema, static_cast<int32_t>(i))), " = ", shape[i]);
  return out += shape.empty() ? " ;\n" : ") ;\n";
}

std::string chunking_of(const af_schema* schema) {
  const Extents chunks = chunk_shape_of(schema);
  std::string out = "\t\t// chunks of ";
  for (size_t i = 0; i < chunks.size(); i++) out += text_of(i == 0 ? "" : " x ", chunks[i]);
  return out += '\n';
}

std::string statistics_of(const af_file* file, std::string_view name, af_data_type dtype) {
  const Stats stats = stats_of(file, name);
  if (!af_stats_known(stats.get(), 0)) return "\t\t// no statistics\n";
  return text_of("\t\t// ", counted(af_stats_row_count(stats.get(), 0), "element"), ", ",
                 af_stats_null_count(stats.get(), 0), " null, min ",
                 bound_text(af_stats_min(stats.get(), 0), dtype), ", max ",
                 bound_text(af_stats_max(stats.get(), 0), dtype), "\n");
}

void print_array(Output& out, const af_file* file, std::string_view name) {
  const Schema schema = schema_of(file, name);
  const af_data_type dtype = af_schema_data_type(schema.get());
  out.write(text_of("\t", declaration_of(schema.get(), name)));
  if (af_schema_rank(schema.get()) > 0) out.write(chunking_of(schema.get()));
  if (const af_value* fill = af_schema_fill(schema.get()))
    out.write(text_of("\t\t// fill value ", bound_text(fill, dtype), "\n"));
  out.write(statistics_of(file, name, dtype));
  const ValueMap attributes = attributes_of(file, name);
  for (int64_t i = 0; i < af_value_map_count(attributes.get()); i++) {
    out.write(text_of("\t\t", escaped(name), ":", escaped(key_at(attributes.get(), i)), " = ",
                      attribute_text(af_value_map_value(attributes.get(), i)), " ;\n"));
  }
}

}  // namespace

ExitCode DumpCommand::run_text() const {
  const File file = open_stack(source);
  const Listing listing = make<Listing>(af_file_list, file.get());
  const std::vector<af_layer_info> layers = layers_of(file.get());
  int32_t version = 0;
  call(af_file_footer_version, file.get(), &version);
  Output out;
  out.write(text_of("stack ", escaped(source.path), " {\n// footer version ", version, ", ",
                    counted(static_cast<int64_t>(layers.size()), "layer"), ", ",
                    counted(af_listing_count(listing.get()), "array"), "\narrays:\n"));
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) {
    if (i > 0) out.write("\n");
    print_array(out, file.get(), name_at(listing.get(), i));
  }
  out.write("}\n");
  out.finish();
  return kOk;
}

ExitCode DumpCommand::run() const {
  if (is_mapped_array(source.path)) return dump_mapped(*this);
  return json ? run_json() : run_text();
}

}  // namespace af::cli
