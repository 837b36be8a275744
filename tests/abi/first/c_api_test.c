/*
 * The life of a stack in plain C99, as a stranger would write it, one phase after the other. Together with
 * c_values_test and c_store_test it calls every function of arrayformat.h that is not about mapped arrays.
 */
#include "c_folder.h"

static af_schema* grid(af_data_type dtype, int64_t rows, int64_t columns, int64_t chunk_rows) {
  int64_t shape[2], chunk_shape[2];
  af_schema* schema = NULL;
  shape[0] = rows, shape[1] = columns, chunk_shape[0] = chunk_rows, chunk_shape[1] = columns;
  OK(af_schema_create(dtype, shape, 2, &schema, &err));
  OK(af_schema_set_chunk_shape(schema, chunk_shape, 2, &err));
  return schema;
}

static void define_grid(af_file* file, const char* name, af_data_type dtype, int64_t rows, int64_t columns) {
  af_schema* schema = grid(dtype, rows, columns, 2);
  OK(af_file_define(file, name, -1, schema, &err));
  af_schema_free(schema);
}

/* Temperatures of 4 days by 3 stations: 10 * day + station. */
static void write_temperatures(af_file* file) {
  const int64_t start[] = {0, 0}, shape[] = {4, 3};
  float celsius[12];
  int i;
  for (i = 0; i < 12; i++) celsius[i] = (float)(10 * (i / 3) + i % 3);
  OK(af_file_write(file, "temperature", -1, start, shape, 2, NULL, celsius, sizeof celsius, &err));
}

static float temperature(const af_file* file, int64_t day, int64_t station) {
  const int64_t shape[] = {1, 1};
  int64_t start[2];
  float celsius = -1;
  start[0] = day, start[1] = station;
  OK(af_file_read(file, "temperature", -1, start, shape, 2, NULL, &celsius, sizeof celsius, &err));
  return celsius;
}

static af_file* open_writable(const char* name) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  af_file* file = NULL;
  options.writable = 1;
  OK(af_file_open(in_folder(name), -1, &options, &file, &err));
  return file;
}

static void a_stack_is_created_and_filled(void) {
  af_file_options options;
  af_file* file = NULL;
  uint8_t yes = 9;
  phase = "a stack is created and filled";
  OK(af_file_options_init(&options, sizeof options, &err));
  options.codec = AF_CODEC_LZ4;
  options.threads = 1;
  OK(af_file_create(in_folder("week.af"), -1, &options, &file, &err));
  OK(af_file_is_dirty(file, &yes, &err));
  CHECK(yes == 0);
  define_grid(file, "temperature", AF_FLOAT32, 4, 3);
  define_grid(file, "note", AF_STRING, 2, 2);
  OK(af_file_contains(file, "temperature", -1, &yes, &err));
  CHECK(yes == 1);
  OK(af_file_contains(file, "temper", -1, &yes, &err));
  CHECK(yes == 0);
  write_temperatures(file);
  CHECK(temperature(file, 3, 2) == 32);
  OK(af_file_is_dirty(file, &yes, &err));
  CHECK(yes == 1);
  OK(af_file_flush(file, &err));
  OK(af_file_is_dirty(file, &yes, &err));
  CHECK(yes == 0);
  af_file_close(file);

  file = NULL;
  FAILS(AF_ALREADY_EXISTS, af_file_create(in_folder("week.af"), -1, NULL, &file, &err));
  CHECK(file == NULL);
  FAILS(AF_NOT_FOUND, af_file_open(in_folder("month.af"), -1, NULL, &file, &err));
  FAILS(AF_INVALID_NAME, af_file_create(in_folder("week.nc"), -1, NULL, &file, &err));
}

static void it_is_read_by_others(void) {
  const int64_t middle[] = {1, 1}, block[] = {2, 2}, outside[] = {3, 2};
  const int64_t backwards[] = {-(int64_t)(2 * sizeof(float)), sizeof(float)};
  float celsius[4];
  af_file* file = NULL;
  phase = "it is read by others";
  OK(af_file_open(in_folder("week.af"), -1, NULL, &file, &err));
  OK(af_file_read(file, "temperature", -1, middle, block, 2, NULL, celsius, sizeof celsius, &err));
  CHECK(celsius[0] == 11 && celsius[1] == 12 && celsius[2] == 21 && celsius[3] == 22);
  OK(af_file_read(file, "temperature", -1, middle, block, 2, backwards, celsius, sizeof celsius, &err));
  CHECK(celsius[0] == 21 && celsius[1] == 22 && celsius[2] == 11 && celsius[3] == 12);
  FAILS(AF_OUT_OF_BOUNDS,
        af_file_read(file, "temperature", -1, outside, block, 2, NULL, celsius, sizeof celsius, &err));
  FAILS(AF_INVALID_ARGUMENT,
        af_file_read(file, "temperature", -1, middle, block, 2, NULL, celsius, 15, &err));
  FAILS(AF_INVALID_ARGUMENT,
        af_file_read(file, "temperature", -1, middle, block, 1, NULL, celsius, sizeof celsius, &err));
  FAILS(AF_INVALID_ARGUMENT,
        af_file_read(file, "temperature", -1, middle, NULL, 2, NULL, celsius, sizeof celsius, &err));
  FAILS(AF_ARRAY_NOT_FOUND,
        af_file_read(file, "salinity", -1, NULL, NULL, 0, NULL, celsius, sizeof celsius, &err));
  FAILS(AF_DTYPE_MISMATCH,
        af_file_read(file, "note", -1, NULL, NULL, 0, NULL, celsius, sizeof celsius, &err));
  FAILS(AF_READ_ONLY, af_file_delete(file, "temperature", -1, &err));
  af_file_close(file);
}

static void whole_arrays_with_strides(void) {
  float transposed[12], again[12];
  const int64_t by_column[] = {sizeof(float), 4 * sizeof(float)};
  af_file* file = open_writable("week.af");
  int day, station;
  phase = "whole arrays with strides";
  OK(af_file_read(file, "temperature", -1, NULL, NULL, 2, by_column, transposed, sizeof transposed, &err));
  for (day = 0; day < 4; day++)
    for (station = 0; station < 3; station++) CHECK(transposed[station * 4 + day] == 10 * day + station);
  FAILS(AF_INVALID_ARGUMENT,
        af_file_read(file, "temperature", -1, NULL, NULL, 0, by_column, again, sizeof again, &err));
  FAILS(AF_INVALID_ARGUMENT,
        af_file_read(file, "temperature", -1, NULL, NULL, 2, by_column, again, sizeof again - 1, &err));
  OK(af_file_write(file, "temperature", -1, NULL, NULL, 2, by_column, transposed, sizeof transposed, &err));
  CHECK(temperature(file, 3, 0) == 30 && temperature(file, 0, 2) == 2);
  af_file_close(file);
}

static void texts_go_in_and_out(void) {
  const int64_t second_row[] = {1, 0}, row[] = {1, 2}, ends[] = {0, 4, 10}, falling[] = {0, 4, 2};
  af_file* file = open_writable("week.af");
  af_values* notes = NULL;
  phase = "texts go in and out";
  OK(af_file_write_variable(file, "note", -1, second_row, row, 2, "warmcloudy", ends, 2, &err));
  OK(af_file_read_variable(file, "note", -1, NULL, NULL, 0, &notes, &err));
  CHECK(af_values_count(notes) == 4);
  CHECK(af_values_data_len(notes) == 10);
  CHECK(memcmp(af_values_data(notes), "warmcloudy", 10) == 0);
  CHECK(af_values_offsets(notes)[2] == 0 && af_values_offsets(notes)[3] == 4 &&
        af_values_offsets(notes)[4] == 10);
  af_values_free(notes);
  FAILS(AF_INVALID_ARGUMENT,
        af_file_write_variable(file, "note", -1, second_row, row, 2, "warmcloudy", falling, 2, &err));
  FAILS(AF_INVALID_ARGUMENT,
        af_file_write_variable(file, "note", -1, second_row, row, 2, "warmcloudy", ends, 1, &err));
  FAILS(AF_DTYPE_MISMATCH,
        af_file_write_variable(file, "temperature", -1, second_row, row, 2, "warmcloudy", ends, 2, &err));
  OK(af_file_flush(file, &err));
  af_file_close(file);
}

static void set_text(af_file* file, const char* array, const char* key, const char* text) {
  af_value* value = NULL;
  OK(af_value_create_text(text, -1, &value, &err));
  if (array)
    OK(af_file_set_attribute(file, array, -1, key, -1, value, &err));
  else
    OK(af_file_set_file_attribute(file, key, -1, value, &err));
  af_value_free(value);
}

static void attributes_are_kept(void) {
  af_file* file = open_writable("week.af");
  af_value* value = NULL;
  af_value_map* map = NULL;
  int64_t length = 0;
  phase = "attributes are kept";
  set_text(file, "temperature", "units", "degC");
  set_text(file, "temperature", "comment", "by hand");
  set_text(file, NULL, "title", "a week");
  OK(af_file_get_attribute(file, "temperature", -1, "units", -1, &value, &err));
  CHECK(is_text(af_value_data(value), af_value_data_len(value), "degC"));
  af_value_free(value);
  OK(af_file_get_attribute(file, "__file__", -1, "title", -1, &value, &err));
  CHECK(is_text(af_value_data(value), af_value_data_len(value), "a week"));
  af_value_free(value);
  OK(af_file_remove_attribute(file, "temperature", -1, "comment", -1, &err));
  FAILS(AF_ATTRIBUTE_NOT_FOUND, af_file_remove_attribute(file, "temperature", -1, "comment", -1, &err));
  FAILS(AF_ATTRIBUTE_NOT_FOUND, af_file_get_attribute(file, "temperature", -1, "comment", -1, &value, &err));
  FAILS(AF_ARRAY_NOT_FOUND, af_file_get_attribute(file, "salinity", -1, "units", -1, &value, &err));

  OK(af_file_attributes(file, "temperature", -1, &map, &err));
  CHECK(af_value_map_count(map) == 1);
  CHECK(is_text(af_value_map_name(map, 0, &length), 5, "units") && length == 5);
  CHECK(af_value_count(af_value_map_value(map, 0)) == 1);
  CHECK(af_value_map_name(map, 1, &length) == NULL && length == 0);
  af_value_map_free(map);

  OK(af_file_attribute_column(file, "units", -1, &map, &err));
  CHECK(af_value_map_count(map) == 3);
  CHECK(is_text(af_value_map_name(map, 0, NULL), 11, "temperature"));
  CHECK(is_text(af_value_data(af_value_map_value(map, 0)), 4, "degC"));
  CHECK(is_text(af_value_map_name(map, 1, NULL), 4, "note"));
  CHECK(af_value_map_value(map, 1) == NULL);
  af_value_map_free(map);
  OK(af_file_flush(file, &err));
  af_file_close(file);
}

static void everything_is_listed(void) {
  const int64_t *ends, *shapes;
  af_file* file = open_writable("week.af");
  af_listing* listing = NULL;
  af_schema* schema = NULL;
  phase = "everything is listed";
  OK(af_file_list(file, &listing, &err));
  CHECK(af_listing_count(listing) == 3);
  ends = af_listing_name_offsets(listing);
  CHECK(ends[3] == 11 + 4 + 8);
  CHECK(memcmp(af_listing_names(listing), "temperaturenote__file__", 11 + 4 + 8) == 0);
  CHECK(af_listing_data_types(listing)[0] == AF_FLOAT32 && af_listing_data_types(listing)[1] == AF_STRING);
  ends = af_listing_shape_offsets(listing);
  shapes = af_listing_shapes(listing);
  CHECK(ends[0] == 0 && ends[1] == 2 && ends[2] == 4 && ends[3] == 4);
  CHECK(shapes[0] == 4 && shapes[1] == 3 && shapes[2] == 2 && shapes[3] == 2);
  af_listing_free(listing);
  OK(af_file_schema(file, "temperature", -1, &schema, &err));
  CHECK(af_schema_data_type(schema) == AF_FLOAT32 && af_schema_chunk_shape(schema)[0] == 2);
  af_schema_free(schema);
  af_file_close(file);
}

static void everything_is_summarised(void) {
  double least = 0, greatest = 32;
  int64_t length = 0;
  af_file* file = open_writable("week.af");
  af_stats* stats = NULL;
  phase = "everything is summarised";
  OK(af_file_stats(file, "temperature", -1, &stats, &err));
  CHECK(af_stats_count(stats) == 1);
  CHECK(is_text(af_stats_name(stats, 0, &length), 11, "temperature") && length == 11);
  CHECK(af_stats_known(stats, 0) == 1);
  CHECK(af_stats_row_count(stats, 0) == 12);
  CHECK(af_stats_null_count(stats, 0) == 0);
  CHECK(af_value_data_type(af_stats_min(stats, 0)) == AF_FLOAT64);
  CHECK(memcmp(af_value_data(af_stats_min(stats, 0)), &least, sizeof least) == 0);
  CHECK(memcmp(af_value_data(af_stats_max(stats, 0)), &greatest, sizeof greatest) == 0);
  CHECK(af_stats_name(stats, 1, NULL) == NULL && af_stats_known(stats, 1) == 0 &&
        af_stats_row_count(stats, -1) == 0);
  af_stats_free(stats);
  OK(af_file_stats_all(file, &stats, &err));
  CHECK(af_stats_count(stats) == 3);
  CHECK(is_text(af_value_data(af_stats_max(stats, 1)), 4, "warm"));
  af_stats_free(stats);
  af_file_close(file);
}

static void many_arrays_in_one_call(void) {
  const int64_t names[] = {0, 11, 22}, text_names[] = {0, 4};
  float celsius[24];
  int64_t ends[3];
  af_file* file = open_writable("week.af");
  phase = "many arrays in one call";
  OK(af_file_read_many(file, "temperaturetemperature", names, 2, NULL, 0, ends, &err));
  CHECK(ends[0] == 0 && ends[1] == 48 && ends[2] == 96);
  OK(af_file_read_many(file, "temperaturetemperature", names, 2, celsius, sizeof celsius, ends, &err));
  CHECK(celsius[11] == 32 && celsius[12] == 0 && celsius[23] == 32);
  FAILS(AF_INVALID_ARGUMENT,
        af_file_read_many(file, "temperaturetemperature", names, 2, celsius, 95, ends, &err));
  FAILS(AF_DTYPE_MISMATCH,
        af_file_read_many(file, "note", text_names, 1, celsius, sizeof celsius, ends, &err));
  af_file_close(file);
}

static void chunks_are_open_to_inspection(void) {
  const int64_t first[] = {0, 0}, outside[] = {2, 0};
  float payload[6] = {0};
  int64_t count = 0;
  af_file* file = open_writable("week.af");
  af_values *chunks = NULL, *chunk = NULL;
  phase = "chunks are open to inspection";
  OK(af_file_chunks(file, "temperature", -1, &chunks, &count, &err));
  CHECK(count == 2 && af_values_count(chunks) == 2);
  CHECK(((const int64_t*)af_values_data(chunks))[2] == 1 && ((const int64_t*)af_values_data(chunks))[3] == 0);
  af_values_free(chunks);
  OK(af_file_read_chunk(file, "temperature", -1, first, 2, &chunk, &err));
  CHECK(af_values_count(chunk) == 1 && af_values_data_len(chunk) == (int64_t)sizeof payload);
  memcpy(payload, af_values_data(chunk), sizeof payload);
  CHECK(payload[3] == 10);
  af_values_free(chunk);
  payload[3] = 10.5;
  OK(af_file_write_chunk(file, "temperature", -1, first, 2, payload, sizeof payload, &err));
  CHECK(temperature(file, 1, 0) == 10.5);
  FAILS(AF_INVALID_ARGUMENT, af_file_write_chunk(file, "temperature", -1, first, 2, payload, 23, &err));
  FAILS(AF_OUT_OF_BOUNDS,
        af_file_write_chunk(file, "temperature", -1, outside, 2, payload, sizeof payload, &err));
  FAILS(AF_OUT_OF_BOUNDS, af_file_read_chunk(file, "temperature", -1, outside, 2, &chunk, &err));
  CHECK(chunk == NULL);
  define_grid(file, "unwritten", AF_INT8, 4, 1);
  FAILS(AF_NOT_FOUND, af_file_read_chunk(file, "unwritten", -1, first, 2, &chunk, &err));
  af_file_close(file);
}

static int64_t layers_of(const af_file* file) {
  int64_t count = 0;
  OK(af_file_layer_count(file, &count, &err));
  return count;
}

static void layers_pile_up_and_are_folded(void) {
  const int64_t longer[] = {5, 3}, other_rank[] = {5};
  af_layer_info info = AF_LAYER_INFO_INIT;
  af_file *writer = open_writable("week.af"), *reader = NULL, *past = NULL;
  af_file_options options = AF_FILE_OPTIONS_INIT;
  int64_t count = layers_of(writer);
  int32_t version = 0;
  uint8_t changed = 9;
  phase = "layers pile up and are folded";
  CHECK(count > 1);
  OK(af_file_open(in_folder("week.af"), -1, NULL, &reader, &err));
  OK(af_file_resize(writer, "temperature", -1, longer, 2, &err));
  FAILS(AF_INVALID_ARGUMENT, af_file_resize(writer, "temperature", -1, other_rank, 1, &err));
  OK(af_file_delete(writer, "note", -1, &err));
  FAILS(AF_ARRAY_NOT_FOUND, af_file_delete(writer, "note", -1, &err));
  OK(af_file_flush(writer, &err));
  CHECK(layers_of(writer) == count + 1 && layers_of(reader) == count);
  CHECK(temperature(writer, 4, 2) == 0 && temperature(writer, 3, 2) == 32);

  OK(af_file_refresh(reader, &changed, &err));
  CHECK(changed == 1 && layers_of(reader) == count + 1);
  OK(af_file_refresh(reader, NULL, &err));
  OK(af_file_layer(reader, count, &info, &err));
  CHECK(info.number == count && info.foreign == 0 && info.size > 0 && info.array_count == 2);
  FAILS(AF_OUT_OF_BOUNDS, af_file_layer(reader, count + 1, &info, &err));
  CHECK(info.size == 0 && info.struct_size == sizeof info);
  options.layers = 1;
  OK(af_file_open(in_folder("week.af"), -1, &options, &past, &err));
  CHECK(layers_of(past) == 1);
  af_file_close(past);

  OK(af_file_compact(writer, &err));
  CHECK(layers_of(writer) == 1);
  CHECK(temperature(writer, 3, 2) == 32);
  OK(af_file_footer_version(writer, &version, &err));
  CHECK(version == 5);
  af_file_close(reader);
  af_file_close(writer);
}

static void it_is_copied_and_verified(void) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  af_file *file = NULL, *copy = NULL;
  af_report* report = NULL;
  char damaged[200];
  int32_t version = 0;
  int64_t i;
  phase = "it is copied and verified";
  OK(af_file_open(in_folder("week.af"), -1, NULL, &file, &err));
  options.footer_version = 4;
  OK(af_file_copy(file, in_folder("old.af"), -1, &options, &err));
  FAILS(AF_ALREADY_EXISTS, af_file_copy(file, in_folder("old.af"), -1, &options, &err));
  OK(af_file_open(in_folder("old.af"), -1, NULL, &copy, &err));
  OK(af_file_footer_version(copy, &version, &err));
  CHECK(version == 4);
  CHECK(temperature(copy, 2, 1) == 21);
  OK(af_file_verify(copy, &report, &err));
  for (i = 0; i < af_report_count(report); i++)
    CHECK(af_report_is_problem(report, i) == 0 && af_report_text(report, i));
  CHECK(af_report_text(report, af_report_count(report)) == NULL);
  af_report_free(report);
  af_file_close(copy);
  phase = "what is sound of it is saved";
  snprintf(damaged, sizeof damaged, "%s", in_folder("old.af"));
  OK(af_file_repair(damaged, -1, in_folder("saved.af"), -1, NULL, NULL, NULL, &report, &err));
  CHECK(af_report_count(report) == 0);
  af_report_free(report);
  FAILS(AF_ALREADY_EXISTS,
        af_file_repair(damaged, -1, in_folder("saved.af"), -1, NULL, NULL, NULL, &report, &err));
  OK(af_file_open(in_folder("saved.af"), -1, NULL, &copy, &err));
  OK(af_file_footer_version(copy, &version, &err));
  CHECK(version == 4);
  CHECK(temperature(copy, 2, 1) == 21);
  af_file_close(copy);
  af_file_close(file);
}

static void reading_costs_are_counted(void) {
  af_io_stats before = AF_IO_STATS_INIT, after = AF_IO_STATS_INIT;
  af_cache* cache = NULL;
  af_file* file = NULL;
  int64_t bytes = 0;
  phase = "reading costs are counted";
  OK(af_cache_create(1 << 20, &cache, &err));
  OK(af_file_open(in_folder("week.af"), -1, NULL, &file, &err));
  OK(af_file_set_cache(file, cache, &err));
  CHECK(temperature(file, 0, 0) == 0);
  OK(af_cache_size(cache, &bytes, &err));
  CHECK(bytes > 0);
  OK(af_file_io_stats(file, &before, &err));
  CHECK(before.read_requests > 0 && before.bytes_read > 0 && before.blocks_decoded == 1);
  CHECK(temperature(file, 0, 1) == 1);
  OK(af_file_io_stats(file, &after, &err));
  CHECK(after.blocks_decoded == 1 && after.cache_hits > before.cache_hits);
  af_cache_close(cache);
  CHECK(temperature(file, 0, 2) == 2);
  OK(af_file_set_cache(file, NULL, &err));
  af_file_close(file);
  FAILS(AF_INVALID_ARGUMENT, af_cache_create(-1, &cache, &err));
}

static int32_t stop_at_once(void* context, int64_t done, int64_t total) {
  ++*(int*)context;
  return done <= total;
}

static void long_work_can_be_cancelled(void) {
  int calls = 0;
  af_file* file = open_writable("week.af");
  phase = "long work can be cancelled";
  write_temperatures(file);
  OK(af_file_set_progress(file, stop_at_once, &calls, &err));
  FAILS(AF_CANCELLED, af_file_flush(file, &err));
  CHECK(calls > 0);
  OK(af_file_set_progress(file, NULL, NULL, &err));
  OK(af_file_flush(file, &err));
  af_file_close(file);
}

static void a_stack_may_live_in_memory(void) {
  af_file* file = NULL;
  phase = "a stack may live in memory";
  OK(af_file_create_memory(NULL, &file, &err));
  define_grid(file, "temperature", AF_FLOAT32, 4, 3);
  write_temperatures(file);
  OK(af_file_flush(file, &err));
  CHECK(temperature(file, 1, 1) == 11);
  af_file_close(file);
}

int main(void) {
  make_the_folder();
  a_stack_is_created_and_filled();
  it_is_read_by_others();
  whole_arrays_with_strides();
  texts_go_in_and_out();
  attributes_are_kept();
  everything_is_listed();
  everything_is_summarised();
  many_arrays_in_one_call();
  chunks_are_open_to_inspection();
  layers_pile_up_and_are_folded();
  it_is_copied_and_verified();
  reading_costs_are_counted();
  long_work_can_be_cancelled();
  a_stack_may_live_in_memory();
  clear_the_folder();
  printf("%d checks\n", checks);
  return 0;
}
