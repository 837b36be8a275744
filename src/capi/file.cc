#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/options.h"
#include "capi/place.h"
#include "capi/results.h"
#include "capi/sized.h"
#include "file/array_file.h"

using af::acquire;
using af::ArrayFile;
using af::cleared;
using af::fail;
using af::guard;
using af::key_argument;
using af::name_argument;
using af::region_argument;
using af::required;
using af::Status;

namespace {

// Strides for a whole array say how many they are by `rank`: without it they would be silently ignored.
void check_strides_have_rank(const ArrayFile& file, std::string_view name, const int64_t* strides,
                             int32_t rank) {
  if (strides == nullptr || rank != 0) return;
  const int actual = file.schema(name).shape.rank();
  if (actual != 0)
    fail(Status::kInvalidArgument, "rank is 0, but strides are given: pass the array's rank, ", actual);
}

// Each coordinate one value of int64 numbers.
af::VariableData packed(const std::vector<af::Extents>& coords) {
  af::VariableData data;
  for (const af::Extents& coord : coords) {
    data.bytes += af::as_text(std::as_bytes(coord.span()));
    data.offsets.push_back(static_cast<int64_t>(data.bytes.size()));
  }
  return data;
}

using Begin = std::shared_ptr<ArrayFile>(std::shared_ptr<af::ObjectStore>, std::string_view,
                                         const af::FileOptions&);

// Creates or opens a file at a path.
af_status begin_at(Begin* begin, const char* path, int64_t path_len, const af_file_options* options,
                   af_file** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const af::OpenOptions known = af::options_argument(options);
    const af::Place place = af::place_argument(path, path_len, known.durability);
    result = af::open_handle<af_file>(begin(place.store, place.key, known.file));
  });
}

// Creates or opens a file in a store.
af_status begin_in(Begin* begin, af_store* store, const char* key, int64_t key_len,
                   const af_file_options* options, af_file** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(store);
    const auto name = key_argument(key, key_len);
    result = af::open_handle<af_file>(begin(held.shared(), name, af::options_argument(options).file));
  });
}

af_layer_info shown(const af::LayerInfo& layer) {
  af_layer_info info = AF_LAYER_INFO_INIT;
  info.foreign = layer.foreign;
  info.number = layer.number;
  info.size = layer.size;
  info.array_count = layer.array_count;
  info.block_count = layer.block_count;
  std::copy(layer.id.begin(), layer.id.end(), info.id);
  return info;
}

}  // namespace

// -- opening and closing

af_status af_file_create(const char* path, int64_t path_len, const af_file_options* options, af_file** out,
                         af_error** err) {
  return begin_at(ArrayFile::create, path, path_len, options, out, err);
}

af_status af_file_open(const char* path, int64_t path_len, const af_file_options* options, af_file** out,
                       af_error** err) {
  return begin_at(ArrayFile::open, path, path_len, options, out, err);
}

af_status af_file_create_in(af_store* store, const char* key, int64_t key_len, const af_file_options* options,
                            af_file** out, af_error** err) {
  return begin_in(ArrayFile::create, store, key, key_len, options, out, err);
}

af_status af_file_open_in(af_store* store, const char* key, int64_t key_len, const af_file_options* options,
                          af_file** out, af_error** err) {
  return begin_in(ArrayFile::open, store, key, key_len, options, out, err);
}

af_status af_file_create_memory(const af_file_options* options, af_file** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto file =
        ArrayFile::create(af::create_memory_store(), "memory.af", af::options_argument(options).file);
    result = af::open_handle<af_file>(file);
  });
}

void af_file_close(af_file* file) { af::close_handle(file); }

af_status af_file_set_cache(af_file* file, const af_cache* cache, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    held->set_cache(cache == nullptr ? nullptr : acquire(cache).shared());
  });
}

af_status af_file_set_progress(af_file* file, af_progress_fn progress, void* context, af_error** err) {
  return guard(err, [&] { acquire(file)->set_progress(af::progress_argument(progress, context)); });
}

// -- arrays

af_status af_file_define(af_file* file, const char* name, int64_t name_len, const af_schema* schema,
                         af_error** err) {
  return guard(
      err, [&] { acquire(file)->define(name_argument(name, name_len), required(schema, "schema").schema); });
}

af_status af_file_delete(af_file* file, const char* name, int64_t name_len, af_error** err) {
  return guard(err, [&] { acquire(file)->erase(name_argument(name, name_len)); });
}

af_status af_file_resize(af_file* file, const char* name, int64_t name_len, const int64_t* shape,
                         int32_t rank, af_error** err) {
  return guard(err, [&] {
    acquire(file)->resize(name_argument(name, name_len), af::extents_argument(shape, rank, "shape"));
  });
}

af_status af_file_contains(const af_file* file, const char* name, int64_t name_len, uint8_t* out,
                           af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(file)->contains(name_argument(name, name_len));
  });
}

af_status af_file_schema(const af_file* file, const char* name, int64_t name_len, af_schema** out,
                         af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_schema(acquire(file)->schema(name_argument(name, name_len)));
  });
}

af_status af_file_list(const af_file* file, af_listing** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_listing(acquire(file)->list());
  });
}

af_status af_file_stats(const af_file* file, const char* name, int64_t name_len, af_stats** out,
                        af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_stats({acquire(file)->stats(name_argument(name, name_len))});
  });
}

af_status af_file_stats_all(const af_file* file, af_stats** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_stats(acquire(file)->stats_all());
  });
}

// -- attributes

af_status af_file_set_attribute(af_file* file, const char* name, int64_t name_len, const char* key,
                                int64_t key_len, const af_value* value, af_error** err) {
  return guard(err, [&] {
    acquire(file)->set_attribute(name_argument(name, name_len), key_argument(key, key_len),
                                 required(value, "value").value);
  });
}

af_status af_file_remove_attribute(af_file* file, const char* name, int64_t name_len, const char* key,
                                   int64_t key_len, af_error** err) {
  return guard(err, [&] {
    acquire(file)->remove_attribute(name_argument(name, name_len), key_argument(key, key_len));
  });
}

af_status af_file_get_attribute(const af_file* file, const char* name, int64_t name_len, const char* key,
                                int64_t key_len, af_value** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result =
        af::new_value(acquire(file)->attribute(name_argument(name, name_len), key_argument(key, key_len)));
  });
}

af_status af_file_attributes(const af_file* file, const char* name, int64_t name_len, af_value_map** out,
                             af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value_map(acquire(file)->attributes(name_argument(name, name_len)));
  });
}

af_status af_file_attribute_column(const af_file* file, const char* key, int64_t key_len, af_value_map** out,
                                   af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value_map(acquire(file)->attribute_column(key_argument(key, key_len)));
  });
}

af_status af_file_set_file_attribute(af_file* file, const char* key, int64_t key_len, const af_value* value,
                                     af_error** err) {
  return guard(err, [&] {
    acquire(file)->set_file_attribute(key_argument(key, key_len), required(value, "value").value);
  });
}

// -- data

af_status af_file_write(af_file* file, const char* name, int64_t name_len, const int64_t* start,
                        const int64_t* shape, int32_t rank, const int64_t* strides, const void* src,
                        int64_t src_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank, strides);
    const auto bytes = af::bytes_argument(src, src_len, "src");
    check_strides_have_rank(*held, array, strides, rank);
    held->write(array, region.start, region.shape, {bytes, region.strides});
  });
}

af_status af_file_write_variable(af_file* file, const char* name, int64_t name_len, const int64_t* start,
                                 const int64_t* shape, int32_t rank, const void* bytes,
                                 const int64_t* offsets, int64_t count, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank);
    const auto ends = af::offsets_argument(offsets, count, "offsets");
    const auto elements = af::bytes_argument(bytes, ends.back(), "bytes");
    held->write_variable(array, region.start, region.shape, elements.data(), ends);
  });
}

af_status af_file_read(const af_file* file, const char* name, int64_t name_len, const int64_t* start,
                       const int64_t* shape, int32_t rank, const int64_t* strides, void* dst, int64_t dst_len,
                       af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank, strides);
    const auto bytes = af::mutable_bytes_argument(dst, dst_len, "dst");
    check_strides_have_rank(*held, array, strides, rank);
    held->read(array, region.start, region.shape, {bytes, region.strides});
  });
}

af_status af_file_read_variable(const af_file* file, const char* name, int64_t name_len, const int64_t* start,
                                const int64_t* shape, int32_t rank, af_values** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank);
    result = af::new_values(held->read_variable(array, region.start, region.shape));
  });
}

af_status af_file_read_many(const af_file* file, const char* names, const int64_t* name_offsets,
                            int64_t count, void* dst, int64_t dst_len, int64_t* offsets, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const auto arrays = af::names_argument(names, name_offsets, count);
    const std::span<int64_t> ends(&required(offsets, "offsets"), arrays.size() + 1);
    held->read_many(
        arrays,
        af::mutable_bytes_argument(dst, dst == nullptr ? std::min<int64_t>(dst_len, 0) : dst_len, "dst"),
        ends);
  });
}

// -- raw chunks

af_status af_file_chunks(const af_file* file, const char* name, int64_t name_len, af_values** out,
                         int64_t* count, af_error** err) {
  return guard(err, [&] {
    // Each of the two even if the other is missing.
    if (count != nullptr) *count = 0;
    auto& result = cleared(out, "out");
    auto& result_count = cleared(count, "count");
    const auto coords = acquire(file)->chunks(name_argument(name, name_len));
    result = af::new_values(packed(coords));
    result_count = static_cast<int64_t>(coords.size());
  });
}

af_status af_file_read_chunk(const af_file* file, const char* name, int64_t name_len, const int64_t* coord,
                             int32_t rank, af_values** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    result = af::new_values(held->read_chunk(array, af::extents_argument(coord, rank, "coord")));
  });
}

af_status af_file_write_chunk(af_file* file, const char* name, int64_t name_len, const int64_t* coord,
                              int32_t rank, const void* src, int64_t src_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto at = af::extents_argument(coord, rank, "coord");
    held->write_chunk(array, at, af::bytes_argument(src, src_len, "src"));
  });
}

// -- the stack

af_status af_file_flush(af_file* file, af_error** err) {
  return guard(err, [&] { acquire(file)->flush(); });
}

af_status af_file_is_dirty(const af_file* file, uint8_t* out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(file)->is_dirty();
  });
}

af_status af_file_compact(af_file* file, af_error** err) {
  return guard(err, [&] { acquire(file)->compact(); });
}

af_status af_file_refresh(af_file* file, uint8_t* changed, af_error** err) {
  return guard(err, [&] {
    if (changed != nullptr) *changed = 0;
    const bool moved = acquire(file)->refresh();
    if (changed != nullptr) *changed = moved;
  });
}

af_status af_file_copy(const af_file* file, const char* path, int64_t path_len,
                       const af_file_options* options, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const af::OpenOptions known = af::options_argument(options);
    const af::Place place = af::place_argument(path, path_len, known.durability);
    held->copy_to(place.store, place.key, known.file);
  });
}

af_status af_file_verify(const af_file* file, af_report** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_report(acquire(file)->verify());
  });
}

af_status af_file_repair(const char* path, int64_t path_len, const char* new_path, int64_t new_path_len,
                         const af_file_options* options, af_progress_fn progress, void* context,
                         af_report** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    // Unless the caller says otherwise the footer version is the damaged stack's.
    const af::OpenOptions known = af::options_argument(options, 0);
    const af::Place damaged = af::place_argument(path, path_len, known.durability);
    const af::Place place = af::place_argument(new_path, new_path_len, known.durability, "new_path");
    result = af::new_report(ArrayFile::repair(*damaged.store, damaged.key, place.store, place.key, known.file,
                                              af::progress_argument(progress, context)));
  });
}

af_status af_file_layer_count(const af_file* file, int64_t* out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(file)->layer_count();
  });
}

af_status af_file_layer(const af_file* file, int64_t i, af_layer_info* info, af_error** err) {
  return guard(err, [&] {
    af::clear_sized(info, "info");
    af::fill_sized(info, shown(acquire(file)->layer(i)));
  });
}

af_status af_file_footer_version(const af_file* file, int32_t* out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(file)->footer_version();
  });
}

af_status af_file_io_stats(const af_file* file, af_io_stats* stats, af_error** err) {
  return guard(err, [&] {
    af::clear_sized(stats, "stats");
    af::fill_sized(stats, af::io_stats_of(acquire(file)->io_counts()));
  });
}
