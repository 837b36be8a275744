#include "cli/chunking.h"

#include <algorithm>

namespace af::cli {
namespace {

constexpr int64_t kLeastBytes = 4 << 10;
constexpr int64_t kMostBytes = 4 << 20;

int64_t divided_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

Extents joined(const Extents& shape, Extents chunks, int64_t bytes) {
  for (const int64_t extent : chunks) bytes *= extent;
  for (size_t axis = chunks.size(); axis-- > 0 && bytes < kLeastBytes;) {
    const int64_t all = std::max<int64_t>(1, divided_up(shape[axis], chunks[axis]));
    const int64_t factor = std::min(all, divided_up(kLeastBytes, bytes));
    chunks[axis] *= factor;
    bytes *= factor;
  }
  return chunks;
}

Extents cut(const Extents& shape, int64_t bytes) {
  Extents chunks(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 0;) {
    chunks[axis] = std::clamp<int64_t>(kMostBytes / bytes, 1, std::max<int64_t>(1, shape[axis]));
    bytes *= chunks[axis];
  }
  return chunks;
}

}  // namespace

Extents choose_chunk_shape(const Extents& shape, const Extents& given, int64_t element_size) {
  return given.empty() ? cut(shape, element_size) : joined(shape, given, element_size);
}

}  // namespace af::cli
