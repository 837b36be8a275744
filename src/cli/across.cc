#include "cli/across.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "cli/text.h"

namespace af::cli {
namespace {

using Rows = std::unique_ptr<af_rows, Freer<af_rows_free>>;

// As predicates quote names.
std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

// Of the first of the datasets.
Schema first_schema(const af_atlas* atlas, std::string_view variable, const int64_t* rows) {
  const Listing listing =
      make<Listing>(af_atlas_list_across, atlas, variable.data(), length(variable), rows, int64_t{1});
  const std::string_view name = name_at(listing.get(), 0);
  const Dataset dataset = make<Dataset>(af_atlas_open_dataset, atlas, name.data(), length(name));
  return schema_of(dataset.get(), variable);
}

Schema stacked_schema(const af_schema* first, const Extents& shape) {
  const auto rank = static_cast<int32_t>(shape.size());
  Schema schema = make<Schema>(af_schema_create, af_schema_data_type(first), shape.data(), rank);
  // Whole arrays, so that a piece is some datasets.
  Extents chunks = shape;
  chunks[0] = 1;
  for (int64_t& extent : chunks) extent = std::max<int64_t>(extent, 1);
  call(af_schema_set_chunk_shape, schema.get(), chunks.data(), rank);
  call(af_schema_set_dimension_name, schema.get(), 0, "dataset", int64_t{7});
  for (int32_t axis = 1; axis < rank; axis++) {
    const std::string_view name = dimension_of(first, axis - 1);
    call(af_schema_set_dimension_name, schema.get(), axis, name.data(), length(name));
  }
  if (const af_value* fill = af_schema_fill(first)) call(af_schema_set_fill, schema.get(), fill);
  return schema;
}

std::vector<int64_t> selected(const af_atlas* atlas, std::string_view predicate) {
  const Rows rows = make<Rows>(af_atlas_select, atlas, predicate.data(), length(predicate),
                               static_cast<const af_value* const*>(nullptr), int64_t{0});
  const int64_t* first = af_rows_data(rows.get());
  return {first, first + af_rows_count(rows.get())};
}

std::vector<int64_t> rows_with(const af_atlas* atlas, std::string_view variable, std::string_view where) {
  std::vector<int64_t> rows = selected(atlas, text_of("has ", quoted_name(variable)));
  if (where.empty()) return rows;
  const std::vector<int64_t> chosen = selected(atlas, where);
  std::vector<int64_t> both;
  std::ranges::set_intersection(rows, chosen, std::back_inserter(both));
  return both;
}

}  // namespace

StackedVariable::StackedVariable(const af_atlas* atlas, std::string variable, std::string_view where,
                                 Padding padding)
    : atlas_(atlas),
      variable_(std::move(variable)),
      rows_(rows_with(atlas, variable_, where)),
      padding_(padding) {
  const auto count = static_cast<int64_t>(rows_.size());
  if (count == 0) fail(kNotFound, "no dataset chosen has a variable ", in_quotes(variable_));
  Extents shape(AF_MAX_RANK);
  int32_t rank = 0;
  call(af_atlas_stack_shape, atlas, variable_.data(), length(variable_), rows_.data(), count, shape.data(),
       &rank);
  shape.resize(static_cast<size_t>(rank));
  shape.insert(shape.begin(), count);
  schema_ = stacked_schema(first_schema(atlas, variable_, rows_.data()).get(), shape);
  const af_data_type dtype = af_schema_data_type(schema_.get());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (padding == Padding::kUnseen && (dtype == AF_FLOAT32 || dtype == AF_FLOAT64))
    filler_ =
        make<Value>(af_value_create, AF_FLOAT64, uint8_t{0}, static_cast<const void*>(&nan), int64_t{1});
}

void StackedVariable::read_fixed(const Region& region, std::span<std::byte> into) const {
  call(af_atlas_read_stacked, atlas_, variable_.data(), length(variable_), rows_from(region), region.shape[0],
       region.start.data() + 1, region.shape.data() + 1, rank_of(region) - 1, pads(), filler_.get(),
       into.data(), static_cast<int64_t>(into.size()));
}

Values StackedVariable::read_variable(const Region& region) const {
  return make<Values>(af_atlas_read_stacked_variable, atlas_, variable_.data(), length(variable_),
                      rows_from(region), region.shape[0], region.start.data() + 1, region.shape.data() + 1,
                      rank_of(region) - 1, pads(), filler_.get());
}

}  // namespace af::cli
