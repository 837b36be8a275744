// The C ABI with owners: handles that free themselves, calls that throw, names as string views.
#pragma once

#include <arrayformat/arrayformat.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "cli/failure.h"

namespace af::cli {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};

using File = std::unique_ptr<af_file, Freer<af_file_close>>;
using Schema = std::unique_ptr<af_schema, Freer<af_schema_free>>;
using Value = std::unique_ptr<af_value, Freer<af_value_free>>;
using ValueMap = std::unique_ptr<af_value_map, Freer<af_value_map_free>>;
using Values = std::unique_ptr<af_values, Freer<af_values_free>>;
using Listing = std::unique_ptr<af_listing, Freer<af_listing_free>>;
using Stats = std::unique_ptr<af_stats, Freer<af_stats_free>>;
using Report = std::unique_ptr<af_report, Freer<af_report_free>>;
using Atlas = std::unique_ptr<af_atlas, Freer<af_atlas_close>>;
using Dataset = std::unique_ptr<af_dataset, Freer<af_dataset_close>>;
using AtlasSchema = std::unique_ptr<af_atlas_schema, Freer<af_atlas_schema_free>>;

// Calls a function of the ABI whose last parameter, left out here, is af_error **err. Throws Failure.
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
  af_error* error = nullptr;
  const af_status status = function(arguments..., &error);
  if (status == AF_OK) return;
  const std::unique_ptr<af_error, Freer<af_error_free>> owner(error);
  const std::string_view message = af_error_message(error);
  throw Failure(exit_code_of(status), std::string(message.empty() ? af_status_name(status) : message));
}

// The same for a function whose last but one parameter is the handle it makes.
template <typename Handle, typename Function, typename... Arguments>
Handle make(Function function, Arguments... arguments) {
  typename Handle::pointer made = nullptr;
  call(function, arguments..., &made);
  return Handle(made);
}

inline int64_t length(std::string_view text) { return static_cast<int64_t>(text.size()); }

using Extents = std::vector<int64_t>;

// Part of an array: `shape` elements from `start` on.
struct Region {
  Extents start;
  Extents shape;
};

inline Schema schema_of(const af_file* file, std::string_view name) {
  return make<Schema>(af_file_schema, file, name.data(), length(name));
}
inline ValueMap attributes_of(const af_file* file, std::string_view name) {
  return make<ValueMap>(af_file_attributes, file, name.data(), length(name));
}
inline Stats stats_of(const af_file* file, std::string_view name) {
  return make<Stats>(af_file_stats, file, name.data(), length(name));
}
inline Schema schema_of(const af_dataset* dataset, std::string_view name) {
  return make<Schema>(af_dataset_schema, dataset, name.data(), length(name));
}
inline Stats stats_of(const af_dataset* dataset, std::string_view name) {
  return make<Stats>(af_dataset_stats, dataset, name.data(), length(name));
}
inline ValueMap attributes_of(const af_dataset* dataset, std::string_view name) {
  return make<ValueMap>(af_dataset_array_attributes, dataset, name.data(), length(name));
}
inline int32_t rank_of(const Region& region) { return static_cast<int32_t>(region.start.size()); }
inline void read_fixed(const af_file* file, std::string_view name, const Region& region,
                       std::span<std::byte> into) {
  call(af_file_read, file, name.data(), length(name), region.start.data(), region.shape.data(),
       rank_of(region), nullptr, into.data(), static_cast<int64_t>(into.size()));
}
inline Values read_variable(const af_file* file, std::string_view name, const Region& region) {
  return make<Values>(af_file_read_variable, file, name.data(), length(name), region.start.data(),
                      region.shape.data(), rank_of(region));
}

inline void read_fixed(const af_dataset* dataset, std::string_view name, const Region& region,
                       std::span<std::byte> into) {
  call(af_dataset_read, dataset, name.data(), length(name), region.start.data(), region.shape.data(),
       rank_of(region), nullptr, into.data(), static_cast<int64_t>(into.size()));
}
inline Values read_variable(const af_dataset* dataset, std::string_view name, const Region& region) {
  return make<Values>(af_dataset_read_variable, dataset, name.data(), length(name), region.start.data(),
                      region.shape.data(), rank_of(region));
}

inline Extents shape_of(const af_schema* schema) {
  const int64_t* shape = af_schema_shape(schema);
  return Extents(shape, shape + af_schema_rank(schema));
}
inline Extents chunk_shape_of(const af_schema* schema) {
  const int64_t* shape = af_schema_chunk_shape(schema);
  return Extents(shape, shape + af_schema_rank(schema));
}
inline std::string_view dimension_of(const af_schema* schema, int32_t axis) {
  int64_t size = 0;
  const char* name = af_schema_dimension_name(schema, axis, &size);
  return name == nullptr ? std::string_view() : std::string_view(name, static_cast<size_t>(size));
}
inline std::string_view name_at(const af_listing* listing, int64_t i) {
  const int64_t* offsets = af_listing_name_offsets(listing);
  return {af_listing_names(listing) + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])};
}
inline std::span<const int64_t> shape_at(const af_listing* listing, int64_t i) {
  const int64_t* offsets = af_listing_shape_offsets(listing);
  return {af_listing_shapes(listing) + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])};
}
inline std::string_view key_at(const af_value_map* map, int64_t i) {
  int64_t size = 0;
  const char* name = af_value_map_name(map, i, &size);
  return {name, static_cast<size_t>(size)};
}
inline std::string_view name_at(const af_stats* stats, int64_t i) {
  int64_t size = 0;
  const char* name = af_stats_name(stats, i, &size);
  return {name, static_cast<size_t>(size)};
}
inline std::string_view element_at(const af_values* values, int64_t i) {
  const int64_t* offsets = af_values_offsets(values);
  return {static_cast<const char*>(af_values_data(values)) + offsets[i],
          static_cast<size_t>(offsets[i + 1] - offsets[i])};
}

// Bytes from af_value_data as text; for a variable-length value those of element i.
inline std::string_view element_at(const af_value* value, int64_t i) {
  const int64_t* offsets = af_value_offsets(value);
  return {static_cast<const char*>(af_value_data(value)) + offsets[i],
          static_cast<size_t>(offsets[i + 1] - offsets[i])};
}

}  // namespace af::cli
