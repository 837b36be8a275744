#include "support.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace bench {

void stop(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(why.size()), why.data());
  std::exit(1);
}

void stop(std::string_view what, af_error* error) { stop(what, af_error_message(error)); }

void expect(bool holds, std::string_view what) {
  if (!holds) stop("wrong", what);
}

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

double user_cpu() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec) + static_cast<double>(used.ru_utime.tv_usec) / 1e6;
}

int64_t memory(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, field.size(), field) == 0) return std::stoll(line.substr(field.size() + 1)) * 1024;
  }
  stop("/proc/self/status", std::string(field) + " is not there");
}

void report(const Watch& watch, int64_t peak, const std::vector<std::pair<const char*, double>>& more) {
  std::printf("{\"s\": %.9f, \"cpu_s\": %.6f, \"peak\": %lld", watch.seconds, watch.cpu,
              static_cast<long long>(peak));
  for (const auto& [name, figure] : more) std::printf(", \"%s\": %.9g", name, figure);
  std::printf("}\n");
}

int64_t to_number(const char* text) {
  char* end;
  long long number = std::strtoll(text, &end, 10);
  if (*text == 0 || *end != 0) stop("not a number", text);
  return number;
}

af_file* create(const char* path, const Options& given) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.replace = 1;
  options.codec = given.codec;
  options.threads = given.threads;
  af_file* file;
  OK(af_file_create(path, -1, &options, &file, &error));
  return file;
}

af_file* open(const char* path, const Options& given) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.writable = given.writable;
  options.codec = given.codec;
  options.threads = given.threads;
  options.cache_size = given.cache_size;
  af_file* file;
  OK(af_file_open(path, -1, &options, &file, &error));
  return file;
}

std::string small_name(int64_t i) {
  char name[32];
  std::snprintf(name, sizeof name, "profile_%07lld", static_cast<long long>(i));
  return name;
}

void fill_small(int32_t* values, int64_t array) {
  for (int64_t k = 0; k < kSmall; k++) values[k] = static_cast<int32_t>(array + k * k);
}

std::string walk_name(int64_t i) {
  char name[32];
  std::snprintf(name, sizeof name, "walk_%05lld", static_cast<long long>(i));
  return name;
}

void fill_walk(int32_t* values, int64_t array) {
  uint64_t state = static_cast<uint64_t>(array);
  int32_t at = static_cast<int32_t>(array);
  for (int64_t k = 0; k < kWalk; k++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    at += static_cast<int32_t>(state >> 60) - 8;
    values[k] = at;
  }
}

af_schema* series(af_data_type dtype, int64_t length) {
  af_schema* schema;
  OK(af_schema_create(dtype, &length, 1, &schema, &error));
  return schema;
}

void define(af_file* file, const std::string& name, const af_schema* schema) {
  OK(af_file_define(file, name.data(), static_cast<int64_t>(name.size()), schema, &error));
}

void write_whole(af_file* file, const std::string& name, const void* values, int64_t size) {
  OK(af_file_write(file, name.data(), static_cast<int64_t>(name.size()), nullptr, nullptr, 0, nullptr, values,
                   size, &error));
}

void read_whole(const af_file* file, const std::string& name, void* values, int64_t size) {
  OK(af_file_read(file, name.data(), static_cast<int64_t>(name.size()), nullptr, nullptr, 0, nullptr, values,
                  size, &error));
}

}  // namespace bench
