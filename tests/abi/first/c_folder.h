/* A folder for a C program's files, empty again in the end. Include it first. */
#define _XOPEN_SOURCE 700

#include <sys/stat.h>
#include <unistd.h>

#include "c_check.h"

static char folder[] = "/tmp/arrayformat-c-XXXXXX";

static inline const char* in_folder(const char* name) {
  static char path[200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void remove_all(af_store* store) {
  af_values* keys = NULL;
  int64_t i;
  OK(af_store_list(store, "", 0, &keys, &err));
  for (i = 0; i < af_values_count(keys); i++) {
    const int64_t* ends = af_values_offsets(keys);
    OK(af_store_remove(store, (const char*)af_values_data(keys) + ends[i], ends[i + 1] - ends[i], &err));
  }
  af_values_free(keys);
}

static void make_the_folder(void) {
  phase = "make the folder";
  CHECK(mkdtemp(folder) != NULL);
}

static void clear_the_folder(void) {
  af_store* store = NULL;
  phase = "clear the folder";
  OK(af_store_open_local(folder, -1, &store, &err));
  remove_all(store);
  af_store_close(store);
  CHECK(rmdir(folder) == 0);
}
