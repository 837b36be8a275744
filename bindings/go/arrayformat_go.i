/*
 * Go's typemaps. Handles and addresses of the library's are uintptr, memory of the caller's and structs unsafe.Pointer, text is a
 * string whose bytes are read in place. A call that can fail answers 0, the address of its af_error, or, should there be none, its
 * status; what it is asked for goes where a pointer points. Instead of the af_error it takes a `call` (callbacks.h), 0 for none.
 */
%{
#include "callbacks.h"
%}

/* SWIG gives C the type that the header says, and an address is wider than a status. */
#define af_status af_go_failure

/* The upper tier has numbers of its own, which a test compares with the header. */
%rename("$ignore", %$isconstant) "";
/* Go has structs of its own, of the same layout, which a test compares as well. */
%ignore af_file_options;
%ignore af_atlas_options;
%ignore af_mmap_options;
%ignore af_layer_info;
%ignore af_io_stats;
%ignore af_atlas_info;

%typemap(gotype) SWIGTYPE * "uintptr"
%typemap(imtype) SWIGTYPE * "uintptr"
%typemap(in) SWIGTYPE * "$1 = ($1_ltype)$input;"
%typemap(out) SWIGTYPE * "$result = $1;"

%typemap(gotype) void *, const void *, const char *, const int64_t *, const int32_t * "unsafe.Pointer"
%typemap(imtype) void *, const void *, const char *, const int64_t *, const int32_t * "unsafe.Pointer"
%typemap(in) void *, const void * "$1 = ($1_ltype)$input;"
%typemap(out) void *, const void *, const char *, const int64_t *, const int32_t * "$result = (void *)$1;"
/* No copies: the upper tier takes what it wants. */
%typemap(goout) char *, const char *;
%apply void * {
    af_file_options *, const af_file_options *, af_atlas_options *, const af_atlas_options *, af_mmap_options *, const af_mmap_options *,
    af_layer_info *, af_io_stats *, af_atlas_info *, struct ArrowSchema *, const struct ArrowSchema *, struct ArrowArray *,
    const struct ArrowArray *, struct ArrowArrayStream *
};

%typemap(gotype) uint8_t "bool"
%typemap(imtype) uint8_t "bool"
%typemap(in) uint8_t "$1 = $input ? 1 : 0;"
%typemap(out) uint8_t "$result = $1 != 0;"

%typemap(gotype) af_status "uintptr"
%typemap(imtype) af_status "uintptr"
%typemap(in) af_status "$1 = $input;"
%typemap(out) af_status "$result = $1;"

%typemap(gotype) af_error **err "uintptr"
%typemap(imtype) af_error **err "uintptr"
%typemap(in) af_error **err (af_error *failure = NULL, af_go_call *before)
    "$1 = &failure;\n  before = af_go_enter((af_go_call *)$input);"
%typemap(argout) af_error **err "af_go_leave(before$argnum);\n  if (failure$argnum != NULL) _swig_go_result = (af_go_failure)failure$argnum;"

%typemap(gotype) SWIGTYPE **RESULT "*uintptr"
%typemap(gotype) int64_t *RESULT, int64_t *TEXT_LEN "*int64"
%typemap(gotype) int32_t *RESULT "*int32"
%typemap(gotype) uint8_t *RESULT "*uint8"
%typemap(imtype) SWIGTYPE **RESULT "*uintptr"
%typemap(imtype) int64_t *RESULT, int64_t *TEXT_LEN "*int64"
%typemap(imtype) int32_t *RESULT "*int32"
%typemap(imtype) uint8_t *RESULT "*uint8"
%typemap(in) SWIGTYPE **RESULT, int64_t *RESULT, int32_t *RESULT, uint8_t *RESULT, int64_t *TEXT_LEN "$1 = ($1_ltype)$input;"

%typemap(gotype) (const char **TEXT_RESULT, int64_t *TEXT_LEN) "*Text"
%typemap(imtype) (const char **TEXT_RESULT, int64_t *TEXT_LEN) "*Text"
%typemap(in) (const char **TEXT_RESULT, int64_t *TEXT_LEN)
    "$1 = ($1_ltype)&((af_go_text *)$input)->data;\n  $2 = &((af_go_text *)$input)->len;"

%typemap(gotype) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) "string"
%typemap(imtype) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) "string"
/* They are Go's: SWIG's own rule for char * would free them. */
%typemap(freearg) const char *BYTES, (const char *TEXT, int64_t TEXT_LEN) ""
%typemap(in) const char *BYTES "$1 = $input.n == 0 ? NULL : $input.p;"
%typemap(in) (const char *TEXT, int64_t TEXT_LEN) "$1 = $input.n == 0 ? NULL : $input.p;\n  $2 = $input.n;"

%typemap(argout) const int64_t *NUMBERS ""
%typemap(gotype) const int64_t *NUMBERS, int64_t *FILLED "[]int64"
%typemap(imtype) const int64_t *NUMBERS, int64_t *FILLED "[]int64"
%typemap(gotype) uint8_t *FILLED "[]uint8"
%typemap(imtype) uint8_t *FILLED "[]uint8"
%typemap(in) const int64_t *NUMBERS, int64_t *FILLED, uint8_t *FILLED "$1 = ($1_ltype)$input.array;"
%typemap(gotype) (const af_value *const *VALUES, int64_t COUNT) "[]uintptr"
%typemap(imtype) (const af_value *const *VALUES, int64_t COUNT) "[]uintptr"
%typemap(in) (const af_value *const *VALUES, int64_t COUNT) "$1 = ($1_ltype)$input.array;\n  $2 = $input.len;"

/* Callbacks are known by the number under which Go keeps them; 0 is none, and a call can be cancelled all the same. */
%typemap(gotype) (af_progress_fn PROGRESS, void *CONTEXT), (af_release_fn RELEASE, void *CONTEXT), const af_store_callbacks *CALLBACKS "uintptr"
%typemap(imtype) (af_progress_fn PROGRESS, void *CONTEXT), (af_release_fn RELEASE, void *CONTEXT), const af_store_callbacks *CALLBACKS "uintptr"
%typemap(in) (af_progress_fn PROGRESS, void *CONTEXT) "$1 = af_go_progress;\n  $2 = (void *)$input;"
%typemap(in) (af_release_fn RELEASE, void *CONTEXT) "$1 = (void *)$input == NULL ? NULL : af_go_release;\n  $2 = (void *)$input;"
%typemap(in) const af_store_callbacks *CALLBACKS (af_store_callbacks callbacks)
    "callbacks = af_go_store((uintptr_t)$input);\n  $1 = &callbacks;"
