// What the machine can do at all, without any format: the same work by the shortest code that does it.
//
// "machine" prints figures of copying, coding and syncing. The other jobs write and read the grid as bare
// chunks, compressed one by one with the C libraries on all cores: the limits beside our figures.
#include <fcntl.h>
#include <lz4.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>

#include "grid.h"
#include "support.h"

namespace {

using namespace bench;

using Bytes = std::vector<char>;

template <typename Work>
void on_all_cores(Work work) {
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); i++) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

void check_system(bool holds, const char* what) {
  if (!holds) stop(what, std::strerror(errno));
}

// -- codecs

size_t bound(const std::string& codec, size_t size) {
  if (codec == "lz4") return static_cast<size_t>(LZ4_compressBound(static_cast<int>(size)));
  return codec == "zstd" ? ZSTD_compressBound(size) : size;
}

// The bytes to store: `packed`, or `raw` itself where there is no codec.
std::string_view encode(const std::string& codec, std::string_view raw, Bytes& packed, ZSTD_CCtx* context) {
  if (codec == "none") return raw;
  packed.resize(bound(codec, raw.size()));
  size_t size =
      codec == "lz4"
          ? static_cast<size_t>(LZ4_compress_default(raw.data(), packed.data(), static_cast<int>(raw.size()),
                                                     static_cast<int>(packed.size())))
          : ZSTD_compressCCtx(context, packed.data(), packed.size(), raw.data(), raw.size(), 3);
  return {packed.data(), size};
}

void decode(const std::string& codec, std::string_view packed, char* raw, size_t size, ZSTD_DCtx* context) {
  if (codec == "lz4") {
    expect(LZ4_decompress_safe(packed.data(), raw, static_cast<int>(packed.size()), static_cast<int>(size)) ==
               static_cast<int>(size),
           "lz4");
  } else {
    expect(ZSTD_decompressDCtx(context, raw, size, packed.data(), packed.size()) == size, "zstd");
  }
}

// -- the grid as bare chunks: FILE holds them in any order, FILE.index where each is

struct Place {
  int64_t offset, size;
};

void write_chunks(const std::string& path, const Grid& grid, const std::string& codec) {
  std::vector<float> values = grid_values(grid.whole());
  std::vector<Box> chunks = grid.chunks(grid.whole());
  std::vector<Place> places(chunks.size());
  Watch watch;
  int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666);
  check_system(file >= 0, path.c_str());
  std::atomic<size_t> next = 0;
  std::atomic<int64_t> end = 0;
  on_all_cores([&] {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    std::vector<float> raw(kGridChunk * kGridChunk * kGridChunk);
    Bytes packed;
    for (size_t i; (i = next++) < chunks.size();) {
      copy_shared(values.data(), grid.whole(), raw.data(), chunks[i]);
      size_t size = static_cast<size_t>(chunks[i].count()) * sizeof(float);
      std::string_view stored = encode(codec, {reinterpret_cast<char*>(raw.data()), size}, packed, context);
      places[i] = {end.fetch_add(static_cast<int64_t>(stored.size())), static_cast<int64_t>(stored.size())};
      check_system(pwrite(file, stored.data(), stored.size(), places[i].offset) == places[i].size, "pwrite");
    }
    ZSTD_freeCCtx(context);
  });
  check_system(fsync(file) == 0, "fsync");
  watch.stop();
  std::ofstream(path + ".index")
      .write(reinterpret_cast<char*>(places.data()),
             static_cast<std::streamsize>(places.size() * sizeof(Place)));
  report(watch, memory("VmHWM"));
}

void read_chunks(const std::string& path, const Grid& grid, const std::string& codec, const Box& box) {
  std::vector<Box> all = grid.chunks(grid.whole()), wanted = grid.chunks(box);
  std::vector<Place> places(all.size());
  std::ifstream(path + ".index")
      .read(reinterpret_cast<char*>(places.data()),
            static_cast<std::streamsize>(places.size() * sizeof(Place)));
  auto place_of = [&](const Box& chunk) {
    auto same = [&](const Box& other) { return other.start == chunk.start; };
    return places[static_cast<size_t>(std::find_if(all.begin(), all.end(), same) - all.begin())];
  };
  int file = ::open(path.c_str(), O_RDONLY);
  check_system(file >= 0, path.c_str());
  Watch watch;
  auto values = std::make_unique_for_overwrite<float[]>(static_cast<size_t>(box.count()));
  std::atomic<size_t> next = 0;
  on_all_cores([&] {
    ZSTD_DCtx* context = ZSTD_createDCtx();
    std::vector<float> raw(kGridChunk * kGridChunk * kGridChunk);
    Bytes packed(bound(codec, raw.size() * sizeof(float)));
    for (size_t i; (i = next++) < wanted.size();) {
      Place place = place_of(wanted[i]);
      char* to = codec == "none" ? reinterpret_cast<char*>(raw.data()) : packed.data();
      check_system(pread(file, to, static_cast<size_t>(place.size), place.offset) == place.size, "pread");
      if (codec != "none") {
        decode(codec, {to, static_cast<size_t>(place.size)}, reinterpret_cast<char*>(raw.data()),
               static_cast<size_t>(wanted[i].count()) * sizeof(float), context);
      }
      copy_shared(raw.data(), wanted[i], values.get(), box);
    }
    ZSTD_freeDCtx(context);
  });
  watch.stop();
  int64_t peak = memory("VmHWM");
  expect_grid(values.get(), box);
  report(watch, peak);
}

// A copy of a file, on disk.
void copy(const char* path, const std::string& to_path) {
  Watch watch;
  int from = ::open(path, O_RDONLY), to = ::open(to_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666);
  check_system(from >= 0 && to >= 0, path);
  for (ssize_t copied; (copied = copy_file_range(from, nullptr, to, nullptr, 1 << 30, 0)) != 0;) {
    check_system(copied > 0, "copy_file_range");
  }
  check_system(fsync(to) == 0, "fsync");
  watch.stop();
  report(watch, memory("VmHWM"));
}

// -- the machine

// The best of nine, in seconds.
template <typename Work>
double best(Work work) {
  double least = 1e9;
  for (int i = 0; i < 9; i++) {
    double begin = now();
    work();
    least = std::min(least, now() - begin);
  }
  return least;
}

void print_coding(const std::string& codec, std::string_view raw) {
  ZSTD_CCtx* encoder = ZSTD_createCCtx();
  ZSTD_DCtx* decoder = ZSTD_createDCtx();
  Bytes packed, unpacked(raw.size());
  std::string_view stored;
  double size = static_cast<double>(raw.size()) / 1e9;
  double encoding = best([&] { stored = encode(codec, raw, packed, encoder); });
  double decoding = best([&] { decode(codec, stored, unpacked.data(), raw.size(), decoder); });
  expect(std::string_view(unpacked.data(), unpacked.size()) == raw, codec);
  std::printf("\"%s encode, one core, GB/s\": %.3g, \"%s decode, one core, GB/s\": %.3g, ", codec.c_str(),
              size / encoding, codec.c_str(), size / decoding);
}

void machine(const std::string& folder) {
  std::printf("{");
  constexpr size_t kSize = 256 << 20;
  Bytes from(kSize, 1), to(kSize, 2);
  double copying = best([&] { std::memcpy(to.data(), from.data(), kSize), from[0] = to[kSize / 2]; });
  std::printf("\"memcpy, one core, GB/s\": %.3g, ", kSize / 1e9 / copying);

  std::vector<int32_t> walks(4 << 20);
  for (size_t i = 0; i + kWalk <= walks.size(); i += kWalk) fill_walk(&walks[i], static_cast<int64_t>(i));
  std::string_view raw(reinterpret_cast<char*>(walks.data()), walks.size() * sizeof(int32_t));
  print_coding("lz4", raw);
  print_coding("zstd", raw);

  std::string path = folder + "/limits";
  int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR, 0666);
  check_system(file >= 0, path.c_str());
  double syncing =
      best([&] { check_system(pwrite(file, from.data(), 4096, 0) == 4096 && fsync(file) == 0, "fsync"); });
  std::printf("\"write and fsync of 4 KiB, ms\": %.3g, ", 1e3 * syncing);
  double begin = now();
  check_system(pwrite(file, from.data(), kSize, 0) == kSize && fsync(file) == 0, "pwrite");
  std::printf("\"disk: 256 MiB written with fsync, GB/s\": %.3g, ", kSize / 1e9 / (now() - begin));
  double reading = best([&] { check_system(pread(file, to.data(), kSize, 0) == kSize, "pread"); });
  std::printf("\"read from the page cache, GB/s\": %.3g}\n", kSize / 1e9 / reading);
  unlink(path.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  std::string job = argc > 2 ? argv[1] : "", more = argc > 4 ? argv[4] : "none";
  if (job == "machine") return machine(argv[2]), 0;
  if (argc < 4) stop("usage", "limits machine FOLDER, copy FILE TO, write|read|box FILE EXTENT CODEC");
  if (job == "copy") return copy(argv[2], argv[3]), 0;
  Grid grid{to_number(argv[3])};
  if (job == "write") return write_chunks(argv[2], grid, more), 0;
  if (job == "read") return read_chunks(argv[2], grid, more, grid.whole()), 0;
  if (job == "box") return read_chunks(argv[2], grid, more, grid.unaligned()), 0;
  stop("no such job", job);
}
