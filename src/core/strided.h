// Boxes of elements in memory that a caller described by a length and strides.
#pragma once

#include <span>

#include "core/bytes.h"
#include "core/shape.h"

namespace af {

// A box found to lie within its memory.
template <typename Byte>
struct StridedBox {
  Byte* first;  // of the box's elements in C order; not the lowest address where a stride is negative
  Extents strides;
};

// Whether the elements lie back to back in C order.
bool is_dense(const Extents& shape, int64_t element_size, const Extents& strides);

// The strides of a box of this shape, C order if none are given, and the offset of its first element when its
// lowest address is at 0. Throws kInvalidArgument unless all of it lies in [0, length).
struct PlacedBox {
  int64_t first;
  Extents strides;
};
PlacedBox place_box(const Extents& shape, int64_t element_size, std::span<const int64_t> strides,
                    int64_t length);

template <typename Byte>
StridedBox<Byte> strided_box(const Extents& shape, int64_t element_size, std::span<const int64_t> strides,
                             std::span<Byte> memory) {
  PlacedBox placed = place_box(shape, element_size, strides, static_cast<int64_t>(memory.size()));
  return {memory.data() + placed.first, placed.strides};
}

}  // namespace af
