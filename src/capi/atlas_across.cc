// af_atlas_*: many datasets at once.
#include <algorithm>

#include "atlas/atlas.h"
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/results.h"

using af::acquire;
using af::cleared;
using af::fail;
using af::guard;
using af::required;
using af::Status;

namespace {

std::string_view variable_argument(const char* variable, int64_t variable_len) {
  return af::text_argument(variable, variable_len, "variable");
}

void check_row_count(int64_t row_count) {
  if (row_count < 0 || row_count > af::kLongestBuffer / 8)
    fail(Status::kInvalidArgument, "row_count is ", row_count);
}

af::RowChoice rows_argument(const int64_t* rows, int64_t row_count) {
  check_row_count(row_count);
  if (rows == nullptr) return {};
  return std::span(rows, static_cast<size_t>(row_count));
}

// As many offsets as rows and one; how many there are of these is checked against the store.
std::span<int64_t> row_offsets_argument(int64_t* offsets, int64_t row_count) {
  check_row_count(row_count);
  return {&required(offsets, "offsets"), static_cast<size_t>(row_count) + 1};
}

std::vector<const af::Value*> parameters_argument(const af_value* const* parameters, int64_t count) {
  af::check_length(parameters, count, "parameters");
  std::vector<const af::Value*> values;
  for (int64_t i = 0; i < count; i++) values.push_back(&required(parameters[i], "a parameter").value);
  return values;
}

af::RegionChoice region_choice(const int64_t* start, const int64_t* shape, int32_t rank) {
  const auto region = af::region_argument(start, shape, rank);
  return {region.start, region.shape};
}

}  // namespace

af_status af_atlas_list_across(const af_atlas* atlas, const char* variable, int64_t variable_len,
                               const int64_t* rows, int64_t row_count, af_listing** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_listing(acquire(atlas)->list_across(variable_argument(variable, variable_len),
                                                         rows_argument(rows, row_count)));
  });
}

af_status af_atlas_read_ragged(const af_atlas* atlas, const char* variable, int64_t variable_len,
                               const int64_t* rows, int64_t row_count, const int64_t* start,
                               const int64_t* shape, int32_t rank, void* dst, int64_t dst_len,
                               int64_t* offsets, uint8_t* present, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(atlas);
    const auto name = variable_argument(variable, variable_len);
    std::optional<af::MutableBytes> into;
    if (dst != nullptr) into = af::mutable_bytes_argument(dst, dst_len, "dst");
    held->read_ragged(name, rows_argument(rows, row_count), region_choice(start, shape, rank), into,
                      row_offsets_argument(offsets, row_count), present);
  });
}

af_status af_atlas_read_ragged_variable(const af_atlas* atlas, const char* variable, int64_t variable_len,
                                        const int64_t* rows, int64_t row_count, const int64_t* start,
                                        const int64_t* shape, int32_t rank, af_values** out, int64_t* offsets,
                                        uint8_t* present, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(atlas);
    const auto name = variable_argument(variable, variable_len);
    result = af::new_values(held->read_ragged_texts(name, rows_argument(rows, row_count),
                                                    region_choice(start, shape, rank),
                                                    row_offsets_argument(offsets, row_count), present));
  });
}

af_status af_atlas_read_stacked(const af_atlas* atlas, const char* variable, int64_t variable_len,
                                const int64_t* rows, int64_t row_count, const int64_t* start,
                                const int64_t* shape, int32_t rank, uint8_t pad, const af_value* fill,
                                void* dst, int64_t dst_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(atlas);
    const auto name = variable_argument(variable, variable_len);
    held->read_stacked(name, rows_argument(rows, row_count), region_choice(start, shape, rank), pad != 0,
                       fill == nullptr ? nullptr : &fill->value,
                       af::mutable_bytes_argument(dst, dst_len, "dst"));
  });
}

af_status af_atlas_read_stacked_variable(const af_atlas* atlas, const char* variable, int64_t variable_len,
                                         const int64_t* rows, int64_t row_count, const int64_t* start,
                                         const int64_t* shape, int32_t rank, uint8_t pad,
                                         const af_value* fill, af_values** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(atlas);
    const auto name = variable_argument(variable, variable_len);
    result = af::new_values(held->read_stacked_texts(name, rows_argument(rows, row_count),
                                                     region_choice(start, shape, rank), pad != 0,
                                                     fill == nullptr ? nullptr : &fill->value));
  });
}

af_status af_atlas_stack_shape(const af_atlas* atlas, const char* variable, int64_t variable_len,
                               const int64_t* rows, int64_t row_count, int64_t* shape, int32_t* rank,
                               af_error** err) {
  return guard(err, [&] {
    auto& result_rank = cleared(rank, "rank");
    auto& extents = required(shape, "shape");
    const auto common = acquire(atlas)->stack_shape(variable_argument(variable, variable_len),
                                                    rows_argument(rows, row_count));
    std::ranges::copy(common.span(), &extents);
    result_rank = common.rank();
  });
}

af_status af_atlas_attribute_across(const af_atlas* atlas, const char* variable, int64_t variable_len,
                                    const char* key, int64_t key_len, const int64_t* rows, int64_t row_count,
                                    af_value_map** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(atlas);
    const auto owner = variable == nullptr ? std::string_view() : variable_argument(variable, variable_len);
    result = af::new_value_map(
        held->attribute_across(owner, af::key_argument(key, key_len), rows_argument(rows, row_count)));
  });
}

af_status af_atlas_stats_across(const af_atlas* atlas, const char* variable, int64_t variable_len,
                                const int64_t* rows, int64_t row_count, af_stats** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_stats(acquire(atlas)->stats_across(variable_argument(variable, variable_len),
                                                        rows_argument(rows, row_count)));
  });
}

// -- choosing datasets

af_status af_atlas_select(const af_atlas* atlas, const char* predicate, int64_t predicate_len,
                          const af_value* const* parameters, int64_t parameter_count, af_rows** out,
                          af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(atlas);
    const auto text = af::text_argument(predicate, predicate_len, "predicate", Status::kInvalidArgument);
    result = af::new_rows(held->select(text, parameters_argument(parameters, parameter_count)));
  });
}
