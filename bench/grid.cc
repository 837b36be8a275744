#include "grid.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "support.h"

namespace bench {
namespace {

// Calls line(z, y, first value of that line within the box).
template <typename Line>
void each_line(const Box& box, Line line) {
  int64_t at = 0;
  for (int64_t z = box.start[0]; z < box.start[0] + box.shape[0]; z++) {
    for (int64_t y = box.start[1]; y < box.start[1] + box.shape[1]; y++, at += box.shape[2]) line(z, y, at);
  }
}

float value_at(int64_t z, int64_t y, int64_t x) {
  uint32_t noise = static_cast<uint32_t>((z * 1031 + y) * 2053 + x / 4) * 2654435761u;
  return 0.25f * static_cast<float>(z + y / 2 + x / 8) + static_cast<float>(noise >> 16) / 4096;
}

}  // namespace

std::vector<Box> Grid::chunks(const Box& box) const {
  std::vector<Box> found;
  Index first, end;
  for (size_t axis = 0; axis < 3; axis++) {
    first[axis] = box.start[axis] / kGridChunk * kGridChunk;
    end[axis] = box.start[axis] + box.shape[axis];
  }
  const Index extents = whole().shape;
  for (int64_t z = first[0]; z < end[0]; z += kGridChunk) {
    for (int64_t y = first[1]; y < end[1]; y += kGridChunk) {
      for (int64_t x = first[2]; x < end[2]; x += kGridChunk) {
        found.push_back({{z, y, x},
                         {std::min(kGridChunk, extents[0] - z), std::min(kGridChunk, extents[1] - y),
                          std::min(kGridChunk, extents[2] - x)}});
      }
    }
  }
  return found;
}

std::vector<float> grid_values(const Box& box) {
  std::vector<float> values(static_cast<size_t>(box.count()));
  each_line(box, [&](int64_t z, int64_t y, int64_t at) {
    for (int64_t x = 0; x < box.shape[2]; x++)
      values[static_cast<size_t>(at + x)] = value_at(z, y, box.start[2] + x);
  });
  return values;
}

void expect_grid(const float* values, const Box& box) {
  each_line(box, [&](int64_t z, int64_t y, int64_t at) {
    bool same = true;
    for (int64_t x = 0; x < box.shape[2]; x++) {
      same &= values[at + x] == value_at(z, y, box.start[2] + x);
    }
    if (!same) stop("wrong values in line", std::to_string(z) + ", " + std::to_string(y));
  });
}

void copy_shared(const float* from, const Box& from_box, float* to, const Box& to_box) {
  Box shared;
  for (size_t axis = 0; axis < 3; axis++) {
    shared.start[axis] = std::max(from_box.start[axis], to_box.start[axis]);
    shared.shape[axis] =
        std::min(from_box.start[axis] + from_box.shape[axis], to_box.start[axis] + to_box.shape[axis]) -
        shared.start[axis];
  }
  auto place = [](const Box& box, int64_t z, int64_t y, int64_t x) {
    return ((z - box.start[0]) * box.shape[1] + y - box.start[1]) * box.shape[2] + x - box.start[2];
  };
  each_line(shared, [&](int64_t z, int64_t y, int64_t) {
    std::memcpy(to + place(to_box, z, y, shared.start[2]), from + place(from_box, z, y, shared.start[2]),
                static_cast<size_t>(shared.shape[2]) * sizeof(float));
  });
}

}  // namespace bench
