/*
 * C#'s typemaps. Handles, addresses and memory are IntPtr. A text is a byte[] of its length as a long and its UTF-8; null is none. A
 * call that can fail answers null, the address of its af_error, or, should there be none, its status; what it is asked for is an out
 * parameter. Instead of the af_error it takes a `call` (native/callbacks.h), null for none.
 */
%{
#include "callbacks.h"
%}

%pragma(csharp) moduleclassmodifiers="internal static class"
%pragma(csharp) imclassclassmodifiers="internal static class"

/* The upper tier has enums and structs of its own, which tests compare with the header. */
%rename("$ignore", %$isconstant) "";
%ignore af_file_options;
%ignore af_atlas_options;
%ignore af_mmap_options;
%ignore af_layer_info;
%ignore af_io_stats;
%ignore af_atlas_info;

%define AF_CS_TYPE(TYPES, C, CSHARP)
%typemap(ctype) TYPES #C
%typemap(imtype) TYPES #CSHARP
%typemap(cstype) TYPES #CSHARP
%typemap(csin) TYPES "$csinput"
%typemap(csout, excode="") TYPES { return $imcall; }
%enddef

AF_CS_TYPE(SWIGTYPE *, void *, global::System.IntPtr)
%typemap(in) SWIGTYPE * "$1 = ($1_ltype)$input;"
%typemap(out) SWIGTYPE * "$result = (void *)$1;"
%apply SWIGTYPE * {
    void *, const void *, char *, const char *, int64_t *, const int64_t *, int32_t *, const int32_t *, const struct DLManagedTensorVersioned *
};
%typemap(freearg) char *, const char * ""

%typemap(ctype) uint8_t "unsigned char"
%typemap(imtype) uint8_t "byte"
%typemap(cstype) uint8_t "bool"
%typemap(csin) uint8_t "(byte)($csinput ? 1 : 0)"
%typemap(csout, excode="") uint8_t { return $imcall != 0; }
%typemap(in) uint8_t "$1 = $input;"
%typemap(out) uint8_t "$result = $1;"

AF_CS_TYPE(af_status, void *, global::System.IntPtr)
%typemap(in) af_status "$1 = (af_status)(intptr_t)$input;"
%typemap(out) af_status "$result = (void *)(intptr_t)$1;"

AF_CS_TYPE(af_error **err, void *, global::System.IntPtr)
%typemap(in) af_error **err (af_error *failure = NULL, af_cs_call *before)
    "$1 = &failure;\n  before = af_cs_enter((af_cs_call *)$input);"
%typemap(argout) af_error **err "af_cs_leave(before$argnum);\n  if (failure$argnum != NULL) $result = failure$argnum;"

%define AF_CS_OUT(TYPES, CSHARP)
%typemap(ctype) TYPES "void *"
%typemap(imtype) TYPES "out " #CSHARP
%typemap(cstype) TYPES "out " #CSHARP
%typemap(csin) TYPES "out $csinput"
%typemap(in) TYPES "$1 = ($1_ltype)$input;"
%enddef
AF_CS_OUT(SWIGTYPE **RESULT, global::System.IntPtr)
AF_CS_OUT(int64_t *RESULT, long)
AF_CS_OUT(int64_t *TEXT_LEN, long)
AF_CS_OUT(int32_t *RESULT, int)
AF_CS_OUT(uint8_t *RESULT, byte)

AF_CS_TYPE(const char *BYTES, void *, byte[])
%typemap(in) const char *BYTES "$1 = ($1_ltype)$input;"
%typemap(freearg) const char *BYTES ""

AF_CS_TYPE(const int64_t *NUMBERS, void *, long[])
%typemap(in) const int64_t *NUMBERS "$1 = ($1_ltype)$input;"
%typemap(argout) const int64_t *NUMBERS ""

AF_CS_TYPE(%arg((const char *TEXT, int64_t TEXT_LEN)), void *, byte[])
%typemap(in) (const char *TEXT, int64_t TEXT_LEN)
    "$1 = $input == NULL ? NULL : (char *)$input + sizeof(int64_t);\n  $2 = $input == NULL ? 0 : *(int64_t *)$input;"
%typemap(freearg) (const char *TEXT, int64_t TEXT_LEN) ""

/* The first number says how many values follow. */
AF_CS_TYPE(%arg((const af_value *const *VALUES, int64_t COUNT)), void *, global::System.IntPtr[])
%typemap(in) (const af_value *const *VALUES, int64_t COUNT) "$1 = ($1_ltype)$input + 1;\n  $2 = *(int64_t *)$input;"

%define AF_CS_FILLED(TYPES, CSHARP)
%typemap(ctype) TYPES "void *"
%typemap(imtype, inattributes="[global::System.Runtime.InteropServices.In, global::System.Runtime.InteropServices.Out]") TYPES #CSHARP
%typemap(cstype) TYPES #CSHARP
%typemap(csin) TYPES "$csinput"
%typemap(in) TYPES "$1 = ($1_ltype)$input;"
%enddef
AF_CS_FILLED(int64_t *FILLED, long[])
AF_CS_FILLED(uint8_t *FILLED, byte[])
/* Two numbers are filled: the address and the length. */
AF_CS_FILLED(%arg((const char **TEXT_RESULT, int64_t *TEXT_LEN)), long[])
%typemap(in) (const char **TEXT_RESULT, int64_t *TEXT_LEN) "$1 = ($1_ltype)$input;\n  $2 = (int64_t *)$input + 1;"

/* Callbacks are known by the number under which C# keeps them; null is none, and a call can be cancelled all the same. */
AF_CS_TYPE(%arg((af_progress_fn PROGRESS, void *CONTEXT)), void *, global::System.IntPtr)
%typemap(in) (af_progress_fn PROGRESS, void *CONTEXT) "$1 = af_cs_progress;\n  $2 = $input;"
AF_CS_TYPE(%arg((af_release_fn RELEASE, void *CONTEXT)), void *, global::System.IntPtr)
%typemap(in) (af_release_fn RELEASE, void *CONTEXT) "$1 = af_cs_release($input);\n  $2 = $input;"
AF_CS_TYPE(const af_store_callbacks *CALLBACKS, void *, global::System.IntPtr)
%typemap(in) const af_store_callbacks *CALLBACKS (af_store_callbacks callbacks)
    "callbacks = af_cs_store($input);\n  $1 = &callbacks;"
