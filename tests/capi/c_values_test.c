/* The plain results of arrayformat.h in C99: errors, values, schemas, and the names of numbers. */
#include "c_check.h"

static void versions(void) {
  char text[40];
  phase = "versions";
  CHECK(af_version() == AF_VERSION_MAJOR * 1000000 + AF_VERSION_MINOR * 1000 + AF_VERSION_PATCH);
  CHECK(af_abi_version() == AF_ABI_VERSION);
  snprintf(text, sizeof text, "%d.%d.%d", AF_VERSION_MAJOR, AF_VERSION_MINOR, AF_VERSION_PATCH);
  CHECK(strcmp(af_version_text(), text) == 0);
}

static void numbers_with_names(void) {
  int32_t i, k;
  phase = "numbers with names";
  CHECK(strcmp(af_status_name(AF_OK), "ok") == 0);
  CHECK(strcmp(af_status_name(AF_NOT_FOUND), "not-found") == 0);
  CHECK(strcmp(af_status_name(AF_INTERNAL), "internal") == 0);
  CHECK(strcmp(af_status_name(-1), "unknown") == 0);
  CHECK(strcmp(af_status_name(AF_INTERNAL + 1), "unknown") == 0);
  for (i = 0; i <= AF_INTERNAL; i++)
    for (k = 0; k < i; k++) CHECK(strcmp(af_status_name(i), af_status_name(k)) != 0);
  CHECK(strcmp(af_data_type_name(AF_TIMESTAMP_NS), "TimestampNs") == 0);
  CHECK(strcmp(af_data_type_name(AF_TIMESTAMP_NS + 1), "unknown") == 0);
  CHECK(af_data_type_size(AF_FLOAT32) == 4);
  CHECK(af_data_type_size(AF_TIMESTAMP_NS) == 8);
  CHECK(af_data_type_size(AF_STRING) == 0);
  CHECK(af_data_type_size(-1) == 0);
}

static void errors_that_are_none(void) {
  phase = "errors that are none";
  CHECK(af_error_code(NULL) == AF_OK);
  CHECK(strcmp(af_error_message(NULL), "") == 0);
  CHECK(af_error_os_errno(NULL) == 0);
  CHECK(af_error_http_status(NULL) == 0);
  af_error_free(NULL);
}

static void values(void) {
  const int16_t depths[] = {5, -10, 400};
  const int64_t ends[] = {0, 4, 4, 6};
  const uint8_t not_a_bool = 2;
  af_value* value = NULL;
  phase = "values";

  OK(af_value_create(AF_INT16, 1, depths, 3, &value, &err));
  CHECK(af_value_data_type(value) == AF_INT16);
  CHECK(af_value_is_list(value) == 1);
  CHECK(af_value_count(value) == 3);
  CHECK(af_value_data_len(value) == (int64_t)sizeof depths);
  CHECK(memcmp(af_value_data(value), depths, sizeof depths) == 0);
  CHECK(af_value_offsets(value) == NULL);
  af_value_free(value);

  OK(af_value_create_variable(AF_STRING, 1, "warmah", ends, 3, &value, &err));
  CHECK(af_value_count(value) == 3);
  CHECK(af_value_data_len(value) == 6);
  CHECK(memcmp(af_value_offsets(value), ends, sizeof ends) == 0);
  CHECK(memcmp(af_value_data(value), "warmah", 6) == 0);
  af_value_free(value);

  OK(af_value_create_text("caf\xc3\xa9", -1, &value, &err));
  CHECK(af_value_data_type(value) == AF_STRING);
  CHECK(af_value_is_list(value) == 0);
  CHECK(is_text(af_value_data(value), af_value_data_len(value), "caf\xc3\xa9"));
  af_value_free(value);

  FAILS(AF_INVALID_ARGUMENT, af_value_create_text("\xff", -1, &value, &err));
  CHECK(value == NULL);
  FAILS(AF_INVALID_ARGUMENT, af_value_create(AF_STRING, 0, depths, 1, &value, &err));
  FAILS(AF_INVALID_ARGUMENT, af_value_create(AF_INT16, 0, depths, 3, &value, &err));
  FAILS(AF_INVALID_ARGUMENT, af_value_create(AF_BOOL, 0, &not_a_bool, 1, &value, &err));
  FAILS(AF_INVALID_ARGUMENT, af_value_create_variable(AF_STRING, 0, "warmah", ends, 3, &value, &err));
  FAILS(AF_INVALID_ARGUMENT, af_value_create_variable(AF_STRING, 1, "warmah", ends + 1, 2, &value, &err));
  af_value_free(NULL);
}

static void schemas(void) {
  const int64_t shape[] = {6, 0, 4}, chunk_shape[] = {2, 0, 4}, bad_chunk_shape[] = {2, 1, 0};
  const int64_t large[] = {INT64_C(4294967295), INT64_C(4294967295), 2}, too_large[] = {INT64_C(4294967296)};
  const double nothing = -999.5;
  int64_t length = 0;
  af_schema* schema = NULL;
  af_value* fill = NULL;
  phase = "schemas";

  OK(af_schema_create(AF_FLOAT64, shape, 3, &schema, &err));
  CHECK(af_schema_data_type(schema) == AF_FLOAT64);
  CHECK(af_schema_rank(schema) == 3);
  CHECK(memcmp(af_schema_shape(schema), shape, sizeof shape) == 0);
  CHECK(af_schema_element_count(schema) == 0);
  CHECK(is_text(af_schema_dimension_name(schema, 2, &length), 4, "dim2") && length == 4);
  CHECK(af_schema_dimension_name(schema, 3, &length) == NULL && length == 0);
  CHECK(af_schema_fill(schema) == NULL);
  CHECK(af_schema_list_depth(schema) == 0);

  OK(af_schema_set_chunk_shape(schema, chunk_shape, 3, &err));
  CHECK(af_schema_chunk_shape(schema)[0] == 2 && af_schema_chunk_shape(schema)[1] == 1 &&
        af_schema_chunk_shape(schema)[2] == 4);
  FAILS(AF_INVALID_ARGUMENT, af_schema_set_chunk_shape(schema, chunk_shape, 2, &err));
  FAILS(AF_INVALID_ARGUMENT, af_schema_set_chunk_shape(schema, bad_chunk_shape, 3, &err));
  OK(af_schema_set_dimension_name(schema, 0, "time", -1, &err));
  CHECK(is_text(af_schema_dimension_name(schema, 0, NULL), 4, "time"));
  FAILS(AF_OUT_OF_BOUNDS, af_schema_set_dimension_name(schema, 3, "x", -1, &err));
  FAILS(AF_INVALID_NAME, af_schema_set_dimension_name(schema, 0, "\xff", -1, &err));

  OK(af_value_create(AF_FLOAT64, 0, &nothing, 1, &fill, &err));
  OK(af_schema_set_fill(schema, fill, &err));
  af_value_free(fill);
  CHECK(memcmp(af_value_data(af_schema_fill(schema)), &nothing, sizeof nothing) == 0);
  OK(af_schema_set_fill(schema, NULL, &err));
  CHECK(af_schema_fill(schema) == NULL);

  OK(af_schema_wrap_list(schema, AF_FIXED_SIZE_LIST, 3, &err));
  OK(af_schema_wrap_list(schema, AF_LIST, 0, &err));
  CHECK(af_schema_list_depth(schema) == 2);
  CHECK(af_schema_list_data_type(schema, 0) == AF_LIST);
  CHECK(af_schema_list_data_type(schema, 1) == AF_FIXED_SIZE_LIST);
  CHECK(af_schema_list_data_type(schema, 2) == AF_FLOAT64);
  CHECK(af_schema_list_data_type(schema, 3) == -1);
  CHECK(af_schema_list_size(schema, 0) == 0 && af_schema_list_size(schema, 1) == 3);
  FAILS(AF_INVALID_ARGUMENT, af_schema_wrap_list(schema, AF_FLOAT64, 0, &err));
  af_schema_free(schema);

  OK(af_schema_create(AF_INT8, large, 3, &schema, &err));
  CHECK(af_schema_element_count(schema) == INT64_MAX);
  af_schema_free(schema);
  OK(af_schema_create(AF_INT8, NULL, 0, &schema, &err));
  CHECK(af_schema_element_count(schema) == 1);
  af_schema_free(schema);
  FAILS(AF_LIMIT_EXCEEDED, af_schema_create(AF_INT8, too_large, 1, &schema, &err));
  FAILS(AF_LIMIT_EXCEEDED, af_schema_create(AF_INT8, shape, AF_MAX_RANK + 1, &schema, &err));
  FAILS(AF_INVALID_ARGUMENT, af_schema_create(AF_LIST, shape, 1, &schema, &err));
  CHECK(schema == NULL);
  af_schema_free(NULL);
}

int main(void) {
  versions();
  numbers_with_names();
  errors_that_are_none();
  values();
  schemas();
  printf("%d checks\n", checks);
  return 0;
}
