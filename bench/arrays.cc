// Many small arrays (250 i32 each, lz4): written, changed, opened, listed, read.
#include <cstdio>
#include <cstring>

#include "support.h"

namespace {

using namespace bench;

constexpr int64_t kSize = kSmall * static_cast<int64_t>(sizeof(int32_t));

void check(const af_file* file, int64_t array, int64_t plus = 0) {
  int32_t values[kSmall], expected[kSmall];
  fill_small(expected, array + plus);
  read_whole(file, small_name(array), values, kSize);
  expect(std::memcmp(values, expected, kSize) == 0, small_name(array));
}

int64_t count_of(const af_file* file) {
  af_listing* listing;
  OK(af_file_list(file, &listing, &error));
  int64_t count = af_listing_count(listing);
  af_listing_free(listing);
  return count;
}

void write(const char* path, int64_t count) {
  int32_t values[kSmall];
  Watch watch;
  af_file* file = create(path, {});
  af_schema* schema = series(AF_INT32, kSmall);
  for (int64_t i = 0; i < count; i++) {
    std::string name = small_name(i);
    fill_small(values, i);
    define(file, name, schema);
    write_whole(file, name, values, kSize);
  }
  OK(af_file_flush(file, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  af_file_close(file);

  file = open(path, {});
  expect(count_of(file) == count, "the number of arrays");
  for (int64_t i = 0; i < count; i += 97) check(file, i);
  report(watch, peak);
}

// `changes` arrays, spread over all, in one flush.
void change(const char* path, int64_t count, int64_t changes) {
  af_file* file = open(path, {.writable = true});
  int32_t values[kSmall];
  af_io_stats before = AF_IO_STATS_INIT, after = AF_IO_STATS_INIT;
  OK(af_file_io_stats(file, &before, &error));
  Watch watch;
  for (int64_t i = 0; i < changes; i++) {
    int64_t array = i * (count / changes);
    fill_small(values, array + 1);
    write_whole(file, small_name(array), values, kSize);
  }
  OK(af_file_flush(file, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  OK(af_file_io_stats(file, &after, &error));
  af_file_close(file);

  file = open(path, {});
  for (int64_t i = 0; i < changes; i++)
    check(file, i * (count / changes), 1), check(file, i * (count / changes) + 1);
  report(watch, peak, {{"bytes", static_cast<double>(after.bytes_written - before.bytes_written)}});
}

void open_and_look_up(const char* path, int64_t count) {
  std::string name = small_name(count / 2);
  int64_t before = memory("RssAnon"), peak_before = memory("VmHWM");
  Watch watch;
  af_file* file = open(path, {});
  af_schema* schema;
  OK(af_file_schema(file, name.data(), -1, &schema, &error));
  watch.stop();
  double heap = static_cast<double>(memory("RssAnon") - before);
  int64_t peak = memory("VmHWM");
  expect(af_schema_element_count(schema) == kSmall && af_schema_data_type(schema) == AF_INT32, name);
  report(watch, peak, {{"heap", heap}, {"grown", static_cast<double>(peak - peak_before)}});
}

void list(const char* path, int64_t count) {
  af_file* file = open(path, {});
  Watch watch;
  af_listing* listing;
  OK(af_file_list(file, &listing, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  expect(af_listing_count(listing) == count, "the number of arrays");
  const int64_t *names = af_listing_name_offsets(listing), *shapes = af_listing_shape_offsets(listing);
  for (int64_t i = 0; i < count; i++) {
    std::string_view name(af_listing_names(listing) + names[i], static_cast<size_t>(names[i + 1] - names[i]));
    expect(name == small_name(i) && shapes[i + 1] - shapes[i] == 1 &&
               af_listing_shapes(listing)[shapes[i]] == kSmall,
           name);
  }
  report(watch, peak);
}

// One array again and again.
void read(const char* path, int64_t count, int64_t times) {
  af_file* file = open(path, {});
  int64_t array = count / 2 + 1, sum = 0, expected = 0;
  std::string name = small_name(array);
  int32_t values[kSmall];
  check(file, array);
  Watch watch;
  for (int64_t i = 0; i < times; i++) {
    read_whole(file, name, values, kSize);
    sum += values[i % kSmall];
  }
  watch.stop();
  int64_t peak = memory("VmHWM");
  for (int64_t i = 0; i < times; i++) expected += array + (i % kSmall) * (i % kSmall);
  expect(sum == expected, "the values read");
  report(watch, peak);
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 3 ? argv[1] : "";
  if (job.empty())
    stop("usage", "arrays write|open|list FILE COUNT, change FILE COUNT CHANGES, read FILE COUNT TIMES");
  int64_t count = to_number(argv[3]), more = argc > 4 ? to_number(argv[4]) : 0;
  if (job == "write") return write(argv[2], count), 0;
  if (job == "change") return change(argv[2], count, more), 0;
  if (job == "open") return open_and_look_up(argv[2], count), 0;
  if (job == "list") return list(argv[2], count), 0;
  if (job == "read") return read(argv[2], count, more), 0;
  stop("no such job", job);
}
