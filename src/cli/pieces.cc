#include "cli/pieces.h"

#include <algorithm>

namespace af::cli {
namespace {

int64_t multiplied(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

}  // namespace

int64_t element_count(const Extents& shape) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  int64_t count = 1;
  for (const int64_t extent : shape) count = multiplied(count, extent);
  return count;
}

int64_t chunk_count(const Extents& shape, const Extents& chunk_shape) {
  Extents grid = shape;
  for (size_t i = 0; i < grid.size(); i++) {
    const int64_t chunk = std::max<int64_t>(1, chunk_shape[i]);
    grid[i] = grid[i] / chunk + (grid[i] % chunk != 0);
  }
  return element_count(grid);
}

int64_t piece_limit(af_data_type dtype, int64_t bytes) {
  const int64_t size = af_data_type_size(dtype);
  return size == 0 ? kPieceElements : bytes / size;
}

Pieces::Pieces(const Region& region, const Extents& chunk_shape, int64_t limit)
    : region_(region), chunk_shape_(chunk_shape), piece_(region) {
  done_ = element_count(region.shape) == 0;
  if (done_ || region.shape.empty()) return;
  int64_t row = 1;  // elements of one row of the axis that is cut
  axis_ = region.shape.size() - 1;
  while (axis_ > 0 && multiplied(row, region.shape[axis_]) <= limit) row *= region.shape[axis_--];
  for (int64_t& extent : chunk_shape_) extent = std::max<int64_t>(extent, 1);
  const int64_t chunk = chunk_shape_[axis_];
  rows_ = std::max<int64_t>(1, limit / row);
  if (chunk_is_contiguous() && chunk / 4 <= limit / row) rows_ = std::max(rows_, chunk);
  if (rows_ > chunk) rows_ -= rows_ % chunk;
  for (size_t i = 0; i < axis_; i++) piece_.shape[i] = 1;
  cut();
}

bool Pieces::chunk_is_contiguous() const {
  for (size_t i = axis_ + 1; i < chunk_shape_.size(); i++) {
    if (chunk_shape_[i] < region_.shape[i]) return false;
  }
  return true;
}

void Pieces::cut() {
  const int64_t start = piece_.start[axis_];
  const int64_t chunk = chunk_shape_[axis_];
  int64_t end = std::min(start + rows_, region_.start[axis_] + region_.shape[axis_]);
  // A region that begins inside a chunk comes back to the grid with its first piece.
  if (rows_ >= chunk && end % chunk != 0 && end - end % chunk > start &&
      end < region_.start[axis_] + region_.shape[axis_])
    end -= end % chunk;
  piece_.shape[axis_] = end - start;
}

void Pieces::next() {
  if (region_.shape.empty()) {
    done_ = true;
    return;
  }
  size_t axis = axis_;
  piece_.start[axis] += piece_.shape[axis];
  while (piece_.start[axis] == region_.start[axis] + region_.shape[axis]) {
    piece_.start[axis] = region_.start[axis];
    if (axis == 0) {
      done_ = true;
      return;
    }
    piece_.start[--axis]++;
  }
  cut();
}

}  // namespace af::cli
