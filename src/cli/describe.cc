#include "cli/describe.h"

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

std::string statistics_of(const af_stats* stats, af_data_type dtype) {
  if (!af_stats_known(stats, 0)) return "\t\t// no statistics\n";
  return text_of("\t\t// ", counted(af_stats_row_count(stats, 0), "element"), ", ",
                 af_stats_null_count(stats, 0), " null, min ", bound_text(af_stats_min(stats, 0), dtype),
                 ", max ", bound_text(af_stats_max(stats, 0), dtype), "\n");
}

}  // namespace

std::string description_of(std::string_view name, const af_schema* schema, const af_stats* stats) {
  const af_data_type dtype = af_schema_data_type(schema);
  std::string out = text_of("\t", declaration_of(schema, name));
  if (af_schema_rank(schema) > 0) out += chunking_of(schema);
  if (const af_value* fill = af_schema_fill(schema))
    out += text_of("\t\t// fill value ", bound_text(fill, dtype), "\n");
  return out += statistics_of(stats, dtype);
}

std::string attribute_lines(std::string_view name, const af_value_map* attributes) {
  std::string out;
  for (int64_t i = 0; i < af_value_map_count(attributes); i++) {
    out += text_of("\t\t", name.empty() ? "" : escaped(name), ":", escaped(key_at(attributes, i)), " = ",
                   attribute_text(af_value_map_value(attributes, i)), " ;\n");
  }
  return out;
}

}  // namespace af::cli
