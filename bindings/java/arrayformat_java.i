/*
 * Java's typemaps. Handles and addresses are `long`; text is UTF-8 in byte[]; a call that can fail answers its result as a `long` (0 if
 * it has none) and throws what Failures makes of its af_error.
 */
%{
#include "jni_support.h"
%}

%pragma(java) jniclassclassmodifiers="final class"
%pragma(java) moduleclassmodifiers="final class"
%pragma(java) jniclasscode=%{
  static {
    Natives.load();
  }
%}
/* The numbers of the header are those of the enums of the upper tier, whose tests compare them. */
%rename("$ignore", %$isconstant) "";

%apply long long { uint64_t };

%typemap(jni) uint8_t "jboolean"
%typemap(jtype) uint8_t "boolean"
%typemap(jstype) uint8_t "boolean"
%typemap(javain) uint8_t "$javainput"
%typemap(javaout) uint8_t { return $jnicall; }
%typemap(in) uint8_t "$1 = $input ? 1 : 0;"
%typemap(out) uint8_t "$result = $1 ? JNI_TRUE : JNI_FALSE;"

%typemap(jni) SWIGTYPE *, SWIGTYPE [] "jlong"
%typemap(jtype) SWIGTYPE *, SWIGTYPE [] "long"
%typemap(jstype) SWIGTYPE *, SWIGTYPE [] "long"
%typemap(javain) SWIGTYPE *, SWIGTYPE [] "$javainput"
%typemap(javaout) SWIGTYPE *, SWIGTYPE [] { return $jnicall; }
%typemap(in) SWIGTYPE *, SWIGTYPE [] "$1 = ($1_ltype)(intptr_t)$input;"
%typemap(out) SWIGTYPE *, SWIGTYPE [] "$result = (jlong)(intptr_t)$1;"
%apply SWIGTYPE * { void *, const void * };

%typemap(javaclassmodifiers) SWIGTYPE "final class"
%typemap(javafinalize) SWIGTYPE ""
%typemap(javainterfaces) SWIGTYPE "AutoCloseable"
%typemap(javacode) SWIGTYPE %{
  @Override
  public void close() {
    delete();
  }
%}

/* Structs say their size by themselves. */
%typemap(jni) (af_file_options *options, int64_t struct_size), (af_atlas_options *options, int64_t struct_size),
              (af_mmap_options *options, int64_t struct_size) "jlong"
%typemap(jtype) (af_file_options *options, int64_t struct_size), (af_atlas_options *options, int64_t struct_size),
                (af_mmap_options *options, int64_t struct_size) "long"
%typemap(jstype) (af_file_options *options, int64_t struct_size), (af_atlas_options *options, int64_t struct_size),
                 (af_mmap_options *options, int64_t struct_size) "long"
%typemap(javain) (af_file_options *options, int64_t struct_size), (af_atlas_options *options, int64_t struct_size),
                 (af_mmap_options *options, int64_t struct_size) "$javainput"
%typemap(in) (af_file_options *options, int64_t struct_size), (af_atlas_options *options, int64_t struct_size),
             (af_mmap_options *options, int64_t struct_size) "$1 = ($1_ltype)(intptr_t)$input;\n    $2 = sizeof *$1;"
%typemap(in) af_layer_info *info, af_atlas_info *info, af_io_stats *stats
    "$1 = ($1_ltype)(intptr_t)$input;\n    if ($1 != NULL) $1->struct_size = sizeof *$1;"

%typemap(jni) af_status "jlong"
%typemap(jtype) af_status "long"
%typemap(jstype) af_status "long"
%typemap(javain) af_status "$javainput"
%typemap(javaout) af_status { return $jnicall; }
%typemap(in) af_status "$1 = (af_status)$input;"
%typemap(out) af_status "$result = (jlong)$1;"

%typemap(in, numinputs=0) af_error **err (af_error *failure = NULL) "$1 = &failure;"
%typemap(argout) af_error **err "if (failure$argnum != NULL) jni_throw(jenv, failure$argnum);"

%typemap(in, numinputs=0) SWIGTYPE **RESULT ($*1_ltype answer = NULL) "$1 = &answer;"
%typemap(argout) SWIGTYPE **RESULT "$result = (jlong)(intptr_t)answer$argnum;"
%typemap(in, numinputs=0) int64_t *RESULT (int64_t answer = 0), int32_t *RESULT (int32_t answer = 0), uint8_t *RESULT (uint8_t answer = 0)
    "$1 = &answer;"
%typemap(argout) int64_t *RESULT, int32_t *RESULT, uint8_t *RESULT "$result = (jlong)answer$argnum;"

%typemap(jni) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) "jbyteArray"
%typemap(jtype) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) "byte[]"
%typemap(jstype) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) "byte[]"
%typemap(javain) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) "$javainput"
%typemap(in) const char *BYTES (jni_text text)
    "if (!jni_take_text(jenv, $input, &text)) return $null;\n    $1 = text.data;"
%typemap(in) (const char *TEXT, int64_t TEXT_LEN) (jni_text text)
    "if (!jni_take_text(jenv, $input, &text)) return $null;\n    $1 = text.data;\n    $2 = text.len;"
%typemap(freearg) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) "jni_drop_text(&text$argnum);"

%typemap(jni) const char * "jbyteArray"
%typemap(jtype) const char * "byte[]"
%typemap(jstype) const char * "byte[]"
%typemap(javaout) const char * { return $jnicall; }
%typemap(out) const char * "$result = NULL;"
%typemap(in, numinputs=0) int64_t *TEXT_LEN (int64_t text_len = 0) "$1 = &text_len;"
%typemap(argout) int64_t *TEXT_LEN "$result = jni_bytes(jenv, result, text_len$argnum);"
%typemap(ret) const char * "if (jresult == NULL && !(*jenv)->ExceptionCheck(jenv)) jresult = jni_bytes(jenv, $1, -1);"

/* Names without an end: only their offsets tell. */
%typemap(jni) const char *af_listing_names "jlong"
%typemap(jtype) const char *af_listing_names "long"
%typemap(jstype) const char *af_listing_names "long"
%typemap(out) const char *af_listing_names "$result = (jlong)(intptr_t)$1;"
%typemap(ret) const char *af_listing_names ""

/* The one element of the array that is given becomes the text. */
%typemap(jni) (const char **TEXT_RESULT, int64_t *TEXT_LEN) "jobjectArray"
%typemap(jtype) (const char **TEXT_RESULT, int64_t *TEXT_LEN) "byte[][]"
%typemap(jstype) (const char **TEXT_RESULT, int64_t *TEXT_LEN) "byte[][]"
%typemap(javain) (const char **TEXT_RESULT, int64_t *TEXT_LEN) "$javainput"
%typemap(in) (const char **TEXT_RESULT, int64_t *TEXT_LEN) (const char *text = NULL, int64_t text_len = 0)
    "$1 = ($1_ltype)&text;\n    $2 = &text_len;"
%typemap(argout) (const char **TEXT_RESULT, int64_t *TEXT_LEN)
    "(*jenv)->SetObjectArrayElement(jenv, $input, 0, jni_bytes(jenv, text$argnum, text_len$argnum));"

%typemap(jni) const int64_t *NUMBERS, int64_t *FILLED, (const af_value *const *VALUES, int64_t COUNT) "jlongArray"
%typemap(jtype) const int64_t *NUMBERS, int64_t *FILLED, (const af_value *const *VALUES, int64_t COUNT) "long[]"
%typemap(jstype) const int64_t *NUMBERS, int64_t *FILLED, (const af_value *const *VALUES, int64_t COUNT) "long[]"
%typemap(javain) const int64_t *NUMBERS, int64_t *FILLED, (const af_value *const *VALUES, int64_t COUNT) "$javainput"
%typemap(in) const int64_t *NUMBERS (jni_numbers numbers), int64_t *FILLED (jni_numbers numbers)
    "if (!jni_take_numbers(jenv, $input, &numbers)) return $null;\n    $1 = numbers.data;"
%typemap(in) (const af_value *const *VALUES, int64_t COUNT) (jni_numbers numbers)
    "if (!jni_take_numbers(jenv, $input, &numbers)) return $null;\n    $1 = ($1_ltype)numbers.data;\n    $2 = numbers.count;"
%typemap(argout) const int64_t *NUMBERS ""
%typemap(argout) int64_t *FILLED "jni_give_numbers(jenv, $input, &numbers$argnum);"
%typemap(freearg) const int64_t *NUMBERS, int64_t *FILLED, (const af_value *const *VALUES, int64_t COUNT)
    "jni_drop_numbers(&numbers$argnum);"

%typemap(jni) uint8_t *FILLED "jbyteArray"
%typemap(jtype) uint8_t *FILLED "byte[]"
%typemap(jstype) uint8_t *FILLED "byte[]"
%typemap(javain) uint8_t *FILLED "$javainput"
%typemap(in) uint8_t *FILLED (jni_text bytes) "if (!jni_take_text(jenv, $input, &bytes)) return $null;\n    $1 = (uint8_t *)bytes.data;"
%typemap(argout) uint8_t *FILLED "jni_give_bytes(jenv, $input, &bytes$argnum);"
%typemap(freearg) uint8_t *FILLED "jni_drop_text(&bytes$argnum);"

/* Callbacks are known by the number under which Callbacks keeps them; 0 is none. */
%typemap(jni) (af_progress_fn PROGRESS, void *CONTEXT), (af_release_fn RELEASE, void *CONTEXT),
              const af_store_callbacks *CALLBACKS "jlong"
%typemap(jtype) (af_progress_fn PROGRESS, void *CONTEXT), (af_release_fn RELEASE, void *CONTEXT),
                const af_store_callbacks *CALLBACKS "long"
%typemap(jstype) (af_progress_fn PROGRESS, void *CONTEXT), (af_release_fn RELEASE, void *CONTEXT),
                 const af_store_callbacks *CALLBACKS "long"
%typemap(javain) (af_progress_fn PROGRESS, void *CONTEXT), (af_release_fn RELEASE, void *CONTEXT),
                 const af_store_callbacks *CALLBACKS "$javainput"
%typemap(in) (af_progress_fn PROGRESS, void *CONTEXT)
    "$1 = $input != 0 ? jni_progress : NULL;\n    $2 = (void *)(intptr_t)$input;"
%typemap(in) (af_release_fn RELEASE, void *CONTEXT)
    "$1 = $input != 0 ? jni_release : NULL;\n    $2 = (void *)(intptr_t)$input;"
%typemap(in) const af_store_callbacks *CALLBACKS (af_store_callbacks callbacks)
    "callbacks = jni_store($input);\n    $1 = &callbacks;"

/* Here the rank is no result: it is written to memory. */
const int64_t *af_atlas_schema_array_chunk_shape(const af_atlas_schema *schema, int64_t array, int32_t *memory);
