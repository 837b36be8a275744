/* Stores in C99: memory, folders, and a store of the caller's own; what handles answer after they were
 * closed. */
#include "c_folder.h"

static void a_store_holds(af_store* store, const char* key, const char* text) {
  af_values* values = NULL;
  OK(af_store_get(store, key, -1, &values, &err));
  CHECK(af_values_count(values) == 1);
  CHECK(is_text(af_values_data(values), af_values_data_len(values), text));
  af_values_free(values);
}

/* What every store does, whatever is behind it. */
static void a_store_works(af_store* store) {
  const float ones[2] = {1, 1};
  const int64_t two[] = {2};
  af_file_options options = AF_FILE_OPTIONS_INIT;
  af_schema* schema = NULL;
  af_values* keys = NULL;
  af_file* file = NULL;
  float found[2] = {0, 0};

  OK(af_store_put(store, "b", -1, "two", 3, AF_PUT_ALWAYS, &err));
  OK(af_store_put(store, "a", -1, "one", 3, AF_PUT_IF_ABSENT, &err));
  FAILS(AF_ALREADY_EXISTS, af_store_put(store, "a", -1, "six", 3, AF_PUT_IF_ABSENT, &err));
  FAILS(AF_INVALID_ARGUMENT, af_store_put(store, "a", -1, "six", 3, AF_PUT_IF_MATCH, &err));
  a_store_holds(store, "a", "one");
  OK(af_store_put(store, "a", -1, "ten", 3, AF_PUT_ALWAYS, &err));
  a_store_holds(store, "a", "ten");
  OK(af_store_list(store, "", 0, &keys, &err));
  CHECK(af_values_count(keys) == 2 && memcmp(af_values_data(keys), "ab", 2) == 0);
  af_values_free(keys);
  OK(af_store_remove(store, "a", -1, &err));
  FAILS(AF_NOT_FOUND, af_store_remove(store, "a", -1, &err));
  FAILS(AF_NOT_FOUND, af_store_get(store, "a", -1, &keys, &err));
  CHECK(keys == NULL);
  OK(af_store_remove(store, "b", -1, &err));

  OK(af_file_create_in(store, "in.af", -1, NULL, &file, &err));
  OK(af_schema_create(AF_FLOAT32, two, 1, &schema, &err));
  OK(af_file_define(file, "", 0, schema, &err));
  OK(af_file_write(file, "", 0, NULL, NULL, 0, NULL, ones, sizeof ones, &err));
  OK(af_file_flush(file, &err));
  af_file_close(file);
  options.writable = 1;
  OK(af_file_open_in(store, "in.af", -1, &options, &file, &err));
  OK(af_file_read(file, "", 0, NULL, NULL, 0, NULL, found, sizeof found, &err));
  CHECK(found[0] == 1 && found[1] == 1);
  OK(af_file_define(file, "other", -1, schema, &err));
  FAILS(AF_ARRAY_ALREADY_EXISTS, af_file_define(file, "other", -1, schema, &err));
  OK(af_file_flush(file, &err));
  OK(af_file_compact(file, &err));
  af_file_close(file);
  af_schema_free(schema);
}

static void memory_and_folders_are_stores(void) {
  af_store* store = NULL;
  phase = "memory and folders are stores";
  OK(af_store_create_memory(&store, &err));
  a_store_works(store);
  af_store_close(store);

  CHECK(mkdir(in_folder("store"), 0700) == 0);
  OK(af_store_open_local(in_folder("store"), -1, &store, &err));
  a_store_works(store);
  remove_all(store);
  af_store_close(store);
  CHECK(rmdir(in_folder("store")) == 0);
  FAILS(AF_INVALID_NAME, af_store_open_local("a\0b", 3, &store, &err));
}

/* A caller's own store: a handful of objects in an array. The test is single-threaded, so there is no lock.
 */
struct shelf {
  struct object {
    char key[40];
    char* bytes;
    int64_t size;
    int64_t version; /* 0: free */
  } objects[16];
  int64_t writes;
  int released;
};

static struct object* find(struct shelf* shelf, const char* key, int64_t key_len) {
  int i;
  for (i = 0; i < 16; i++)
    if (shelf->objects[i].version && (int64_t)strlen(shelf->objects[i].key) == key_len &&
        memcmp(shelf->objects[i].key, key, (size_t)key_len) == 0)
      return &shelf->objects[i];
  return NULL;
}

static int has_token(const struct object* object, const char* token) {
  char text[AF_VERSION_TOKEN_SIZE];
  snprintf(text, sizeof text, "v%lld", (long long)object->version);
  return strcmp(text, token) == 0;
}

static af_status shelf_stat(void* context, const char* key, int64_t key_len, int64_t* size,
                            char token[AF_VERSION_TOKEN_SIZE]) {
  struct object* object = find(context, key, key_len);
  if (!object) return AF_NOT_FOUND;
  *size = object->size;
  snprintf(token, AF_VERSION_TOKEN_SIZE, "v%lld", (long long)object->version);
  return AF_OK;
}

static af_status shelf_get(void* context, const char* key, int64_t key_len, const char* token, int64_t offset,
                           void* dst, int64_t dst_len) {
  struct object* object = find(context, key, key_len);
  if (!object) return AF_NOT_FOUND;
  if (!has_token(object, token)) return AF_STALE;
  if (offset + dst_len > object->size) return AF_IO;
  memcpy(dst, object->bytes + offset, (size_t)dst_len);
  return AF_OK;
}

static af_status shelf_remove(void* context, const char* key, int64_t key_len, const char* token) {
  struct object* object = find(context, key, key_len);
  if (!object) return AF_NOT_FOUND;
  if (token && !has_token(object, token)) return AF_CONFLICT;
  free(object->bytes);
  object->version = 0;
  return AF_OK;
}

static af_status shelf_put(void* context, const char* key, int64_t key_len, const void* src, int64_t src_len,
                           int32_t condition, const char* token, char new_token[AF_VERSION_TOKEN_SIZE]) {
  struct shelf* shelf = context;
  struct object* object = find(shelf, key, key_len);
  int i;
  if (condition == AF_PUT_IF_ABSENT && object) return AF_CONFLICT;
  if (condition == AF_PUT_IF_MATCH && (!object || !has_token(object, token))) return AF_CONFLICT;
  if (key_len >= (int64_t)sizeof object->key) return AF_INVALID_NAME;
  if (object) free(object->bytes);
  for (i = 0; !object && i < 16; i++)
    if (!shelf->objects[i].version) object = &shelf->objects[i];
  if (!object) return AF_LIMIT_EXCEEDED;
  memcpy(object->key, key, (size_t)key_len);
  object->key[key_len] = 0;
  object->bytes = malloc((size_t)src_len + 1);
  if (src_len) memcpy(object->bytes, src, (size_t)src_len);
  object->size = src_len;
  object->version = ++shelf->writes;
  snprintf(new_token, AF_VERSION_TOKEN_SIZE, "v%lld", (long long)object->version);
  return AF_OK;
}

static af_status shelf_list(void* context, const char* prefix, int64_t prefix_len, af_store_emit_fn emit,
                            void* emit_context) {
  struct shelf* shelf = context;
  int i;
  for (i = 0; i < 16; i++) {
    const struct object* object = &shelf->objects[i];
    af_status status;
    if (!object->version || strncmp(object->key, prefix, (size_t)prefix_len) != 0) continue;
    status = emit(emit_context, object->key, (int64_t)strlen(object->key), object->size);
    if (status != AF_OK) return status;
  }
  return AF_OK;
}

static void shelf_release(void* context) { ((struct shelf*)context)->released++; }

static void callbacks_are_a_store(void) {
  static struct shelf shelf;
  af_store_callbacks callbacks;
  af_store* store = NULL;
  af_file* file = NULL;
  phase = "callbacks are a store";
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.struct_size = sizeof callbacks;
  callbacks.context = &shelf;
  callbacks.stat = shelf_stat, callbacks.get = shelf_get, callbacks.put = shelf_put;
  callbacks.remove = shelf_remove, callbacks.release = shelf_release;
  FAILS(AF_INVALID_ARGUMENT, af_store_create_callbacks(&callbacks, &store, &err));
  CHECK(shelf.released == 0);
  callbacks.list = shelf_list;
  OK(af_store_create_callbacks(&callbacks, &store, &err));
  memset(&callbacks, 0, sizeof callbacks);
  a_store_works(store);

  OK(af_file_open_in(store, "in.af", -1, NULL, &file, &err));
  remove_all(store);
  af_store_close(store);
  CHECK(shelf.released == 0);
  af_file_close(file);
  CHECK(shelf.released == 1);
}

static void closed_handles_answer(void) {
  af_file* file = NULL;
  af_store* store = NULL;
  af_cache* cache = NULL;
  uint8_t yes = 9;
  int64_t count = 9;
  phase = "closed handles answer";
  OK(af_file_create_memory(NULL, &file, &err));
  OK(af_store_create_memory(&store, &err));
  OK(af_cache_create(0, &cache, &err));
  af_file_close(file), af_store_close(store), af_cache_close(cache);
  FAILS(AF_INVALID_ARGUMENT, af_file_is_dirty(file, &yes, &err));
  CHECK(yes == 0);
  FAILS(AF_INVALID_ARGUMENT, af_cache_size(cache, &count, &err));
  CHECK(count == 0);
  FAILS(AF_INVALID_ARGUMENT, af_store_put(store, "a", -1, "", 0, AF_PUT_ALWAYS, &err));
  FAILS(AF_INVALID_ARGUMENT, af_file_create_in(store, "a.af", -1, NULL, &file, &err));
  CHECK(file == NULL);
  af_file_close(file), af_store_close(store), af_cache_close(cache);
  CHECK(af_file_flush(NULL, NULL) == AF_INVALID_ARGUMENT);
}

static void errors_tell_what_the_system_said(void) {
  af_file* file = NULL;
  phase = "errors tell what the system said";
  CHECK(af_file_create("/proc/no/such/folder/x.af", -1, NULL, &file, &err) == AF_NOT_FOUND);
  CHECK(af_error_os_errno(err) != 0);
  CHECK(af_error_http_status(err) == 0);
  CHECK(strchr(af_error_message(err), '\n') == NULL);
  af_error_free(err);
  err = NULL;
}

int main(void) {
  make_the_folder();
  memory_and_folders_are_stores();
  callbacks_are_a_store();
  closed_handles_answer();
  errors_tell_what_the_system_said();
  clear_the_folder();
  printf("%d checks\n", checks);
  return 0;
}
