/*
 * The world in which make_null_calls.py tries every function of arrayformat.h: one object of each type, and
 * memory of the right sizes. It is made anew for each call, since some calls change it.
 */
#include "c_folder.h"

/* The beginning of DLPack's struct, as far as it is needed to free one. */
struct DLManagedTensorVersioned {
  uint32_t major, minor;
  void* context;
  void (*deleter)(struct DLManagedTensorVersioned*);
};

static struct world {
  int64_t number;
  char path[200];       /* where nothing is yet */
  char stack_path[200]; /* a stack */
  char mmap_path[200];  /* a mapped array */
  char atlas_path[200]; /* a store of datasets, the same in each world */

  af_store* store;
  af_cache* cache;
  af_file* file;
  af_file* closed_file;
  af_file* other_file; /* empty */
  af_values* image_of_a_file;
  const void* image;
  int64_t image_len;
  FILE* opened;
  int32_t descriptor;
  af_atlas* atlas;
  af_atlas* closed_atlas;
  af_dataset* dataset;
  af_dataset* closed_dataset;
  af_atlas_schema* atlas_schema;
  af_rows* rows;
  af_store* closed_store;
  af_cache* closed_cache;
  af_mmap* closed_mmap;
  af_mmap* mmap;
  af_mmap_view* view;
  struct DLManagedTensorVersioned* tensor;
  af_error* error;
  af_value *value, *text;
  af_value_map* map;
  af_values* values;
  af_schema* schema;
  af_listing* listing;
  af_stats* stats;
  af_report* report;

  af_file_options options;
  af_atlas_options atlas_options;
  af_atlas_info atlas_info;
  af_mmap_options mmap_options;
  af_store_callbacks callbacks;
  af_layer_info info;
  af_io_stats io_stats;
  struct ArrowSchema arrow_schema;
  struct ArrowArray arrow_array;
  struct ArrowSchema given_schema;
  struct ArrowArray given_array;
  struct ArrowArrayStream arrow_stream, given_stream;
  af_lists* lists;

  int64_t zero[1], one[1], four[1], stride[1], ends[2], numbers[2];
  float floats[4];
  const af_value* parameters[1];
  uint8_t present[1];
  int32_t rank;
} world;

static int32_t go_on(void* context, int64_t done, int64_t total) {
  (void)context, (void)done, (void)total;
  return 0;
}

static af_status no_stat(void* context, const char* key, int64_t key_len, int64_t* size,
                         char token[AF_VERSION_TOKEN_SIZE]) {
  (void)context, (void)key, (void)key_len, (void)size, (void)token;
  return AF_NOT_FOUND;
}

static af_status no_get(void* context, const char* key, int64_t key_len, const char* token, int64_t offset,
                        void* dst, int64_t dst_len) {
  (void)context, (void)key, (void)key_len, (void)token, (void)offset, (void)dst, (void)dst_len;
  return AF_NOT_FOUND;
}

static af_status no_put(void* context, const char* key, int64_t key_len, const void* src, int64_t src_len,
                        int32_t condition, const char* token, char new_token[AF_VERSION_TOKEN_SIZE]) {
  (void)context, (void)key, (void)key_len, (void)src, (void)src_len, (void)condition, (void)token;
  (void)new_token;
  return AF_IO;
}

static af_status no_remove(void* context, const char* key, int64_t key_len, const char* token) {
  (void)context, (void)key, (void)key_len, (void)token;
  return AF_NOT_FOUND;
}

static af_status no_list(void* context, const char* prefix, int64_t prefix_len, af_store_emit_fn emit,
                         void* emit_context) {
  (void)context, (void)prefix, (void)prefix_len, (void)emit, (void)emit_context;
  return AF_OK;
}

static void fill_a_file(af_file* file) {
  const int64_t ends[] = {0, 1, 2, 3, 4};
  af_schema *texts = NULL, *lists = NULL;
  OK(af_file_define(file, "a", 1, world.schema, &err));
  OK(af_file_write(file, "a", 1, NULL, NULL, 0, NULL, world.floats, sizeof world.floats, &err));
  OK(af_schema_create(AF_STRING, world.four, 1, &texts, &err));
  OK(af_file_define(file, "s", 1, texts, &err));
  OK(af_file_write_variable(file, "s", 1, NULL, NULL, 0, "tttt", ends, 4, &err));
  OK(af_schema_create(AF_FLOAT32, world.four, 1, &lists, &err));
  OK(af_schema_wrap_list(lists, AF_LIST, 0, &err));
  OK(af_file_define(file, "l", 1, lists, &err));
  OK(af_file_write_lists(file, "l", 1, NULL, NULL, 0, ends, 5, world.floats, sizeof world.floats, &err));
  af_schema_free(lists);
  af_schema_free(texts);
  OK(af_file_set_attribute(file, "a", 1, "k", 1, world.value, &err));
  OK(af_file_flush(file, &err));
}

static void fill_a_store(af_atlas* atlas) {
  const int64_t ends[] = {0, 1, 2, 3, 4};
  af_schema* texts = NULL;
  af_dataset* dataset = NULL;
  OK(af_atlas_create_dataset(atlas, "d", 1, &dataset, &err));
  OK(af_dataset_define(dataset, "a", 1, world.schema, &err));
  OK(af_dataset_write(dataset, "a", 1, NULL, NULL, 0, NULL, world.floats, sizeof world.floats, &err));
  OK(af_schema_create(AF_STRING, world.four, 1, &texts, &err));
  OK(af_dataset_define(dataset, "s", 1, texts, &err));
  OK(af_dataset_write_variable(dataset, "s", 1, NULL, NULL, 0, "tttt", ends, 4, &err));
  af_schema_free(texts);
  OK(af_dataset_set_attribute(dataset, "k", 1, world.value, &err));
  OK(af_dataset_set_array_attribute(dataset, "a", 1, "k", 1, world.value, &err));
  OK(af_atlas_flush(atlas, &err));
  af_dataset_close(dataset);
}

static void make_stores(void) {
  OK(af_atlas_create_in(world.store, "w", 1, &world.atlas_options, &world.atlas, &err));
  fill_a_store(world.atlas);
  OK(af_atlas_open_dataset(world.atlas, "d", 1, &world.dataset, &err));
  OK(af_dataset_get_schema(world.dataset, &world.atlas_schema, &err));
  OK(af_atlas_select(world.atlas, "has a", -1, NULL, 0, &world.rows, &err));
  OK(af_atlas_open_in(world.store, "w", 1, NULL, &world.closed_atlas, &err));
  OK(af_atlas_open_dataset(world.atlas, "d", 1, &world.closed_dataset, &err));
  af_atlas_close(world.closed_atlas);
  af_dataset_close(world.closed_dataset);
}

static void make_the_lasting_store(void) {
  af_atlas* at_path = NULL;
  if (world.number > 1) return;
  OK(af_atlas_create(world.atlas_path, -1, &world.atlas_options, &at_path, &err));
  af_atlas_close(at_path);
}

static void make_handles(void) {
  OK(af_store_create_memory(&world.store, &err));
  OK(af_store_put(world.store, "k", 1, "v", 1, AF_PUT_ALWAYS, &err));
  OK(af_cache_create(1 << 16, &world.cache, &err));
  OK(af_file_create_in(world.store, "f.af", -1, &world.options, &world.file, &err));
  fill_a_file(world.file);
  OK(af_file_create_memory(NULL, &world.other_file, &err));
  OK(af_store_get(world.store, "f.af", -1, &world.image_of_a_file, &err));
  world.image = af_values_data(world.image_of_a_file);
  world.image_len = af_values_data_len(world.image_of_a_file);
  OK(af_file_create_memory(NULL, &world.closed_file, &err));
  OK(af_store_create_memory(&world.closed_store, &err));
  OK(af_cache_create(0, &world.closed_cache, &err));
  af_file_close(world.closed_file);
  af_store_close(world.closed_store);
  af_cache_close(world.closed_cache);
}

static void make_results(void) {
  const double half = 0.5;
  CHECK(af_cache_create(-1, NULL, &world.error) == AF_INVALID_ARGUMENT);
  OK(af_schema_create(AF_FLOAT32, world.four, 1, &world.schema, &err));
  OK(af_value_create(AF_FLOAT64, 0, &half, 1, &world.value, &err));
  OK(af_value_create_text("text", -1, &world.text, &err));
  world.parameters[0] = world.value;
}

static void ask_for_results(void) {
  OK(af_file_attributes(world.file, "a", 1, &world.map, &err));
  OK(af_file_read_variable(world.file, "s", 1, NULL, NULL, 0, &world.values, &err));
  OK(af_file_read_lists(world.file, "l", 1, NULL, NULL, 0, &world.lists, &err));
  OK(af_file_export_arrow(world.file, "a", 1, NULL, NULL, 0, &world.given_schema, &world.given_array, &err));
  OK(af_file_export_arrow_stream(world.file, "a", world.ends, 1, 3, &world.given_stream, &err));
  OK(af_file_list(world.file, &world.listing, &err));
  OK(af_file_stats_all(world.file, &world.stats, &err));
  OK(af_file_verify(world.file, &world.report, &err));
}

static void make_files(void) {
  af_file* stack = NULL;
  OK(af_file_create(world.stack_path, -1, &world.options, &stack, &err));
  fill_a_file(stack);
  af_file_close(stack);
  world.opened = fopen(world.stack_path, "rb");
  world.descriptor = fileno(world.opened);
  OK(af_mmap_create(world.mmap_path, -1, AF_FLOAT32, world.four, 1, NULL, world.floats, sizeof world.floats,
                    &world.mmap_options, &world.mmap, &err));
  OK(af_mmap_open(world.mmap_path, -1, NULL, &world.closed_mmap, &err));
  af_mmap_close(world.closed_mmap);
  OK(af_mmap_get_mutable_view(world.mmap, &world.view, &err));
  OK(af_mmap_view_export_dlpack(world.view, &world.tensor, &err));
}

static void make_the_world(void) {
  const int64_t number = world.number + 1;
  memset(&world, 0, sizeof world);
  world.number = number;
  snprintf(world.path, sizeof world.path, "%s/new%ld.af", folder, (long)number);
  snprintf(world.stack_path, sizeof world.stack_path, "%s/old%ld.af", folder, (long)number);
  snprintf(world.atlas_path, sizeof world.atlas_path, "%s/store", folder);
  snprintf(world.mmap_path, sizeof world.mmap_path, "%s/old%ld.mmap", folder, (long)number);
  OK(af_file_options_init(&world.options, sizeof world.options, &err));
  world.options.durability = AF_DURABILITY_NONE;
  world.options.threads = 1;
  OK(af_atlas_options_init(&world.atlas_options, sizeof world.atlas_options, &err));
  world.atlas_options.durability = AF_DURABILITY_NONE;
  world.atlas_options.threads = 1;
  world.atlas_info.struct_size = sizeof world.atlas_info;
  OK(af_mmap_options_init(&world.mmap_options, sizeof world.mmap_options, &err));
  world.mmap_options.durability = AF_DURABILITY_NONE;
  world.info.struct_size = sizeof world.info;
  world.io_stats.struct_size = sizeof world.io_stats;
  world.callbacks.struct_size = sizeof world.callbacks;
  world.callbacks.stat = no_stat, world.callbacks.get = no_get, world.callbacks.put = no_put;
  world.callbacks.remove = no_remove, world.callbacks.list = no_list;
  world.one[0] = 1, world.four[0] = 4, world.stride[0] = sizeof(float), world.ends[1] = 1;
  make_results();
  make_handles();
  make_stores();
  make_the_lasting_store();
  ask_for_results();
  make_files();
}

/* One without datasets, or a copy of the world's. */
static void remove_store(const char* path) {
  static const char* const folders[] = {"a", "s", "_global"};
  char document[240];
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    snprintf(document, sizeof document, "%s/%s/data.af", path, folders[i]);
    remove(document);
    snprintf(document, sizeof document, "%s/%s/data.stats", path, folders[i]);
    remove(document);
    snprintf(document, sizeof document, "%s/%s", path, folders[i]);
    remove(document);
  }
  snprintf(document, sizeof document, "%s/atlas.json", path);
  remove(document);
  remove(path);
}

static void end_the_world(void) {
  af_error_free(world.error);
  af_value_free(world.value);
  af_value_free(world.text);
  af_value_map_free(world.map);
  af_values_free(world.values);
  af_schema_free(world.schema);
  af_listing_free(world.listing);
  af_stats_free(world.stats);
  af_report_free(world.report);
  af_mmap_view_free(world.view);
  world.tensor->deleter(world.tensor);
  af_lists_free(world.lists);
  af_values_free(world.image_of_a_file);
  af_file_close(world.other_file);
  fclose(world.opened);
  if (world.arrow_stream.release) world.arrow_stream.release(&world.arrow_stream);
  if (world.given_stream.release) world.given_stream.release(&world.given_stream);
  world.given_schema.release(&world.given_schema);
  world.given_array.release(&world.given_array);
  if (world.arrow_schema.release) world.arrow_schema.release(&world.arrow_schema);
  if (world.arrow_array.release) world.arrow_array.release(&world.arrow_array);
  af_atlas_schema_free(world.atlas_schema);
  af_rows_free(world.rows);
  af_dataset_close(world.dataset);
  af_atlas_close(world.atlas);
  af_mmap_close(world.mmap);
  af_file_close(world.file);
  af_store_close(world.store);
  af_cache_close(world.cache);
  remove_store(world.path);
  remove(world.path);
  remove(world.stack_path);
  remove(world.mmap_path);
}

/* What is expected of a call with one bad argument. */
enum expectation { SUCCESS, ANY_STATUS, INVALID };

static const char* trial;

static void judge(enum expectation expected, af_status status, int has_err) {
  static char what[300];
  snprintf(what, sizeof what, "%s answered %s", trial, af_status_name(status));
  check(status >= AF_OK && status <= AF_INTERNAL && status != AF_INTERNAL, what, 0);
  check(expected != SUCCESS || status == AF_OK, what, 0);
  check(expected != INVALID || status == AF_INVALID_ARGUMENT, what, 0);
  check(!has_err || af_error_code(err) == status, "the error agrees with the status", 0);
  check(!has_err || (err == NULL) == (status == AF_OK), "there is an error where a call failed", 0);
  af_error_free(err);
  err = NULL;
}

static void judge_out(af_status status, int is_clear) {
  static char what[300];
  snprintf(what, sizeof what, "%s failed and left an out-parameter as it was", trial);
  check(status == AF_OK || is_clear, what, 0);
}

/* Whatever was not closed by closing something else still answers. */
static void judge_neighbours(void) {
  int64_t number = 0;
  int32_t version = 0;
  af_values* found = NULL;
  OK(af_file_footer_version(world.file, &version, &err));
  OK(af_cache_size(world.cache, &number, &err));
  OK(af_mmap_element_count(world.mmap, &number, &err));
  OK(af_store_get(world.store, "k", 1, &found, &err));
  af_values_free(found);
}
