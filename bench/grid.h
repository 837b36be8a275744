// One array of floats in three dimensions, in chunks: its values, and copying between it and its chunks. With
// extent 512 it is 512 x 512 x 1024, a gibibyte. Runs of four equal values, as in fields of measurements: lz4
// halves them.
#ifndef AF_BENCH_GRID_H
#define AF_BENCH_GRID_H

#include <array>
#include <cstdint>
#include <vector>

namespace bench {

using Index = std::array<int64_t, 3>;

constexpr int64_t kGridChunk = 64;
// The name of the array in all files.
constexpr const char* kGridName = "grid";

// A box within the grid.
struct Box {
  Index start, shape;
  int64_t count() const { return shape[0] * shape[1] * shape[2]; }
};

struct Grid {
  int64_t extent;

  Box whole() const { return {{0, 0, 0}, {extent, extent, 2 * extent}}; }
  // An eighth of the whole, on no chunk's edge.
  Box unaligned() const {
    return {{extent / 8 + 5, extent / 8 + 7, extent / 8 + 11}, {extent / 2, extent / 2, extent}};
  }
  // Chunks that overlap a box, clipped to the grid, in C order.
  std::vector<Box> chunks(const Box& box) const;
};

// The values of a box in C order.
std::vector<float> grid_values(const Box& box);
// Ends the program if a value is another.
void expect_grid(const float* values, const Box& box);

// Copies what two boxes share from the values of one to those of the other.
void copy_shared(const float* from, const Box& from_box, float* to, const Box& to_box);

}  // namespace bench

#endif
