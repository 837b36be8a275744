//! Everything that `arrayformat.h` declares, one to one. Written by `generate`; the header is the manual.
#![no_std]
#![allow(non_camel_case_types)]
use core::ffi::{c_char, c_void};

pub const AF_VERSION_MAJOR: i32 = 0;
pub const AF_VERSION_MINOR: i32 = 1;
pub const AF_VERSION_PATCH: i32 = 0;
pub const AF_ABI_VERSION: i32 = 1;
pub const AF_OK: i32 = 0;
pub const AF_NOT_FOUND: i32 = 1;
pub const AF_ALREADY_EXISTS: i32 = 2;
pub const AF_ARRAY_NOT_FOUND: i32 = 3;
pub const AF_ARRAY_ALREADY_EXISTS: i32 = 4;
pub const AF_DATASET_NOT_FOUND: i32 = 5;
pub const AF_DATASET_ALREADY_EXISTS: i32 = 6;
pub const AF_ATTRIBUTE_NOT_FOUND: i32 = 7;
pub const AF_INVALID_NAME: i32 = 8;
pub const AF_INVALID_ARGUMENT: i32 = 9;
pub const AF_DTYPE_MISMATCH: i32 = 10;
pub const AF_OUT_OF_BOUNDS: i32 = 11;
pub const AF_LIMIT_EXCEEDED: i32 = 12;
pub const AF_CORRUPT: i32 = 13;
pub const AF_UNSUPPORTED: i32 = 14;
pub const AF_READ_ONLY: i32 = 15;
pub const AF_CONFLICT: i32 = 16;
pub const AF_STALE: i32 = 17;
pub const AF_CANCELLED: i32 = 18;
pub const AF_TIMED_OUT: i32 = 19;
pub const AF_UNAUTHENTICATED: i32 = 20;
pub const AF_PERMISSION_DENIED: i32 = 21;
pub const AF_IO: i32 = 22;
pub const AF_OUT_OF_MEMORY: i32 = 23;
pub const AF_FORKED: i32 = 24;
pub const AF_INTERNAL: i32 = 25;
pub const AF_MAX_RANK: i32 = 32;
pub const AF_BOOL: i32 = 0;
pub const AF_INT8: i32 = 1;
pub const AF_INT16: i32 = 2;
pub const AF_INT32: i32 = 3;
pub const AF_INT64: i32 = 4;
pub const AF_UINT8: i32 = 5;
pub const AF_UINT16: i32 = 6;
pub const AF_UINT32: i32 = 7;
pub const AF_UINT64: i32 = 8;
pub const AF_FLOAT32: i32 = 9;
pub const AF_FLOAT64: i32 = 10;
pub const AF_STRING: i32 = 11;
pub const AF_BINARY: i32 = 12;
pub const AF_FIXED_SIZE_LIST: i32 = 13;
pub const AF_LIST: i32 = 14;
pub const AF_TIMESTAMP_NS: i32 = 15;
pub const AF_CODEC_DEFAULT: i32 = 0;
pub const AF_CODEC_NONE: i32 = 1;
pub const AF_CODEC_LZ4: i32 = 2;
pub const AF_CODEC_ZSTD: i32 = 3;
pub const AF_DURABILITY_FULL: i32 = 0;
pub const AF_DURABILITY_NONE: i32 = 1;
pub const AF_PUT_ALWAYS: i32 = 0;
pub const AF_PUT_IF_ABSENT: i32 = 1;
pub const AF_PUT_IF_MATCH: i32 = 2;
pub const AF_VERSION_TOKEN_SIZE: i32 = 64;
pub const AF_MATCH_PREFIX: i32 = 0;
pub const AF_MATCH_GLOB: i32 = 1;
pub const AF_PRESENT_REFUSE: i32 = 0;
pub const AF_PRESENT_SKIP: i32 = 1;
pub const AF_PRESENT_REPLACE: i32 = 2;
pub const AF_METADATA_JSON: i32 = 1;
pub const AF_METADATA_MSGPACK: i32 = 2;
pub const AF_ATLAS_SCHEMA_1: i32 = 1;
pub const AF_ATLAS_SCHEMA_2: i32 = 2;
pub const AF_ATLAS_SCHEMA_3: i32 = 3;
pub const AF_ATLAS_CONTAINER_1: i32 = 101;
pub const AF_ATLAS_CONTAINER_8: i32 = 108;
pub const AF_MISMATCH_ALLOW: i32 = 0;
pub const AF_MISMATCH_ERROR: i32 = 1;
pub const AF_MMAP_MAX_RANK: i32 = 6;
pub const AF_MMAP_READ_ONLY: i32 = 0;
pub const AF_MMAP_READ_WRITE: i32 = 1;
pub const AF_MMAP_COPY_ON_WRITE: i32 = 2;
pub const AF_ADVICE_NORMAL: i32 = 0;
pub const AF_ADVICE_SEQUENTIAL: i32 = 1;
pub const AF_ADVICE_RANDOM: i32 = 2;
pub const AF_ADVICE_WILL_NEED: i32 = 3;
pub const AF_ADVICE_DONT_NEED: i32 = 4;

pub type af_status = i32;
pub type af_data_type = i32;
pub type af_progress_fn = Option<unsafe extern "C" fn(context: *mut c_void, done: i64, total: i64) -> i32>;
pub type af_store_emit_fn = Option<unsafe extern "C" fn(emit_context: *mut c_void, key: *const c_char, key_len: i64, size: i64) -> af_status>;
pub type af_release_fn = Option<unsafe extern "C" fn(context: *mut c_void)>;

#[repr(C)]
pub struct af_error {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_value {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_value_map {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_values {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_schema {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_listing {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_stats {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_report {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_cache {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_store {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_file {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_lists {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_atlas {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_dataset {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_atlas_schema {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_rows {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_mmap {
    _private: [u8; 0],
}

#[repr(C)]
pub struct af_mmap_view {
    _private: [u8; 0],
}

#[repr(C)]
pub struct DLManagedTensorVersioned {
    _private: [u8; 0],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct af_file_options {
    pub struct_size: u32,
    pub writable: u8,
    pub replace: u8,
    pub reserved: [u8; 2],
    pub footer_version: i32,
    pub codec: i32,
    pub codec_level: i32,
    pub durability: i32,
    pub threads: i32,
    pub layers: i32,
    pub block_size: i64,
    pub write_buffer_size: i64,
    pub cache_size: i64,
    pub max_layers: i64,
    pub max_arrays: i64,
    pub max_allocation: i64,
    pub compact_at: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct af_store_callbacks {
    pub struct_size: u32,
    pub reserved: u32,
    pub context: *mut c_void,
    pub stat: Option<unsafe extern "C" fn(context: *mut c_void, key: *const c_char, key_len: i64, size: *mut i64, token: *mut c_char) -> af_status>,
    pub get: Option<unsafe extern "C" fn(context: *mut c_void, key: *const c_char, key_len: i64, token: *const c_char, offset: i64, dst: *mut c_void, dst_len: i64) -> af_status>,
    pub put: Option<unsafe extern "C" fn(context: *mut c_void, key: *const c_char, key_len: i64, src: *const c_void, src_len: i64, condition: i32, token: *const c_char, new_token: *mut c_char) -> af_status>,
    pub remove: Option<unsafe extern "C" fn(context: *mut c_void, key: *const c_char, key_len: i64, token: *const c_char) -> af_status>,
    pub list: Option<unsafe extern "C" fn(context: *mut c_void, prefix: *const c_char, prefix_len: i64, emit: af_store_emit_fn, emit_context: *mut c_void) -> af_status>,
    pub release: Option<unsafe extern "C" fn(context: *mut c_void)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct af_layer_info {
    pub struct_size: u32,
    pub foreign: u8,
    pub reserved: [u8; 3],
    pub number: i64,
    pub size: i64,
    pub array_count: i64,
    pub block_count: i64,
    pub id: [u8; 16],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct af_io_stats {
    pub struct_size: u32,
    pub reserved: u32,
    pub read_requests: i64,
    pub bytes_read: i64,
    pub write_requests: i64,
    pub bytes_written: i64,
    pub blocks_decoded: i64,
    pub bytes_decoded: i64,
    pub cache_hits: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct af_atlas_options {
    pub struct_size: u32,
    pub writable: u8,
    pub reserved: [u8; 3],
    pub generation: i32,
    pub metadata_format: i32,
    pub metadata_codec: i32,
    pub codec: i32,
    pub codec_level: i32,
    pub type_mismatch: i32,
    pub durability: i32,
    pub threads: i32,
    pub block_size: i64,
    pub write_buffer_size: i64,
    pub cache_size: i64,
    pub max_layers: i64,
    pub max_arrays: i64,
    pub max_allocation: i64,
    pub max_datasets: i64,
    pub keep_commits: i64,
    pub at_commit: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct af_atlas_info {
    pub struct_size: u32,
    pub generation: i32,
    pub footer_version: i32,
    pub codec: i32,
    pub metadata_format: i32,
    pub metadata_codec: i32,
    pub dataset_count: i64,
    pub row_count: i64,
    pub variable_count: i64,
    pub epoch: i64,
    pub created_unix_ms: i64,
    pub commit: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct af_mmap_options {
    pub struct_size: u32,
    pub mode: i32,
    pub durability: i32,
    pub replace: u8,
    pub lock: u8,
    pub strict: u8,
    pub reserve: u8,
}

/// The Arrow C Data Interface: to be filled with zeros by the caller and released by the struct's own callback.
#[repr(C)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> i32>,
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> i32>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub private_data: *mut c_void,
}

unsafe extern "C" {
    pub fn af_version() -> i32;
    pub fn af_version_text() -> *const c_char;
    pub fn af_abi_version() -> i32;
    pub fn af_error_free(error: *mut af_error);
    pub fn af_error_code(error: *const af_error) -> af_status;
    pub fn af_error_message(error: *const af_error) -> *const c_char;
    pub fn af_error_os_errno(error: *const af_error) -> i32;
    pub fn af_error_http_status(error: *const af_error) -> i32;
    pub fn af_status_name(status: af_status) -> *const c_char;
    pub fn af_data_type_size(dtype: af_data_type) -> i64;
    pub fn af_data_type_name(dtype: af_data_type) -> *const c_char;
    pub fn af_value_create(dtype: af_data_type, is_list: u8, data: *const c_void, count: i64, out: *mut *mut af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_value_create_variable(dtype: af_data_type, is_list: u8, bytes: *const c_void, offsets: *const i64, count: i64, out: *mut *mut af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_value_create_text(text: *const c_char, text_len: i64, out: *mut *mut af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_value_free(value: *mut af_value);
    pub fn af_value_data_type(value: *const af_value) -> af_data_type;
    pub fn af_value_is_list(value: *const af_value) -> u8;
    pub fn af_value_count(value: *const af_value) -> i64;
    pub fn af_value_data(value: *const af_value) -> *const c_void;
    pub fn af_value_data_len(value: *const af_value) -> i64;
    pub fn af_value_offsets(value: *const af_value) -> *const i64;
    pub fn af_value_map_free(map: *mut af_value_map);
    pub fn af_value_map_count(map: *const af_value_map) -> i64;
    pub fn af_value_map_name(map: *const af_value_map, i: i64, name_len: *mut i64) -> *const c_char;
    pub fn af_value_map_value(map: *const af_value_map, i: i64) -> *const af_value;
    pub fn af_values_free(values: *mut af_values);
    pub fn af_values_count(values: *const af_values) -> i64;
    pub fn af_values_data(values: *const af_values) -> *const c_void;
    pub fn af_values_data_len(values: *const af_values) -> i64;
    pub fn af_values_offsets(values: *const af_values) -> *const i64;
    pub fn af_schema_create(dtype: af_data_type, shape: *const i64, rank: i32, out: *mut *mut af_schema, err: *mut *mut af_error) -> af_status;
    pub fn af_schema_wrap_list(schema: *mut af_schema, list_dtype: af_data_type, size: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_schema_set_chunk_shape(schema: *mut af_schema, shape: *const i64, rank: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_schema_set_dimension_name(schema: *mut af_schema, axis: i32, name: *const c_char, name_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_schema_set_fill(schema: *mut af_schema, fill: *const af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_schema_free(schema: *mut af_schema);
    pub fn af_schema_data_type(schema: *const af_schema) -> af_data_type;
    pub fn af_schema_list_depth(schema: *const af_schema) -> i32;
    pub fn af_schema_list_data_type(schema: *const af_schema, level: i32) -> af_data_type;
    pub fn af_schema_list_size(schema: *const af_schema, level: i32) -> i64;
    pub fn af_schema_rank(schema: *const af_schema) -> i32;
    pub fn af_schema_shape(schema: *const af_schema) -> *const i64;
    pub fn af_schema_chunk_shape(schema: *const af_schema) -> *const i64;
    pub fn af_schema_element_count(schema: *const af_schema) -> i64;
    pub fn af_schema_dimension_name(schema: *const af_schema, axis: i32, name_len: *mut i64) -> *const c_char;
    pub fn af_schema_fill(schema: *const af_schema) -> *const af_value;
    pub fn af_listing_free(listing: *mut af_listing);
    pub fn af_listing_count(listing: *const af_listing) -> i64;
    pub fn af_listing_names(listing: *const af_listing) -> *const c_char;
    pub fn af_listing_name_offsets(listing: *const af_listing) -> *const i64;
    pub fn af_listing_data_types(listing: *const af_listing) -> *const i32;
    pub fn af_listing_shapes(listing: *const af_listing) -> *const i64;
    pub fn af_listing_shape_offsets(listing: *const af_listing) -> *const i64;
    pub fn af_stats_free(stats: *mut af_stats);
    pub fn af_stats_count(stats: *const af_stats) -> i64;
    pub fn af_stats_name(stats: *const af_stats, i: i64, name_len: *mut i64) -> *const c_char;
    pub fn af_stats_known(stats: *const af_stats, i: i64) -> u8;
    pub fn af_stats_row_count(stats: *const af_stats, i: i64) -> u64;
    pub fn af_stats_null_count(stats: *const af_stats, i: i64) -> u64;
    pub fn af_stats_min(stats: *const af_stats, i: i64) -> *const af_value;
    pub fn af_stats_max(stats: *const af_stats, i: i64) -> *const af_value;
    pub fn af_report_free(report: *mut af_report);
    pub fn af_report_count(report: *const af_report) -> i64;
    pub fn af_report_is_problem(report: *const af_report, i: i64) -> u8;
    pub fn af_report_text(report: *const af_report, i: i64) -> *const c_char;
    pub fn af_file_options_init(options: *mut af_file_options, struct_size: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_cache_create(capacity: i64, out: *mut *mut af_cache, err: *mut *mut af_error) -> af_status;
    pub fn af_cache_close(cache: *mut af_cache);
    pub fn af_cache_size(cache: *const af_cache, out: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_store_open_local(folder: *const c_char, folder_len: i64, out: *mut *mut af_store, err: *mut *mut af_error) -> af_status;
    pub fn af_store_open_url(url: *const c_char, url_len: i64, options: *const c_char, options_len: i64, out: *mut *mut af_store, err: *mut *mut af_error) -> af_status;
    pub fn af_store_create_memory(out: *mut *mut af_store, err: *mut *mut af_error) -> af_status;
    pub fn af_store_close(store: *mut af_store);
    pub fn af_store_create_callbacks(callbacks: *const af_store_callbacks, out: *mut *mut af_store, err: *mut *mut af_error) -> af_status;
    pub fn af_store_get(store: *const af_store, key: *const c_char, key_len: i64, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_store_put(store: *mut af_store, key: *const c_char, key_len: i64, src: *const c_void, src_len: i64, condition: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_store_remove(store: *mut af_store, key: *const c_char, key_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_store_list(store: *const af_store, prefix: *const c_char, prefix_len: i64, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_file_create(path: *const c_char, path_len: i64, options: *const af_file_options, out: *mut *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_open(path: *const c_char, path_len: i64, options: *const af_file_options, out: *mut *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_create_in(store: *mut af_store, key: *const c_char, key_len: i64, options: *const af_file_options, out: *mut *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_open_in(store: *mut af_store, key: *const c_char, key_len: i64, options: *const af_file_options, out: *mut *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_create_memory(options: *const af_file_options, out: *mut *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_open_buffer(data: *const c_void, data_len: i64, release: af_release_fn, context: *mut c_void, options: *const af_file_options, out: *mut *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_open_descriptor(descriptor: i32, options: *const af_file_options, out: *mut *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_close(file: *mut af_file);
    pub fn af_file_set_cache(file: *mut af_file, cache: *const af_cache, err: *mut *mut af_error) -> af_status;
    pub fn af_file_set_progress(file: *mut af_file, progress: af_progress_fn, context: *mut c_void, err: *mut *mut af_error) -> af_status;
    pub fn af_file_define(file: *mut af_file, name: *const c_char, name_len: i64, schema: *const af_schema, err: *mut *mut af_error) -> af_status;
    pub fn af_file_delete(file: *mut af_file, name: *const c_char, name_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_resize(file: *mut af_file, name: *const c_char, name_len: i64, shape: *const i64, rank: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_file_contains(file: *const af_file, name: *const c_char, name_len: i64, out: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_file_schema(file: *const af_file, name: *const c_char, name_len: i64, out: *mut *mut af_schema, err: *mut *mut af_error) -> af_status;
    pub fn af_file_list(file: *const af_file, out: *mut *mut af_listing, err: *mut *mut af_error) -> af_status;
    pub fn af_file_list_page(file: *const af_file, pattern: *const c_char, pattern_len: i64, r#match: i32, first: i64, limit: i64, out: *mut *mut af_listing, next: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_stats(file: *const af_file, name: *const c_char, name_len: i64, out: *mut *mut af_stats, err: *mut *mut af_error) -> af_status;
    pub fn af_file_stats_all(file: *const af_file, out: *mut *mut af_stats, err: *mut *mut af_error) -> af_status;
    pub fn af_file_set_attribute(file: *mut af_file, name: *const c_char, name_len: i64, key: *const c_char, key_len: i64, value: *const af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_file_remove_attribute(file: *mut af_file, name: *const c_char, name_len: i64, key: *const c_char, key_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_get_attribute(file: *const af_file, name: *const c_char, name_len: i64, key: *const c_char, key_len: i64, out: *mut *mut af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_file_attributes(file: *const af_file, name: *const c_char, name_len: i64, out: *mut *mut af_value_map, err: *mut *mut af_error) -> af_status;
    pub fn af_file_attribute_column(file: *const af_file, key: *const c_char, key_len: i64, out: *mut *mut af_value_map, err: *mut *mut af_error) -> af_status;
    pub fn af_file_set_file_attribute(file: *mut af_file, key: *const c_char, key_len: i64, value: *const af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_file_write(file: *mut af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, strides: *const i64, src: *const c_void, src_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_write_variable(file: *mut af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, bytes: *const c_void, offsets: *const i64, count: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_read(file: *const af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, strides: *const i64, dst: *mut c_void, dst_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_read_variable(file: *const af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_lists_free(lists: *mut af_lists);
    pub fn af_lists_count(lists: *const af_lists, level: i32) -> i64;
    pub fn af_lists_offsets(lists: *const af_lists, level: i32) -> *const i64;
    pub fn af_lists_data(lists: *const af_lists) -> *const c_void;
    pub fn af_lists_data_len(lists: *const af_lists) -> i64;
    pub fn af_file_read_lists(file: *const af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, out: *mut *mut af_lists, err: *mut *mut af_error) -> af_status;
    pub fn af_file_write_lists(file: *mut af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, offsets: *const i64, count: i64, src: *const c_void, src_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_read_many(file: *const af_file, names: *const c_char, name_offsets: *const i64, count: i64, dst: *mut c_void, dst_len: i64, offsets: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_append(file: *mut af_file, name: *const c_char, name_len: i64, axis: i32, shape: *const i64, rank: i32, strides: *const i64, src: *const c_void, src_len: i64, position: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_append_variable(file: *mut af_file, name: *const c_char, name_len: i64, axis: i32, shape: *const i64, rank: i32, bytes: *const c_void, offsets: *const i64, count: i64, position: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_rename(file: *mut af_file, name: *const c_char, name_len: i64, new_name: *const c_char, new_name_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_copy_array(file: *mut af_file, source: *const af_file, name: *const c_char, name_len: i64, new_name: *const c_char, new_name_len: i64, if_present: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_file_copy_arrays(file: *mut af_file, source: *const af_file, names: *const c_char, name_offsets: *const i64, count: i64, if_present: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_file_move_array(file: *mut af_file, source: *mut af_file, name: *const c_char, name_len: i64, new_name: *const c_char, new_name_len: i64, if_present: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_file_merge(file: *mut af_file, source: *const af_file, if_present: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_file_chunks(file: *const af_file, name: *const c_char, name_len: i64, out: *mut *mut af_values, count: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_read_chunk(file: *const af_file, name: *const c_char, name_len: i64, coord: *const i64, rank: i32, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_file_write_chunk(file: *mut af_file, name: *const c_char, name_len: i64, coord: *const i64, rank: i32, src: *const c_void, src_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_flush(file: *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_is_dirty(file: *const af_file, out: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_file_compact(file: *mut af_file, err: *mut *mut af_error) -> af_status;
    pub fn af_file_upgrade(file: *mut af_file, footer_version: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_file_gc(file: *mut af_file, out: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_refresh(file: *mut af_file, changed: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_file_copy(file: *const af_file, path: *const c_char, path_len: i64, options: *const af_file_options, err: *mut *mut af_error) -> af_status;
    pub fn af_file_backup(file: *const af_file, path: *const c_char, path_len: i64, options: *const af_file_options, err: *mut *mut af_error) -> af_status;
    pub fn af_file_verify(file: *const af_file, out: *mut *mut af_report, err: *mut *mut af_error) -> af_status;
    pub fn af_file_repair(path: *const c_char, path_len: i64, new_path: *const c_char, new_path_len: i64, options: *const af_file_options, progress: af_progress_fn, context: *mut c_void, out: *mut *mut af_report, err: *mut *mut af_error) -> af_status;
    pub fn af_file_layer_count(file: *const af_file, out: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_file_layer(file: *const af_file, i: i64, info: *mut af_layer_info, err: *mut *mut af_error) -> af_status;
    pub fn af_file_footer_version(file: *const af_file, out: *mut i32, err: *mut *mut af_error) -> af_status;
    pub fn af_file_io_stats(file: *const af_file, stats: *mut af_io_stats, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_options_init(options: *mut af_atlas_options, struct_size: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_create(path: *const c_char, path_len: i64, options: *const af_atlas_options, out: *mut *mut af_atlas, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_open(path: *const c_char, path_len: i64, options: *const af_atlas_options, out: *mut *mut af_atlas, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_create_in(store: *mut af_store, prefix: *const c_char, prefix_len: i64, options: *const af_atlas_options, out: *mut *mut af_atlas, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_open_in(store: *mut af_store, prefix: *const c_char, prefix_len: i64, options: *const af_atlas_options, out: *mut *mut af_atlas, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_close(atlas: *mut af_atlas);
    pub fn af_atlas_set_cache(atlas: *mut af_atlas, cache: *const af_cache, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_set_progress(atlas: *mut af_atlas, progress: af_progress_fn, context: *mut c_void, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_get_info(atlas: *const af_atlas, info: *mut af_atlas_info, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_io_stats(atlas: *const af_atlas, stats: *mut af_io_stats, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_create_dataset(atlas: *mut af_atlas, name: *const c_char, name_len: i64, out: *mut *mut af_dataset, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_open_dataset(atlas: *const af_atlas, name: *const c_char, name_len: i64, out: *mut *mut af_dataset, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_delete_dataset(atlas: *mut af_atlas, name: *const c_char, name_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_contains_dataset(atlas: *const af_atlas, name: *const c_char, name_len: i64, out: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_dataset_row(atlas: *const af_atlas, name: *const c_char, name_len: i64, out: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_list_datasets(atlas: *const af_atlas, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_list_variables(atlas: *const af_atlas, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_get_schema(atlas: *const af_atlas, out: *mut *mut af_atlas_schema, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_schema_free(schema: *mut af_atlas_schema);
    pub fn af_atlas_schema_array_count(schema: *const af_atlas_schema) -> i64;
    pub fn af_atlas_schema_array_name(schema: *const af_atlas_schema, array: i64, name_len: *mut i64) -> *const c_char;
    pub fn af_atlas_schema_array_data_type(schema: *const af_atlas_schema, array: i64) -> af_data_type;
    pub fn af_atlas_schema_dimension_count(schema: *const af_atlas_schema, array: i64) -> i32;
    pub fn af_atlas_schema_dimension_name(schema: *const af_atlas_schema, array: i64, axis: i32, name_len: *mut i64) -> *const c_char;
    pub fn af_atlas_schema_attribute_count(schema: *const af_atlas_schema, array: i64) -> i64;
    pub fn af_atlas_schema_attribute_key(schema: *const af_atlas_schema, array: i64, i: i64, key_len: *mut i64) -> *const c_char;
    pub fn af_atlas_schema_attribute_data_type(schema: *const af_atlas_schema, array: i64, i: i64) -> af_data_type;
    pub fn af_atlas_schema_attribute_is_list(schema: *const af_atlas_schema, array: i64, i: i64) -> u8;
    pub fn af_atlas_schema_array_codec(schema: *const af_atlas_schema, array: i64) -> i32;
    pub fn af_atlas_schema_array_chunk_shape(schema: *const af_atlas_schema, array: i64, rank: *mut i32) -> *const i64;
    pub fn af_dataset_close(dataset: *mut af_dataset);
    pub fn af_dataset_name(dataset: *const af_dataset, out: *mut *const c_char, out_len: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_get_schema(dataset: *const af_dataset, out: *mut *mut af_atlas_schema, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_define(dataset: *mut af_dataset, name: *const c_char, name_len: i64, schema: *const af_schema, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_delete(dataset: *mut af_dataset, name: *const c_char, name_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_contains(dataset: *const af_dataset, name: *const c_char, name_len: i64, out: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_schema(dataset: *const af_dataset, name: *const c_char, name_len: i64, out: *mut *mut af_schema, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_list(dataset: *const af_dataset, out: *mut *mut af_listing, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_stats(dataset: *const af_dataset, name: *const c_char, name_len: i64, out: *mut *mut af_stats, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_write(dataset: *mut af_dataset, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, strides: *const i64, src: *const c_void, src_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_write_variable(dataset: *mut af_dataset, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, bytes: *const c_void, offsets: *const i64, count: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_read(dataset: *const af_dataset, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, strides: *const i64, dst: *mut c_void, dst_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_read_variable(dataset: *const af_dataset, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_set_attribute(dataset: *mut af_dataset, key: *const c_char, key_len: i64, value: *const af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_remove_attribute(dataset: *mut af_dataset, key: *const c_char, key_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_get_attribute(dataset: *const af_dataset, key: *const c_char, key_len: i64, out: *mut *mut af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_attributes(dataset: *const af_dataset, out: *mut *mut af_value_map, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_set_array_attribute(dataset: *mut af_dataset, name: *const c_char, name_len: i64, key: *const c_char, key_len: i64, value: *const af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_remove_array_attribute(dataset: *mut af_dataset, name: *const c_char, name_len: i64, key: *const c_char, key_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_get_array_attribute(dataset: *const af_dataset, name: *const c_char, name_len: i64, key: *const c_char, key_len: i64, out: *mut *mut af_value, err: *mut *mut af_error) -> af_status;
    pub fn af_dataset_array_attributes(dataset: *const af_dataset, name: *const c_char, name_len: i64, out: *mut *mut af_value_map, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_list_across(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, rows: *const i64, row_count: i64, out: *mut *mut af_listing, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_read_ragged(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, rows: *const i64, row_count: i64, start: *const i64, shape: *const i64, rank: i32, dst: *mut c_void, dst_len: i64, offsets: *mut i64, present: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_read_ragged_variable(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, rows: *const i64, row_count: i64, start: *const i64, shape: *const i64, rank: i32, out: *mut *mut af_values, offsets: *mut i64, present: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_read_stacked(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, rows: *const i64, row_count: i64, start: *const i64, shape: *const i64, rank: i32, pad: u8, fill: *const af_value, dst: *mut c_void, dst_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_read_stacked_variable(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, rows: *const i64, row_count: i64, start: *const i64, shape: *const i64, rank: i32, pad: u8, fill: *const af_value, out: *mut *mut af_values, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_stack_shape(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, rows: *const i64, row_count: i64, shape: *mut i64, rank: *mut i32, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_attribute_across(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, key: *const c_char, key_len: i64, rows: *const i64, row_count: i64, out: *mut *mut af_value_map, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_stats_across(atlas: *const af_atlas, variable: *const c_char, variable_len: i64, rows: *const i64, row_count: i64, out: *mut *mut af_stats, err: *mut *mut af_error) -> af_status;
    pub fn af_rows_free(rows: *mut af_rows);
    pub fn af_rows_count(rows: *const af_rows) -> i64;
    pub fn af_rows_data(rows: *const af_rows) -> *const i64;
    pub fn af_atlas_select(atlas: *const af_atlas, predicate: *const c_char, predicate_len: i64, parameters: *const *const af_value, parameter_count: i64, out: *mut *mut af_rows, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_flush(atlas: *mut af_atlas, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_is_dirty(atlas: *const af_atlas, out: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_compact(atlas: *mut af_atlas, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_refresh(atlas: *mut af_atlas, changed: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_verify(atlas: *const af_atlas, out: *mut *mut af_report, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_gc(atlas: *mut af_atlas, out: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_copy(atlas: *const af_atlas, path: *const c_char, path_len: i64, options: *const af_atlas_options, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_copy_in(atlas: *const af_atlas, store: *mut af_store, prefix: *const c_char, prefix_len: i64, options: *const af_atlas_options, err: *mut *mut af_error) -> af_status;
    pub fn af_atlas_commits(atlas: *const af_atlas, out: *mut *mut af_value_map, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_options_init(options: *mut af_mmap_options, struct_size: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_create(path: *const c_char, path_len: i64, dtype: af_data_type, shape: *const i64, rank: i32, strides: *const i64, src: *const c_void, src_len: i64, options: *const af_mmap_options, out: *mut *mut af_mmap, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_create_zeros(path: *const c_char, path_len: i64, dtype: af_data_type, shape: *const i64, rank: i32, options: *const af_mmap_options, out: *mut *mut af_mmap, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_open(path: *const c_char, path_len: i64, options: *const af_mmap_options, out: *mut *mut af_mmap, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_close(mmap: *mut af_mmap);
    pub fn af_mmap_data_type(mmap: *const af_mmap, out: *mut af_data_type, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_rank(mmap: *const af_mmap, out: *mut i32, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_shape(mmap: *const af_mmap, shape: *mut i64, rank: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_strides(mmap: *const af_mmap, strides: *mut i64, rank: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_element_strides(mmap: *const af_mmap, strides: *mut i64, rank: i32, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_element_count(mmap: *const af_mmap, out: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_is_empty(mmap: *const af_mmap, out: *mut u8, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_mode(mmap: *const af_mmap, out: *mut i32, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_path(mmap: *const af_mmap, out: *mut *const c_char, out_len: *mut i64, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_read(mmap: *const af_mmap, start: *const i64, shape: *const i64, rank: i32, strides: *const i64, dst: *mut c_void, dst_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_write(mmap: *mut af_mmap, start: *const i64, shape: *const i64, rank: i32, strides: *const i64, src: *const c_void, src_len: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_flush(mmap: *const af_mmap, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_flush_range(mmap: *const af_mmap, offset: i64, length: i64, wait: u8, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_advise(mmap: *const af_mmap, advice: i32, offset: i64, length: i64, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_get_view(mmap: *const af_mmap, out: *mut *mut af_mmap_view, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_get_mutable_view(mmap: *mut af_mmap, out: *mut *mut af_mmap_view, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_view_free(view: *mut af_mmap_view);
    pub fn af_mmap_view_data(view: *const af_mmap_view) -> *const c_void;
    pub fn af_mmap_view_mutable_data(view: *mut af_mmap_view) -> *mut c_void;
    pub fn af_mmap_view_data_len(view: *const af_mmap_view) -> i64;
    pub fn af_mmap_view_data_type(view: *const af_mmap_view) -> af_data_type;
    pub fn af_mmap_view_rank(view: *const af_mmap_view) -> i32;
    pub fn af_mmap_view_shape(view: *const af_mmap_view) -> *const i64;
    pub fn af_mmap_view_strides(view: *const af_mmap_view) -> *const i64;
    pub fn af_mmap_view_element_count(view: *const af_mmap_view) -> i64;
    pub fn af_mmap_view_export_dlpack(view: *const af_mmap_view, out: *mut *mut DLManagedTensorVersioned, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_create_from_dlpack(path: *const c_char, path_len: i64, tensor: *const DLManagedTensorVersioned, options: *const af_mmap_options, out: *mut *mut af_mmap, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_view_export_arrow(view: *const af_mmap_view, schema: *mut ArrowSchema, array: *mut ArrowArray, err: *mut *mut af_error) -> af_status;
    pub fn af_file_export_arrow(file: *const af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, schema: *mut ArrowSchema, array: *mut ArrowArray, err: *mut *mut af_error) -> af_status;
    pub fn af_file_write_arrow(file: *mut af_file, name: *const c_char, name_len: i64, schema: *const ArrowSchema, array: *const ArrowArray, err: *mut *mut af_error) -> af_status;
    pub fn af_file_export_arrow_stream(file: *const af_file, names: *const c_char, name_offsets: *const i64, count: i64, limit: i64, stream: *mut ArrowArrayStream, err: *mut *mut af_error) -> af_status;
    pub fn af_file_write_arrow_stream(file: *mut af_file, stream: *mut ArrowArrayStream, err: *mut *mut af_error) -> af_status;
    pub fn af_file_export_dlpack(file: *const af_file, name: *const c_char, name_len: i64, start: *const i64, shape: *const i64, rank: i32, out: *mut *mut DLManagedTensorVersioned, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_create_from_file(path: *const c_char, path_len: i64, file: *const af_file, name: *const c_char, name_len: i64, options: *const af_mmap_options, out: *mut *mut af_mmap, err: *mut *mut af_error) -> af_status;
    pub fn af_mmap_copy_to_file(mmap: *const af_mmap, file: *mut af_file, name: *const c_char, name_len: i64, err: *mut *mut af_error) -> af_status;
}
