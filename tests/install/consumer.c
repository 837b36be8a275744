/* What a user's program does first: make a file, put an array in, get it back. */
#include <arrayformat/arrayformat.h>
#include <stdio.h>
#include <string.h>

static int ok(af_status status, af_error* error, const char* what) {
  if (status == AF_OK) return 1;
  printf("%s: %s: %s\n", what, af_status_name(status), af_error_message(error));
  af_error_free(error);
  return 0;
}

static int round_trip(af_file* file, const af_schema* schema) {
  const double written[3] = {1.5, -2.0, 1e300};
  double read[3] = {0};
  af_error* error = NULL;
  return ok(af_file_define(file, "depth", -1, schema, &error), error, "define") &&
         ok(af_file_write(file, "depth", -1, NULL, NULL, 0, NULL, written, sizeof written, &error), error,
            "write") &&
         ok(af_file_flush(file, &error), error, "flush") &&
         ok(af_file_read(file, "depth", -1, NULL, NULL, 0, NULL, read, sizeof read, &error), error, "read") &&
         memcmp(written, read, sizeof read) == 0;
}

int main(void) {
  const int64_t shape[1] = {3};
  af_error* error = NULL;
  af_file* file = NULL;
  af_schema* schema = NULL;
  int good = af_abi_version() == AF_ABI_VERSION &&
             ok(af_file_create_memory(NULL, &file, &error), error, "create") &&
             ok(af_schema_create(AF_FLOAT64, shape, 1, &schema, &error), error, "schema") &&
             round_trip(file, schema);
  af_schema_free(schema);
  af_file_close(file);
  printf("arrayformat %s: %s\n", af_version_text(), good ? "what was written was read" : "FAILED");
  return good ? 0 : 1;
}
