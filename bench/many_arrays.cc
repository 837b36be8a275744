// Many small arrays: define and write, flush, open, look up, list, read. One job a run, its figures as one
// line of JSON; bench/run pairs the runs with the crate's.
//
// many_arrays write FILE COUNT      COUNT arrays of 250 i32, lz4: define, write, flush with fsync
// many_arrays change FILE COUNT     rewrites COUNT of the arrays, flush
// many_arrays open FILE NAME        opens and looks up one array
// many_arrays list FILE             all names and shapes in one call
// many_arrays read FILE NAME        one array again and again, warm
#include <arrayformat/arrayformat.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr int64_t kElements = 250;

[[noreturn]] void stop(const char* what, af_error* error) {
  std::fprintf(stderr, "%s: %s\n", what, af_error_message(error));
  std::exit(1);
}

#define OK(call)                             \
  do {                                       \
    af_error* error = nullptr;               \
    if ((call) != AF_OK) stop(#call, error); \
  } while (0)

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

double cpu() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

long peak_kib() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

std::string name_of(int64_t i) {
  char name[32];
  std::snprintf(name, sizeof name, "profile_%07lld", static_cast<long long>(i));
  return name;
}

// The values that the crate's side of the benchmark writes.
void fill(int32_t* values, int64_t array) {
  for (int64_t k = 0; k < kElements; k++) values[k] = static_cast<int32_t>(array + k * k);
}

af_file* open(const char* path, bool writable) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.writable = writable;
  options.codec = AF_CODEC_LZ4;
  af_file* file;
  OK(af_file_open(path, -1, &options, &file, &error));
  return file;
}

void write_one(af_file* file, int64_t i, int32_t change) {
  int32_t values[kElements];
  fill(values, i + change);
  std::string name = name_of(i);
  OK(af_file_write(file, name.data(), static_cast<int64_t>(name.size()), nullptr, nullptr, 0, nullptr, values,
                   sizeof values, &error));
}

void write(const char* path, int64_t count) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.codec = AF_CODEC_LZ4;
  options.replace = 1;
  af_file* file;
  OK(af_file_create(path, -1, &options, &file, &error));
  af_schema* schema;
  OK(af_schema_create(AF_INT32, &kElements, 1, &schema, &error));
  double begin = now();
  for (int64_t i = 0; i < count; i++) {
    std::string name = name_of(i);
    OK(af_file_define(file, name.data(), static_cast<int64_t>(name.size()), schema, &error));
    write_one(file, i, 0);
  }
  double written = now();
  OK(af_file_flush(file, &error));
  double flushed = now();
  std::printf("{\"write_s\": %.6f, \"flush_s\": %.6f, \"cpu_s\": %.6f, \"peak_kib\": %ld}\n", written - begin,
              flushed - written, cpu(), peak_kib());
}

void change(const char* path, int64_t count) {
  af_file* file = open(path, true);
  for (int64_t i = 0; i < count; i++) write_one(file, i * 97, 7);
  double begin = now(), used = cpu();
  OK(af_file_flush(file, &error));
  double end = now();
  af_io_stats io = AF_IO_STATS_INIT;
  OK(af_file_io_stats(file, &io, &error));
  std::printf("{\"flush_s\": %.6f, \"cpu_s\": %.6f, \"bytes_written\": %lld, \"peak_kib\": %ld}\n",
              end - begin, cpu() - used, static_cast<long long>(io.bytes_written), peak_kib());
}

void open_one(const char* path, const char* name) {
  long before = peak_kib();
  double begin = now(), used = cpu();
  af_file* file = open(path, false);
  af_schema* schema;
  OK(af_file_schema(file, name, -1, &schema, &error));
  double end = now();
  std::printf("{\"open_s\": %.6f, \"cpu_s\": %.6f, \"peak_kib\": %ld, \"grown_kib\": %ld}\n", end - begin,
              cpu() - used, peak_kib(), peak_kib() - before);
}

void list(const char* path) {
  af_file* file = open(path, false);
  double begin = now(), used = cpu();
  af_listing* listing;
  OK(af_file_list(file, &listing, &error));
  double end = now();
  std::printf("{\"list_s\": %.6f, \"cpu_s\": %.6f, \"arrays\": %lld, \"peak_kib\": %ld}\n", end - begin,
              cpu() - used, static_cast<long long>(af_listing_count(listing)), peak_kib());
}

void read(const char* path, const char* name) {
  constexpr int kTimes = 200000;
  af_file* file = open(path, false);
  int32_t values[kElements];
  auto once = [&] {
    OK(af_file_read(file, name, -1, nullptr, nullptr, 0, nullptr, values, sizeof values, &error));
  };
  for (int i = 0; i < 1000; i++) once();
  double begin = now(), used = cpu();
  for (int i = 0; i < kTimes; i++) once();
  double end = now();
  std::printf("{\"read_ns\": %.1f, \"cpu_ns\": %.1f}\n", (end - begin) / kTimes * 1e9,
              (cpu() - used) / kTimes * 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 2 ? argv[1] : "";
  const char* argument = argc > 3 ? argv[3] : "";
  if (job == "write") return write(argv[2], std::atoll(argument)), 0;
  if (job == "change") return change(argv[2], std::atoll(argument)), 0;
  if (job == "open") return open_one(argv[2], argument), 0;
  if (job == "list") return list(argv[2]), 0;
  if (job == "read") return read(argv[2], argument), 0;
  std::fprintf(stderr, "usage: many_arrays write|change|open|list|read FILE [COUNT|NAME]\n");
  return 2;
}
