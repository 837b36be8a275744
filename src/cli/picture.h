// Numbers as pictures: a line for one dimension, a map for two, maps side by side for three.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/handles.h"

namespace af::cli {

// Elements in C order; NaN where there is none. Of rank 1, 2 or 3.
struct Field {
  Extents shape;
  std::vector<double> values;
};

struct Bounds {
  double low = 0;
  double high = 0;
};
// The least and the greatest number; 0 and 0 if there is none.
Bounds bounds_of(const Field& field);

using Colour = std::array<uint8_t, 3>;

class Picture {
 public:
  Picture(int64_t width, int64_t height, Colour background);
  int64_t width() const { return width_; }
  int64_t height() const { return height_; }
  // What is outside is not drawn.
  void paint(int64_t x, int64_t y, int64_t width, int64_t height, Colour colour);
  // As a file in the PNG format.
  std::string png() const;

 private:
  int64_t width_;
  int64_t height_;
  std::vector<uint8_t> pixels_;  // red, green, blue
};

// From dark blue for the lowest to yellow for the highest; elements that are missing are grey. A map's first
// row is at the bottom.
Picture draw(const Field& field, const Bounds& bounds);

}  // namespace af::cli
