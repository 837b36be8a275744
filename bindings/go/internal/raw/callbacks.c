#include "callbacks.h"

#include "_cgo_export.h"

static _Thread_local af_go_call* current;

af_go_call* af_go_enter(af_go_call* call) {
  af_go_call* before = current;
  current = call;
  return before;
}

void af_go_leave(af_go_call* before) { current = before; }

void af_go_cancel(af_go_call* call) { __atomic_store_n(&call->cancelled, 1, __ATOMIC_RELAXED); }

int32_t af_go_progress(void* number, int64_t done, int64_t total) {
  if (current != NULL && __atomic_load_n(&current->cancelled, __ATOMIC_RELAXED)) return 1;
  return number == NULL ? 0 : afGoProgress((uintptr_t)number, done, total);
}

static af_status store_stat(void* context, const char* key, int64_t key_len, int64_t* size,
                            char token[AF_VERSION_TOKEN_SIZE]) {
  return afGoStat((uintptr_t)context, (char*)key, key_len, size, token);
}

static af_status store_get(void* context, const char* key, int64_t key_len, const char* token, int64_t offset,
                           void* dst, int64_t dst_len) {
  return afGoGet((uintptr_t)context, (char*)key, key_len, (char*)token, offset, dst, dst_len);
}

static af_status store_put(void* context, const char* key, int64_t key_len, const void* src, int64_t src_len,
                           int32_t condition, const char* token, char new_token[AF_VERSION_TOKEN_SIZE]) {
  return afGoPut((uintptr_t)context, (char*)key, key_len, (void*)src, src_len, condition, (char*)token,
                 new_token);
}

static af_status store_remove(void* context, const char* key, int64_t key_len, const char* token) {
  return afGoRemove((uintptr_t)context, (char*)key, key_len, (char*)token);
}

static af_status store_list(void* context, const char* prefix, int64_t prefix_len, af_store_emit_fn emit,
                            void* emit_context) {
  return afGoList((uintptr_t)context, (char*)prefix, prefix_len, emit, emit_context);
}

void af_go_release(void* number) { afGoRelease((uintptr_t)number); }

af_store_callbacks af_go_store(uintptr_t number) {
  const af_store_callbacks callbacks = {
      .struct_size = sizeof callbacks,
      .context = (void*)number,
      .stat = store_stat,
      .get = store_get,
      .put = store_put,
      .remove = store_remove,
      .list = store_list,
      .release = af_go_release,
  };
  return callbacks;
}

af_status af_go_emit(af_store_emit_fn emit, void* emit_context, const char* key, int64_t key_len,
                     int64_t size) {
  return emit(emit_context, key, key_len, size);
}
