// Stores of many datasets: written, opened, read across, chosen from, changed; and the three cases that the
// reference times itself with.
#include <algorithm>
#include <cstring>

#include "support.h"

namespace {

using namespace bench;

constexpr int64_t kBytes = kSmall * static_cast<int64_t>(sizeof(float));

std::string dataset_name(int64_t i) { return small_name(i); }

// Values of dataset i lie from i on, within one. Of the other variable they lie from a number on that no
// neighbour has.
int64_t scattered(int64_t i, int64_t count) { return i * 7919 % count; }
void fill_values(float* values, int64_t base) {
  for (int64_t k = 0; k < kSmall; k++) values[k] = static_cast<float>(base) + static_cast<float>(k) / 512;
}

af_atlas* open_store(const char* folder, bool writable) {
  af_atlas_options options = AF_ATLAS_OPTIONS_INIT;
  options.writable = writable;
  af_atlas* atlas;
  OK(af_atlas_open(folder, -1, &options, &atlas, &error));
  return atlas;
}

af_atlas* create_store(const char* folder) {
  af_atlas* atlas;
  OK(af_atlas_create(folder, -1, nullptr, &atlas, &error));
  return atlas;
}

af_io_stats io_of(const af_atlas* atlas) {
  af_io_stats stats = AF_IO_STATS_INIT;
  OK(af_atlas_io_stats(atlas, &stats, &error));
  return stats;
}

void put(af_dataset* dataset, const char* variable, const af_schema* schema, const float* values,
         int64_t bytes) {
  OK(af_dataset_define(dataset, variable, -1, schema, &error));
  OK(af_dataset_write(dataset, variable, -1, nullptr, nullptr, 0, nullptr, values, bytes, &error));
}

void check(const af_atlas* atlas, int64_t i, int64_t base) {
  float values[kSmall], expected[kSmall];
  fill_values(expected, base);
  af_dataset* dataset;
  OK(af_atlas_open_dataset(atlas, dataset_name(i).data(), -1, &dataset, &error));
  OK(af_dataset_read(dataset, "temp", -1, nullptr, nullptr, 0, nullptr, values, sizeof values, &error));
  expect(std::memcmp(values, expected, sizeof values) == 0, dataset_name(i));
  af_dataset_close(dataset);
}

void write(const char* folder, int64_t count) {
  float values[kSmall];
  Watch watch;
  af_atlas* atlas = create_store(folder);
  af_schema* schema = series(AF_FLOAT32, kSmall);
  for (int64_t i = 0; i < count; i++) {
    af_dataset* dataset;
    OK(af_atlas_create_dataset(atlas, dataset_name(i).data(), -1, &dataset, &error));
    fill_values(values, i);
    put(dataset, "temp", schema, values, kBytes);
    fill_values(values, scattered(i, count));
    put(dataset, "salt", schema, values, kBytes);
    af_dataset_close(dataset);
  }
  OK(af_atlas_flush(atlas, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  af_atlas_close(atlas);
  atlas = open_store(folder, false);
  for (int64_t i = 0; i < count; i += 97) check(atlas, i, i);
  report(watch, peak);
}

void open(const char* folder, int64_t count) {
  int64_t before = memory("RssAnon");
  Watch watch;
  af_atlas* atlas = open_store(folder, false);
  af_values* names;
  OK(af_atlas_list_datasets(atlas, &names, &error));
  watch.stop();
  double heap = static_cast<double>(memory("RssAnon") - before);
  int64_t peak = memory("VmHWM");
  expect(af_values_count(names) == count, "the number of datasets");
  report(watch, peak, {{"heap", heap}});
}

// One variable of all datasets, with nothing in our cache.
void ragged(const char* folder, int64_t count) {
  af_atlas* atlas = open_store(folder, false);
  std::vector<int64_t> offsets(static_cast<size_t>(count) + 1);
  std::vector<float> values(static_cast<size_t>(count * kSmall));
  Watch watch;
  OK(af_atlas_read_ragged(atlas, "temp", -1, nullptr, count, nullptr, nullptr, 0, values.data(),
                          count * kBytes, offsets.data(), nullptr, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  float expected[kSmall];
  for (int64_t i = 0; i < count; i++) {
    fill_values(expected, i);
    expect(
        std::memcmp(values.data() + i * kSmall, expected, kBytes) == 0 && offsets[i + 1] == (i + 1) * kBytes,
        dataset_name(i));
  }
  report(watch, peak, {{"decoded", static_cast<double>(io_of(atlas).bytes_decoded)}});
}

// The same of the hundredth of all datasets for which a predicate may hold: neighbours, or scattered ones.
void select(const char* folder, int64_t count, bool clustered) {
  af_atlas* atlas = open_store(folder, false);
  const int64_t first = count / 2, chosen = count / 100;
  const std::string predicate = std::string(clustered ? "temp" : "salt") + " between " +
                                std::to_string(first) + " and " + std::to_string(first + chosen - 1);
  Watch watch;
  af_rows* rows;
  OK(af_atlas_select(atlas, predicate.data(), -1, nullptr, 0, &rows, &error));
  const int64_t n = af_rows_count(rows);
  std::vector<int64_t> offsets(static_cast<size_t>(n) + 1);
  std::vector<float> values(static_cast<size_t>(n * kSmall));
  const int64_t decoded_before = io_of(atlas).bytes_decoded;
  OK(af_atlas_read_ragged(atlas, "temp", -1, af_rows_data(rows), n, nullptr, nullptr, 0, values.data(),
                          n * kBytes, offsets.data(), nullptr, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  expect(n == chosen, "the number of datasets chosen");
  for (int64_t i = 0; i < n; i++) {
    int64_t row = af_rows_data(rows)[i];
    expect((clustered ? row : scattered(row, count)) - first < chosen, "the datasets chosen");
    expect(values[static_cast<size_t>(i * kSmall)] == static_cast<float>(row), dataset_name(row));
  }
  const af_io_stats stats = io_of(atlas);
  report(watch, peak,
         {{"decoded", static_cast<double>(stats.bytes_decoded - decoded_before)},
          {"blocks", static_cast<double>(stats.blocks_decoded)}});
}

// One dataset changed. Opening is not counted.
void touch(const char* folder, int64_t count) {
  af_atlas* atlas = open_store(folder, true);
  float values[kSmall];
  const int64_t i = count / 3;
  af_dataset* dataset;
  OK(af_atlas_open_dataset(atlas, dataset_name(i).data(), -1, &dataset, &error));
  OK(af_dataset_read(dataset, "temp", -1, nullptr, nullptr, 0, nullptr, values, sizeof values, &error));
  const auto base = static_cast<int64_t>(values[0]) + 1;
  fill_values(values, base);
  const int64_t written_before = io_of(atlas).bytes_written;
  Watch watch;
  OK(af_dataset_write(dataset, "temp", -1, nullptr, nullptr, 0, nullptr, values, sizeof values, &error));
  OK(af_atlas_flush(atlas, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  const auto written = static_cast<double>(io_of(atlas).bytes_written - written_before);
  af_atlas_close(atlas);
  check(open_store(folder, false), i, base);
  report(watch, peak, {{"bytes", written}});
}

// ---------------------------------------------------------------- the reference's own cases

struct Case {
  std::string_view name;
  std::vector<int64_t> shape, chunks;
  std::vector<const char*> variables;
};
const Case kCases[] = {{"gridded", {100, 100, 48}, {50, 50, 24}, {"temp", "salt", "oxygen"}},
                       {"profile", {50, 168}, {50, 168}, {"temp", "salt"}},
                       {"sensors", {24}, {24}, {"temp", "salt", "oxygen"}}};

const Case& case_of(std::string_view name) {
  for (const Case& one : kCases)
    if (one.name == name) return one;
  stop("no such case", name);
}

int64_t elements_of(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t extent : shape) count *= extent;
  return count;
}

float value_of(int64_t dataset, int64_t k) { return static_cast<float>(dataset % 97 + k % 1009) / 8; }

void write_case(const char* folder, const Case& one, int64_t count) {
  const auto rank = static_cast<int32_t>(one.shape.size());
  std::vector<float> values(static_cast<size_t>(elements_of(one.shape)));
  Watch watch;
  af_atlas* atlas = create_store(folder);
  af_schema* schema;
  OK(af_schema_create(AF_FLOAT32, one.shape.data(), rank, &schema, &error));
  OK(af_schema_set_chunk_shape(schema, one.chunks.data(), rank, &error));
  for (int64_t i = 0; i < count; i++) {
    af_dataset* dataset;
    OK(af_atlas_create_dataset(atlas, dataset_name(i).data(), -1, &dataset, &error));
    watch.stop();
    for (size_t k = 0; k < values.size(); k++) values[k] = value_of(i, static_cast<int64_t>(k));
    watch.resume();
    for (const char* variable : one.variables)
      put(dataset, variable, schema, values.data(), static_cast<int64_t>(values.size() * sizeof(float)));
    af_dataset_close(dataset);
  }
  OK(af_atlas_flush(atlas, &error));
  watch.stop();
  report(watch, memory("VmHWM"));
}

// The first quarter of each axis, of all variables of all datasets.
void read_case(const char* folder, const Case& one, int64_t count) {
  const auto rank = static_cast<int32_t>(one.shape.size());
  std::vector<int64_t> start(one.shape.size()), part;
  for (int64_t extent : one.shape) part.push_back(extent / 4);
  const int64_t each = elements_of(part);
  std::vector<float> values(static_cast<size_t>(each * count));
  Watch watch;
  af_atlas* atlas = open_store(folder, false);
  for (const char* variable : one.variables)
    OK(af_atlas_read_stacked(atlas, variable, -1, nullptr, 0, start.data(), part.data(), rank, 0, nullptr,
                             values.data(), static_cast<int64_t>(values.size() * sizeof(float)), &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  for (int64_t i = 0; i < count; i++) {
    // The last element of the region.
    int64_t at = 0;
    for (size_t axis = 0; axis < part.size(); axis++) at = at * one.shape[axis] + part[axis] - 1;
    expect(values[static_cast<size_t>(i * each)] == value_of(i, 0) &&
               values[static_cast<size_t>(i * each + each - 1)] == value_of(i, at),
           dataset_name(i));
  }
  report(watch, peak);
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 3 ? argv[1] : "";
  if (job.empty())
    stop("usage",
         "datasets write|open|ragged|clustered|scattered|touch FOLDER COUNT, case-write|case-read FOLDER "
         "COUNT "
         "CASE");
  int64_t count = to_number(argv[3]);
  if (job == "write") return write(argv[2], count), 0;
  if (job == "open") return open(argv[2], count), 0;
  if (job == "ragged") return ragged(argv[2], count), 0;
  if (job == "clustered" || job == "scattered") return select(argv[2], count, job == "clustered"), 0;
  if (job == "touch") return touch(argv[2], count), 0;
  if (job == "case-write" && argc > 4) return write_case(argv[2], case_of(argv[4]), count), 0;
  if (job == "case-read" && argc > 4) return read_case(argv[2], case_of(argv[4]), count), 0;
  stop("no such job", job);
}
