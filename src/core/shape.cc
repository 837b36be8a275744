#include "core/shape.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/bytes.h"

namespace af {

Extents::Extents(std::span<const int64_t> values) {
  if (values.size() > kMaxRank)
    fail(Status::kLimitExceeded, "rank ", values.size(), " is over the limit of ", kMaxRank);
  rank_ = static_cast<int>(values.size());
  std::copy(values.begin(), values.end(), values_.begin());
}

bool operator==(const Extents& a, const Extents& b) { return std::ranges::equal(a.span(), b.span()); }

bool operator<(const Extents& a, const Extents& b) {
  return std::ranges::lexicographical_compare(a.span(), b.span());
}

int64_t element_count(const Extents& shape, const char* what) {
  // A zero extent wins over any overflow of the others.
  if (std::ranges::find(shape.span(), 0) != shape.span().end()) return 0;
  int64_t count = 1;
  for (int64_t extent : shape.span())
    if (!multiply_fits(count, extent, &count))
      fail(Status::kLimitExceeded, "the element count of the ", what, " is over 2^63-1");
  return count;
}

Region checked_region(std::span<const int64_t> start, std::span<const int64_t> shape,
                      const Extents& array_shape) {
  int rank = array_shape.rank();
  if (start.empty() && shape.empty()) return {Extents(rank), array_shape};
  if (static_cast<int>(start.size()) != rank || static_cast<int>(shape.size()) != rank)
    fail(Status::kInvalidArgument, "the region has rank ", shape.size(), ", the array ", rank);
  Region region{Extents(start), Extents(shape)};
  for (int axis = 0; axis < rank; axis++) {
    int64_t first = start[axis], extent = shape[axis];
    if (first < 0 || extent < 0)
      fail(Status::kInvalidArgument, "axis ", axis, ": start ", first, " and shape ", extent,
           " must not be negative");
    if (first > array_shape[axis] || extent > array_shape[axis] - first)
      fail(Status::kOutOfBounds, "axis ", axis, ": start ", first, " and shape ", extent,
           " lie outside the array's extent of ", array_shape[axis]);
  }
  return region;
}

Grid::Grid(const Extents& shape, const Extents& chunk_shape)
    : shape_(shape), chunk_shape_(chunk_shape), chunks_(shape.rank()) {
  for (int axis = 0; axis < shape.rank(); axis++) {
    chunk_shape_[axis] = std::max<int64_t>(chunk_shape[axis], 1);
    chunks_[axis] = shape[axis] == 0 ? 0 : (shape[axis] - 1) / chunk_shape_[axis] + 1;
  }
}

bool Grid::contains(const Extents& coord) const {
  if (coord.rank() != shape_.rank()) return false;
  for (int axis = 0; axis < coord.rank(); axis++)
    if (coord[axis] < 0 || coord[axis] >= chunks_[axis]) return false;
  return true;
}

Region Grid::chunk_region(const Extents& coord) const {
  Region region{Extents(coord.rank()), Extents(coord.rank())};
  for (int axis = 0; axis < coord.rank(); axis++) {
    region.start[axis] = coord[axis] * chunk_shape_[axis];
    region.shape[axis] = std::min(chunk_shape_[axis], shape_[axis] - region.start[axis]);
  }
  return region;
}

int64_t Grid::chunk_elements(const Extents& coord) const {
  return element_count(chunk_region(coord).shape, "chunk");
}

int64_t Grid::linear(const Extents& coord) const {
  int64_t position = 0;
  for (int axis = 0; axis < coord.rank(); axis++)
    if (!multiply_fits(position, chunks_[axis], &position) || !add_fits(position, coord[axis], &position))
      fail(Status::kLimitExceeded, "the array has over 2^63-1 chunks");
  return position;
}

Extents Grid::coord(int64_t position) const {
  Extents coord(shape_.rank());
  for (int axis = shape_.rank() - 1; axis >= 0; axis--) {
    coord[axis] = position % chunks_[axis];
    position /= chunks_[axis];
  }
  return coord;
}

Region Grid::chunks_of(const Region& region) const {
  Region chunks{Extents(region.start.rank()), Extents(region.start.rank())};
  for (int axis = 0; axis < region.start.rank(); axis++) {
    if (region.shape[axis] == 0) continue;
    int64_t first = region.start[axis] / chunk_shape_[axis];
    int64_t last = (region.start[axis] + region.shape[axis] - 1) / chunk_shape_[axis];
    chunks.start[axis] = first;
    chunks.shape[axis] = last - first + 1;
  }
  return chunks;
}

Odometer::Odometer(const Region& region) : region_(region), at_(region.start), done_(is_empty(region)) {}

void Odometer::next() {
  for (int axis = at_.rank() - 1; axis >= 0; axis--) {
    if (++at_[axis] < region_.start[axis] + region_.shape[axis]) return;
    at_[axis] = region_.start[axis];
  }
  done_ = true;
}

Region intersect(const Region& a, const Region& b) {
  Region both{Extents(a.start.rank()), Extents(a.start.rank())};
  for (int axis = 0; axis < a.start.rank(); axis++) {
    int64_t first = std::max(a.start[axis], b.start[axis]);
    int64_t end = std::min(a.start[axis] + a.shape[axis], b.start[axis] + b.shape[axis]);
    both.start[axis] = first;
    both.shape[axis] = std::max<int64_t>(end - first, 0);
  }
  return both;
}

bool is_empty(const Region& region) {
  return std::ranges::find(region.shape.span(), 0) != region.shape.span().end();
}

Extents c_strides(const Extents& shape, int64_t element_size) {
  Extents strides(shape.rank());
  int64_t step = element_size;
  for (int axis = shape.rank() - 1; axis >= 0; axis--) {
    strides[axis] = step;
    // An overflow means that no memory could hold the array; its size was checked where it is allocated.
    if (!multiply_fits(step, std::max<int64_t>(shape[axis], 1), &step)) step = INT64_MAX;
  }
  return strides;
}

namespace {

// The innermost axes along which both sides are dense, folded into one run of bytes.
struct Folded {
  int outer_rank;     // axes left to step through
  int64_t run_bytes;  // bytes of one dense run
};

Folded fold_dense(const Extents& shape, int64_t element_size, const Extents& dst_strides,
                  const Extents& src_strides) {
  Folded folded{shape.rank(), element_size};
  while (folded.outer_rank > 0) {
    int axis = folded.outer_rank - 1;
    bool dense = dst_strides[axis] == folded.run_bytes && src_strides[axis] == folded.run_bytes;
    if (!dense && shape[axis] != 1) break;
    folded.run_bytes *= shape[axis];
    folded.outer_rank = axis;
  }
  return folded;
}

template <typename Run>
void step_through(const Extents& shape, int outer_rank, std::byte* dst, const Extents& dst_strides,
                  const std::byte* src, const Extents& src_strides, Run run) {
  Extents at(outer_rank);
  while (true) {
    run(dst, src);
    int axis = outer_rank - 1;
    for (; axis >= 0; axis--) {
      dst += dst_strides[axis];
      src += src_strides[axis];
      if (++at[axis] < shape[axis]) break;
      dst -= dst_strides[axis] * shape[axis];
      src -= src_strides[axis] * shape[axis];
      at[axis] = 0;
    }
    if (axis < 0) return;
  }
}

// The innermost axis of a strided copy, one element of a known size at a time.
template <typename T>
void copy_line(int64_t count, std::byte* dst, int64_t dst_step, const std::byte* src, int64_t src_step) {
  for (int64_t i = 0; i < count; i++) store(dst + i * dst_step, load<T>(src + i * src_step));
}

void copy_line_sized(int64_t element_size, int64_t count, std::byte* dst, int64_t dst_step,
                     const std::byte* src, int64_t src_step) {
  switch (element_size) {
    case 1: return copy_line<uint8_t>(count, dst, dst_step, src, src_step);
    case 2: return copy_line<uint16_t>(count, dst, dst_step, src, src_step);
    case 4: return copy_line<uint32_t>(count, dst, dst_step, src, src_step);
    case 8: return copy_line<uint64_t>(count, dst, dst_step, src, src_step);
    default:
      for (int64_t i = 0; i < count; i++)
        std::memcpy(dst + i * dst_step, src + i * src_step, static_cast<size_t>(element_size));
  }
}

}  // namespace

void copy_strided(const Extents& shape, int64_t element_size, std::byte* dst, const Extents& dst_strides,
                  const std::byte* src, const Extents& src_strides) {
  for (int64_t extent : shape.span())
    if (extent == 0) return;
  Folded folded = fold_dense(shape, element_size, dst_strides, src_strides);
  if (folded.outer_rank < shape.rank() || shape.rank() == 0) {
    step_through(shape, folded.outer_rank, dst, dst_strides, src, src_strides,
                 [&](std::byte* to, const std::byte* from) {
                   std::memcpy(to, from, static_cast<size_t>(folded.run_bytes));
                 });
    return;
  }
  int line = shape.rank() - 1;
  step_through(shape, line, dst, dst_strides, src, src_strides, [&](std::byte* to, const std::byte* from) {
    copy_line_sized(element_size, shape[line], to, dst_strides[line], from, src_strides[line]);
  });
}

void fill_strided(const Extents& shape, int64_t element_size, std::byte* dst, const Extents& dst_strides,
                  const std::byte* element) {
  // A source whose strides are all zero repeats its one element.
  for (int64_t extent : shape.span())
    if (extent == 0) return;
  Extents zero(shape.rank());
  if (shape.rank() == 0) {
    std::memcpy(dst, element, static_cast<size_t>(element_size));
    return;
  }
  int line = shape.rank() - 1;
  step_through(shape, line, dst, dst_strides, element, zero, [&](std::byte* to, const std::byte* from) {
    copy_line_sized(element_size, shape[line], to, dst_strides[line], from, 0);
  });
}

}  // namespace af
