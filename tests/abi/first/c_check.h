/* What the C programs here share: checks that say where they failed. */
#ifndef C_CHECK_H
#define C_CHECK_H

#include <arrayformat/arrayformat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static af_error* err;
static int checks;
static const char* phase;

static void check(int holds, const char* what, int line) {
  checks++;
  if (holds) return;
  fprintf(stderr, "%s, line %d: %s\n", phase, line, what);
  if (err) fprintf(stderr, "  %s: %s\n", af_status_name(af_error_code(err)), af_error_message(err));
  exit(1);
}

/* What a failing call answers must be said the same way by its error. */
static void expect(af_status expected, af_status found, const char* what, int line) {
  check(found == expected, what, line);
  check(af_error_code(err) == expected, what, line);
  check(expected == AF_OK ? err == NULL : strlen(af_error_message(err)) > 0, what, line);
  af_error_free(err);
  err = NULL;
}

#define CHECK(condition) check(!!(condition), #condition, __LINE__)
#define OK(call) expect(AF_OK, call, #call, __LINE__)
#define FAILS(status, call) expect(status, call, #call, __LINE__)

static inline int is_text(const char* text, int64_t length, const char* expected) {
  return text && length == (int64_t)strlen(expected) && memcmp(text, expected, (size_t)length) == 0 &&
         text[length] == 0;
}

#endif
