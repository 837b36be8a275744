// The peer HDF5, through its C library: the grid contiguous and in chunks, and many small arrays, each a
// dataset.
#include <fcntl.h>
#include <hdf5.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "grid.h"
#include "support.h"

namespace {

using namespace bench;

hid_t ok(hid_t id, const char* what) {
  if (id < 0) stop("HDF5", what);
  return id;
}

// The file on disk, as ours is after a flush.
void close_and_sync(hid_t file, const char* path) {
  ok(H5Fclose(file), "close");
  int descriptor = ::open(path, O_RDONLY);
  expect(descriptor >= 0 && fsync(descriptor) == 0, "fsync");
  ::close(descriptor);
}

hid_t create_file(const char* path) {
  // The newest structures of files: groups of very many members are much faster in them.
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  ok(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST), "version");
  return ok(H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access), "create");
}

hid_t open_file(const char* path) { return ok(H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), "open"); }

// -- the grid

using Sizes = std::array<hsize_t, 3>;

Sizes sizes(const Index& index) {
  return {static_cast<hsize_t>(index[0]), static_cast<hsize_t>(index[1]), static_cast<hsize_t>(index[2])};
}

void write_grid(const char* path, const Grid& grid, bool chunked) {
  std::vector<float> values = grid_values(grid.whole());
  Watch watch;
  hid_t file = create_file(path);
  hid_t space = ok(H5Screate_simple(3, sizes(grid.whole().shape).data(), nullptr), "space");
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  const Sizes chunk = {kGridChunk, kGridChunk, kGridChunk};
  if (chunked) ok(H5Pset_chunk(creation, 3, chunk.data()), "chunk");
  hid_t data =
      ok(H5Dcreate2(file, kGridName, H5T_NATIVE_FLOAT, space, H5P_DEFAULT, creation, H5P_DEFAULT), "dataset");
  ok(H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "write");
  ok(H5Dclose(data), "close");
  close_and_sync(file, path);
  watch.stop();
  report(watch, memory("VmHWM"));
}

void read_grid(const char* path, const Box& box) {
  hid_t data = ok(H5Dopen2(open_file(path), kGridName, H5P_DEFAULT), "dataset");
  Watch watch;
  auto values = std::make_unique_for_overwrite<float[]>(static_cast<size_t>(box.count()));
  hid_t from = H5Dget_space(data), to = H5Screate_simple(3, sizes(box.shape).data(), nullptr);
  ok(H5Sselect_hyperslab(from, H5S_SELECT_SET, sizes(box.start).data(), nullptr, sizes(box.shape).data(),
                         nullptr),
     "box");
  ok(H5Dread(data, H5T_NATIVE_FLOAT, to, from, H5P_DEFAULT, values.get()), "read");
  watch.stop();
  int64_t peak = memory("VmHWM");
  expect_grid(values.get(), box);
  report(watch, peak);
}

// -- many small arrays

void write_arrays(const char* path, int64_t count) {
  int32_t values[kSmall];
  Watch watch;
  hid_t file = create_file(path);
  const hsize_t length = kSmall;
  hid_t space = ok(H5Screate_simple(1, &length, nullptr), "space");
  for (int64_t i = 0; i < count; i++) {
    fill_small(values, i);
    hid_t data = ok(H5Dcreate2(file, small_name(i).c_str(), H5T_NATIVE_INT32, space, H5P_DEFAULT, H5P_DEFAULT,
                               H5P_DEFAULT),
                    "dataset");
    ok(H5Dwrite(data, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write");
    ok(H5Dclose(data), "close");
  }
  close_and_sync(file, path);
  watch.stop();
  report(watch, memory("VmHWM"));
}

hsize_t length_of(hid_t data) {
  hsize_t length = 0;
  hid_t space = H5Dget_space(data);
  H5Sget_simple_extent_dims(space, &length, nullptr);
  H5Sclose(space);
  return length;
}

void open_and_look_up(const char* path, int64_t count) {
  Watch watch;
  hid_t data = ok(H5Dopen2(open_file(path), small_name(count / 2).c_str(), H5P_DEFAULT), "dataset");
  hsize_t length = length_of(data);
  watch.stop();
  expect(length == kSmall, "the shape");
  report(watch, memory("VmHWM"));
}

void list(const char* path, int64_t count) {
  hid_t file = open_file(path);
  int64_t found = 0;
  auto each = [](hid_t group, const char* name, const H5L_info_t*, void* counter) -> herr_t {
    hid_t data = H5Dopen2(group, name, H5P_DEFAULT);
    int64_t& seen = *static_cast<int64_t*>(counter);
    bool right = data >= 0 && length_of(data) == kSmall && small_name(seen++) == name;
    H5Dclose(data);
    return right ? 0 : -1;
  };
  Watch watch;
  ok(H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, nullptr, each, &found), "list");
  watch.stop();
  expect(found == count, "the number of arrays");
  report(watch, memory("VmHWM"));
}

// One array again and again, found by its name each time.
void read(const char* path, int64_t count, int64_t times) {
  hid_t file = open_file(path);
  int64_t array = count / 2 + 1;
  std::string name = small_name(array);
  int32_t values[kSmall], expected[kSmall];
  Watch watch;
  for (int64_t i = 0; i < times; i++) {
    hid_t data = ok(H5Dopen2(file, name.c_str(), H5P_DEFAULT), "dataset");
    ok(H5Dread(data, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "read");
    H5Dclose(data);
  }
  watch.stop();
  fill_small(expected, array);
  expect(std::memcmp(values, expected, sizeof values) == 0, "the values read");
  report(watch, memory("VmHWM"));
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 3 ? argv[1] : "", layout = argc > 4 ? argv[4] : "";
  if (job.empty()) {
    stop("usage",
         "hdf5 grid-write FILE EXTENT contiguous|chunked, grid-read|grid-box FILE EXTENT, "
         "arrays-write|arrays-open|arrays-list FILE COUNT, arrays-read FILE COUNT TIMES");
  }
  int64_t count = to_number(argv[3]);
  Grid grid{count};
  if (job == "grid-write") return write_grid(argv[2], grid, layout == "chunked"), 0;
  if (job == "grid-read") return read_grid(argv[2], grid.whole()), 0;
  if (job == "grid-box") return read_grid(argv[2], grid.unaligned()), 0;
  if (job == "arrays-write") return write_arrays(argv[2], count), 0;
  if (job == "arrays-open") return open_and_look_up(argv[2], count), 0;
  if (job == "arrays-list") return list(argv[2], count), 0;
  if (job == "arrays-read") return read(argv[2], count, to_number(layout.c_str())), 0;
  stop("no such job", job);
}
