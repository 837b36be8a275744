// What the timed programs share: clocks, memory, failures, and the values that all sides write and check.
//
// A program does one job, checks what it read, and prints its figures as one line of JSON; anything wrong
// ends it with exit code 1, so that no figure stands for wrong data.
#ifndef AF_BENCH_SUPPORT_H
#define AF_BENCH_SUPPORT_H

#include <arrayformat/arrayformat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

// Ends the program.
[[noreturn]] void stop(std::string_view what, std::string_view why);
[[noreturn]] void stop(std::string_view what, af_error* error);
void expect(bool holds, std::string_view what);

#define OK(call)                                      \
  do {                                                \
    af_error* error = nullptr;                        \
    if ((call) != AF_OK) ::bench::stop(#call, error); \
  } while (0)

// Seconds since some instant, on the wall and of all this process's threads in user mode.
double now();
double user_cpu();

// From /proc/self/status: a field such as VmHWM (the peak of resident memory) or RssAnon, in bytes.
int64_t memory(std::string_view field);

// Times what happens between its construction, or resume(), and stop(); adds up.
class Watch {
 public:
  Watch() { resume(); }
  void resume() { begin_cpu_ = user_cpu(), begin_ = now(); }
  void stop() { seconds += now() - begin_, cpu += user_cpu() - begin_cpu_; }
  double seconds = 0, cpu = 0;

 private:
  double begin_, begin_cpu_;
};

// Prints "s", "cpu_s" and "peak" (bytes; the process's until now unless given), and further figures.
void report(const Watch& watch, int64_t peak, const std::vector<std::pair<const char*, double>>& more = {});

int64_t to_number(const char* text);

struct Options {
  bool writable = false;
  int32_t codec = AF_CODEC_LZ4;
  int64_t cache_size = 0;
  int32_t threads = 0;
};
af_file* create(const char* path, const Options& options);
af_file* open(const char* path, const Options& options);

// Array i of many small ones.
constexpr int64_t kSmall = 250;
std::string small_name(int64_t i);
void fill_small(int32_t* values, int64_t array);

// Array i of the larger ones: a random walk, as measured series are.
constexpr int64_t kWalk = 10000;
std::string walk_name(int64_t i);
void fill_walk(int32_t* values, int64_t array);

// A schema of one axis, one chunk.
af_schema* series(af_data_type dtype, int64_t length);
void define(af_file* file, const std::string& name, const af_schema* schema);
void write_whole(af_file* file, const std::string& name, const void* values, int64_t size);
void read_whole(const af_file* file, const std::string& name, void* values, int64_t size);

}  // namespace bench

#endif
