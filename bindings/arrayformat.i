/*
 * The bottom tier of the Java, Go and C# bindings: every function of the C header under its own name. What users see is written by
 * hand above it.
 *
 * Nothing is listed here: SWIG (4.1) reads the header itself. What a parameter becomes follows from its type and name, by the roles
 * below; a language defines typemaps for the roles in its own file. bindings/parity tells of a parameter that has no role.
 *
 *   role                                            in the header
 *   (const char *TEXT, int64_t TEXT_LEN)            text that goes in, NULL allowed
 *   const char *BYTES                               bytes of texts back to back, whose offsets follow
 *   const int64_t *NUMBERS                          an array that goes in, NULL allowed (needs an empty argout typemap, lest SWIG
 *                                                   take the one of int64_t *FILLED)
 *   (const af_value *const *VALUES, int64_t COUNT)  an array of values that goes in
 *   int64_t *FILLED, uint8_t *FILLED                an array of the caller's that is filled, NULL allowed
 *   SWIGTYPE **RESULT, int64_t *RESULT,
 *   int32_t *RESULT, uint8_t *RESULT                what a call answers: there is no more than one of these in a call
 *   (const char **TEXT_RESULT, int64_t *TEXT_LEN)   a text that comes back, borrowed
 *   int64_t *TEXT_LEN                               the length of the text that the function returns, borrowed
 *   const char *                                    as a result: text up to its NUL, unless TEXT_LEN is there
 *   const char *af_listing_names                    bytes of texts back to back: as an address
 *   (af_progress_fn PROGRESS, void *CONTEXT)        a callback
 *   (af_release_fn RELEASE, void *CONTEXT)          who is told that memory is no longer used
 *   const af_store_callbacks *CALLBACKS             a store of callbacks
 *   af_error **err                                  the failure, always last
 *   af_status                                       the type returned by calls that take `af_error **err`
 *   SWIGTYPE *                                      handles, and memory of the caller's (its length follows as a number)
 */
%module Raw

%{
#include <arrayformat/arrayformat.h>
%}

/* Without <stdint.h>: SWIG would take `long` for what is 64 bits wide, and C# has 32 there. */
%apply int { int32_t };
%apply unsigned int { uint32_t };
%apply long long { int64_t };
%apply unsigned long long { uint64_t };
%apply unsigned char { uint8_t };

#if defined(SWIGJAVA)
%include "java/arrayformat_java.i"
#elif defined(SWIGGO)
%include "go/arrayformat_go.i"
#elif defined(SWIGCSHARP)
%include "csharp/arrayformat_csharp.i"
#endif

%apply (const char *TEXT, int64_t TEXT_LEN) {
    (const char *folder, int64_t folder_len),
    (const char *url, int64_t url_len),
    (const char *options, int64_t options_len),
    (const char *key, int64_t key_len),
    (const char *name, int64_t name_len),
    (const char *new_name, int64_t new_name_len),
    (const char *new_path, int64_t new_path_len),
    (const char *path, int64_t path_len),
    (const char *pattern, int64_t pattern_len),
    (const char *predicate, int64_t predicate_len),
    (const char *prefix, int64_t prefix_len),
    (const char *text, int64_t text_len),
    (const char *variable, int64_t variable_len)
};
%apply const char *BYTES { const char *names };
%apply const int64_t *NUMBERS {
    const int64_t *coord, const int64_t *name_offsets, const int64_t *offsets, const int64_t *rows, const int64_t *shape,
    const int64_t *start, const int64_t *strides
};
%apply (const af_value *const *VALUES, int64_t COUNT) { (const af_value *const *parameters, int64_t parameter_count) };
%apply int64_t *FILLED { int64_t *count, int64_t *next, int64_t *offsets, int64_t *shape, int64_t *strides };
%apply uint8_t *FILLED { uint8_t *present };
%apply SWIGTYPE **RESULT { SWIGTYPE **out };
%apply int64_t *RESULT { int64_t *out, int64_t *position };
%apply int32_t *RESULT { int32_t *out, int32_t *rank, af_data_type *out };
%apply uint8_t *RESULT { uint8_t *out, uint8_t *changed };
%apply (const char **TEXT_RESULT, int64_t *TEXT_LEN) { (const char **out, int64_t *out_len) };
%apply int64_t *TEXT_LEN { int64_t *name_len, int64_t *key_len };
%apply (af_progress_fn PROGRESS, void *CONTEXT) { (af_progress_fn progress, void *context) };
%apply (af_release_fn RELEASE, void *CONTEXT) { (af_release_fn release, void *context) };
%apply const af_store_callbacks *CALLBACKS { const af_store_callbacks *callbacks };

/* Filled in by the glue of each language. */
%ignore af_store_callbacks;
/* Room for fields to come. */
%rename("$ignore", regexmatch$name="^reserved$", %$isvariable) "";
/* Who takes these apart has declarations of his own. */
%ignore ArrowSchema;
%ignore ArrowArray;
%ignore ArrowArrayStream;
%rename("$ignore", regexmatch$name="^ARROW_FLAG_", %$isconstant) "";

#define __attribute__(x)
%include "arrayformat/arrayformat.h"
