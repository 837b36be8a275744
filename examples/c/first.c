/* cc first.c $(pkg-config --cflags --libs arrayformat) -o first */
#include <arrayformat/arrayformat.h>
#include <stdio.h>
#include <stdlib.h>

static void ok(af_status status, af_error** err) {
  if (status == AF_OK) return;
  fprintf(stderr, "%s: %s\n", af_status_name(status), af_error_message(*err));
  exit(1);
}

int main(void) {
  const int64_t shape[] = {2, 3};
  const double celsius[] = {11.5, 12, 12.25, 9.75, 10, 10.5};
  const int64_t tomorrow[] = {1, 0}, one_day[] = {1, 3};
  double found[3];
  af_error* err = NULL;
  af_schema* schema;
  af_file* file;

  ok(af_file_create("weather.af", -1, NULL, &file, &err), &err);
  ok(af_schema_create(AF_FLOAT64, shape, 2, &schema, &err), &err);
  ok(af_file_define(file, "celsius", -1, schema, &err), &err);
  ok(af_file_write(file, "celsius", -1, NULL, NULL, 0, NULL, celsius, sizeof celsius, &err), &err);
  ok(af_file_flush(file, &err), &err);
  af_schema_free(schema);
  af_file_close(file);

  ok(af_file_open("weather.af", -1, NULL, &file, &err), &err);
  ok(af_file_read(file, "celsius", -1, tomorrow, one_day, 2, NULL, found, sizeof found, &err), &err);
  printf("tomorrow: %g %g %g\n", found[0], found[1], found[2]);
  af_file_close(file);
  return 0;
}
