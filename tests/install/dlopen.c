/* A program that knows the library only at run time: argv[1] is its path. */
#include <arrayformat/arrayformat.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* ISO C has no cast from an object pointer to a function pointer. */
static int find(void* library, const char* name, void* function) {
  void* symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof symbol);
  if (!symbol) printf("%s\n", dlerror());
  return symbol != NULL;
}

static int answers(void* library) {
  int32_t (*abi_version)(void);
  const char* (*version_text)(void);
  const char* (*error_message)(const af_error*);
  void (*error_free)(af_error*);
  af_status (*open_file)(const char*, int64_t, const af_file_options*, af_file**, af_error**);
  af_error* error = NULL;
  af_file* file = NULL;
  int good;
  if (!find(library, "af_abi_version", &abi_version) || !find(library, "af_version_text", &version_text) ||
      !find(library, "af_error_message", &error_message) || !find(library, "af_error_free", &error_free) ||
      !find(library, "af_file_open", &open_file)) {
    return 0;
  }
  good = abi_version() == AF_ABI_VERSION && open_file("/no/such.af", -1, NULL, &file, &error) == AF_NOT_FOUND;
  printf("arrayformat %s, opened at run time, says: %s\n", version_text(), error_message(error));
  error_free(error);
  return good;
}

int main(int count, char** arguments) {
  void* library = count == 2 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  int good;
  if (!library) {
    printf("%s\n", count == 2 ? dlerror() : "usage: dlopen LIBRARY");
    return 1;
  }
  good = answers(library);
  return dlclose(library) == 0 && good ? 0 : 1;
}
