// Stacks: many layers, compaction, attributes.
#include <cstring>

#include "support.h"

namespace {

using namespace bench;

constexpr int64_t kLayers = 10;
constexpr int64_t kSize = kWalk * static_cast<int64_t>(sizeof(int32_t));
constexpr const char* kKey = "station";

int64_t written_so_far(const af_file* file) {
  af_io_stats stats = AF_IO_STATS_INIT;
  OK(af_file_io_stats(file, &stats, &error));
  return stats.bytes_written;
}

// `count` small arrays, an equal part of them in each layer.
void make_layers(const char* path, int64_t count, int64_t layers) {
  af_file* file = create(path, {});
  af_schema* schema = series(AF_INT32, kSmall);
  int32_t values[kSmall];
  Watch watch;
  for (int64_t layer = 0; layer < layers; layer++) {
    for (int64_t i = count * layer / layers; i < count * (layer + 1) / layers; i++) {
      fill_small(values, i);
      define(file, small_name(i), schema);
      write_whole(file, small_name(i), values, sizeof values);
    }
    OK(af_file_flush(file, &error));
  }
  watch.stop();
  report(watch, memory("VmHWM"));
}

// -- compaction: ten layers of `per_layer` new arrays, each but the first writing a ninth of the arrays of
// the layer before anew, so that a tenth or so of all values is dead. What is rewritten reads as the walk of
// another number.

int64_t rewritten(int64_t per_layer) { return per_layer / (kLayers - 1); }

int64_t walk_now_in(int64_t array, int64_t per_layer) {
  bool dead = array / per_layer < kLayers - 1 && array % per_layer < rewritten(per_layer);
  return dead ? array + 1 : array;
}

void make_dead(const char* path, int64_t per_layer) {
  af_file* file = create(path, {});
  af_schema* schema = series(AF_INT32, kWalk);
  std::vector<int32_t> values(kWalk);
  Watch watch;
  for (int64_t layer = 0; layer < kLayers; layer++) {
    const int64_t begin = layer * per_layer;
    for (int64_t i = begin; i < begin + per_layer; i++) {
      fill_walk(values.data(), i);
      define(file, walk_name(i), schema);
      write_whole(file, walk_name(i), values.data(), kSize);
    }
    for (int64_t i = begin - per_layer; layer > 0 && i < begin - per_layer + rewritten(per_layer); i++) {
      fill_walk(values.data(), i + 1);
      write_whole(file, walk_name(i), values.data(), kSize);
    }
    OK(af_file_flush(file, &error));
  }
  watch.stop();
  report(watch, memory("VmHWM"));
}

void compact(const char* path, int64_t per_layer) {
  int64_t peak_before = memory("VmHWM");
  af_file* file = open(path, {.writable = true});
  Watch watch;
  OK(af_file_compact(file, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  af_io_stats stats = AF_IO_STATS_INIT;
  OK(af_file_io_stats(file, &stats, &error));
  af_file_close(file);

  file = open(path, {});
  int64_t layers;
  OK(af_file_layer_count(file, &layers, &error));
  expect(layers == 1, "one layer");
  std::vector<int32_t> expected(kWalk), found(kWalk);
  for (int64_t i = 0; i < kLayers * per_layer; i++) {
    fill_walk(expected.data(), walk_now_in(i, per_layer));
    read_whole(file, walk_name(i), found.data(), kSize);
    expect(found == expected, walk_name(i));
  }
  report(watch, peak,
         {{"grown", static_cast<double>(peak - peak_before)},
          {"decoded", static_cast<double>(stats.bytes_decoded)}});
}

// -- attributes

// `count` small arrays of which nothing is written, with one attribute each, of `distinct` values.
void make_attributes(const char* path, int64_t count, int64_t distinct) {
  af_file* file = create(path, {});
  af_schema* schema = series(AF_INT32, kSmall);
  Watch watch;
  for (int64_t i = 0; i < count; i++) {
    define(file, small_name(i), schema);
    const int64_t station = i % distinct;
    af_value* value;
    OK(af_value_create(AF_INT64, 0, &station, 1, &value, &error));
    OK(af_file_set_attribute(file, small_name(i).c_str(), -1, kKey, -1, value, &error));
    af_value_free(value);
  }
  OK(af_file_flush(file, &error));
  watch.stop();
  report(watch, memory("VmHWM"));
}

int64_t number_in(const af_value* value) {
  expect(value && af_value_data_type(value) == AF_INT64, "an attribute of 64 bits");
  int64_t number;
  std::memcpy(&number, af_value_data(value), sizeof number);
  return number;
}

void read_column(const char* path, int64_t count, int64_t distinct) {
  af_file* file = open(path, {});
  Watch watch;
  af_value_map* column;
  OK(af_file_attribute_column(file, kKey, -1, &column, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  expect(af_value_map_count(column) == count, "the number of arrays");
  for (int64_t i = 0; i < count; i++) {
    expect(af_value_map_name(column, i, nullptr) == small_name(i), "a name");
    expect(number_in(af_value_map_value(column, i)) == i % distinct, small_name(i));
  }
  report(watch, peak);
}

// One array's values written, one flush.
void touch(const char* path, int64_t count, int64_t distinct) {
  af_file* file = open(path, {.writable = true});
  const int64_t array = count / 2, before = written_so_far(file);
  int32_t values[kSmall], found[kSmall];
  fill_small(values, array);
  Watch watch;
  write_whole(file, small_name(array), values, sizeof values);
  OK(af_file_flush(file, &error));
  watch.stop();
  int64_t peak = memory("VmHWM"), bytes = written_so_far(file) - before;
  af_file_close(file);

  file = open(path, {});
  read_whole(file, small_name(array), found, sizeof found);
  expect(std::memcmp(found, values, sizeof values) == 0, "the values written");
  for (int64_t i : {array - 1, array, array + 1}) {
    af_value* value;
    OK(af_file_get_attribute(file, small_name(i).c_str(), -1, kKey, -1, &value, &error));
    expect(number_in(value) == i % distinct, small_name(i));
  }
  report(watch, peak, {{"bytes", static_cast<double>(bytes)}});
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 3 ? argv[1] : "";
  if (job.empty()) {
    stop("usage",
         "stack layers FILE COUNT LAYERS, dead|compact FILE ARRAYS_A_LAYER, attributes|column|touch FILE "
         "COUNT DISTINCT");
  }
  int64_t count = to_number(argv[3]), more = argc > 4 ? to_number(argv[4]) : 0;
  if (job == "layers") return make_layers(argv[2], count, more), 0;
  if (job == "dead") return make_dead(argv[2], count), 0;
  if (job == "compact") return compact(argv[2], count), 0;
  if (job == "attributes") return make_attributes(argv[2], count, more), 0;
  if (job == "column") return read_column(argv[2], count, more), 0;
  if (job == "touch") return touch(argv[2], count, more), 0;
  stop("no such job", job);
}
