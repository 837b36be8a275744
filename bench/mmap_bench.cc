// Mapped arrays against what the machine can do, against the published crate and against numpy.memmap.
//
// Build:  g++ -std=c++20 -O3 -march=native -Iinclude bench/mmap_bench.cc -L BUILD_DIR -larrayformat -o
// mmap_bench Run:    LD_LIBRARY_PATH=BUILD_DIR ./mmap_bench FOLDER [--mib N] [--pairs N] [--crate COMMAND]
// [--python COMMAND]
//
// FOLDER must have room for N MiB (default 1024); the file is in the page cache for all measurements. COMMAND
// of --crate is af-mmap-reference as tests/interop-mmap/run builds it, that of --python an interpreter with
// NumPy. Each line of the table comes from pairs of runs, ours and theirs by turns, with the median and the
// least time of each and the ratio of the medians.
#include <arrayformat/arrayformat.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace {

using Nanoseconds = std::vector<double>;
// One run answers one or more times.
using Run = std::function<Nanoseconds()>;

double now() {
  return static_cast<double>(std::chrono::steady_clock::now().time_since_epoch() /
                             std::chrono::nanoseconds(1));
}

double median(Nanoseconds times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::perror(what);
  std::exit(1);
}

std::string shown(double nanoseconds) {
  char text[32];
  const char* units[] = {"ns", "us", "ms", "s"};
  int unit = 0;
  for (; nanoseconds >= 1000 && unit < 3; unit++) nanoseconds /= 1000;
  std::snprintf(text, sizeof text, "%.3g %s", nanoseconds, units[unit]);
  return text;
}

// The same amount of work by ours and by theirs, by turns. `wanted` is what the ratio theirs / ours should be
// at least.
void compare(const char* what, const char* against, double wanted, int pairs, const Run& ours,
             const Run& theirs) {
  Nanoseconds mine, other;
  ours();
  theirs();
  for (int i = 0; i < pairs; i++) {
    for (const auto& [run, times] : {std::pair{&ours, &mine}, std::pair{&theirs, &other}}) {
      const Nanoseconds found = (*run)();
      times->insert(times->end(), found.begin(), found.end());
    }
  }
  const double ratio = median(other) / median(mine);
  std::printf("| %s | %s | %s | %s | %s | %s | %.3g | %.3g %s |\n", what, against,
              shown(median(mine)).c_str(), shown(std::ranges::min(mine)).c_str(),
              shown(median(other)).c_str(), shown(std::ranges::min(other)).c_str(), ratio, wanted,
              ratio >= wanted ? "yes" : "NO");
  std::fflush(stdout);
}

Nanoseconds timed(const std::function<void()>& call) {
  const double start = now();
  call();
  return {now() - start};
}

// Each call by itself: where the machine has other things to do, the median leaves them out.
Nanoseconds repeated(int times, const std::function<void()>& call) {
  Nanoseconds found;
  for (int i = 0; i < times; i++) found.push_back(timed(call)[0]);
  return found;
}

// Times that a command prints, one in each line.
Nanoseconds printed_by(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  require(pipe != nullptr, command.c_str());
  Nanoseconds times;
  for (double time; std::fscanf(pipe, "%lf", &time) == 1;) times.push_back(time);
  require(pclose(pipe) == 0 && !times.empty(), command.c_str());
  return times;
}

volatile double sink;

// Eight sums at once, so that memory is the limit and not the latency of an addition.
double sum(const double* values, int64_t count) {
  double sums[8] = {};
  for (int64_t i = 0; i + 8 <= count; i += 8)
    for (int k = 0; k < 8; k++) sums[k] += values[i + k];
  return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

// -- ours

struct Close {
  void operator()(af_mmap* array) const { af_mmap_close(array); }
  void operator()(af_mmap_view* view) const { af_mmap_view_free(view); }
};
using Array = std::unique_ptr<af_mmap, Close>;
using View = std::unique_ptr<af_mmap_view, Close>;

Array open_array(const std::string& path, int32_t mode) {
  af_mmap_options options = AF_MMAP_OPTIONS_INIT;
  options.mode = mode;
  af_mmap* array = nullptr;
  require(af_mmap_open(path.c_str(), -1, &options, &array, nullptr) == AF_OK, "af_mmap_open");
  return Array(array);
}

View view_of(const Array& array) {
  af_mmap_view* view = nullptr;
  require(af_mmap_get_view(array.get(), &view, nullptr) == AF_OK, "af_mmap_get_view");
  return View(view);
}

View mutable_view_of(const Array& array) {
  af_mmap_view* view = nullptr;
  require(af_mmap_get_mutable_view(array.get(), &view, nullptr) == AF_OK, "af_mmap_get_mutable_view");
  return View(view);
}

const double* elements(const View& view) { return static_cast<const double*>(af_mmap_view_data(view.get())); }

void create(const std::string& path, int64_t count) {
  af_mmap_options options = AF_MMAP_OPTIONS_INIT;
  options.replace = 1;
  options.durability = AF_DURABILITY_NONE;
  std::vector<double> values(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; i++) values[static_cast<size_t>(i)] = static_cast<double>(i % 1000);
  af_mmap* array = nullptr;
  require(af_mmap_create(path.c_str(), -1, AF_FLOAT64, &count, 1, nullptr, values.data(), count * 8, &options,
                         &array, nullptr) == AF_OK,
          "af_mmap_create");
  af_mmap_close(array);
}

void open_ours(const std::string& path) {
  const Array array = open_array(path, AF_MMAP_READ_ONLY);
  sink = *elements(view_of(array));
}

void open_and_read_ours(const std::string& path) {
  const Array array = open_array(path, AF_MMAP_READ_ONLY);
  const int64_t start = 0, one = 1;
  double first;
  require(af_mmap_read(array.get(), &start, &one, 1, nullptr, &first, 8, nullptr) == AF_OK, "af_mmap_read");
  sink = first;
}

Nanoseconds first_write_ours(const std::string& path) {
  const Array array = open_array(path, AF_MMAP_COPY_ON_WRITE);
  return timed([&] { *static_cast<double*>(af_mmap_view_mutable_data(mutable_view_of(array).get())) = 1; });
}

// -- nothing but system calls

struct Bare {
  std::byte* base;
  size_t size;
  int fd;

  Bare(const std::string& path, int protection) {
    fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    require(fd >= 0, "open");
    struct stat file;
    require(fstat(fd, &file) == 0, "fstat");
    size = static_cast<size_t>(file.st_size);
    void* mapped = mmap(nullptr, size, protection, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    require(mapped != MAP_FAILED, "mmap");
    base = static_cast<std::byte*>(mapped);
  }
  ~Bare() {
    munmap(base, size);
    close(fd);
  }
  double* elements() const { return reinterpret_cast<double*>(base + 64); }
};

void open_bare(const std::string& path) { sink = *Bare(path, PROT_READ).elements(); }

// -- Python

std::string python_command(const std::string& python, const std::string& path, const char* body) {
  return python + " -c \"import numpy, time\nnow = time.perf_counter_ns\n" + body + "\" '" + path + "'";
}

constexpr const char* kNumpyOpen = R"(
import sys
for _ in range(1000):
    start = now()
    array = numpy.memmap(sys.argv[1], numpy.float64, 'r', 64)
    first = array[0]
    del array
    print(now() - start))";

constexpr const char* kNumpySum = R"(
import sys
array = numpy.memmap(sys.argv[1], numpy.float64, 'r', 64)
array.sum()
for _ in range(3):
    start = now()
    array.sum()
    print(now() - start))";

struct Options {
  std::string folder, crate, python;
  int64_t mebibytes = 1024;
  int pairs = 9;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i++) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--crate" && has_value)
      options.crate = argv[++i];
    else if (word == "--python" && has_value)
      options.python = argv[++i];
    else if (word == "--mib" && has_value)
      options.mebibytes = std::atoll(argv[++i]);
    else if (word == "--pairs" && has_value)
      options.pairs = std::atoi(argv[++i]);
    else
      options.folder = word;
  }
  if (options.folder.empty() || options.mebibytes < 1 || options.pairs < 1) {
    std::fprintf(stderr,
                 "usage: mmap_bench FOLDER [--mib N] [--pairs N] [--crate COMMAND] [--python COMMAND]\n");
    std::exit(2);
  }
  return options;
}

void bench_open(const Options& options, const std::string& path) {
  constexpr int kTimes = 2000;
  const std::pair<const char*, Run> ours[] = {
      {"open + first element in place", [&] { return repeated(kTimes, [&] { open_ours(path); }); }},
      {"open + first element copied", [&] { return repeated(kTimes, [&] { open_and_read_ours(path); }); }}};
  for (const auto& [what, run] : ours) {
    compare(what, "open, fstat, mmap", 1 / 1.2, options.pairs, run,
            [&] { return repeated(kTimes, [&] { open_bare(path); }); });
    if (!options.crate.empty())
      compare(what, "crate", 1, options.pairs, run,
              [&] { return printed_by(options.crate + " bench-open '" + path + "' 1000"); });
    if (!options.python.empty())
      compare(what, "numpy.memmap", 1, options.pairs, run,
              [&] { return printed_by(python_command(options.python, path, kNumpyOpen)); });
  }
}

void bench_sum(const Options& options, const std::string& path, int64_t count) {
  const Array array = open_array(path, AF_MMAP_READ_ONLY);
  const View view = view_of(array);
  const std::vector<double> memory(elements(view), elements(view) + count);
  const Run ours = [&] { return timed([&] { sink = sum(elements(view), count); }); };
  compare("sum of all", "the same in plain memory", 0.95, options.pairs, ours,
          [&] { return timed([&] { sink = sum(memory.data(), count); }); });
  const Run fresh = [&] {
    return timed([&] {
      const Array opened = open_array(path, AF_MMAP_READ_ONLY);
      sink = sum(elements(view_of(opened)), count);
    });
  };
  compare("open + sum of all", "open, fstat, mmap, sum", 0.95, options.pairs, fresh,
          [&] { return timed([&] { sink = sum(Bare(path, PROT_READ).elements(), count); }); });
  if (!options.crate.empty())
    compare("sum of all", "crate", 1, options.pairs, ours,
            [&] { return printed_by(options.crate + " bench-sum '" + path + "' 3"); });
  if (!options.python.empty())
    compare("sum of all", "numpy.memmap", 1, options.pairs, ours,
            [&] { return printed_by(python_command(options.python, path, kNumpySum)); });
}

void bench_first_write(const Options& options, const std::string& path) {
  const Run ours = [&] { return first_write_ours(path); };
  compare("first write, copy-on-write", "private mapping", 0.5, options.pairs * 5, ours, [&] {
    const Bare bare(path, PROT_READ | PROT_WRITE);
    return timed([&] { *bare.elements() = 1; });
  });
  if (!options.crate.empty())
    compare("first write, copy-on-write", "crate", 1000, options.pairs, ours,
            [&] { return printed_by(options.crate + " bench-cow '" + path + "' 1"); });
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  const std::string path = options.folder + "/bench.mmap";
  const int64_t count = options.mebibytes * (1 << 20) / 8;
  create(path, count);
  std::printf("%lld MiB of Float64, %d pairs\n\n", static_cast<long long>(options.mebibytes), options.pairs);
  std::printf(
      "| what | against | ours | least | theirs | least | theirs / ours | wanted "
      "|\n|---|---|---|---|---|---|---|---|\n");
  bench_open(options, path);
  bench_sum(options, path, count);
  bench_first_write(options, path);
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("\npeak memory %ld MiB, the copy in plain memory included\n", usage.ru_maxrss / 1024);
  unlink(path.c_str());
}
