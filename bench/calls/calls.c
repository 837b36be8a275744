/*
 * What a call costs in C: the side that the bindings are measured beside.
 * usage: calls create FILE    writes the arrays that all sides read
 *        calls FILE           prints nanoseconds: of one af_file_layer_count, and of one batch read of all
 * arrays
 */
#include <arrayformat/arrayformat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kArrays = 1000, kElements = 250, kRounds = 30, kCalls = 200000, kBatches = 40 };

static void ok(af_status status, af_error* err) {
  if (status == AF_OK) return;
  fprintf(stderr, "%s: %s\n", af_status_name(status), af_error_message(err));
  exit(1);
}

static void create(const char* path) {
  af_error* err = NULL;
  af_file* file;
  af_schema* schema;
  const int64_t shape = kElements;
  int32_t values[kElements];
  char name[32];
  ok(af_file_create(path, -1, NULL, &file, &err), err);
  ok(af_schema_create(AF_INT32, &shape, 1, &schema, &err), err);
  for (int i = 0; i < kArrays; ++i) {
    for (int k = 0; k < kElements; ++k) values[k] = i + k * k;
    snprintf(name, sizeof name, "array %d", i);
    ok(af_file_define(file, name, -1, schema, &err), err);
    ok(af_file_write(file, name, -1, NULL, NULL, 0, NULL, values, sizeof values, &err), err);
  }
  ok(af_file_flush(file, &err), err);
  af_schema_free(schema);
  af_file_close(file);
}

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static double trivial_ns(const af_file* file) {
  af_error* err = NULL;
  int64_t layers = 0;
  double best = 1e18;
  for (int round = 0; round < kRounds; ++round) {
    const double start = now_ns();
    for (int i = 0; i < kCalls; ++i) ok(af_file_layer_count(file, &layers, &err), err);
    const double one = (now_ns() - start) / kCalls;
    if (one < best) best = one;
  }
  return best;
}

static double batch_ns(const af_file* file) {
  static char names[kArrays * 16];
  static int64_t name_offsets[kArrays + 1], offsets[kArrays + 1];
  static int32_t dst[kArrays * kElements];
  af_error* err = NULL;
  double best = 1e18;
  for (int i = 0; i < kArrays; ++i) {
    name_offsets[i + 1] = name_offsets[i] + sprintf(names + name_offsets[i], "array %d", i);
  }
  for (int round = 0; round < kRounds; ++round) {
    const double start = now_ns();
    for (int i = 0; i < kBatches; ++i) {
      ok(af_file_read_many(file, names, name_offsets, kArrays, dst, sizeof dst, offsets, &err), err);
    }
    const double one = (now_ns() - start) / kBatches;
    if (one < best) best = one;
  }
  if (dst[999 * kElements + 3] != 999 + 9) exit(1);
  return best;
}

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "create") == 0) {
    create(argv[2]);
    return 0;
  }
  if (argc != 2) return 2;
  af_error* err = NULL;
  af_file* file;
  ok(af_file_open(argv[1], -1, NULL, &file, &err), err);
  const double trivial = trivial_ns(file);
  printf("%.1f %.0f\n", trivial, batch_ns(file));
  af_file_close(file);
  return 0;
}
