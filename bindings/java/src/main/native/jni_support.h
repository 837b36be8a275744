/* What the typemaps of arrayformat_java.i call. */
#ifndef ARRAYFORMAT_JNI_SUPPORT_H
#define ARRAYFORMAT_JNI_SUPPORT_H

#include <arrayformat/arrayformat.h>
#include <jni.h>

/* A copy of a byte[], in place when it is short. `data` is NULL for null. */
typedef struct {
  char* data;
  int64_t len;
  char small[256];
} jni_text;

/* A copy of a long[], in place when it is short. `data` is NULL for null. */
typedef struct {
  int64_t* data;
  int64_t count;
  int64_t small[AF_MAX_RANK];
} jni_numbers;

/* These answer 0, with an OutOfMemoryError pending, when there is no memory. */
int jni_take_text(JNIEnv* env, jbyteArray array, jni_text* text);
int jni_take_numbers(JNIEnv* env, jlongArray array, jni_numbers* numbers);
/* These write the copy back, unless an exception is pending. */
void jni_give_bytes(JNIEnv* env, jbyteArray array, const jni_text* bytes);
void jni_give_numbers(JNIEnv* env, jlongArray array, const jni_numbers* numbers);
void jni_drop_text(jni_text* text);
void jni_drop_numbers(jni_numbers* numbers);

/* A new byte[]; null for NULL. A negative length: up to the NUL. */
jbyteArray jni_bytes(JNIEnv* env, const char* text, int64_t len);

/* Frees the error and throws what the Java class Failures makes of it. */
void jni_throw(JNIEnv* env, af_error* error);

/* An af_progress_fn; `context` is a number of Callbacks. */
int32_t jni_progress(void* context, int64_t done, int64_t total);
/* Tells Callbacks that nobody uses what it keeps under this number any more. */
void jni_release(void* context);
/* The store that Callbacks keeps under this number. */
af_store_callbacks jni_store(jlong number);

#endif
