#include "core/strided.h"

#include <algorithm>
#include <cstdlib>

namespace af {
namespace {

// How far a box reaches from its first element to either side, its last byte included.
struct Reach {
  int64_t below = 0;
  int64_t above = 0;
};

bool reach_of(const Extents& shape, int64_t element_size, std::span<const int64_t> strides, Reach* reach) {
  reach->above = element_size;
  for (int axis = 0; axis < shape.rank(); axis++) {
    int64_t span;
    if (!multiply_fits(shape[axis] - 1, strides[axis], &span)) return false;
    // The lowest number has no positive counterpart.
    if (span == INT64_MIN) return false;
    int64_t& side = span < 0 ? reach->below : reach->above;
    if (!add_fits(side, std::abs(span), &side)) return false;
  }
  return true;
}

}  // namespace

bool is_dense(const Extents& shape, int64_t element_size, const Extents& strides) {
  const Extents dense = c_strides(shape, element_size);
  for (int axis = 0; axis < shape.rank(); axis++)
    if (shape[axis] != 1 && strides[axis] != dense[axis]) return false;
  return true;
}

PlacedBox place_box(const Extents& shape, int64_t element_size, std::span<const int64_t> strides,
                    int64_t length) {
  PlacedBox placed{0, strides.empty() ? c_strides(shape, element_size) : Extents(strides)};
  if (placed.strides.rank() != shape.rank())
    fail(Status::kInvalidArgument, "there are ", placed.strides.rank(), " strides for a region of rank ",
         shape.rank());
  if (std::ranges::find(shape.span(), 0) != shape.span().end()) return placed;
  Reach reach;
  int64_t needed;
  if (!reach_of(shape, element_size, placed.strides.span(), &reach) ||
      !add_fits(reach.below, reach.above, &needed))
    fail(Status::kInvalidArgument, "the region's strides reach over 2^63-1 bytes");
  if (needed > length)
    fail(Status::kInvalidArgument, "the region needs ", needed, " bytes, the buffer has ", length);
  placed.first = reach.below;
  return placed;
}

}  // namespace af
