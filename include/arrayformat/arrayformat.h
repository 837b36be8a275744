/*
 * arrayformat.h - very many n-dimensional arrays in few files: the C ABI and its manual.
 *
 * Copyright 2026 The arrayformat authors. Licensed under the Apache License, Version 2.0.
 *
 * CONVENTIONS
 *
 *  1. Status. Every call that can fail returns af_status: AF_OK (0) or one of the AF_* codes below. Its last
 *     parameter `af_error **err` may be NULL. If it is not, it is set to NULL on success and to a new af_error on
 *     failure, which the caller frees with af_error_free. There is no "last error" kept anywhere: calls may come from
 *     any thread, goroutine or virtual thread. When a call fails, its other out-parameters are set to NULL or 0, and
 *     a buffer that it was to fill may hold anything.
 *     Any call may return AF_INVALID_ARGUMENT (a NULL where something is needed, a negative length, a handle that
 *     is closed or was never one), AF_OUT_OF_MEMORY, AF_INTERNAL (a defect in the library: please report it) and,
 *     for calls that take a living handle, AF_FORKED (the handle was opened by the parent of this process). These
 *     are not repeated with each function.
 *  2. Ownership. What comes back through `**out` is yours: free or close it with the function named at its type.
 *     What comes back through `const **` pointers is borrowed: it lives as long as the object it was asked of.
 *     Buffers you pass in are read or written during the call only, never kept.
 *  3. Handles. af_file, af_atlas, af_dataset, af_store, af_cache and af_mmap are living handles: they may be used after being closed, with any
 *     arguments, and answer AF_INVALID_ARGUMENT. Children keep what they need alive: close in any order. close never
 *     writes: what was not flushed is dropped. Freeing NULL is fine. The other types (af_error, af_schema, af_value,
 *     af_values, ...) are plain results: do not use one after freeing it. Asked of NULL, or with an index out of range, their functions
 *     answer NULL or 0.
 *  4. Threads. Every call is safe from any thread. Calls that take a `const` living handle run side by side; the others
 *     wait for the handle and have it for themselves. Closing never waits: a handle that is closed
 *     during calls on other threads takes no new ones, and what it holds is let go when the last of them ends. A plain
 *     result may be read by many threads at once.
 *  5. Text is UTF-8 as a pointer and a length in bytes (`const char *x, int64_t x_len`); a negative length means that
 *     the text ends at the first NUL; NULL with length 0 is the empty text. Names of arrays may be any UTF-8, with '/' and NUL and the empty name included.
 *     Text that comes back is followed by a NUL that is not counted. Text that is not UTF-8 is AF_INVALID_NAME, and more than
 *     2^31 - 1 bytes are AF_LIMIT_EXCEEDED, where nothing else is said.
 *  6. Numbers. Shapes, offsets, counts and lengths are int64_t; booleans are uint8_t (0 or 1). Elements are in the byte order of
 *     the machine, which must be little-endian. Shapes are in elements, strides in bytes. Rank is at most AF_MAX_RANK.
 *  7. Options structs begin with struct_size and are set up by their INIT macro or init function. A zero field means
 *     the default, and NULL in place of the struct means defaults throughout. New fields are only ever added at the end:
 *     programs built with an earlier header go on working, and a field that an earlier library does not know is
 *     AF_UNSUPPORTED there, unless it is 0. Other values than those allowed are AF_INVALID_ARGUMENT.
 *  8. Bytes on disk are specified in docs/format.md of the source tree.
 */
#ifndef ARRAYFORMAT_H
#define ARRAYFORMAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AF_API __attribute__((visibility("default")))

/* ------------------------------------------------------------------ version */

#define AF_VERSION_MAJOR 0
#define AF_VERSION_MINOR 1
#define AF_VERSION_PATCH 0
/* Grows when a release can no longer serve programs built for an earlier one; it is the number in the SONAME. */
#define AF_ABI_VERSION 1

/* The running library's version: major * 1,000,000 + minor * 1,000 + patch. */
AF_API int32_t af_version(void);
/* The running library's version as text, such as "0.1.0". Lives for ever. */
AF_API const char *af_version_text(void);
/* The running library's AF_ABI_VERSION, to be compared with the one a program was compiled with. */
AF_API int32_t af_abi_version(void);

/* ------------------------------------------------------------------ status and error */

typedef int32_t af_status;

/* These numbers never change. */
#define AF_OK 0
#define AF_NOT_FOUND 1              /* no such file, object or store */
#define AF_ALREADY_EXISTS 2         /* the file or object is there already, or a stack it would become part of */
#define AF_ARRAY_NOT_FOUND 3
#define AF_ARRAY_ALREADY_EXISTS 4
#define AF_DATASET_NOT_FOUND 5
#define AF_DATASET_ALREADY_EXISTS 6
#define AF_ATTRIBUTE_NOT_FOUND 7
#define AF_INVALID_NAME 8           /* text that is not UTF-8, a path that cannot be a file of this kind */
#define AF_INVALID_ARGUMENT 9
#define AF_DTYPE_MISMATCH 10        /* the call does not fit the array's dtype */
#define AF_OUT_OF_BOUNDS 11         /* a region, index or coordinate outside the array */
#define AF_LIMIT_EXCEEDED 12        /* a limit of the format, or one that the caller set */
#define AF_CORRUPT 13               /* the bytes are not what the format says, or a checksum does not match */
#define AF_UNSUPPORTED 14           /* valid, but not known to this library */
#define AF_READ_ONLY 15
#define AF_CONFLICT 16              /* another writer changed the same thing first; nothing was written */
#define AF_STALE 17                 /* what the handle reads was replaced; af_file_refresh moves on */
#define AF_CANCELLED 18             /* the progress callback said so */
#define AF_TIMED_OUT 19
#define AF_UNAUTHENTICATED 20
#define AF_PERMISSION_DENIED 21
#define AF_IO 22                    /* the operating system or a server failed */
#define AF_OUT_OF_MEMORY 23
#define AF_FORKED 24                /* the handle belongs to the parent process */
#define AF_INTERNAL 25

/* One failure. Free with af_error_free. */
typedef struct af_error af_error;

AF_API void af_error_free(af_error *error);
/* The status that the failing call returned; AF_OK for NULL. */
AF_API af_status af_error_code(const af_error *error);
/* One line of UTF-8 that says what failed, where, what was expected and what was found. Borrowed; "" for NULL. */
AF_API const char *af_error_message(const af_error *error);
/* The operating system's errno behind the failure, 0 if there was none. */
AF_API int32_t af_error_os_errno(const af_error *error);
/* The HTTP status behind the failure, 0 if there was none. */
AF_API int32_t af_error_http_status(const af_error *error);
/* The name of a status, such as "not-found"; "unknown" for other numbers. Lives for ever. */
AF_API const char *af_status_name(af_status status);

/* ------------------------------------------------------------------ element types */

#define AF_MAX_RANK 32

typedef int32_t af_data_type;

/* These numbers are the format's own and never change. Size in bytes in brackets. */
#define AF_BOOL 0              /* (1) 0 or 1 */
#define AF_INT8 1              /* (1) */
#define AF_INT16 2             /* (2) */
#define AF_INT32 3             /* (4) */
#define AF_INT64 4             /* (8) */
#define AF_UINT8 5             /* (1) */
#define AF_UINT16 6            /* (2) */
#define AF_UINT32 7            /* (4) */
#define AF_UINT64 8            /* (8) */
#define AF_FLOAT32 9           /* (4) */
#define AF_FLOAT64 10          /* (8) */
#define AF_STRING 11           /* UTF-8 of any length */
#define AF_BINARY 12           /* bytes of any length */
#define AF_FIXED_SIZE_LIST 13  /* a fixed number of elements of a child type */
#define AF_LIST 14             /* any number of elements of a child type */
#define AF_TIMESTAMP_NS 15     /* (8) signed nanoseconds since 1970-01-01T00:00:00Z */

/* The size of one element in bytes; 0 for types of variable length, lists and unknown numbers. */
AF_API int64_t af_data_type_size(af_data_type dtype);
/* The name of a dtype, such as "Float32"; "unknown" for other numbers. Lives for ever. */
AF_API const char *af_data_type_name(af_data_type dtype);

/* ------------------------------------------------------------------ values */

/*
 * One value: an attribute, a fill value, a minimum or maximum. A scalar or a list, of a dtype from AF_BOOL to
 * AF_BINARY or AF_TIMESTAMP_NS. Immutable. Free with af_value_free.
 */
typedef struct af_value af_value;

/*
 * Makes a value of a fixed-width dtype from `count` elements at `data`. is_list 0: a scalar, and count must be 1.
 * AF_INVALID_ARGUMENT: another dtype, a bad count, a bool that is neither 0 nor 1.
 */
AF_API af_status af_value_create(af_data_type dtype, uint8_t is_list, const void *data, int64_t count, af_value **out,
                                 af_error **err);
/*
 * Makes a value of AF_STRING or AF_BINARY. Element i is the bytes from offsets[i] to offsets[i + 1] of `bytes`; there
 * are count + 1 offsets, rising from 0. AF_INVALID_ARGUMENT: bad dtype, count or offsets; strings that are not UTF-8.
 */
AF_API af_status af_value_create_variable(af_data_type dtype, uint8_t is_list, const void *bytes, const int64_t *offsets,
                                          int64_t count, af_value **out, af_error **err);
/* Makes a scalar AF_STRING. AF_INVALID_ARGUMENT: not UTF-8. */
AF_API af_status af_value_create_text(const char *text, int64_t text_len, af_value **out, af_error **err);
AF_API void af_value_free(af_value *value);
/* For all of these NULL answers 0 or NULL. */
AF_API af_data_type af_value_data_type(const af_value *value);
AF_API uint8_t af_value_is_list(const af_value *value);
/* The number of elements: 1 for a scalar. */
AF_API int64_t af_value_count(const af_value *value);
/* All elements back to back (fixed width), or all their bytes (variable). Borrowed. */
AF_API const void *af_value_data(const af_value *value);
/* The length of af_value_data in bytes. */
AF_API int64_t af_value_data_len(const af_value *value);
/* For variable-length dtypes count + 1 offsets into af_value_data, NULL for the others. Borrowed. */
AF_API const int64_t *af_value_offsets(const af_value *value);

/*
 * Names with values: the attributes of an array, or one attribute of all arrays. Immutable. Free with af_value_map_free.
 */
typedef struct af_value_map af_value_map;

AF_API void af_value_map_free(af_value_map *map);
AF_API int64_t af_value_map_count(const af_value_map *map);
/* The i-th name and its length in bytes (name_len may be NULL). Borrowed; NULL when i is out of range. */
AF_API const char *af_value_map_name(const af_value_map *map, int64_t i, int64_t *name_len);
/* The i-th value, NULL where there is none. Borrowed: do not free it. */
AF_API const af_value *af_value_map_value(const af_value_map *map, int64_t i);

/*
 * Elements of variable length (strings, binary) or raw bytes, as one buffer and offsets: element i is the bytes from
 * offsets[i] to offsets[i + 1]. Free with af_values_free.
 */
typedef struct af_values af_values;

AF_API void af_values_free(af_values *values);
AF_API int64_t af_values_count(const af_values *values);
AF_API const void *af_values_data(const af_values *values);
AF_API int64_t af_values_data_len(const af_values *values);
/* count + 1 offsets. Borrowed. */
AF_API const int64_t *af_values_offsets(const af_values *values);

/* ------------------------------------------------------------------ schema: what an array is */

/*
 * The dtype, shape, chunk shape, dimension names and fill value of an array. One schema may define many arrays.
 * Free with af_schema_free.
 */
typedef struct af_schema af_schema;

/*
 * Makes a schema of a dtype other than the two lists. `shape` has `rank` extents (NULL if rank is 0: one element).
 * One chunk holds the whole array, dimensions are called dim0, dim1, ..., and there is no fill value until they are set.
 * AF_INVALID_ARGUMENT: unknown dtype, negative rank or extent. AF_LIMIT_EXCEEDED: rank over AF_MAX_RANK, an extent over 2^32-1.
 */
AF_API af_status af_schema_create(af_data_type dtype, const int64_t *shape, int32_t rank, af_schema **out, af_error **err);
/*
 * Turns the dtype into a list of what it was: AF_LIST, or AF_FIXED_SIZE_LIST of `size` elements. Call it again to nest.
 * `size` is ignored for AF_LIST. AF_INVALID_ARGUMENT: another dtype, a size outside 0..2^32-1, over 64 levels.
 */
AF_API af_status af_schema_wrap_list(af_schema *schema, af_data_type list_dtype, int64_t size, af_error **err);
/*
 * Sets the chunk shape: `rank` extents, the schema's rank. An extent of 0 on an axis of length 0 counts as 1.
 * AF_INVALID_ARGUMENT: another rank, an extent below 1. AF_LIMIT_EXCEEDED: an extent over 2^32-1.
 */
AF_API af_status af_schema_set_chunk_shape(af_schema *schema, const int64_t *shape, int32_t rank, af_error **err);
/* Names dimension `axis`. AF_OUT_OF_BOUNDS: no such axis. AF_INVALID_NAME: not UTF-8. */
AF_API af_status af_schema_set_dimension_name(af_schema *schema, int32_t axis, const char *name, int64_t name_len,
                                              af_error **err);
/*
 * Sets what unwritten cells read as: a scalar AF_BOOL, AF_INT64, AF_UINT64, AF_FLOAT64, AF_STRING or AF_TIMESTAMP_NS (narrower
 * integers and floats are widened; AF_BINARY that is UTF-8 is kept as a string), or NULL for none. It is stored as given and
 * converted to the dtype when used: integers wrap, floats saturate, as in docs/format.md. Unwritten cells of AF_BINARY arrays are empty
 * whatever the fill value, which then only counts in statistics. AF_INVALID_ARGUMENT: a list.
 * AF_UNSUPPORTED: binary that is not UTF-8.
 */
AF_API af_status af_schema_set_fill(af_schema *schema, const af_value *fill, af_error **err);
AF_API void af_schema_free(af_schema *schema);
/* For all of these NULL answers 0 or NULL. */
AF_API af_data_type af_schema_data_type(const af_schema *schema);
/* How many levels of lists there are: 0 for other dtypes. */
AF_API int32_t af_schema_list_depth(const af_schema *schema);
/* The dtype at a level of nesting: level 0 is af_schema_data_type, level 1 its child, and so on; -1 below the last. */
AF_API af_data_type af_schema_list_data_type(const af_schema *schema, int32_t level);
/* The size of the fixed-size list at a level of nesting, 0 if it is none. */
AF_API int64_t af_schema_list_size(const af_schema *schema, int32_t level);
AF_API int32_t af_schema_rank(const af_schema *schema);
/* `rank` extents. Borrowed until the schema is changed or freed. */
AF_API const int64_t *af_schema_shape(const af_schema *schema);
AF_API const int64_t *af_schema_chunk_shape(const af_schema *schema);
/* The product of the shape; 1 for rank 0. INT64_MAX if it does not fit. */
AF_API int64_t af_schema_element_count(const af_schema *schema);
/* Borrowed; NULL if there is no such axis. name_len may be NULL. */
AF_API const char *af_schema_dimension_name(const af_schema *schema, int32_t axis, int64_t *name_len);
/* The fill value as stored, NULL if there is none. Borrowed. */
AF_API const af_value *af_schema_fill(const af_schema *schema);

/* ------------------------------------------------------------------ results in columns */

/* The arrays of a file, in listing order, as columns. Free with af_listing_free. */
typedef struct af_listing af_listing;

AF_API void af_listing_free(af_listing *listing);
AF_API int64_t af_listing_count(const af_listing *listing);
/* Names: count + 1 offsets into the bytes of all names back to back (no NULs between them). Borrowed. */
AF_API const char *af_listing_names(const af_listing *listing);
AF_API const int64_t *af_listing_name_offsets(const af_listing *listing);
/* One AF_* dtype each. Borrowed. */
AF_API const int32_t *af_listing_data_types(const af_listing *listing);
/* Shapes: count + 1 offsets (in elements) into all extents back to back; the difference of two is the rank. Borrowed. */
AF_API const int64_t *af_listing_shapes(const af_listing *listing);
AF_API const int64_t *af_listing_shape_offsets(const af_listing *listing);

/* Statistics of arrays, in columns. Free with af_stats_free. */
typedef struct af_stats af_stats;

AF_API void af_stats_free(af_stats *stats);
AF_API int64_t af_stats_count(const af_stats *stats);
/* The i-th array's name. Borrowed; NULL when i is out of range. name_len may be NULL. */
AF_API const char *af_stats_name(const af_stats *stats, int64_t i, int64_t *name_len);
/* 1 if statistics are known: layers of other writers may have none. If 0, the other columns say nothing. */
AF_API uint8_t af_stats_known(const af_stats *stats, int64_t i);
/* The number of elements, written or not. As unsigned 64 bits: files of other writers hold wrapped counts. */
AF_API uint64_t af_stats_row_count(const af_stats *stats, int64_t i);
/* The number of elements that equal the fill value or were never written. */
AF_API uint64_t af_stats_null_count(const af_stats *stats, int64_t i);
/*
 * The least and greatest element that was written and is not the fill value, as AF_INT64, AF_UINT64, AF_FLOAT64,
 * AF_BINARY (strings too) or AF_TIMESTAMP_NS; floats in IEEE total order (-NaN < -inf < ... < -0 < 0 < ... < NaN).
 * NULL if there is no such element. Borrowed: do not free it.
 */
AF_API const af_value *af_stats_min(const af_stats *stats, int64_t i);
AF_API const af_value *af_stats_max(const af_stats *stats, int64_t i);

/* What a check found: one line each. Free with af_report_free. */
typedef struct af_report af_report;

AF_API void af_report_free(af_report *report);
AF_API int64_t af_report_count(const af_report *report);
/* 1: data are damaged or missing. 0: worth knowing (a gap in the numbering, a leftover, no checksums). */
AF_API uint8_t af_report_is_problem(const af_report *report, int64_t i);
/* What is wrong and where, one line. Borrowed; NULL when i is out of range. */
AF_API const char *af_report_text(const af_report *report, int64_t i);

/* ------------------------------------------------------------------ options and progress */

#define AF_CODEC_DEFAULT 0 /* zstd at level 3 */
#define AF_CODEC_NONE 1
#define AF_CODEC_LZ4 2
#define AF_CODEC_ZSTD 3

#define AF_DURABILITY_FULL 0 /* what a successful call wrote survives a crash and a loss of power */
#define AF_DURABILITY_NONE 1 /* scratch data: nothing waits for the disk */

typedef struct af_file_options {
    uint32_t struct_size;
    /* Opening: 1 = may be changed through this handle. Creating: always so. */
    uint8_t writable;
    /* Creating: 1 = an existing stack of this name is replaced whole (base, sidecars and statistics). */
    uint8_t replace;
    uint8_t reserved[2];
    /*
     * Creating: footer version, 4 or 5 (default 5). Copying: also 6, a single file that is never changed and that only array-format 0.15
     * reads. Opening finds it by itself.
     */
    int32_t footer_version;
    /* Blocks written through this handle: AF_CODEC_*. */
    int32_t codec;
    /* Zstd level, used when codec is AF_CODEC_ZSTD: -131072 to 22, 0 = 3. */
    int32_t codec_level;
    /* AF_DURABILITY_*, for files at a path: those in an af_store are as durable as the store makes them. */
    int32_t durability;
    /* Threads for long calls, the caller's included: 0 = one for each core, at most 1024. */
    int32_t threads;
    /* Opening: 0 = all layers. k = the base and the first k - 1 sidecars: the stack as it was then, read-only. */
    int32_t layers;
    /* Bytes of chunk data gathered in a block before it is compressed: 0 = 256 KiB, at most 1 GiB. */
    int64_t block_size;
    /* Bytes of unflushed chunk data kept in memory before they are packed into blocks on disk: 0 = 64 MiB. */
    int64_t write_buffer_size;
    /* Bytes of decoded blocks kept by this handle when it is given no af_cache: 0 = 64 MiB, negative = none. */
    int64_t cache_size;
    /* Ceilings for files that are not trusted, answered with AF_LIMIT_EXCEEDED. 0 = 2^31 - 1 layers and arrays, no ceiling in bytes. */
    int64_t max_layers;
    int64_t max_arrays;
    /* The largest single buffer allocated on behalf of the file: a decoded block, a chunk, metadata, a result that the library owns. */
    int64_t max_allocation;
    /*
     * k = after a flush that leaves k layers or more the stack is compacted, as by af_file_compact, whose rules hold; 0 = never. What
     * the flush committed stays, and it answers AF_OK, whatever becomes of the compaction: the next flush tries again.
     */
    int64_t compact_at;
} af_file_options;

#define AF_FILE_OPTIONS_INIT \
    { (uint32_t)sizeof(af_file_options), 0, 0, { 0, 0 }, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Does what AF_FILE_OPTIONS_INIT does, for languages without macros. struct_size: the size the caller knows. */
AF_API af_status af_file_options_init(af_file_options *options, int64_t struct_size, af_error **err);

/*
 * Called now and then during flush, compact, copy, verify and large reads, on the thread that made the call, with units of work done and
 * in all (bytes or blocks; total may grow). A non-zero answer cancels: the call returns AF_CANCELLED, with nothing changed on disk.
 * It must not call functions on the same handle, but for af_file_close.
 */
typedef int32_t (*af_progress_fn)(void *context, int64_t done, int64_t total);

/* ------------------------------------------------------------------ cache */

/* Decoded blocks, shared by any number of files. Close with af_cache_close: files that use it keep it alive. */
typedef struct af_cache af_cache;

/* A cache of at most `capacity` bytes. AF_INVALID_ARGUMENT: negative. */
AF_API af_status af_cache_create(int64_t capacity, af_cache **out, af_error **err);
AF_API void af_cache_close(af_cache *cache);
/* The bytes it holds now. */
AF_API af_status af_cache_size(const af_cache *cache, int64_t *out, af_error **err);

/* ------------------------------------------------------------------ stores */

/*
 * A place that holds objects under keys: a folder, memory, a bucket, or whatever callbacks reach. Where a call takes a path of a file or of an
 * atlas, a URL may be given as well: it is opened as by af_store_open_url without options. Close with af_store_close.
 */
typedef struct af_store af_store;

/* A folder of the local file system; keys are paths below it, with '/'. It need not exist. AF_INVALID_NAME: a NUL in it. */
AF_API af_status af_store_open_local(const char *folder, int64_t folder_len, af_store **out, af_error **err);
/*
 * What lies below a URL: s3://, gs:// or az://bucket/prefix, http(s)://host/path for reading (docs/stores.md). Nothing is asked yet. `options` are
 * lines of the form name=value (NULL and 0: none), on top of those in the environment's AF_STORE_OPTIONS, where ';' is between them; names and
 * variables are listed in docs/stores.md. To open many files of one place, open it once and use af_file_open_in: connections are kept in the store.
 * Its calls also answer AF_UNAUTHENTICATED, AF_PERMISSION_DENIED, AF_TIMED_OUT, and AF_UNSUPPORTED where the service does not honour what concurrent
 * writers depend on. AF_INVALID_ARGUMENT: an unknown option or a bad value. AF_INVALID_NAME: no bucket or host.
 * AF_UNSUPPORTED: another scheme, or a library that was built without libcurl. AF_UNAUTHENTICATED: no credentials were found.
 */
AF_API af_status af_store_open_url(const char *url, int64_t url_len, const char *options, int64_t options_len, af_store **out,
                                   af_error **err);
/* An empty store in memory, gone with its last user. */
AF_API af_status af_store_create_memory(af_store **out, af_error **err);
AF_API void af_store_close(af_store *store);

#define AF_PUT_ALWAYS 0    /* replace what is there */
#define AF_PUT_IF_ABSENT 1 /* AF_CONFLICT if the key is there */
#define AF_PUT_IF_MATCH 2  /* AF_CONFLICT if the object's version token is not the given one */

#define AF_VERSION_TOKEN_SIZE 64

/* Called by a user's `list` once for each key it finds. A non-zero answer means: stop, and return that answer. */
typedef af_status (*af_store_emit_fn)(void *emit_context, const char *key, int64_t key_len, int64_t size);

/*
 * A store of the caller's. The functions may be called from several threads at once. Each returns AF_OK or an
 * AF_* status; none may be NULL but `release`. Keys are UTF-8 with a length. A version token is NUL-terminated text that changes
 * whenever the object does, and never comes back; a put must be atomic and, when it returns AF_OK, durable. Any number of writers and
 * compactions may share such a store if it honours `condition` and `token` and shows in `stat`, `get` and `list` what was put and
 * removed before; one that answers AF_OK without having honoured them loses data.
 */
typedef struct af_store_callbacks {
    uint32_t struct_size;
    uint32_t reserved;
    void *context;
    /* Writes the object's size and version token. AF_NOT_FOUND. */
    af_status (*stat)(void *context, const char *key, int64_t key_len, int64_t *size, char token[AF_VERSION_TOKEN_SIZE]);
    /* Reads exactly `dst_len` bytes from `offset` of the object, which must still have this token (else AF_STALE). AF_NOT_FOUND. */
    af_status (*get)(void *context, const char *key, int64_t key_len, const char *token, int64_t offset, void *dst,
                     int64_t dst_len);
    /*
     * Stores an object whole and writes its version token: of what was stored here, never of what somebody put in its place since.
     * `condition` is AF_PUT_*; `token` is NULL unless it is AF_PUT_IF_MATCH.
     */
    af_status (*put)(void *context, const char *key, int64_t key_len, const void *src, int64_t src_len, int32_t condition,
                     const char *token, char new_token[AF_VERSION_TOKEN_SIZE]);
    /* Removes an object; AF_NOT_FOUND if it is not there, AF_CONFLICT if `token` is not NULL and not its token. */
    af_status (*remove)(void *context, const char *key, int64_t key_len, const char *token);
    /* Calls `emit` for each key that begins with `prefix`, in any order. */
    af_status (*list)(void *context, const char *prefix, int64_t prefix_len, af_store_emit_fn emit, void *emit_context);
    /* Called once, when the last user of the store is gone. May be NULL. */
    void (*release)(void *context);
} af_store_callbacks;

/* A store behind callbacks; the struct is copied. AF_INVALID_ARGUMENT: a function is missing. */
AF_API af_status af_store_create_callbacks(const af_store_callbacks *callbacks, af_store **out, af_error **err);

/* Whole objects, for tests and tools. AF_NOT_FOUND, AF_IO, AF_PERMISSION_DENIED. get: free the one value with af_values_free. */
AF_API af_status af_store_get(const af_store *store, const char *key, int64_t key_len, af_values **out, af_error **err);
/* AF_ALREADY_EXISTS when the condition AF_PUT_IF_ABSENT does not hold. AF_PUT_IF_MATCH is not taken here. */
AF_API af_status af_store_put(af_store *store, const char *key, int64_t key_len, const void *src, int64_t src_len,
                              int32_t condition, af_error **err);
AF_API af_status af_store_remove(af_store *store, const char *key, int64_t key_len, af_error **err);
/* The keys that begin with `prefix` and have no '/' after it, sorted by their bytes, one value each. */
AF_API af_status af_store_list(const af_store *store, const char *prefix, int64_t prefix_len, af_values **out, af_error **err);

/* ------------------------------------------------------------------ af_file: many arrays in one file */

/*
 * A stack: a base `x.af` and numbered sidecars `x.1.af`, `x.2.af`, ..., each an immutable layer, the newest winning chunk by
 * chunk. Changes gather in memory, and in blocks on disk when there are many, until af_file_flush writes them as one new layer: that
 * is the commit. A handle sees the layers it opened and its own unflushed changes; it sees others' commits after af_file_refresh. Any number of
 * threads and processes may read and write at once; what damages a stack is to move, cut or copy over its files, or a crate that writes meanwhile (docs/durability.md). Close with af_file_close.
 *
 * Statuses of every call below that reads data: AF_ARRAY_NOT_FOUND, AF_CORRUPT, AF_UNSUPPORTED (an unknown codec), AF_IO, AF_STALE,
 * AF_LIMIT_EXCEEDED (a ceiling of the options). Of every call that changes: AF_READ_ONLY, and AF_LIMIT_EXCEEDED where the format has no room.
 */
typedef struct af_file af_file;

/*
 * Creates an empty stack at `path`, which must end in ".af". AF_ALREADY_EXISTS: any part of a stack of this name is there (unless
 * options->replace), or the name would make it a sidecar of an existing stack. AF_INVALID_NAME: the path cannot be a base file.
 * AF_NOT_FOUND: its folder is not there. AF_UNSUPPORTED: footer version 6. AF_PERMISSION_DENIED, AF_IO.
 */
AF_API af_status af_file_create(const char *path, int64_t path_len, const af_file_options *options, af_file **out,
                                af_error **err);
/*
 * Opens a stack: reads the ends of the base and of each sidecar; a file of footer version 6 is a stack of one layer. AF_NOT_FOUND, AF_CORRUPT,
 * AF_UNSUPPORTED (a footer version other than 4, 5 and 6, or two in one stack), AF_READ_ONLY (options->writable for version 6),
 * AF_PERMISSION_DENIED, AF_IO, AF_LIMIT_EXCEEDED, AF_OUT_OF_BOUNDS (options->layers is more than there are).
 */
AF_API af_status af_file_open(const char *path, int64_t path_len, const af_file_options *options, af_file **out, af_error **err);
/* The same in a store; `key` names the base. The store stays usable and is kept alive by the file. */
AF_API af_status af_file_create_in(af_store *store, const char *key, int64_t key_len, const af_file_options *options,
                                   af_file **out, af_error **err);
AF_API af_status af_file_open_in(af_store *store, const char *key, int64_t key_len, const af_file_options *options,
                                 af_file **out, af_error **err);
/* Creates a stack that lives in memory and is gone when the handle is closed. */
AF_API af_status af_file_create_memory(const af_file_options *options, af_file **out, af_error **err);
/* Called once, when the last user of some memory is gone. */
typedef void (*af_release_fn)(void *context);
/*
 * Opens a base file that lies in memory, for reading: `data_len` bytes at `data`. release NULL: they are copied. Else they stay as they are
 * until `release` is called with `context`, from any thread, once nothing uses them any more; when the call fails it is not called.
 * AF_READ_ONLY (options->writable), AF_CORRUPT, AF_UNSUPPORTED, AF_LIMIT_EXCEEDED, AF_OUT_OF_BOUNDS.
 */
AF_API af_status af_file_open_buffer(const void *data, int64_t data_len, af_release_fn release, void *context,
                                     const af_file_options *options, af_file **out, af_error **err);
/*
 * Opens a base file of which only an open descriptor is at hand, for reading; its offset is neither used nor moved, and it may be closed
 * as soon as the call returns. A file has no sidecars here: open stacks that have some by their name. AF_INVALID_NAME: not a regular
 * file. AF_READ_ONLY (options->writable), AF_CORRUPT, AF_UNSUPPORTED, AF_PERMISSION_DENIED, AF_IO, AF_LIMIT_EXCEEDED, AF_OUT_OF_BOUNDS.
 */
AF_API af_status af_file_open_descriptor(int32_t descriptor, const af_file_options *options, af_file **out, af_error **err);
/* Drops what was not flushed. Never fails. */
AF_API void af_file_close(af_file *file);

/* Uses `cache` for decoded blocks from now on; NULL: the handle's own again. */
AF_API af_status af_file_set_cache(af_file *file, const af_cache *cache, af_error **err);
/* Sets the progress callback of this handle's long calls; NULL: none. */
AF_API af_status af_file_set_progress(af_file *file, af_progress_fn progress, void *context, af_error **err);

/* -- arrays */

/*
 * Defines an array. AF_ARRAY_ALREADY_EXISTS. AF_INVALID_NAME: not UTF-8. An array that was deleted may be defined anew; nothing of the old
 * one shows through. AF_UNSUPPORTED: the schema cannot be written in the stack's footer version.
 */
AF_API af_status af_file_define(af_file *file, const char *name, int64_t name_len, const af_schema *schema, af_error **err);
/* Deletes an array with its attributes. AF_ARRAY_NOT_FOUND. */
AF_API af_status af_file_delete(af_file *file, const char *name, int64_t name_len, af_error **err);
/*
 * Changes the shape: `rank` extents, the rank it has. Cells cut off are gone; new cells read as the fill value. The chunk shape stays.
 * AF_ARRAY_NOT_FOUND, AF_INVALID_ARGUMENT (another rank, a negative extent), AF_DTYPE_MISMATCH (lists).
 */
AF_API af_status af_file_resize(af_file *file, const char *name, int64_t name_len, const int64_t *shape, int32_t rank,
                                af_error **err);
/* 1 in *out if there is such an array, else 0. */
AF_API af_status af_file_contains(const af_file *file, const char *name, int64_t name_len, uint8_t *out, af_error **err);
/* What the array is. */
AF_API af_status af_file_schema(const af_file *file, const char *name, int64_t name_len, af_schema **out, af_error **err);
/* All arrays in one call, in the order of their first definition, unflushed ones included. */
AF_API af_status af_file_list(const af_file *file, af_listing **out, af_error **err);
#define AF_MATCH_PREFIX 0 /* names that begin with the pattern; all if it is empty */
/*
 * Names that match it from end to end: '*' stands for any text, '/' included, '?' for one character, [a-z] for one of these ASCII
 * characters, [!a-z] for one that is none of them, and '\\' takes the next character as it is.
 */
#define AF_MATCH_GLOB 1
/*
 * A page of the listing: the first `limit` arrays whose names match, from position `first` on. *next is where the next page begins,
 * -1 when there is none; begin with 0. As long as the handle is neither changed nor refreshed the pages are the whole listing, nothing
 * twice. AF_INVALID_ARGUMENT: another `match`, a negative position, a limit below 1.
 */
AF_API af_status af_file_list_page(const af_file *file, const char *pattern, int64_t pattern_len, int32_t match, int64_t first,
                                   int64_t limit, af_listing **out, int64_t *next, af_error **err);
/* Statistics of one array (one row), unflushed changes included. */
AF_API af_status af_file_stats(const af_file *file, const char *name, int64_t name_len, af_stats **out, af_error **err);
/* Statistics of all arrays in one call, in listing order. */
AF_API af_status af_file_stats_all(const af_file *file, af_stats **out, af_error **err);

/* -- attributes. Those of the file itself belong to an array named "__file__", a scalar that af_file_set_file_attribute defines. */

/*
 * Sets an attribute of an array, replacing one of the same key. AF_ARRAY_NOT_FOUND, AF_INVALID_NAME (a key that is not UTF-8), AF_UNSUPPORTED: a
 * timestamp, or in a stack of footer version 4 a list or binary.
 */
AF_API af_status af_file_set_attribute(af_file *file, const char *name, int64_t name_len, const char *key, int64_t key_len,
                                       const af_value *value, af_error **err);
/* Removes an attribute. AF_ARRAY_NOT_FOUND, AF_ATTRIBUTE_NOT_FOUND. */
AF_API af_status af_file_remove_attribute(af_file *file, const char *name, int64_t name_len, const char *key, int64_t key_len,
                                          af_error **err);
/* One attribute. AF_ARRAY_NOT_FOUND, AF_ATTRIBUTE_NOT_FOUND. */
AF_API af_status af_file_get_attribute(const af_file *file, const char *name, int64_t name_len, const char *key, int64_t key_len,
                                       af_value **out, af_error **err);
/* All attributes of an array. */
AF_API af_status af_file_attributes(const af_file *file, const char *name, int64_t name_len, af_value_map **out, af_error **err);
/* One key across all arrays, in listing order: each array's name, and its value or NULL. */
AF_API af_status af_file_attribute_column(const af_file *file, const char *key, int64_t key_len, af_value_map **out,
                                          af_error **err);
/* As af_file_set_attribute on "__file__", which is defined when it is not there. */
AF_API af_status af_file_set_file_attribute(af_file *file, const char *key, int64_t key_len, const af_value *value,
                                            af_error **err);

/* -- data. A region is `start` and `shape`, each of `rank` elements; both NULL means the whole array: rank is 0 then, or the array's where strides are given. */

/*
 * Writes a region of an array of fixed-width dtype from caller memory. `strides` (bytes from one element to the next along each axis of
 * the region, may be negative or 0) or NULL for C order. `src` is the lowest address of the region: with a negative stride that is not its
 * first element's. src_len: the bytes that may be read from there, no fewer than the region reaches over. The data are taken before the
 * call returns. AF_ARRAY_NOT_FOUND, AF_DTYPE_MISMATCH (variable-length and lists), AF_OUT_OF_BOUNDS, AF_INVALID_ARGUMENT (rank, src_len).
 */
AF_API af_status af_file_write(af_file *file, const char *name, int64_t name_len, const int64_t *start, const int64_t *shape,
                               int32_t rank, const int64_t *strides, const void *src, int64_t src_len, af_error **err);
/*
 * Writes a region of a string or binary array, in C order: element i is the bytes from offsets[i] to offsets[i + 1] of `bytes`; there are
 * count + 1 offsets, rising from 0; count must be the region's. Strings must be UTF-8 (AF_INVALID_ARGUMENT).
 */
AF_API af_status af_file_write_variable(af_file *file, const char *name, int64_t name_len, const int64_t *start,
                                        const int64_t *shape, int32_t rank, const void *bytes, const int64_t *offsets,
                                        int64_t count, af_error **err);
/*
 * Reads a region of an array of fixed-width dtype into caller memory; strides as in af_file_write. dst_len: the bytes that may be written.
 * Cells nobody wrote read as the fill value, or zero. AF_OUT_OF_BOUNDS, AF_DTYPE_MISMATCH, AF_INVALID_ARGUMENT.
 */
AF_API af_status af_file_read(const af_file *file, const char *name, int64_t name_len, const int64_t *start,
                              const int64_t *shape, int32_t rank, const int64_t *strides, void *dst, int64_t dst_len,
                              af_error **err);
/* Reads a region of a string or binary array, in C order. Bytes that are not UTF-8 in a string array are replaced by U+FFFD. */
AF_API af_status af_file_read_variable(const af_file *file, const char *name, int64_t name_len, const int64_t *start,
                                       const int64_t *shape, int32_t rank, af_values **out, af_error **err);
/*
 * Elements of a list dtype as levels: level 0 is the elements themselves, each further one what the lists of the level above hold, the
 * last, af_schema_list_depth, the values. Free with af_lists_free. Asked of NULL or of another level, they answer 0 or NULL.
 */
typedef struct af_lists af_lists;

AF_API void af_lists_free(af_lists *lists);
/* The number of elements at a level. */
AF_API int64_t af_lists_count(const af_lists *lists, int32_t level);
/*
 * Of AF_LIST: element i is the elements from offsets[i] to offsets[i + 1] of the next level; of AF_STRING and AF_BINARY, which are values: these
 * bytes of af_lists_data. count + 1 numbers, rising from 0; NULL for all others. Borrowed.
 */
AF_API const int64_t *af_lists_offsets(const af_lists *lists, int32_t level);
/* The values, back to back. Borrowed. */
AF_API const void *af_lists_data(const af_lists *lists);
AF_API int64_t af_lists_data_len(const af_lists *lists);
/* Reads a region of an array of lists, in C order. Elements nobody wrote are empty lists, or fixed-size ones of zeros and empty texts. */
AF_API af_status af_file_read_lists(const af_file *file, const char *name, int64_t name_len, const int64_t *start,
                                    const int64_t *shape, int32_t rank, af_lists **out, af_error **err);
/*
 * Writes a region of an array of lists, in C order: `src_len` bytes of values, and `count` offsets: those that af_lists_offsets answers,
 * of all levels that have some, one run after the other. AF_INVALID_ARGUMENT: they do not rise from 0, are too few or too many; values
 * that are neither 0 nor 1 or no UTF-8. AF_DTYPE_MISMATCH, AF_OUT_OF_BOUNDS.
 */
AF_API af_status af_file_write_lists(af_file *file, const char *name, int64_t name_len, const int64_t *start, const int64_t *shape,
                                     int32_t rank, const int64_t *offsets, int64_t count, const void *src, int64_t src_len,
                                     af_error **err);
/*
 * Reads `count` whole arrays of fixed-width dtypes, back to back in C order, in one call. The i-th name is the bytes from
 * name_offsets[i] to name_offsets[i + 1] of `names`. Writes count + 1 byte offsets into `dst` to `offsets`. With dst NULL only the offsets are
 * written: offsets[count] is the size needed. AF_INVALID_ARGUMENT: dst_len is less.
 */
AF_API af_status af_file_read_many(const af_file *file, const char *names, const int64_t *name_offsets, int64_t count, void *dst,
                                   int64_t dst_len, int64_t *offsets, af_error **err);

/* -- growing */

/*
 * Lengthens an array of fixed-width dtype along `axis` and writes the new part, in one call: `shape` is that of the part, like the array's
 * but along `axis`; strides, src and src_len as in af_file_write. *position (may be NULL) is where the part begins along the axis. When it
 * fails the array is as it was. AF_ARRAY_NOT_FOUND, AF_DTYPE_MISMATCH, AF_OUT_OF_BOUNDS (no such axis), AF_INVALID_ARGUMENT.
 */
AF_API af_status af_file_append(af_file *file, const char *name, int64_t name_len, int32_t axis, const int64_t *shape, int32_t rank,
                                const int64_t *strides, const void *src, int64_t src_len, int64_t *position, af_error **err);
/* The same for a string or binary array; bytes, offsets and count as in af_file_write_variable. */
AF_API af_status af_file_append_variable(af_file *file, const char *name, int64_t name_len, int32_t axis, const int64_t *shape,
                                         int32_t rank, const void *bytes, const int64_t *offsets, int64_t count, int64_t *position,
                                         af_error **err);

/* What becomes of an array that is there already. */
#define AF_PRESENT_REFUSE 0  /* AF_ARRAY_ALREADY_EXISTS, and nothing is done */
#define AF_PRESENT_SKIP 1    /* it stays; merging only */
#define AF_PRESENT_REPLACE 2

/*
 * Gives an array another name; in the listing it is then the last. AF_ARRAY_NOT_FOUND, AF_ARRAY_ALREADY_EXISTS, AF_INVALID_NAME,
 * AF_INVALID_ARGUMENT: it has that name already. What it holds is written anew by the next flush, as by af_file_copy_array.
 */
AF_API af_status af_file_rename(af_file *file, const char *name, int64_t name_len, const char *new_name, int64_t new_name_len,
                                af_error **err);
/*
 * Copies an array of `source`, unflushed changes included, to `file`, which may be the same, with its attributes. Blocks that hold
 * nothing else are copied as they are stored, without being decoded, and keep their codec; chunks from blocks that hold more are packed
 * anew. It is an unflushed change like any other; when it fails there is none. if_present: AF_PRESENT_REFUSE or _REPLACE.
 * AF_UNSUPPORTED: attributes that the footer version of `file` cannot hold. AF_CANCELLED. The statuses of reading.
 */
AF_API af_status af_file_copy_array(af_file *file, const af_file *source, const char *name, int64_t name_len, const char *new_name,
                                    int64_t new_name_len, int32_t if_present, af_error **err);
/* The same for `count` arrays at once, which keep their names: blocks that they alone share are copied as they are. All of them or none. */
AF_API af_status af_file_copy_arrays(af_file *file, const af_file *source, const char *names, const int64_t *name_offsets,
                                     int64_t count, int32_t if_present, af_error **err);
/* af_file_copy_array, then deletes the array in `source`. Flush `file` first, then `source`: between the two both have it. */
AF_API af_status af_file_move_array(af_file *file, af_file *source, const char *name, int64_t name_len, const char *new_name,
                                    int64_t new_name_len, int32_t if_present, af_error **err);
/*
 * Copies all arrays of `source` to `file`, as af_file_copy_arrays does; AF_PRESENT_* says what happens to names that both have.
 * Attributes of the file itself are added to those there are, and replace them only with AF_PRESENT_REPLACE.
 */
AF_API af_status af_file_merge(af_file *file, const af_file *source, int32_t if_present, af_error **err);

/* -- raw chunks, of every dtype: the payload bytes of docs/format.md, before compression */

/* The coordinates of the chunks that were written, sorted: *count values, each the coordinate's `rank` numbers as int64_t. */
AF_API af_status af_file_chunks(const af_file *file, const char *name, int64_t name_len, af_values **out, int64_t *count,
                                af_error **err);
/* One chunk's payload, as one value. AF_NOT_FOUND: nobody wrote it. AF_OUT_OF_BOUNDS: outside the grid. */
AF_API af_status af_file_read_chunk(const af_file *file, const char *name, int64_t name_len, const int64_t *coord, int32_t rank,
                                    af_values **out, af_error **err);
/*
 * Writes one chunk's payload as it is. Fixed-width dtypes: exactly the clipped extent's bytes; string and binary: a valid payload;
 * lists: any bytes. AF_INVALID_ARGUMENT, AF_OUT_OF_BOUNDS.
 */
AF_API af_status af_file_write_chunk(af_file *file, const char *name, int64_t name_len, const int64_t *coord, int32_t rank,
                                     const void *src, int64_t src_len, af_error **err);

/* -- the stack */

/*
 * Commits all changes as one new layer; does nothing when there are none. When it returns AF_OK the changes survive a crash and a loss of
 * power (AF_DURABILITY_FULL) and every reader that opens or refreshes sees all of them; at any other outcome no reader sees any of
 * them, and they stay pending. If another writer committed first, changes that touch other arrays or other chunks are put on top of
 * theirs; changes that overlap are AF_CONFLICT: af_file_refresh drops them and moves on.
 * AF_CONFLICT, AF_CANCELLED, AF_IO, AF_PERMISSION_DENIED. AF_UNSUPPORTED, in stores without locks (callbacks) only: a deleted array was
 * defined anew in a way that needs all to be rewritten at once (docs/durability.md). AF_STALE: committed, but it could not be opened again;
 * or, if changes are still pending, and in stores without locks only, it is not known whether it was, because a thousand others were first.
 */
AF_API af_status af_file_flush(af_file *file, af_error **err);
/* 1 in *out if there are unflushed changes. */
AF_API af_status af_file_is_dirty(const af_file *file, uint8_t *out, af_error **err);
/*
 * Rewrites all layers as one base, then removes the sidecars; a reader of ours sees the same at every instant, also after a crash. Unflushed
 * changes are flushed first. Never run it while readers or writers of another library have the stack open. AF_CONFLICT: another compaction was
 * faster. AF_CANCELLED, AF_IO.
 */
AF_API af_status af_file_compact(af_file *file, af_error **err);
/*
 * Compacts the stack and gives it this footer version, 4 or 5, in place; a crash leaves one or the other. Not while readers or writers of
 * another library have it open. AF_UNSUPPORTED: attributes that version 4 cannot hold; a store without locks. Else as af_file_compact.
 */
AF_API af_status af_file_upgrade(af_file *file, int32_t footer_version, af_error **err);
/*
 * Removes what dead writers and compactions have left beside the stack: temporary files that nobody is at work on, sidecars that the base
 * has absorbed. *out (may be NULL): the bytes given back. Writers may be at work meanwhile. AF_READ_ONLY, AF_CONFLICT, AF_IO.
 */
AF_API af_status af_file_gc(af_file *file, int64_t *out, af_error **err);
/* Drops unflushed changes and moves to the newest layers. *changed (may be NULL) is 1 if there were any. */
AF_API af_status af_file_refresh(af_file *file, uint8_t *changed, af_error **err);
/*
 * Writes the stack as this handle sees it, without unflushed changes, as one new base file at `path`, with the codec, block size and footer version
 * of `options`. AF_ALREADY_EXISTS as in af_file_create (unless options->replace), AF_UNSUPPORTED (attributes that footer version 4 cannot hold), AF_CANCELLED, AF_IO.
 */
AF_API af_status af_file_copy(const af_file *file, const char *path, int64_t path_len, const af_file_options *options,
                              af_error **err);
/*
 * Copies the layers that this handle reads to `path`, byte for byte: a consistent copy, with its history, whatever writers do meanwhile.
 * An earlier backup at `path` gets the layers that it does not have yet; one that is interrupted leaves an older state of the stack, and
 * is completed by the next. Of `options` only durability counts; replace must be 0. AF_ALREADY_EXISTS: what is there is no earlier state
 * of this stack, as after a compaction. AF_INVALID_NAME, AF_NOT_FOUND (its folder), AF_CANCELLED, AF_PERMISSION_DENIED, AF_IO.
 */
AF_API af_status af_file_backup(const af_file *file, const char *path, int64_t path_len, const af_file_options *options,
                                af_error **err);
/* Checks every checksum, address, coordinate, dictionary and statistic of the opened layers. The answer is AF_OK also when it found problems. */
AF_API af_status af_file_verify(const af_file *file, af_report **out, af_error **err);
/*
 * Writes what is sound of the stack at `path`, which may be too damaged to be opened, as one new base file at `new_path`; the damaged one is
 * never touched. *out says what was wrong and what became of it. In layers of ours one changed byte in metadata, or in a block of up to 64 KiB
 * (of more than 2 KiB: one flipped bit), is put right by its checksum. A chunk that is lost reads as fill values: an older one never shows in its
 * place. Where a whole layer is lost, or what it says of an array, older layers show through, and the report says so. Codec, block size and
 * footer version (0: the stack's own) are those of `options`, whose ceilings hold for the damaged stack; options->replace must be 0.
 * `progress` may be NULL. AF_NOT_FOUND, AF_ALREADY_EXISTS as in af_file_create, AF_CORRUPT (nothing of it can be read), AF_CANCELLED,
 * AF_LIMIT_EXCEEDED, AF_INVALID_NAME, AF_PERMISSION_DENIED, AF_IO.
 */
AF_API af_status af_file_repair(const char *path, int64_t path_len, const char *new_path, int64_t new_path_len,
                                const af_file_options *options, af_progress_fn progress, void *context, af_report **out,
                                af_error **err);

typedef struct af_layer_info {
    uint32_t struct_size;
    /* 1: written by another library: no checksums, no index. */
    uint8_t foreign;
    uint8_t reserved[3];
    /* 0 for the base, else the number in the sidecar's name. A jump means that sidecars in between are missing. */
    int64_t number;
    int64_t size;        /* bytes */
    int64_t array_count; /* arrays mentioned, deleted ones included */
    int64_t block_count;
    uint8_t id[16];
} af_layer_info;

#define AF_LAYER_INFO_INIT \
    { (uint32_t)sizeof(af_layer_info), 0, { 0, 0, 0 }, 0, 0, 0, 0, { 0 } }

/* The number of layers this handle reads: the base and its sidecars. */
AF_API af_status af_file_layer_count(const af_file *file, int64_t *out, af_error **err);
/* Layer i, 0 being the base. Set info->struct_size first. AF_OUT_OF_BOUNDS. */
AF_API af_status af_file_layer(const af_file *file, int64_t i, af_layer_info *info, af_error **err);
/* The stack's footer version: 4 or 5, or 6 for a file that is never changed. */
AF_API af_status af_file_footer_version(const af_file *file, int32_t *out, af_error **err);

typedef struct af_io_stats {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t read_requests;  /* reads of objects, and mapped pages' worth of metadata as one each */
    int64_t bytes_read;     /* bytes asked of the store */
    int64_t write_requests;
    int64_t bytes_written;
    int64_t blocks_decoded;
    int64_t bytes_decoded;
    int64_t cache_hits;
} af_io_stats;

#define AF_IO_STATS_INIT \
    { (uint32_t)sizeof(af_io_stats), 0, 0, 0, 0, 0, 0, 0, 0 }

/* What this handle has asked of its store since it was opened. Set stats->struct_size first. */
AF_API af_status af_file_io_stats(const af_file *file, af_io_stats *stats, af_error **err);

/* ------------------------------------------------------------------ af_atlas: many datasets in one store */

/*
 * Thousands of datasets that have variables in common, stored variable-first: one variable of all of them lies in one stack, so that it is read
 * across all of them from one place. Three generations exist, and all of them are found out when a store is opened:
 *   - a folder with `atlas.json` (or `.msgpack`, each also `.zst` or `.lz4`) and a stack `<variable>/data.af` for each variable, of schema 1, 2 or 3;
 *   - a container, `data.atlas`, of format 1 or 8, with `deleted.mask`: never rewritten but for that mask.
 * Changes gather in the handle until af_atlas_flush commits them, all or nothing. A handle sees the store as it was when it was opened, and its own
 * unflushed changes; it sees others' commits after af_atlas_refresh.
 *
 * A row is a dataset's number in the order of creation, from 0. Deleted datasets keep theirs until af_atlas_compact, in schema 3 and
 * containers; in schemas 1 and 2 the rows behind them move up when that is flushed.
 *
 * Names of datasets and variables are not empty, not "." or "..", do not begin with '_' and hold no '/' (AF_INVALID_NAME).
 *
 * Statuses of every call below that reads data: those of af_file's. Of every call that changes: AF_READ_ONLY, and AF_UNSUPPORTED in containers,
 * but for af_atlas_delete_dataset.
 */
typedef struct af_atlas af_atlas;

/* One dataset of an af_atlas. A living handle that keeps its atlas alive; close with af_dataset_close. */
typedef struct af_dataset af_dataset;

#define AF_METADATA_JSON 1
#define AF_METADATA_MSGPACK 2

#define AF_ATLAS_SCHEMA_1 1  /* a folder that atlas 0.9 and 0.10 read: no attributes of arrays, five kinds of attributes of datasets */
#define AF_ATLAS_SCHEMA_2 2  /* atlas 0.12; opened, written and copied to, never created */
#define AF_ATLAS_SCHEMA_3 3  /* atlas 0.13 and 0.14 */
#define AF_ATLAS_CONTAINER_1 101 /* data.atlas of atlas 0.16 */
#define AF_ATLAS_CONTAINER_8 108 /* data.atlas of atlas 0.17; also what af_atlas_copy writes */

#define AF_MISMATCH_ALLOW 0 /* a dataset may give a variable or an attribute another type than the others do */
#define AF_MISMATCH_ERROR 1 /* unless both widen to a common one, it is AF_DTYPE_MISMATCH */

typedef struct af_atlas_options {
    uint32_t struct_size;
    /* Opening: 1 = may be changed through this handle. Creating: always so. */
    uint8_t writable;
    uint8_t reserved[3];
    /* Creating: AF_ATLAS_SCHEMA_1 or _3 (0 = 3); af_atlas_copy: also AF_ATLAS_SCHEMA_2 and AF_ATLAS_CONTAINER_8. Opening finds it. */
    int32_t generation;
    /* Creating: AF_METADATA_*, 0 = AF_METADATA_JSON. Opening finds it, and it stays. */
    int32_t metadata_format;
    /* Creating: how the metadata document is compressed: AF_CODEC_*, AF_CODEC_DEFAULT = none. */
    int32_t metadata_codec;
    /* Creating: the codec of the store's data. */
    int32_t codec;
    /* Zstd level, used when codec is AF_CODEC_ZSTD: -131072 to 22, 0 = 3. */
    int32_t codec_level;
    /* AF_MISMATCH_*: a rule for this handle, not stored. */
    int32_t type_mismatch;
    /* As in af_file_options. */
    int32_t durability;
    int32_t threads;
    int64_t block_size;
    int64_t write_buffer_size; /* of each variable */
    int64_t cache_size;        /* of all variables together */
    int64_t max_layers;
    int64_t max_arrays;        /* of one variable: that is, datasets that have it */
    int64_t max_allocation;
    int64_t max_datasets;      /* 0 = 2^31 - 1 */
    /* Opening or creating: how many commits of this handle stay open to at_commit, the newest; each costs its metadata once more. 0: none. */
    int64_t keep_commits;
    /* Opening to read: the store as of this commit, a number of af_atlas_commits. 0: as it is now. */
    int64_t at_commit;
} af_atlas_options;

#define AF_ATLAS_OPTIONS_INIT \
    { (uint32_t)sizeof(af_atlas_options), 0, { 0, 0, 0 }, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Does what AF_ATLAS_OPTIONS_INIT does, for languages without macros. struct_size: the size the caller knows. */
AF_API af_status af_atlas_options_init(af_atlas_options *options, int64_t struct_size, af_error **err);

/*
 * Creates an empty store in the folder `path`, which is made if it is not there. AF_ALREADY_EXISTS: it holds a store already.
 * AF_UNSUPPORTED: a generation that is not created. AF_NOT_FOUND: the folder it should lie in is not there. AF_PERMISSION_DENIED, AF_IO.
 */
AF_API af_status af_atlas_create(const char *path, int64_t path_len, const af_atlas_options *options, af_atlas **out,
                                 af_error **err);
/*
 * Opens the store in a folder; `path` may also name the metadata document or data.atlas itself. AF_NOT_FOUND: no store there, also where a folder is
 * without one, or no such options->at_commit. AF_CORRUPT, AF_UNSUPPORTED (another generation), AF_LIMIT_EXCEEDED, AF_PERMISSION_DENIED, AF_IO.
 * AF_INVALID_ARGUMENT: at_commit in what may be changed.
 */
AF_API af_status af_atlas_open(const char *path, int64_t path_len, const af_atlas_options *options, af_atlas **out,
                               af_error **err);
/* The same in a store; `prefix` is what its keys begin with, without a '/' at the end: "" for the whole store. */
AF_API af_status af_atlas_create_in(af_store *store, const char *prefix, int64_t prefix_len, const af_atlas_options *options,
                                    af_atlas **out, af_error **err);
AF_API af_status af_atlas_open_in(af_store *store, const char *prefix, int64_t prefix_len, const af_atlas_options *options,
                                  af_atlas **out, af_error **err);
/* Drops what was not flushed. Never fails. */
AF_API void af_atlas_close(af_atlas *atlas);

/* Uses `cache` for decoded blocks from now on; NULL: the handle's own again. */
AF_API af_status af_atlas_set_cache(af_atlas *atlas, const af_cache *cache, af_error **err);
/* As af_file_set_progress. */
AF_API af_status af_atlas_set_progress(af_atlas *atlas, af_progress_fn progress, void *context, af_error **err);

typedef struct af_atlas_info {
    uint32_t struct_size;
    int32_t generation;      /* AF_ATLAS_* */
    int32_t footer_version;  /* of its stacks: 4, 5 or 6 */
    int32_t codec;           /* AF_CODEC_* of new data; in containers what was used */
    int32_t metadata_format; /* AF_METADATA_*; 0 for containers */
    int32_t metadata_codec;  /* AF_CODEC_* */
    int64_t dataset_count;
    int64_t row_count;       /* deleted datasets that keep their rows included */
    int64_t variable_count;
    int64_t epoch;           /* schema 3: grows with each commit; else 0 */
    int64_t created_unix_ms; /* containers; else 0 */
    int64_t commit;          /* the number of the commit that the handle sees; 0: none, or one of another library */
} af_atlas_info;

#define AF_ATLAS_INFO_INIT \
    { (uint32_t)sizeof(af_atlas_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* What kind of store it is. Set info->struct_size first. */
AF_API af_status af_atlas_get_info(const af_atlas *atlas, af_atlas_info *info, af_error **err);
/* As af_file_io_stats, for all of the store. */
AF_API af_status af_atlas_io_stats(const af_atlas *atlas, af_io_stats *stats, af_error **err);

/* -- datasets */

/*
 * Creates a dataset without arrays and opens it. AF_DATASET_ALREADY_EXISTS. AF_INVALID_NAME. The name of a deleted one may be used again:
 * nothing of the old one shows through.
 */
AF_API af_status af_atlas_create_dataset(af_atlas *atlas, const char *name, int64_t name_len, af_dataset **out, af_error **err);
/* Opens a dataset. It may be changed if the atlas may. AF_DATASET_NOT_FOUND. */
AF_API af_status af_atlas_open_dataset(const af_atlas *atlas, const char *name, int64_t name_len, af_dataset **out,
                                       af_error **err);
/* Deletes a dataset with its arrays and attributes; in containers at once, without af_atlas_flush. Handles of it answer AF_DATASET_NOT_FOUND from then on. AF_DATASET_NOT_FOUND. */
AF_API af_status af_atlas_delete_dataset(af_atlas *atlas, const char *name, int64_t name_len, af_error **err);
/* 1 in *out if there is such a dataset, else 0. */
AF_API af_status af_atlas_contains_dataset(const af_atlas *atlas, const char *name, int64_t name_len, uint8_t *out,
                                           af_error **err);
/* The row of a dataset. AF_DATASET_NOT_FOUND. */
AF_API af_status af_atlas_dataset_row(const af_atlas *atlas, const char *name, int64_t name_len, int64_t *out, af_error **err);
/* The names of all datasets, one value each, in the order of their rows. */
AF_API af_status af_atlas_list_datasets(const af_atlas *atlas, af_values **out, af_error **err);
/* The distinct names of variables that some dataset has, one value each, sorted by their bytes. */
AF_API af_status af_atlas_list_variables(const af_atlas *atlas, af_values **out, af_error **err);

/*
 * What the arrays and attributes of one dataset, or of all of them together, are: names and types without values. Free with
 * af_atlas_schema_free. Asked of NULL, or with an index out of range, its functions answer NULL, 0 or -1 (types).
 */
typedef struct af_atlas_schema af_atlas_schema;

/*
 * Of all datasets: each variable and attribute in the order of first mention, with a type that holds those of all datasets: integers and floats widen, a
 * timestamp beside text is text; what does not widen keeps the first one's type. Dimension names are those of the first dataset that has the variable.
 */
AF_API af_status af_atlas_get_schema(const af_atlas *atlas, af_atlas_schema **out, af_error **err);
AF_API void af_atlas_schema_free(af_atlas_schema *schema);
AF_API int64_t af_atlas_schema_array_count(const af_atlas_schema *schema);
/* Borrowed. name_len may be NULL. */
AF_API const char *af_atlas_schema_array_name(const af_atlas_schema *schema, int64_t array, int64_t *name_len);
AF_API af_data_type af_atlas_schema_array_data_type(const af_atlas_schema *schema, int64_t array);
AF_API int32_t af_atlas_schema_dimension_count(const af_atlas_schema *schema, int64_t array);
AF_API const char *af_atlas_schema_dimension_name(const af_atlas_schema *schema, int64_t array, int32_t axis, int64_t *name_len);
/* Attributes of an array, or for array -1 of the dataset. */
AF_API int64_t af_atlas_schema_attribute_count(const af_atlas_schema *schema, int64_t array);
AF_API const char *af_atlas_schema_attribute_key(const af_atlas_schema *schema, int64_t array, int64_t i, int64_t *key_len);
AF_API af_data_type af_atlas_schema_attribute_data_type(const af_atlas_schema *schema, int64_t array, int64_t i);
AF_API uint8_t af_atlas_schema_attribute_is_list(const af_atlas_schema *schema, int64_t array, int64_t i);
/* Of one dataset: AF_CODEC_* that the store keeps the array with. Of all together -1. */
AF_API int32_t af_atlas_schema_array_codec(const af_atlas_schema *schema, int64_t array);
/* Of one dataset: the chunk extents as they were given, *rank of them: an extent may be 0, or above the array's. Of all together NULL. Borrowed. */
AF_API const int64_t *af_atlas_schema_array_chunk_shape(const af_atlas_schema *schema, int64_t array, int32_t *rank);

/* -- one dataset. Its calls take names of arrays and regions as those of af_file do, and answer what those answer. */

AF_API void af_dataset_close(af_dataset *dataset);
/* Borrowed until the handle is closed. out_len may be NULL. */
AF_API af_status af_dataset_name(const af_dataset *dataset, const char **out, int64_t *out_len, af_error **err);
/* Names and types of its arrays and attributes, in the order in which they were defined. */
AF_API af_status af_dataset_get_schema(const af_dataset *dataset, af_atlas_schema **out, af_error **err);

/* AF_ARRAY_ALREADY_EXISTS, AF_INVALID_NAME, AF_DTYPE_MISMATCH (options->type_mismatch), AF_UNSUPPORTED (lists; the schema cannot be written in this generation). */
AF_API af_status af_dataset_define(af_dataset *dataset, const char *name, int64_t name_len, const af_schema *schema,
                                   af_error **err);
/* Deletes an array with its attributes. AF_ARRAY_NOT_FOUND. */
AF_API af_status af_dataset_delete(af_dataset *dataset, const char *name, int64_t name_len, af_error **err);
AF_API af_status af_dataset_contains(const af_dataset *dataset, const char *name, int64_t name_len, uint8_t *out,
                                     af_error **err);
AF_API af_status af_dataset_schema(const af_dataset *dataset, const char *name, int64_t name_len, af_schema **out,
                                   af_error **err);
/* All its arrays, in the order in which they were defined. */
AF_API af_status af_dataset_list(const af_dataset *dataset, af_listing **out, af_error **err);
/* Statistics of one array (one row), unflushed changes included. */
AF_API af_status af_dataset_stats(const af_dataset *dataset, const char *name, int64_t name_len, af_stats **out, af_error **err);

/* As af_file_write, af_file_write_variable, af_file_read and af_file_read_variable. */
AF_API af_status af_dataset_write(af_dataset *dataset, const char *name, int64_t name_len, const int64_t *start,
                                  const int64_t *shape, int32_t rank, const int64_t *strides, const void *src, int64_t src_len,
                                  af_error **err);
AF_API af_status af_dataset_write_variable(af_dataset *dataset, const char *name, int64_t name_len, const int64_t *start,
                                           const int64_t *shape, int32_t rank, const void *bytes, const int64_t *offsets,
                                           int64_t count, af_error **err);
AF_API af_status af_dataset_read(const af_dataset *dataset, const char *name, int64_t name_len, const int64_t *start,
                                 const int64_t *shape, int32_t rank, const int64_t *strides, void *dst, int64_t dst_len,
                                 af_error **err);
AF_API af_status af_dataset_read_variable(const af_dataset *dataset, const char *name, int64_t name_len, const int64_t *start,
                                          const int64_t *shape, int32_t rank, af_values **out, af_error **err);

/*
 * Attributes of the dataset: any af_value, and timestamps. AF_DTYPE_MISMATCH (options->type_mismatch). AF_UNSUPPORTED: in schema 1 only a scalar AF_BOOL,
 * AF_INT64, AF_FLOAT64, AF_STRING and AF_TIMESTAMP_NS; there, AF_FLOAT64 that is not finite only in MessagePack. (For the reference, text that reads as
 * a timestamp is one.) AF_ATTRIBUTE_NOT_FOUND.
 */
AF_API af_status af_dataset_set_attribute(af_dataset *dataset, const char *key, int64_t key_len, const af_value *value,
                                          af_error **err);
AF_API af_status af_dataset_remove_attribute(af_dataset *dataset, const char *key, int64_t key_len, af_error **err);
AF_API af_status af_dataset_get_attribute(const af_dataset *dataset, const char *key, int64_t key_len, af_value **out,
                                          af_error **err);
/* All of them, in the order in which they were first set. */
AF_API af_status af_dataset_attributes(const af_dataset *dataset, af_value_map **out, af_error **err);
/* Attributes of one of its arrays. AF_ARRAY_NOT_FOUND too. AF_UNSUPPORTED: schema 1. */
AF_API af_status af_dataset_set_array_attribute(af_dataset *dataset, const char *name, int64_t name_len, const char *key,
                                                int64_t key_len, const af_value *value, af_error **err);
AF_API af_status af_dataset_remove_array_attribute(af_dataset *dataset, const char *name, int64_t name_len, const char *key,
                                                   int64_t key_len, af_error **err);
AF_API af_status af_dataset_get_array_attribute(const af_dataset *dataset, const char *name, int64_t name_len, const char *key,
                                                int64_t key_len, af_value **out, af_error **err);
AF_API af_status af_dataset_array_attributes(const af_dataset *dataset, const char *name, int64_t name_len, af_value_map **out,
                                             af_error **err);

/* -- across datasets. `rows` says which, and in which order: row_count rows of datasets; NULL: all datasets in the order of their rows.
 *    AF_OUT_OF_BOUNDS: a row that is none; AF_DATASET_NOT_FOUND: one of a deleted dataset. Containers of format 1 keep datasets together,
 *    each in a file of its own: there these calls read one file after the other. With n rows chosen: */

/*
 * What a variable is in each of them, one line each: the dataset's name, its dtype and its shape. Where a dataset does not have it the dtype is -1 and
 * the shape empty. AF_ARRAY_NOT_FOUND: no dataset of the store has it.
 */
AF_API af_status af_atlas_list_across(const af_atlas *atlas, const char *variable, int64_t variable_len, const int64_t *rows,
                                      int64_t row_count, af_listing **out, af_error **err);
/*
 * Reads one variable of fixed-width dtype, ragged: dataset after dataset, each in C order, without gaps. The region is clipped to each dataset's
 * shape; both NULL means all of it. Writes n + 1 byte offsets into `dst` to `offsets`, and to `present` (may be NULL) n times 1, or 0 where a
 * dataset does not have the variable. With dst NULL nothing is read: offsets[n] is the size needed. row_count must be n, with rows NULL as well. Each block is decoded once, however many datasets
 * it holds. AF_ARRAY_NOT_FOUND: no dataset of the store has it. AF_DTYPE_MISMATCH: variable length, or two of them are of different dtypes.
 * AF_INVALID_ARGUMENT: dst_len is less, or another rank.
 */
AF_API af_status af_atlas_read_ragged(const af_atlas *atlas, const char *variable, int64_t variable_len, const int64_t *rows,
                                      int64_t row_count, const int64_t *start, const int64_t *shape, int32_t rank, void *dst,
                                      int64_t dst_len, int64_t *offsets, uint8_t *present, af_error **err);
/* The same for strings and binary; row_count as there. `offsets` count elements: those of the i-th dataset are offsets[i] to offsets[i + 1] of *out. */
AF_API af_status af_atlas_read_ragged_variable(const af_atlas *atlas, const char *variable, int64_t variable_len,
                                               const int64_t *rows, int64_t row_count, const int64_t *start,
                                               const int64_t *shape, int32_t rank, af_values **out, int64_t *offsets,
                                               uint8_t *present, af_error **err);
/*
 * Reads the same region of each of them, stacked: n times the region's shape in C order. Both NULL: the whole arrays, whose common shape
 * af_atlas_stack_shape tells. pad 0: all must have the variable (AF_ARRAY_NOT_FOUND) and reach over the region (AF_OUT_OF_BOUNDS). pad 1: what is missing is
 * `fill`, or for NULL each array's fill value, or zero. AF_DTYPE_MISMATCH as above, and a fill that the dtype does not hold. AF_INVALID_ARGUMENT.
 */
AF_API af_status af_atlas_read_stacked(const af_atlas *atlas, const char *variable, int64_t variable_len, const int64_t *rows,
                                       int64_t row_count, const int64_t *start, const int64_t *shape, int32_t rank, uint8_t pad,
                                       const af_value *fill, void *dst, int64_t dst_len, af_error **err);
/* The same for strings and binary; what is missing without a fill value is empty. */
AF_API af_status af_atlas_read_stacked_variable(const af_atlas *atlas, const char *variable, int64_t variable_len,
                                                const int64_t *rows, int64_t row_count, const int64_t *start,
                                                const int64_t *shape, int32_t rank, uint8_t pad, const af_value *fill,
                                                af_values **out, af_error **err);
/*
 * The least shape that all of them fit into. Writes its rank (at most AF_MAX_RANK) to *rank and its extents to `shape`, which has room for AF_MAX_RANK.
 * AF_ARRAY_NOT_FOUND. AF_INVALID_ARGUMENT: their ranks differ.
 */
AF_API af_status af_atlas_stack_shape(const af_atlas *atlas, const char *variable, int64_t variable_len, const int64_t *rows,
                                      int64_t row_count, int64_t *shape, int32_t *rank, af_error **err);
/*
 * One attribute of each of them: the dataset's name, and its value or NULL. `variable` names the array it belongs to; NULL: the dataset itself.
 */
AF_API af_status af_atlas_attribute_across(const af_atlas *atlas, const char *variable, int64_t variable_len, const char *key,
                                           int64_t key_len, const int64_t *rows, int64_t row_count, af_value_map **out,
                                           af_error **err);
/* Statistics of a variable in each of them, the dataset's name beside them; not known where a dataset does not have it. */
AF_API af_status af_atlas_stats_across(const af_atlas *atlas, const char *variable, int64_t variable_len, const int64_t *rows,
                                       int64_t row_count, af_stats **out, af_error **err);

/* -- choosing datasets by statistics and attributes, without reading data */

/* Rows of datasets. Free with af_rows_free. */
typedef struct af_rows af_rows;

AF_API void af_rows_free(af_rows *rows);
AF_API int64_t af_rows_count(const af_rows *rows);
/* In rising order. Borrowed. */
AF_API const int64_t *af_rows_data(const af_rows *rows);

/*
 * The datasets for which a predicate may hold, judged by the least and greatest value of each variable and by attributes. Its text is made of
 *   temp < 5, temp between 0 and 5, temp in (1, 2)    some element of the variable temp may be so: = != < <= > >=, between (ends included), in
 *   @region = 'arctic', temp@units in ('K', 'degC')   the attribute of the dataset, or of its array, is so
 *   has temp, has @region, has temp@units             it is there at all
 *   and, or, not, ( )                                 `not` turns the comparisons inside it around
 * Names that are not letters, digits, '_', '.' and '-' stand in "double quotes", texts in 'single quotes'; a quote inside is written twice. Numbers are
 * decimal; true, false. A timestamp is text as in RFC 3339. Each ? stands for the next of `parameters`, a scalar.
 * Numbers are compared as numbers whatever their dtypes, floats in IEEE total order but -0 as 0, text and binary byte by byte; a number and a text never match. A dataset
 * that lacks what is compared, or whose least and greatest values are not known or do not exist, is left out, by `not` as well. Lists are only there or
 * not. Nothing but statistics and attributes is read: of a variable that no dataset has, or whose values were never written, nothing is known. AF_INVALID_ARGUMENT: the text is not understood (the message says where), another number of parameters.
 */
AF_API af_status af_atlas_select(const af_atlas *atlas, const char *predicate, int64_t predicate_len,
                                 const af_value *const *parameters, int64_t parameter_count, af_rows **out, af_error **err);

/* -- the store */

/*
 * Commits all changes to all datasets: readers of ours see all of them or, at any other outcome and after a crash at any moment, none. When it returns
 * AF_OK they survive a crash and a loss of power (AF_DURABILITY_FULL). Changes to other datasets than another writer has committed meanwhile are put on
 * top of theirs; to the same ones are AF_CONFLICT: af_atlas_refresh drops them and moves on. AF_CANCELLED, AF_IO, AF_PERMISSION_DENIED.
 */
AF_API af_status af_atlas_flush(af_atlas *atlas, af_error **err);
/* 1 in *out if there are unflushed changes. */
AF_API af_status af_atlas_is_dirty(const af_atlas *atlas, uint8_t *out, af_error **err);
/* Flushes, then compacts every stack and forgets deleted datasets: rows move up. Rules and statuses as for af_file_compact. */
AF_API af_status af_atlas_compact(af_atlas *atlas, af_error **err);
/* Drops unflushed changes and moves to the newest commit. *changed (may be NULL) is 1 if there was one. */
AF_API af_status af_atlas_refresh(af_atlas *atlas, uint8_t *changed, af_error **err);
/* Checks metadata and every stack; tells of layers that belong to no commit. The answer is AF_OK also when it found problems. */
AF_API af_status af_atlas_verify(const af_atlas *atlas, af_report **out, af_error **err);
/*
 * Empties layers that belong to no commit, left by writers that died. *out (may be NULL): the bytes given back. Not while another writer is at work.
 * AF_CONFLICT, AF_IO.
 */
AF_API af_status af_atlas_gc(af_atlas *atlas, int64_t *out, af_error **err);
/*
 * Writes the store as this handle sees it, unflushed changes included and deleted datasets left out, as a new one in the folder `path`: of any generation,
 * metadata form, codec and block size that `options` choose. Values, attributes, fill values and the order of datasets, arrays and attributes stay. The new
 * store is there as a whole or, at any other outcome, not at all. Reports to af_atlas_set_progress. AF_UNSUPPORTED, before anything is written: what that
 * generation cannot hold, by name: attributes of arrays, or of other than five kinds, in schema 1, NaN in its JSON; attributes that are timestamps in
 * containers; names of containers that folders cannot have. AF_ALREADY_EXISTS: there is a store, or a variable's stack. AF_CANCELLED, AF_IO.
 */
AF_API af_status af_atlas_copy(const af_atlas *atlas, const char *path, int64_t path_len, const af_atlas_options *options,
                               af_error **err);
AF_API af_status af_atlas_copy_in(const af_atlas *atlas, af_store *store, const char *prefix, int64_t prefix_len,
                                  const af_atlas_options *options, af_error **err);
/*
 * The commits that af_atlas_open can go back to (options->at_commit), oldest first: names are their numbers in decimal, values the times at which they were
 * made (AF_TIMESTAMP_NS). Those are kept that a handle with options->keep_commits made. They are gone after af_atlas_compact; one whose layers are gone, or
 * above which another library has written, is AF_STALE where it is read. Variables that only other libraries have written are shown as they are now.
 */
AF_API af_status af_atlas_commits(const af_atlas *atlas, af_value_map **out, af_error **err);


/* ------------------------------------------------------------------ af_mmap: one array in a mapped file */

/*
 * One array of AF_FLOAT32, AF_FLOAT64, AF_INT32 or AF_INT64 and up to AF_MMAP_MAX_RANK dimensions in a file of its own: 64 bytes of
 * header, then the elements in C order. The file is mapped into memory when a view of it is first asked for: its elements are then read
 * and written in place, and the system fetches and stores pages as they are touched. A living handle; close with af_mmap_close. Each
 * handle keeps one file descriptor open.
 *
 * A file that another program shortens is the weak point of any mapping: touching a page that the file no longer has ends the process
 * (SIGBUS), and so does writing to a page of a sparse file (af_mmap_create_zeros) when the disk is full. Every call that reads or writes
 * elements or hands out a view compares the file's length first and answers AF_CORRUPT; what happens afterwards, through a view, cannot
 * be seen. af_mmap_read and af_mmap_write of regions that are dense, in the file and in the caller's memory, touch no page (with
 * AF_MMAP_COPY_ON_WRITE only reads, until it is mapped): they answer AF_CORRUPT and AF_IO whenever it happens. See also options->reserve.
 */
typedef struct af_mmap af_mmap;

#define AF_MMAP_MAX_RANK 6

#define AF_MMAP_READ_ONLY 0
#define AF_MMAP_READ_WRITE 1    /* changes go to the file, and to everyone who has it mapped */
#define AF_MMAP_COPY_ON_WRITE 2 /* changes are this handle's own and go with it; a first write costs a page, not the array */

typedef struct af_mmap_options {
    uint32_t struct_size;
    /* Opening: AF_MMAP_*. Creating: always AF_MMAP_READ_WRITE. */
    int32_t mode;
    /* Creating: AF_DURABILITY_*. */
    int32_t durability;
    /* Creating: 1 = a file of this name is replaced; handles that have it open keep the old one. */
    uint8_t replace;
    /*
     * 1 = keep others that ask for the lock out, until the handle, its views and exports, and what child processes inherited of it are
     * gone: as a writer everyone, as a reader (the other two modes) writers. AF_CONFLICT if one is there already.
     */
    uint8_t lock;
    /*
     * Opening: 1 = every byte of the header and the length of the file must be what a writer gives them, else AF_CORRUPT. 0 = the header's
     * element count, its unused shape slots and whole elements after the last one may be anything, as for other readers of these files.
     */
    uint8_t strict;
    /* Creating: 1 = all disk space is taken at once, so that a full disk is AF_IO now and not the end of the process later. */
    uint8_t reserve;
} af_mmap_options;

#define AF_MMAP_OPTIONS_INIT \
    { (uint32_t)sizeof(af_mmap_options), 0, 0, 0, 0, 0, 0 }

/* Does what AF_MMAP_OPTIONS_INIT does, for languages without macros. struct_size: the size the caller knows. */
AF_API af_status af_mmap_options_init(af_mmap_options *options, int64_t struct_size, af_error **err);

/*
 * Creates a file that holds a copy of an array in caller memory, and opens it for reading and writing. `shape` has `rank` extents
 * (NULL if rank is 0: one element). `strides` and src_len as in af_file_write. The file appears under its name only when it is
 * complete: after a crash it is there whole or not at all, though a file ".af-mmap-*.tmp" may be left beside it. options may be NULL.
 * AF_ALREADY_EXISTS: there is something of this name (unless options->replace). AF_INVALID_NAME: a path with a NUL or that cannot be a
 * file, or something other than a regular file to be replaced. AF_UNSUPPORTED: another dtype. AF_LIMIT_EXCEEDED: rank over
 * AF_MMAP_MAX_RANK, more bytes than a file can have.
 * AF_NOT_FOUND: its folder is not there. AF_INVALID_ARGUMENT, AF_CONFLICT (options->lock), AF_PERMISSION_DENIED, AF_IO.
 */
AF_API af_status af_mmap_create(const char *path, int64_t path_len, af_data_type dtype, const int64_t *shape, int32_t rank,
                                const int64_t *strides, const void *src, int64_t src_len, const af_mmap_options *options,
                                af_mmap **out, af_error **err);
/* The same with zeros. They take neither memory nor, unless options->reserve, disk space before they are written. */
AF_API af_status af_mmap_create_zeros(const char *path, int64_t path_len, af_data_type dtype, const int64_t *shape, int32_t rank,
                                      const af_mmap_options *options, af_mmap **out, af_error **err);
/*
 * Opens a file; options NULL: read-only. AF_NOT_FOUND. AF_INVALID_NAME: a folder, a pipe, a device. AF_CORRUPT: the header is damaged,
 * or the file shorter than its shape needs. AF_UNSUPPORTED: a version or dtype that this library does not know. AF_CONFLICT
 * (options->lock), AF_PERMISSION_DENIED, AF_IO.
 */
AF_API af_status af_mmap_open(const char *path, int64_t path_len, const af_mmap_options *options, af_mmap **out, af_error **err);
/*
 * Ends the handle. Changes in AF_MMAP_READ_WRITE are the file's already, though on disk for certain only after af_mmap_flush; those in
 * AF_MMAP_COPY_ON_WRITE are dropped when the last view is gone too. Never fails.
 */
AF_API void af_mmap_close(af_mmap *mmap);

/* -- what it is */

AF_API af_status af_mmap_data_type(const af_mmap *mmap, af_data_type *out, af_error **err);
AF_API af_status af_mmap_rank(const af_mmap *mmap, int32_t *out, af_error **err);
/* Fill `rank` numbers; `rank` must be the array's (AF_INVALID_ARGUMENT). NULL will do for rank 0. */
AF_API af_status af_mmap_shape(const af_mmap *mmap, int64_t *shape, int32_t rank, af_error **err);
/* In bytes. */
AF_API af_status af_mmap_strides(const af_mmap *mmap, int64_t *strides, int32_t rank, af_error **err);
/* In elements. */
AF_API af_status af_mmap_element_strides(const af_mmap *mmap, int64_t *strides, int32_t rank, af_error **err);
/* The product of the shape: 1 for rank 0. */
AF_API af_status af_mmap_element_count(const af_mmap *mmap, int64_t *out, af_error **err);
/* 1 in *out if there is no element. */
AF_API af_status af_mmap_is_empty(const af_mmap *mmap, uint8_t *out, af_error **err);
/* AF_MMAP_*. */
AF_API af_status af_mmap_mode(const af_mmap *mmap, int32_t *out, af_error **err);
/* The path it was created or opened with, and its length in bytes (out_len may be NULL). Borrowed until the handle is closed. */
AF_API af_status af_mmap_path(const af_mmap *mmap, const char **out, int64_t *out_len, af_error **err);

/* -- data. Regions, strides, src_len and dst_len are those of af_file_read and af_file_write. */

/* Copies a region to caller memory. AF_OUT_OF_BOUNDS, AF_INVALID_ARGUMENT, AF_CORRUPT (truncated), AF_IO. */
AF_API af_status af_mmap_read(const af_mmap *mmap, const int64_t *start, const int64_t *shape, int32_t rank,
                              const int64_t *strides, void *dst, int64_t dst_len, af_error **err);
/* Copies caller memory to a region. AF_READ_ONLY, AF_OUT_OF_BOUNDS, AF_INVALID_ARGUMENT, AF_CORRUPT (truncated), AF_IO. */
AF_API af_status af_mmap_write(af_mmap *mmap, const int64_t *start, const int64_t *shape, int32_t rank, const int64_t *strides,
                               const void *src, int64_t src_len, af_error **err);
/*
 * Returns when all changes so far are on disk. Only AF_MMAP_READ_WRITE has any; in the other modes it does nothing.
 * AF_CORRUPT (truncated: what lay behind the new end is lost), AF_IO.
 */
AF_API af_status af_mmap_flush(const af_mmap *mmap, af_error **err);
/*
 * The same for a range of the elements, in bytes, the first element being at 0. wait 1: returns when they are on disk; 0: only sees
 * that their writing begins. AF_OUT_OF_BOUNDS, AF_CORRUPT, AF_IO.
 */
AF_API af_status af_mmap_flush_range(const af_mmap *mmap, int64_t offset, int64_t length, uint8_t wait, af_error **err);

#define AF_ADVICE_NORMAL 0
#define AF_ADVICE_SEQUENTIAL 1
#define AF_ADVICE_RANDOM 2
#define AF_ADVICE_WILL_NEED 3 /* fetch it soon */
#define AF_ADVICE_DONT_NEED 4 /* give its memory back; nothing is lost by it, and in AF_MMAP_COPY_ON_WRITE nothing is done */

/* Tells the system how a range of bytes (as in af_mmap_flush_range) is going to be used. AF_OUT_OF_BOUNDS, AF_IO. */
AF_API af_status af_mmap_advise(const af_mmap *mmap, int32_t advice, int64_t offset, int64_t length, af_error **err);

/* -- views: the elements in place */

/*
 * The elements of an af_mmap and how they lie. A plain result that keeps the mapping alive, whatever becomes of the handle; it may be
 * used in child processes too. Any number of threads may read through views, and through af_mmap_read. Who writes through a view sees
 * to it that nobody else uses the same elements meanwhile. Free with af_mmap_view_free.
 */
typedef struct af_mmap_view af_mmap_view;

/* A view for reading. It shows what is written elsewhere, too. AF_CORRUPT (truncated), AF_IO. */
AF_API af_status af_mmap_get_view(const af_mmap *mmap, af_mmap_view **out, af_error **err);
/* A view for reading and writing. AF_READ_ONLY, AF_CORRUPT (truncated), AF_IO. */
AF_API af_status af_mmap_get_mutable_view(af_mmap *mmap, af_mmap_view **out, af_error **err);
AF_API void af_mmap_view_free(af_mmap_view *view);
/* For all of these NULL answers 0 or NULL. */
/* The first element. Borrowed. Aligned to 64 bytes. */
AF_API const void *af_mmap_view_data(const af_mmap_view *view);
/* The same, to be written to; NULL for a view from af_mmap_get_view. */
AF_API void *af_mmap_view_mutable_data(af_mmap_view *view);
/* The length of af_mmap_view_data in bytes. */
AF_API int64_t af_mmap_view_data_len(const af_mmap_view *view);
AF_API af_data_type af_mmap_view_data_type(const af_mmap_view *view);
AF_API int32_t af_mmap_view_rank(const af_mmap_view *view);
/* `rank` extents. Borrowed. */
AF_API const int64_t *af_mmap_view_shape(const af_mmap_view *view);
/* In bytes. Borrowed. */
AF_API const int64_t *af_mmap_view_strides(const af_mmap_view *view);
AF_API int64_t af_mmap_view_element_count(const af_mmap_view *view);

/* -- exchange without copying. What is exported keeps the mapping alive until it is released. */

/* DLPack 1.x, as defined in its dlpack.h. */
struct DLManagedTensorVersioned;

/* A tensor over the view's elements, marked read-only unless the view is mutable. Free it by its deleter. */
AF_API af_status af_mmap_view_export_dlpack(const af_mmap_view *view, struct DLManagedTensorVersioned **out, af_error **err);
/*
 * af_mmap_create from a tensor in the processor's memory, of any strides; it is read during the call and stays yours.
 * AF_UNSUPPORTED too: another major version, another device, an element type that is none of the four.
 */
AF_API af_status af_mmap_create_from_dlpack(const char *path, int64_t path_len, const struct DLManagedTensorVersioned *tensor,
                                            const af_mmap_options *options, af_mmap **out, af_error **err);

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/*
 * Fills two Arrow C Data structs with an array over the view's elements: one entry for each index of the first axis (one for rank 0),
 * numbers for rank 0 and 1, fixed-size lists, one in the other, for higher ranks. Release both by their callbacks. Arrow takes arrays
 * for immutable: do not write to the elements meanwhile. AF_LIMIT_EXCEEDED: an extent other than the first is over 2^31-1.
 */
AF_API af_status af_mmap_view_export_arrow(const af_mmap_view *view, struct ArrowSchema *schema, struct ArrowArray *array,
                                           af_error **err);

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

/* -- the same for arrays of an af_file, unflushed changes included. What is exported needs the handle no longer. */

/*
 * Fills two Arrow C Data structs with a region of an array, of any dtype; release both by their callbacks. There is one entry for each index
 * of the first axis, one for rank 0. The further axes of fixed-width dtypes are an arrow.fixed_shape_tensor, of others fixed-size
 * lists. Strings, binary and lists are the large ones of Arrow, timestamps those of nanoseconds in UTC, bools bits. Numbers that lie in
 * one chunk in a row are not copied: the block they were decoded to is kept until they are released.
 * AF_LIMIT_EXCEEDED: more than 2^31-1 elements in a row. AF_CONFLICT: another thread changed the array meanwhile.
 */
AF_API af_status af_file_export_arrow(const af_file *file, const char *name, int64_t name_len, const int64_t *start,
                                      const int64_t *shape, int32_t rank, struct ArrowSchema *schema, struct ArrowArray *array,
                                      af_error **err);
/*
 * Writes an Arrow array, which is read during the call and stays yours, to a whole array of the file. One that is not there yet is defined, with
 * chunks of about a mebibyte: tensors and fixed-size lists at the top become further axes. One that is there must have the same dtype
 * (AF_DTYPE_MISMATCH) and shape (AF_INVALID_ARGUMENT). AF_UNSUPPORTED: nulls, dictionaries, types that no array has.
 */
AF_API af_status af_file_write_arrow(af_file *file, const char *name, int64_t name_len, const struct ArrowSchema *schema,
                                     const struct ArrowArray *array, af_error **err);
/*
 * Fills an Arrow C stream whose items are structs with a column for each of `count` arrays, `limit` rows at a time: entries as in
 * af_file_export_arrow. All must have as many (AF_INVALID_ARGUMENT). Names as in af_file_read_many.
 */
AF_API af_status af_file_export_arrow_stream(const af_file *file, const char *names, const int64_t *name_offsets, int64_t count,
                                             int64_t limit, struct ArrowArrayStream *stream, af_error **err);
/*
 * Reads a stream of such structs to its end; it stays yours. Each column is appended to the array of its name, which is defined, as in
 * af_file_write_arrow, if it is not there. When it fails, what was read before is among the unflushed changes. AF_UNSUPPORTED too:
 * lists in more than one item. AF_IO: the stream failed.
 */
AF_API af_status af_file_write_arrow_stream(af_file *file, struct ArrowArrayStream *stream, af_error **err);
/*
 * A tensor with a region of an array of fixed-width dtype (timestamps as 64-bit integers); free it by its deleter. It is marked read-only where
 * it shares memory with others, as in af_file_export_arrow, and else as a copy.
 */
AF_API af_status af_file_export_dlpack(const af_file *file, const char *name, int64_t name_len, const int64_t *start,
                                       const int64_t *shape, int32_t rank, struct DLManagedTensorVersioned **out, af_error **err);

/* -- from and to an array of an af_file. Memory is bounded by a few chunks, not by the array. */

/*
 * Creates a mapped file with the elements of an array of an af_file, unflushed changes included, as af_mmap_create does; its space is
 * reserved. AF_ARRAY_NOT_FOUND. AF_UNSUPPORTED, AF_LIMIT_EXCEEDED: a dtype or rank that a mapped file does not have. AF_CORRUPT,
 * AF_STALE.
 */
AF_API af_status af_mmap_create_from_file(const char *path, int64_t path_len, const af_file *file, const char *name,
                                          int64_t name_len, const af_mmap_options *options, af_mmap **out, af_error **err);
/*
 * Writes the elements to an array of an af_file, which af_file_flush then commits. An array that is not there yet is defined, with
 * chunks of about a mebibyte, no fill value and dimensions dim0, dim1, ...; one that is there must have the same dtype
 * (AF_DTYPE_MISMATCH) and shape (AF_INVALID_ARGUMENT).
 * AF_READ_ONLY, AF_INVALID_NAME, AF_LIMIT_EXCEEDED (an extent over 2^32-1), AF_CORRUPT (truncated), AF_IO.
 */
AF_API af_status af_mmap_copy_to_file(const af_mmap *mmap, af_file *file, const char *name, int64_t name_len, af_error **err);

#ifdef __cplusplus
}
#endif

#endif /* ARRAYFORMAT_H */
