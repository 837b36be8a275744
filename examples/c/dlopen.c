/*
 * A program that does without the library where there is none: it looks the functions up when it runs. The
 * header is needed to compile it, the library is not.
 *
 * cc dlopen.c -ldl -o dlopen && ./dlopen [LIBRARY]
 */
#include <arrayformat/arrayformat.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void* library;

/* ISO C has no conversion from the object pointer of dlsym to a function pointer; POSIX promises that their
 * bits are the same. */
static int find(const char* name, void* function_pointer) {
  void* symbol = dlsym(library, name);
  if (!symbol) fprintf(stderr, "%s\n", dlerror());
  memcpy(function_pointer, &symbol, sizeof symbol);
  return symbol != NULL;
}

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "libarrayformat.so.1";
  int32_t (*abi_version)(void);
  af_status (*create_memory)(const af_file_options*, af_file**, af_error**);
  af_status (*is_dirty)(const af_file*, uint8_t*, af_error**);
  void (*close_file)(af_file*);
  af_file* file = NULL;
  uint8_t dirty = 1;

  library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
  if (!find("af_abi_version", &abi_version) || !find("af_file_create_memory", &create_memory) ||
      !find("af_file_is_dirty", &is_dirty) || !find("af_file_close", &close_file))
    return 1;
  if (abi_version() != AF_ABI_VERSION) return fprintf(stderr, "made for another ABI\n"), 1;
  if (create_memory(NULL, &file, NULL) != AF_OK || is_dirty(file, &dirty, NULL) != AF_OK) return 1;
  printf("an empty file in memory, %s\n", dirty ? "changed" : "unchanged");
  close_file(file);
  if (dlclose(library) != 0) return fprintf(stderr, "%s\n", dlerror()), 1;
  /* RTLD_NOLOAD asks whether it is still there. */
  printf("the library is %s\n", dlopen(path, RTLD_NOW | RTLD_NOLOAD) ? "still loaded" : "unloaded");
  return 0;
}
