#include "jni_support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A get larger than this is done in parts: a ByteBuffer holds no more than 2^31 - 1 bytes. */
#define LARGEST_BUFFER (INT64_C(1) << 30)

static JavaVM* vm;
static jclass failures, callbacks;
static jmethodID make_failure, call_progress, call_stat, call_get, call_put, call_remove, call_list,
    call_release;
static pthread_key_t attached;

static void detach(void* env) {
  (void)env;
  (*vm)->DetachCurrentThread(vm);
}

static jclass find_class(JNIEnv* env, const char* name) {
  jclass local = (*env)->FindClass(env, name);
  jclass global = local == NULL ? NULL : (*env)->NewGlobalRef(env, local);
  if (local != NULL) (*env)->DeleteLocalRef(env, local);
  return global;
}

static int find_method(JNIEnv* env, jclass owner, const char* name, const char* signature,
                       jmethodID* method) {
  *method = (*env)->GetStaticMethodID(env, owner, name, signature);
  return *method != NULL;
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* loading, void* reserved) {
  (void)reserved;
  JNIEnv* env;
  vm = loading;
  if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_10) != JNI_OK || pthread_key_create(&attached, detach) != 0)
    return JNI_ERR;
  failures = find_class(env, "org/arrayformat/Failures");
  if (failures == NULL) return JNI_ERR;
  callbacks = find_class(env, "org/arrayformat/Callbacks");
  if (callbacks == NULL) return JNI_ERR;
  const int found = find_method(env, failures, "of", "(I[BII)Ljava/lang/Throwable;", &make_failure) &&
                    find_method(env, callbacks, "progress", "(JJJ)I", &call_progress) &&
                    find_method(env, callbacks, "stat", "(J[B[J[B)I", &call_stat) &&
                    find_method(env, callbacks, "get", "(J[B[BJLjava/nio/ByteBuffer;)I", &call_get) &&
                    find_method(env, callbacks, "put", "(J[B[Ljava/nio/ByteBuffer;I[B[B)I", &call_put) &&
                    find_method(env, callbacks, "remove", "(J[B[B)I", &call_remove) &&
                    find_method(env, callbacks, "list", "(J[BJJ)I", &call_list) &&
                    find_method(env, callbacks, "release", "(J)V", &call_release);
  return found ? JNI_VERSION_10 : JNI_ERR;
}

/* The environment of this thread, which may be one of the library's that Java never saw. */
static JNIEnv* current_env(void) {
  JNIEnv* env = NULL;
  if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_10) == JNI_OK) return env;
  if ((*vm)->AttachCurrentThreadAsDaemon(vm, (void**)&env, NULL) != JNI_OK) return NULL;
  pthread_setspecific(attached, env);
  return env;
}

static void throw_out_of_memory(JNIEnv* env) {
  jclass type = (*env)->FindClass(env, "java/lang/OutOfMemoryError");
  if (type != NULL) (*env)->ThrowNew(env, type, "no native memory");
}

int jni_take_text(JNIEnv* env, jbyteArray array, jni_text* text) {
  text->data = NULL;
  text->len = 0;
  if (array == NULL) return 1;
  const jsize len = (*env)->GetArrayLength(env, array);
  text->data = len <= (jsize)sizeof text->small ? text->small : malloc((size_t)len);
  if (text->data == NULL) {
    throw_out_of_memory(env);
    return 0;
  }
  text->len = len;
  (*env)->GetByteArrayRegion(env, array, 0, len, (jbyte*)text->data);
  return 1;
}

int jni_take_numbers(JNIEnv* env, jlongArray array, jni_numbers* numbers) {
  numbers->data = NULL;
  numbers->count = 0;
  if (array == NULL) return 1;
  const jsize count = (*env)->GetArrayLength(env, array);
  numbers->data = count <= AF_MAX_RANK ? numbers->small : malloc((size_t)count * sizeof *numbers->data);
  if (numbers->data == NULL) {
    throw_out_of_memory(env);
    return 0;
  }
  numbers->count = count;
  (*env)->GetLongArrayRegion(env, array, 0, count, (jlong*)numbers->data);
  return 1;
}

void jni_give_bytes(JNIEnv* env, jbyteArray array, const jni_text* bytes) {
  if (array == NULL || (*env)->ExceptionCheck(env)) return;
  (*env)->SetByteArrayRegion(env, array, 0, (jsize)bytes->len, (const jbyte*)bytes->data);
}

void jni_give_numbers(JNIEnv* env, jlongArray array, const jni_numbers* numbers) {
  if (array == NULL || (*env)->ExceptionCheck(env)) return;
  (*env)->SetLongArrayRegion(env, array, 0, (jsize)numbers->count, (const jlong*)numbers->data);
}

void jni_drop_text(jni_text* text) {
  if (text->data != text->small) free(text->data);
}

void jni_drop_numbers(jni_numbers* numbers) {
  if (numbers->data != numbers->small) free(numbers->data);
}

jbyteArray jni_bytes(JNIEnv* env, const char* text, int64_t len) {
  if (text == NULL) return NULL;
  if (len < 0) len = (int64_t)strlen(text);
  jbyteArray array = (*env)->NewByteArray(env, (jsize)len);
  if (array != NULL) (*env)->SetByteArrayRegion(env, array, 0, (jsize)len, (const jbyte*)text);
  return array;
}

void jni_throw(JNIEnv* env, af_error* error) {
  jbyteArray message = jni_bytes(env, af_error_message(error), -1);
  const jint status = af_error_code(error), os_errno = af_error_os_errno(error),
             http_status = af_error_http_status(error);
  af_error_free(error);
  if (message == NULL) return;
  jobject failure =
      (*env)->CallStaticObjectMethod(env, failures, make_failure, status, message, os_errno, http_status);
  if (!(*env)->ExceptionCheck(env)) (*env)->Throw(env, failure);
}

/* -- callbacks. The methods of Callbacks catch everything: what they cannot is that there was no memory to
 * call them. */

static af_status answer_of(JNIEnv* env, jint answer) {
  if (!(*env)->ExceptionCheck(env)) return answer;
  (*env)->ExceptionClear(env);
  return AF_OUT_OF_MEMORY;
}

int32_t jni_progress(void* context, int64_t done, int64_t total) {
  JNIEnv* env = current_env();
  if (env == NULL) return AF_OUT_OF_MEMORY;
  return answer_of(
      env, (*env)->CallStaticIntMethod(env, callbacks, call_progress, (jlong)(intptr_t)context, done, total));
}

/* A frame for the local references of one callback: a thread of the library's never returns to Java, which
 * would free them. */
static JNIEnv* enter(void) {
  JNIEnv* env = current_env();
  if (env == NULL || (*env)->PushLocalFrame(env, 16) == 0) return env;
  (*env)->ExceptionClear(env);
  return NULL;
}

static af_status leave(JNIEnv* env, af_status status) {
  (*env)->PopLocalFrame(env, NULL);
  return status;
}

static af_status out_of_memory(JNIEnv* env) {
  (*env)->ExceptionClear(env);
  return leave(env, AF_OUT_OF_MEMORY);
}

static af_status give_token(JNIEnv* env, jbyteArray from, char token[AF_VERSION_TOKEN_SIZE]) {
  (*env)->GetByteArrayRegion(env, from, 0, AF_VERSION_TOKEN_SIZE, (jbyte*)token);
  return AF_OK;
}

static af_status store_stat(void* context, const char* key, int64_t key_len, int64_t* size,
                            char token[AF_VERSION_TOKEN_SIZE]) {
  JNIEnv* env = enter();
  if (env == NULL) return AF_OUT_OF_MEMORY;
  jbyteArray java_key = jni_bytes(env, key, key_len);
  jlongArray java_size = java_key == NULL ? NULL : (*env)->NewLongArray(env, 1);
  jbyteArray java_token = java_size == NULL ? NULL : (*env)->NewByteArray(env, AF_VERSION_TOKEN_SIZE);
  if (java_token == NULL) return out_of_memory(env);
  const af_status status =
      answer_of(env, (*env)->CallStaticIntMethod(env, callbacks, call_stat, (jlong)(intptr_t)context,
                                                 java_key, java_size, java_token));
  if (status != AF_OK) return leave(env, status);
  (*env)->GetLongArrayRegion(env, java_size, 0, 1, (jlong*)size);
  return leave(env, give_token(env, java_token, token));
}

static af_status get_part(JNIEnv* env, void* context, jbyteArray key, jbyteArray token, int64_t offset,
                          void* dst, int64_t dst_len) {
  jobject buffer = (*env)->NewDirectByteBuffer(env, dst, dst_len);
  if (buffer == NULL) return answer_of(env, AF_OUT_OF_MEMORY);
  const af_status status =
      answer_of(env, (*env)->CallStaticIntMethod(env, callbacks, call_get, (jlong)(intptr_t)context, key,
                                                 token, (jlong)offset, buffer));
  (*env)->DeleteLocalRef(env, buffer);
  return status;
}

static af_status store_get(void* context, const char* key, int64_t key_len, const char* token, int64_t offset,
                           void* dst, int64_t dst_len) {
  JNIEnv* env = enter();
  if (env == NULL) return AF_OUT_OF_MEMORY;
  jbyteArray java_key = jni_bytes(env, key, key_len);
  jbyteArray java_token = java_key == NULL ? NULL : jni_bytes(env, token, -1);
  if (java_key == NULL || (java_token == NULL && token != NULL)) return out_of_memory(env);
  af_status status = AF_OK;
  for (int64_t done = 0; done < dst_len && status == AF_OK; done += LARGEST_BUFFER) {
    const int64_t part = dst_len - done < LARGEST_BUFFER ? dst_len - done : LARGEST_BUFFER;
    status = get_part(env, context, java_key, java_token, offset + done, (char*)dst + done, part);
  }
  return leave(env, status);
}

/* The parts of what is put, none larger than a ByteBuffer can be. */
static jobjectArray buffers_over(JNIEnv* env, const void* src, int64_t src_len) {
  const int64_t count = src_len / LARGEST_BUFFER + 1;
  jclass type = (*env)->FindClass(env, "java/nio/ByteBuffer");
  jobjectArray buffers = type == NULL ? NULL : (*env)->NewObjectArray(env, (jsize)count, type, NULL);
  for (int64_t i = 0; i < count && buffers != NULL; ++i) {
    const int64_t start = i * LARGEST_BUFFER;
    const int64_t len = src_len - start < LARGEST_BUFFER ? src_len - start : LARGEST_BUFFER;
    static char nothing;
    jobject buffer = (*env)->NewDirectByteBuffer(env, len == 0 ? &nothing : (char*)src + start, len);
    if (buffer == NULL) return NULL;
    (*env)->SetObjectArrayElement(env, buffers, (jsize)i, buffer);
    (*env)->DeleteLocalRef(env, buffer);
  }
  return buffers;
}

static af_status store_put(void* context, const char* key, int64_t key_len, const void* src, int64_t src_len,
                           int32_t condition, const char* token, char new_token[AF_VERSION_TOKEN_SIZE]) {
  JNIEnv* env = enter();
  if (env == NULL) return AF_OUT_OF_MEMORY;
  jbyteArray java_key = jni_bytes(env, key, key_len);
  jobjectArray buffers = java_key == NULL ? NULL : buffers_over(env, src, src_len);
  jbyteArray java_token = buffers == NULL ? NULL : jni_bytes(env, token, -1);
  jbyteArray java_new_token =
      (*env)->ExceptionCheck(env) ? NULL : (*env)->NewByteArray(env, AF_VERSION_TOKEN_SIZE);
  if (java_new_token == NULL) return out_of_memory(env);
  const af_status status =
      answer_of(env, (*env)->CallStaticIntMethod(env, callbacks, call_put, (jlong)(intptr_t)context, java_key,
                                                 buffers, (jint)condition, java_token, java_new_token));
  return leave(env, status != AF_OK ? status : give_token(env, java_new_token, new_token));
}

static af_status store_remove(void* context, const char* key, int64_t key_len, const char* token) {
  JNIEnv* env = enter();
  if (env == NULL) return AF_OUT_OF_MEMORY;
  jbyteArray java_key = jni_bytes(env, key, key_len);
  jbyteArray java_token = java_key == NULL ? NULL : jni_bytes(env, token, -1);
  if ((*env)->ExceptionCheck(env)) return out_of_memory(env);
  return leave(
      env, answer_of(env, (*env)->CallStaticIntMethod(env, callbacks, call_remove, (jlong)(intptr_t)context,
                                                      java_key, java_token)));
}

static af_status store_list(void* context, const char* prefix, int64_t prefix_len, af_store_emit_fn emit,
                            void* emit_context) {
  JNIEnv* env = enter();
  if (env == NULL) return AF_OUT_OF_MEMORY;
  jbyteArray java_prefix = jni_bytes(env, prefix, prefix_len);
  if (java_prefix == NULL) return out_of_memory(env);
  return leave(env, answer_of(env, (*env)->CallStaticIntMethod(
                                       env, callbacks, call_list, (jlong)(intptr_t)context, java_prefix,
                                       (jlong)(intptr_t)emit, (jlong)(intptr_t)emit_context)));
}

void jni_release(void* context) {
  JNIEnv* env = enter();
  if (env == NULL) return;
  (*env)->CallStaticVoidMethod(env, callbacks, call_release, (jlong)(intptr_t)context);
  leave(env, answer_of(env, AF_OK));
}

af_store_callbacks jni_store(jlong number) {
  const af_store_callbacks store = {
      .struct_size = sizeof store,
      .context = (void*)(intptr_t)number,
      .stat = store_stat,
      .get = store_get,
      .put = store_put,
      .remove = store_remove,
      .list = store_list,
      .release = jni_release,
  };
  return store;
}

/* -- the native methods of Memory and Callbacks */

JNIEXPORT jlong JNICALL Java_org_arrayformat_Memory_address(JNIEnv* env, jclass type, jobject buffer) {
  (void)type;
  return (jlong)(intptr_t)(*env)->GetDirectBufferAddress(env, buffer);
}

JNIEXPORT jobject JNICALL Java_org_arrayformat_Memory_buffer(JNIEnv* env, jclass type, jlong address,
                                                             jlong len) {
  (void)type;
  return (*env)->NewDirectByteBuffer(env, (void*)(intptr_t)address, len);
}

JNIEXPORT jlong JNICALL Java_org_arrayformat_Memory_allocate(JNIEnv* env, jclass type, jlong len) {
  (void)type;
  void* memory = malloc(len > 0 ? (size_t)len : 1);
  if (memory == NULL) throw_out_of_memory(env);
  return (jlong)(intptr_t)memory;
}

JNIEXPORT void JNICALL Java_org_arrayformat_Memory_free(JNIEnv* env, jclass type, jlong address) {
  (void)env;
  (void)type;
  free((void*)(intptr_t)address);
}

/* `array` is of a primitive type; the caller has seen to it that `len` bytes from `offset` are inside. */
static void copy(JNIEnv* env, jlong address, jarray array, jlong offset, jlong len, int into_array) {
  char* elements = (*env)->GetPrimitiveArrayCritical(env, array, NULL);
  if (elements == NULL) return;
  if (into_array) {
    memcpy(elements + offset, (const void*)(intptr_t)address, (size_t)len);
  } else {
    memcpy((void*)(intptr_t)address, elements + offset, (size_t)len);
  }
  (*env)->ReleasePrimitiveArrayCritical(env, array, elements, into_array ? 0 : JNI_ABORT);
}

JNIEXPORT void JNICALL Java_org_arrayformat_Memory_copyIn(JNIEnv* env, jclass type, jlong address,
                                                          jobject array, jlong offset, jlong len) {
  (void)type;
  if (len > 0) copy(env, address, array, offset, len, 1);
}

JNIEXPORT void JNICALL Java_org_arrayformat_Memory_copyOut(JNIEnv* env, jclass type, jlong address,
                                                           jobject array, jlong offset, jlong len) {
  (void)type;
  if (len > 0) copy(env, address, array, offset, len, 0);
}

JNIEXPORT void JNICALL Java_org_arrayformat_Memory_call(JNIEnv* env, jclass type, jlong function,
                                                        jlong argument) {
  (void)env;
  (void)type;
  ((void (*)(void*))(intptr_t)function)((void*)(intptr_t)argument);
}

JNIEXPORT jint JNICALL Java_org_arrayformat_Callbacks_emit(JNIEnv* env, jclass type, jlong emit,
                                                           jlong context, jbyteArray key, jlong size) {
  (void)type;
  jni_text text;
  if (!jni_take_text(env, key, &text)) return AF_OUT_OF_MEMORY;
  const af_status status =
      ((af_store_emit_fn)(intptr_t)emit)((void*)(intptr_t)context, text.data, text.len, size);
  jni_drop_text(&text);
  return status;
}
