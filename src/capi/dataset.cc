// af_dataset_*: one dataset of a store.
#include "atlas/atlas.h"
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/results.h"

using af::acquire;
using af::cleared;
using af::guard;
using af::key_argument;
using af::name_argument;
using af::region_argument;
using af::required;

namespace {

// Strides for a whole array say how many they are by `rank`: without it they would be silently ignored.
void check_strides_have_rank(const af::Dataset& dataset, std::string_view name, const int64_t* strides,
                             int32_t rank) {
  if (strides == nullptr || rank != 0) return;
  const int actual = dataset.schema(name).shape.rank();
  if (actual != 0)
    af::fail(af::Status::kInvalidArgument, "rank is 0, but strides are given: pass the array's rank, ",
             actual);
}

}  // namespace

void af_dataset_close(af_dataset* dataset) { af::close_handle(dataset); }

af_status af_dataset_name(const af_dataset* dataset, const char** out, int64_t* out_len, af_error** err) {
  return guard(err, [&] {
    if (out_len != nullptr) *out_len = 0;
    auto& result = cleared(out, "out");
    const std::string& name = acquire(dataset)->name();
    result = name.c_str();
    if (out_len != nullptr) *out_len = static_cast<int64_t>(name.size());
  });
}

af_status af_dataset_get_schema(const af_dataset* dataset, af_atlas_schema** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_atlas_schema(acquire(dataset)->declared());
  });
}

// -- arrays

af_status af_dataset_define(af_dataset* dataset, const char* name, int64_t name_len, const af_schema* schema,
                            af_error** err) {
  return guard(err, [&] {
    acquire(dataset)->define(name_argument(name, name_len), required(schema, "schema").schema);
  });
}

af_status af_dataset_delete(af_dataset* dataset, const char* name, int64_t name_len, af_error** err) {
  return guard(err, [&] { acquire(dataset)->erase(name_argument(name, name_len)); });
}

af_status af_dataset_contains(const af_dataset* dataset, const char* name, int64_t name_len, uint8_t* out,
                              af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(dataset)->contains(name_argument(name, name_len));
  });
}

af_status af_dataset_schema(const af_dataset* dataset, const char* name, int64_t name_len, af_schema** out,
                            af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_schema(acquire(dataset)->schema(name_argument(name, name_len)));
  });
}

af_status af_dataset_list(const af_dataset* dataset, af_listing** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_listing(acquire(dataset)->list());
  });
}

af_status af_dataset_stats(const af_dataset* dataset, const char* name, int64_t name_len, af_stats** out,
                           af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_stats({acquire(dataset)->stats(name_argument(name, name_len))});
  });
}

// -- data

af_status af_dataset_write(af_dataset* dataset, const char* name, int64_t name_len, const int64_t* start,
                           const int64_t* shape, int32_t rank, const int64_t* strides, const void* src,
                           int64_t src_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(dataset);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank, strides);
    const auto bytes = af::bytes_argument(src, src_len, "src");
    check_strides_have_rank(*held, array, strides, rank);
    held->write(array, region.start, region.shape, {bytes, region.strides});
  });
}

af_status af_dataset_write_variable(af_dataset* dataset, const char* name, int64_t name_len,
                                    const int64_t* start, const int64_t* shape, int32_t rank,
                                    const void* bytes, const int64_t* offsets, int64_t count,
                                    af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(dataset);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank);
    const auto ends = af::offsets_argument(offsets, count, "offsets");
    const auto elements = af::bytes_argument(bytes, ends.back(), "bytes");
    held->write_variable(array, region.start, region.shape, elements.data(), ends);
  });
}

af_status af_dataset_read(const af_dataset* dataset, const char* name, int64_t name_len, const int64_t* start,
                          const int64_t* shape, int32_t rank, const int64_t* strides, void* dst,
                          int64_t dst_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(dataset);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank, strides);
    const auto bytes = af::mutable_bytes_argument(dst, dst_len, "dst");
    check_strides_have_rank(*held, array, strides, rank);
    held->read(array, region.start, region.shape, {bytes, region.strides});
  });
}

af_status af_dataset_read_variable(const af_dataset* dataset, const char* name, int64_t name_len,
                                   const int64_t* start, const int64_t* shape, int32_t rank, af_values** out,
                                   af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(dataset);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank);
    result = af::new_values(held->read_variable(array, region.start, region.shape));
  });
}

// -- attributes

af_status af_dataset_set_attribute(af_dataset* dataset, const char* key, int64_t key_len,
                                   const af_value* value, af_error** err) {
  return guard(err, [&] {
    acquire(dataset)->set_attribute(key_argument(key, key_len), required(value, "value").value);
  });
}

af_status af_dataset_remove_attribute(af_dataset* dataset, const char* key, int64_t key_len, af_error** err) {
  return guard(err, [&] { acquire(dataset)->remove_attribute(key_argument(key, key_len)); });
}

af_status af_dataset_get_attribute(const af_dataset* dataset, const char* key, int64_t key_len,
                                   af_value** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value(acquire(dataset)->attribute(key_argument(key, key_len)));
  });
}

af_status af_dataset_attributes(const af_dataset* dataset, af_value_map** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value_map(acquire(dataset)->attributes());
  });
}

af_status af_dataset_set_array_attribute(af_dataset* dataset, const char* name, int64_t name_len,
                                         const char* key, int64_t key_len, const af_value* value,
                                         af_error** err) {
  return guard(err, [&] {
    acquire(dataset)->set_array_attribute(name_argument(name, name_len), key_argument(key, key_len),
                                          required(value, "value").value);
  });
}

af_status af_dataset_remove_array_attribute(af_dataset* dataset, const char* name, int64_t name_len,
                                            const char* key, int64_t key_len, af_error** err) {
  return guard(err, [&] {
    acquire(dataset)->remove_array_attribute(name_argument(name, name_len), key_argument(key, key_len));
  });
}

af_status af_dataset_get_array_attribute(const af_dataset* dataset, const char* name, int64_t name_len,
                                         const char* key, int64_t key_len, af_value** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value(
        acquire(dataset)->array_attribute(name_argument(name, name_len), key_argument(key, key_len)));
  });
}

af_status af_dataset_array_attributes(const af_dataset* dataset, const char* name, int64_t name_len,
                                      af_value_map** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value_map(acquire(dataset)->array_attributes(name_argument(name, name_len)));
  });
}
