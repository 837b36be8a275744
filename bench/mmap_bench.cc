// Mapped arrays against what the machine can do, the published crate and numpy.memmap.
//
// mmap_bench FOLDER [--mib N] [--pairs N] [--crate COMMAND] [--python COMMAND]
//
// prints a JSON list of rows. The file, of N MiB, is in the page cache for all measurements. COMMAND of
// --crate is af-mmap-reference of tests/interop-mmap, that of --python an interpreter with NumPy; without
// them their figures are null. Each row comes from pairs of runs, ours and theirs by turns, and has the
// medians.
#include <arrayformat/arrayformat.h>
#include <fcntl.h>
#include <sys/mman.h>
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

struct Row {
  const char* id;
  const char* what;
  const char* unit;
  double unit_nanoseconds;
  // What theirs / ours should be at least; 0: nobody asked.
  double goal;
};

// What ours is compared with: someone else's, or the least that the machine needs.
enum class Other { kReference, kLimit };

std::string json(double number) {
  char text[32] = "null";
  if (number > 0) std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

void print(const Row& row, Other kind, double ours, double theirs) {
  static const char* separator = "[";
  const double nothing = 0;
  std::printf(
      "%s{\"id\": \"%s\", \"what\": \"%s\", \"unit\": \"%s\", \"ours\": %s, \"reference\": %s, \"limit\": "
      "%s, "
      "\"ratio\": %s, \"goal\": %s}",
      separator, row.id, row.what, row.unit, json(ours / row.unit_nanoseconds).c_str(),
      json(kind == Other::kReference ? theirs / row.unit_nanoseconds : nothing).c_str(),
      json(kind == Other::kLimit ? theirs / row.unit_nanoseconds : nothing).c_str(),
      json(theirs / ours).c_str(), json(row.goal).c_str());
  std::fflush(stdout);
  separator = ",\n ";
}

// The same work by ours and by theirs, by turns; by ours alone where they are not there.
void compare(const Row& row, int pairs, const Run& ours, Other kind, const Run& theirs) {
  Nanoseconds mine, other;
  ours();
  if (theirs) theirs();
  for (int i = 0; i < pairs; i++) {
    for (const auto& [run, times] : {std::pair{&ours, &mine}, std::pair{&theirs, &other}}) {
      const Nanoseconds found = *run ? (*run)() : Nanoseconds();
      times->insert(times->end(), found.begin(), found.end());
    }
  }
  print(row, kind, median(mine), other.empty() ? 0 : median(other));
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

// The same elements where reading them costs least: huge pages, if the system has any.
class PlainMemory {
 public:
  PlainMemory(const double* values, int64_t count)
      : size_(static_cast<size_t>(count) * sizeof *values + kHuge) {
    void* mapped = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(mapped != MAP_FAILED, "mmap");
    base_ = static_cast<std::byte*>(mapped);
    madvise(base_, size_, MADV_HUGEPAGE);
    std::copy_n(values, count, elements());
  }
  ~PlainMemory() { munmap(base_, size_); }
  PlainMemory(const PlainMemory&) = delete;
  PlainMemory& operator=(const PlainMemory&) = delete;
  double* elements() const {
    const auto start = reinterpret_cast<uintptr_t>(base_);
    return reinterpret_cast<double*>((start + kHuge - 1) / kHuge * kHuge);
  }

 private:
  static constexpr size_t kHuge = 2 << 20;
  const size_t size_;
  std::byte* base_;
};

// -- Python

std::string python_command(const std::string& python, const std::string& path, const char* body) {
  return "'" + python + "' -c \"import numpy, time\nnow = time.perf_counter_ns\n" + body + "\" '" + path +
         "'";
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

// Runs a command's benchmark; nothing where there is no command.
Run of_crate(const Options& options, const char* verb, const std::string& path, int rounds) {
  if (options.crate.empty()) return nullptr;
  return [command = "'" + options.crate + "' " + verb + " '" + path + "' " + std::to_string(rounds)] {
    return printed_by(command);
  };
}

Run of_python(const Options& options, const std::string& path, const char* body) {
  if (options.python.empty()) return nullptr;
  return [command = python_command(options.python, path, body)] { return printed_by(command); };
}

constexpr double kMicrosecond = 1e3, kMillisecond = 1e6;

void bench_open(const Options& options, const std::string& path) {
  constexpr int kTimes = 2000;
  const Run bare = [&] { return repeated(kTimes, [&] { open_bare(path); }); };
  const Run crate = of_crate(options, "bench-open", path, 1000);
  const Run numpy = of_python(options, path, kNumpyOpen);

  const Run copied = [&] { return repeated(kTimes, [&] { open_and_read_ours(path); }); };
  const char* what = "open, read the first element";
  compare(
      {"mmap-open", "open, read the first element; limit: open, fstat, mmap", "us", kMicrosecond, 1 / 1.2},
      options.pairs, copied, Other::kLimit, bare);
  compare({"mmap-open-crate", what, "us", kMicrosecond, 1}, options.pairs, copied, Other::kReference, crate);
  compare({"mmap-open-numpy", what, "us", kMicrosecond, 1}, options.pairs, copied, Other::kReference, numpy);

  const Run in_place = [&] { return repeated(kTimes, [&] { open_ours(path); }); };
  what = "the same through a view";
  compare({"mmap-view", "the same through a view; limit: open, fstat, mmap", "us", kMicrosecond, 1 / 1.2},
          options.pairs, in_place, Other::kLimit, bare);
  compare({"mmap-view-crate", what, "us", kMicrosecond, 0}, options.pairs, in_place, Other::kReference,
          crate);
  compare({"mmap-view-numpy", what, "us", kMicrosecond, 1}, options.pairs, in_place, Other::kReference,
          numpy);
}

void bench_sum(const Options& options, const std::string& path, int64_t count) {
  const Array array = open_array(path, AF_MMAP_READ_ONLY);
  const View view = view_of(array);
  const PlainMemory memory(elements(view), count);
  const double expected = sum(memory.elements(), count);
  const auto timed_sum = [&](const double* values) {
    return timed([&] { require(sum(values, count) == expected, "the sum is wrong"); });
  };
  const Run ours = [&] { return timed_sum(elements(view)); };
  compare({"mmap-sum", "sum through a view; limit: memory on huge pages", "ms", kMillisecond, 0.95},
          options.pairs, ours, Other::kLimit, [&] { return timed_sum(memory.elements()); });
  compare({"mmap-sum-crate", "sum through a view", "ms", kMillisecond, 0}, options.pairs, ours,
          Other::kReference, of_crate(options, "bench-sum", path, 3));
  compare({"mmap-sum-numpy", "sum through a view", "ms", kMillisecond, 1}, options.pairs, ours,
          Other::kReference, of_python(options, path, kNumpySum));

  const Run fresh = [&] {
    return timed([&] {
      const Array opened = open_array(path, AF_MMAP_READ_ONLY);
      require(sum(elements(view_of(opened)), count) == expected, "the sum is wrong");
    });
  };
  compare({"mmap-open-sum", "open, sum through a view; limit: open, mmap, sum", "ms", kMillisecond, 0.95},
          options.pairs, fresh, Other::kLimit,
          [&] { return timed([&] { sink = sum(Bare(path, PROT_READ).elements(), count); }); });
}

void bench_first_write(const Options& options, const std::string& path) {
  const Run ours = [&] { return first_write_ours(path); };
  compare({"mmap-cow", "first write with copy-on-write", "us", kMicrosecond, 1000}, options.pairs, ours,
          Other::kReference, of_crate(options, "bench-cow", path, 1));
  compare(
      {"mmap-cow-limit", "first write with copy-on-write; limit: a private mapping", "us", kMicrosecond, 0},
      options.pairs * 5, ours, Other::kLimit, [&] {
        const Bare bare(path, PROT_READ | PROT_WRITE);
        return timed([&] { *bare.elements() = 1; });
      });
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  const std::string path = options.folder + "/bench.mmap";
  const int64_t count = options.mebibytes * (1 << 20) / 8;
  create(path, count);
  bench_open(options, path);
  bench_sum(options, path, count);
  bench_first_write(options, path);
  std::printf("]\n");
  unlink(path.c_str());
}
