/* Calls of C# from the library: progress and stores. */
#ifndef AF_CS_CALLBACKS_H
#define AF_CS_CALLBACKS_H

#include <arrayformat/arrayformat.h>

/* A call that can be cancelled while it runs. */
typedef struct af_cs_call {
  int32_t cancelled;
} af_cs_call;

/* The library asks for progress on the thread that made the call, so the thread knows which call that is.
 * leave wants what enter gave. */
af_cs_call* af_cs_enter(af_cs_call* call);
void af_cs_leave(af_cs_call* before);

/* An af_progress_fn: cancels if the call was cancelled, then asks the C# function of this number, if it is
 * not null. */
int32_t af_cs_progress(void* number, int64_t done, int64_t total);
/* The function that lets go of what C# keeps under this number; none for null. */
af_release_fn af_cs_release(void* number);
/* The callbacks of the C# store of this number. */
af_store_callbacks af_cs_store(void* number);

#endif
