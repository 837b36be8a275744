/* Calls of Go from the library: progress and stores. */
#ifndef AF_GO_CALLBACKS_H
#define AF_GO_CALLBACKS_H

#include <arrayformat/arrayformat.h>
#include <stdbool.h>

/* What a call answers: 0, the address of an af_error, or a status for want of one. */
typedef uintptr_t af_go_failure;

/* A call that can be cancelled while it runs. */
typedef struct af_go_call {
  int cancelled;
} af_go_call;

/* A borrowed text, as raw.Text. */
typedef struct af_go_text {
  const char* data;
  int64_t len;
} af_go_text;

/* The library asks for progress on the thread that made the call, so the thread knows which call that is.
 * leave wants what enter gave. */
af_go_call* af_go_enter(af_go_call* call);
void af_go_leave(af_go_call* before);
void af_go_cancel(af_go_call* call);

/* An af_progress_fn: cancels if the call was cancelled, then asks the Go function of this number, if it is
 * not 0. */
int32_t af_go_progress(void* number, int64_t done, int64_t total);
/* An af_release_fn: lets go of what Go keeps under this number. */
void af_go_release(void* number);
/* The callbacks of the Go store of this number. */
af_store_callbacks af_go_store(uintptr_t number);
af_status af_go_emit(af_store_emit_fn emit, void* emit_context, const char* key, int64_t key_len,
                     int64_t size);

#endif
