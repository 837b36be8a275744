#include "callbacks.h"

#include <stddef.h>

#define EXPORTED __attribute__((visibility("default")))

static _Thread_local af_cs_call* current;
/* What C# registers once, before the first call: af_store_callbacks as C# has them, and progress. */
static af_store_callbacks store;
static af_progress_fn progress;

EXPORTED void af_cs_register(const af_store_callbacks* store_callbacks, af_progress_fn progress_callback);
EXPORTED void af_cs_release_stream(struct ArrowArrayStream* stream);
EXPORTED int64_t af_cs_size_of(int32_t which);
EXPORTED af_status af_cs_emit(af_store_emit_fn emit, void* emit_context, const char* key, int64_t key_len,
                              int64_t size);
EXPORTED void af_cs_delete_tensor(void* tensor);
EXPORTED void af_cs_release_arrow(struct ArrowSchema* schema, struct ArrowArray* array);

EXPORTED void af_cs_register(const af_store_callbacks* store_callbacks, af_progress_fn progress_callback) {
  store = *store_callbacks;
  progress = progress_callback;
}

af_cs_call* af_cs_enter(af_cs_call* call) {
  af_cs_call* before = current;
  current = call;
  return before;
}

void af_cs_leave(af_cs_call* before) { current = before; }

int32_t af_cs_progress(void* number, int64_t done, int64_t total) {
  if (current != NULL && __atomic_load_n(&current->cancelled, __ATOMIC_RELAXED)) return 1;
  return number == NULL ? 0 : progress(number, done, total);
}

af_release_fn af_cs_release(void* number) { return number == NULL ? NULL : store.release; }

af_store_callbacks af_cs_store(void* number) {
  af_store_callbacks callbacks = store;
  callbacks.context = number;
  return callbacks;
}

EXPORTED af_status af_cs_emit(af_store_emit_fn emit, void* emit_context, const char* key, int64_t key_len,
                              int64_t size) {
  return emit(emit_context, key, key_len, size);
}

/* The sizes of the structs that C# has declared, for its tests. */
EXPORTED int64_t af_cs_size_of(int32_t which) {
  static const int64_t sizes[] = {sizeof(af_file_options), sizeof(af_atlas_options), sizeof(af_mmap_options),
                                  sizeof(af_layer_info),   sizeof(af_io_stats),      sizeof(af_atlas_info)};
  return sizes[which];
}

/* The beginning of DLPack 1.x's struct. */
struct DLManagedTensorVersioned {
  uint32_t major, minor;
  void* manager_ctx;
  void (*deleter)(struct DLManagedTensorVersioned* self);
};

EXPORTED void af_cs_delete_tensor(void* tensor) {
  struct DLManagedTensorVersioned* self = tensor;
  self->deleter(self);
}

EXPORTED void af_cs_release_arrow(struct ArrowSchema* schema, struct ArrowArray* array) {
  if (array->release != NULL) array->release(array);
  if (schema->release != NULL) schema->release(schema);
}

EXPORTED void af_cs_release_stream(struct ArrowArrayStream* stream) { stream->release(stream); }
