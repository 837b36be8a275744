// The grid in one array of 1 MiB chunks: written, read, an unaligned box read, single elements written.
#include <memory>

#include "grid.h"
#include "support.h"

namespace {

using namespace bench;

int64_t size_of(const std::vector<float>& values) {
  return static_cast<int64_t>(values.size() * sizeof(float));
}

int32_t codec_of(const std::string& name) {
  if (name == "none") return AF_CODEC_NONE;
  if (name == "lz4") return AF_CODEC_LZ4;
  if (name == "zstd") return AF_CODEC_ZSTD;
  stop("no such codec", name);
}

void define_grid(af_file* file, const Grid& grid) {
  af_schema* schema;
  const Index chunk = {kGridChunk, kGridChunk, kGridChunk};
  OK(af_schema_create(AF_FLOAT32, grid.whole().shape.data(), 3, &schema, &error));
  OK(af_schema_set_chunk_shape(schema, chunk.data(), 3, &error));
  define(file, kGridName, schema);
}

void write(const char* path, const Grid& grid, int32_t codec) {
  std::vector<float> values = grid_values(grid.whole());
  Watch watch;
  af_file* file = create(path, {.codec = codec});
  define_grid(file, grid);
  write_whole(file, kGridName, values.data(), size_of(values));
  OK(af_file_flush(file, &error));
  watch.stop();
  report(watch, memory("VmHWM"));
}

void read(const char* path, const Box& box) {
  af_file* file = open(path, {});
  Watch watch;
  auto values = std::make_unique_for_overwrite<float[]>(static_cast<size_t>(box.count()));
  OK(af_file_read(file, kGridName, -1, box.start.data(), box.shape.data(), 3, nullptr, values.get(),
                  box.count() * static_cast<int64_t>(sizeof(float)), &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  expect_grid(values.get(), box);
  report(watch, peak);
}

// Single elements anywhere, one flush.
void write_single(const char* path, const Grid& grid, int64_t times) {
  af_file* file = open(path, {.writable = true});
  const Index one = {1, 1, 1}, extents = grid.whole().shape;
  std::vector<Index> places;
  uint64_t state = 1;
  auto below = [&state](int64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int64_t>((state >> 33) % static_cast<uint64_t>(bound));
  };
  af_io_stats before = AF_IO_STATS_INIT, after = AF_IO_STATS_INIT;
  OK(af_file_io_stats(file, &before, &error));
  Watch watch;
  for (int64_t i = 0; i < times; i++) {
    Index place;
    for (size_t axis = 0; axis < 3; axis++) place[axis] = below(extents[axis]);
    const float value = -1;
    OK(af_file_write(file, kGridName, -1, place.data(), one.data(), 3, nullptr, &value, sizeof value,
                     &error));
    places.push_back(place);
  }
  OK(af_file_flush(file, &error));
  watch.stop();
  int64_t peak = memory("VmHWM");
  OK(af_file_io_stats(file, &after, &error));
  af_file_close(file);

  std::vector<float> expected = grid_values(grid.whole()), found(expected.size());
  for (const Index& place : places) {
    expected[static_cast<size_t>((place[0] * extents[1] + place[1]) * extents[2] + place[2])] = -1;
  }
  read_whole(open(path, {}), kGridName, found.data(), size_of(found));
  expect(found == expected, "the values after writes of single elements");
  report(watch, peak, {{"bytes", static_cast<double>(after.bytes_written - before.bytes_written)}});
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 3 ? argv[1] : "";
  if (job.empty())
    stop("usage", "chunked write FILE EXTENT CODEC, read|box FILE EXTENT, single FILE EXTENT TIMES");
  Grid grid{to_number(argv[3])};
  if (job == "write") return write(argv[2], grid, codec_of(argc > 4 ? argv[4] : "")), 0;
  if (job == "read") return read(argv[2], grid.whole()), 0;
  if (job == "box") return read(argv[2], grid.unaligned()), 0;
  if (job == "single") return write_single(argv[2], grid, to_number(argc > 4 ? argv[4] : "")), 0;
  stop("no such job", job);
}
