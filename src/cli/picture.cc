#include "cli/picture.h"

#include <algorithm>
#include <cmath>

namespace af::cli {
namespace {

constexpr Colour kBackground = {255, 255, 255};
constexpr Colour kMissing = {208, 208, 208};
constexpr Colour kInk = {38, 84, 124};
// A map has cells of whole pixels up to this size, or leaves out elements to keep within it.
constexpr int64_t kMapSize = 480;
constexpr int64_t kLargestCell = 16;
constexpr int64_t kGap = 8;  // around maps
constexpr int64_t kLineWidth = 960;
constexpr int64_t kLineHeight = 320;
constexpr int64_t kMapsInARow = 4;
constexpr int64_t kMostMaps = 64;

// Where a number lies between the bounds, from 0 to 1.
double position_of(double value, const Bounds& bounds) {
  const double span = bounds.high - bounds.low;
  return span > 0 ? std::clamp((value - bounds.low) / span, 0.0, 1.0) : 0.5;
}

Colour colour_of(double position) {
  constexpr double kSteps[][3] = {
      {26, 20, 72}, {33, 90, 138}, {31, 146, 138}, {106, 193, 94}, {250, 228, 60}};
  constexpr int kLast = 4;
  const int step = std::min(static_cast<int>(position * kLast), kLast - 1);
  const double part = position * kLast - step;
  Colour colour;
  for (size_t i = 0; i < colour.size(); i++)
    colour[i] = static_cast<uint8_t>(std::lround(kSteps[step][i] * (1 - part) + kSteps[step + 1][i] * part));
  return colour;
}

// How an axis of elements becomes pixels.
struct Scale {
  explicit Scale(int64_t count) : count(count) {
    cell = std::clamp<int64_t>(kMapSize / std::max<int64_t>(count, 1), 1, kLargestCell);
    shown = std::min(count, kMapSize);
  }
  int64_t size() const { return shown * cell; }
  // The element of the i-th cell.
  int64_t element(int64_t i) const { return i * count / shown; }

  int64_t count;
  int64_t cell;
  int64_t shown;
};

void draw_map(Picture& picture, int64_t left, int64_t top, const double* values, const Scale& rows,
              const Scale& columns, const Bounds& bounds) {
  for (int64_t y = 0; y < rows.shown; y++) {
    for (int64_t x = 0; x < columns.shown; x++) {
      const double value = values[rows.element(y) * columns.count + columns.element(x)];
      picture.paint(left + x * columns.cell, top + rows.size() - (y + 1) * rows.cell, columns.cell, rows.cell,
                    std::isnan(value) ? kMissing : colour_of(position_of(value, bounds)));
    }
  }
}

Picture draw_maps(const Field& field, const Bounds& bounds) {
  const size_t rank = field.shape.size();
  const int64_t maps = rank == 3 ? std::min(field.shape[0], kMostMaps) : 1;
  Scale rows(field.shape[rank - 2]), columns(field.shape[rank - 1]);
  // Cells are square where both axes allow it.
  rows.cell = columns.cell = std::min(rows.cell, columns.cell);
  const int64_t across = std::max<int64_t>(1, std::min(maps, kMapsInARow));
  const int64_t down = (maps + across - 1) / across;
  Picture picture(kGap + across * (columns.size() + kGap), kGap + down * (rows.size() + kGap), kBackground);
  for (int64_t i = 0; i < maps; i++) {
    const int64_t left = kGap + i % across * (columns.size() + kGap);
    const int64_t top = kGap + i / across * (rows.size() + kGap);
    draw_map(picture, left, top, field.values.data() + i * rows.count * columns.count, rows, columns, bounds);
  }
  return picture;
}

// In each column of pixels a bar from the least to the greatest of its elements, joined to the one before.
Picture draw_line(const Field& field, const Bounds& bounds) {
  Picture picture(kLineWidth + 2 * kGap, kLineHeight + 2 * kGap, kBackground);
  const int64_t count = field.shape[0];
  const auto height_of = [&](double value) {
    return std::lround(position_of(value, bounds) * (kLineHeight - 1));
  };
  double before = std::nan("");
  for (int64_t x = 0; x < kLineWidth && count > 0; x++) {
    const int64_t first = x * count / kLineWidth;
    const int64_t end = std::max((x + 1) * count / kLineWidth, first + 1);
    double low = before, high = before;
    for (int64_t i = first; i < end; i++) {
      low = std::fmin(low, field.values[static_cast<size_t>(i)]);
      high = std::fmax(high, field.values[static_cast<size_t>(i)]);
    }
    before = field.values[static_cast<size_t>(end - 1)];
    if (std::isnan(low) || std::isnan(before)) continue;
    picture.paint(kGap + x, kGap + kLineHeight - 1 - height_of(high), 1, height_of(high) - height_of(low) + 2,
                  kInk);
  }
  return picture;
}

}  // namespace

Bounds bounds_of(const Field& field) {
  Bounds bounds{std::nan(""), std::nan("")};
  for (const double value : field.values) {
    if (!std::isfinite(value)) continue;
    bounds = {std::fmin(bounds.low, value), std::fmax(bounds.high, value)};
  }
  return std::isnan(bounds.low) ? Bounds{} : bounds;
}

Picture::Picture(int64_t width, int64_t height, Colour background) : width_(width), height_(height) {
  pixels_.resize(static_cast<size_t>(width * height * 3));
  paint(0, 0, width, height, background);
}

void Picture::paint(int64_t x, int64_t y, int64_t width, int64_t height, Colour colour) {
  for (int64_t row = std::max<int64_t>(y, 0); row < std::min(y + height, height_); row++) {
    for (int64_t column = std::max<int64_t>(x, 0); column < std::min(x + width, width_); column++)
      std::copy(colour.begin(), colour.end(), pixels_.begin() + (row * width_ + column) * 3);
  }
}

Picture draw(const Field& field, const Bounds& bounds) {
  return field.shape.size() == 1 ? draw_line(field, bounds) : draw_maps(field, bounds);
}

}  // namespace af::cli
