// Shapes, regions and chunk grids. All arithmetic is checked: extents come from files and callers.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/error.h"

namespace af {

inline constexpr int kMaxRank = 32;                // AF_MAX_RANK
inline constexpr int64_t kMaxExtent = UINT32_MAX;  // the format stores 32 bits

// Up to kMaxRank numbers, one for each axis: a shape, a start, a chunk coordinate.
class Extents {
 public:
  Extents() = default;
  explicit Extents(int rank, int64_t value = 0) : rank_(rank) {
    for (int i = 0; i < rank; i++) values_[i] = value;
  }
  explicit Extents(std::span<const int64_t> values);
  // Most ranks are small: the unused rest is not copied.
  Extents(const Extents& other) : rank_(other.rank_) { copy_values(other); }
  Extents& operator=(const Extents& other) {
    rank_ = other.rank_;
    copy_values(other);
    return *this;
  }

  int rank() const { return rank_; }
  int64_t operator[](int axis) const { return values_[axis]; }
  int64_t& operator[](int axis) { return values_[axis]; }
  std::span<const int64_t> span() const { return {values_.data(), static_cast<size_t>(rank_)}; }
  const int64_t* data() const { return values_.data(); }
  void push_back(int64_t value) { values_[rank_++] = value; }

  friend bool operator==(const Extents& a, const Extents& b);
  // Lexicographic: the order of chunks in a table.
  friend bool operator<(const Extents& a, const Extents& b);

 private:
  void copy_values(const Extents& other) {
    std::memcpy(values_.data(), other.values_.data(), static_cast<size_t>(rank_) * sizeof(int64_t));
  }

  int rank_ = 0;
  std::array<int64_t, kMaxRank> values_;
};

// The product, 1 for rank 0. Throws kLimitExceeded naming `what` if it exceeds 2^63-1.
int64_t element_count(const Extents& shape, const char* what = "array");

// Part of an array: `shape` elements from `start` on.
struct Region {
  Extents start;
  Extents shape;
};

// Checks a caller's region against an array's shape; a rank of 0 with an array of higher rank means all of
// it. Throws kInvalidArgument (rank, negative) or kOutOfBounds.
Region checked_region(std::span<const int64_t> start, std::span<const int64_t> shape,
                      const Extents& array_shape);

// How an array is cut into chunks. Chunk extents are at least 1; the last chunk along an axis is clipped.
class Grid {
 public:
  Grid(const Extents& shape, const Extents& chunk_shape);

  const Extents& shape() const { return shape_; }
  const Extents& chunk_shape() const { return chunk_shape_; }
  int64_t chunks_along(int axis) const { return chunks_[axis]; }
  // Whether the coordinate is inside the grid.
  bool contains(const Extents& coord) const;
  // The elements of the array that the chunk holds. The coordinate must be inside.
  Region chunk_region(const Extents& coord) const;
  // The number of elements of the chunk.
  int64_t chunk_elements(const Extents& coord) const;
  // The position in C order. The coordinate must be inside; the grid must not be larger than 2^63-1 chunks.
  int64_t linear(const Extents& coord) const;
  // The coordinate of a position in C order.
  Extents coord(int64_t position) const;
  // The chunks that a region overlaps, as a region of the grid.
  Region chunks_of(const Region& region) const;

 private:
  Extents shape_;
  Extents chunk_shape_;
  Extents chunks_;
};

// Steps through all coordinates of a region in C order. An empty region has none.
class Odometer {
 public:
  explicit Odometer(const Region& region);
  bool done() const { return done_; }
  const Extents& at() const { return at_; }
  void next();

 private:
  Region region_;
  Extents at_;
  bool done_;
};

Region intersect(const Region& a, const Region& b);
bool is_empty(const Region& region);

// Byte strides of a C-ordered array.
Extents c_strides(const Extents& shape, int64_t element_size);

// Copies a box of elements between two strided places. `dst` and `src` point at the box's first element.
void copy_strided(const Extents& shape, int64_t element_size, std::byte* dst, const Extents& dst_strides,
                  const std::byte* src, const Extents& src_strides);

// Fills a strided box with one element.
void fill_strided(const Extents& shape, int64_t element_size, std::byte* dst, const Extents& dst_strides,
                  const std::byte* element);

}  // namespace af
