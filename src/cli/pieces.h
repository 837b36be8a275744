// A region too large for memory, cut into pieces that follow each other in C order.
#pragma once

#include <cstdint>

#include "cli/handles.h"

namespace af::cli {

inline constexpr int64_t kPieceBytes = int64_t{64} << 20;
// Elements of unknown length are moved so many at a time.
inline constexpr int64_t kPieceElements = int64_t{1} << 16;

// How many chunks cover an array, INT64_MAX if that does not fit.
int64_t chunk_count(const Extents& shape, const Extents& chunk_shape);
// The product, INT64_MAX if it does not fit.
int64_t element_count(const Extents& shape);

// Each piece is a region whose elements lie back to back in the whole: some rows of one axis, all of the axes
// after it, one step of those before. Pieces end where chunks do as far as the limit allows, so that no chunk
// is decoded or encoded twice. An empty region has no pieces.
class Pieces {
 public:
  // `limit`: elements of a piece. A single chunk that lies back to back is one piece up to four times that.
  Pieces(const Region& region, const Extents& chunk_shape, int64_t limit);

  bool done() const { return done_; }
  const Region& at() const { return piece_; }
  void next();

 private:
  void cut();
  bool chunk_is_contiguous() const;

  Region region_;
  Extents chunk_shape_;
  size_t axis_ = 0;  // the axis that is cut; those after it are whole
  int64_t rows_ = 1;
  Region piece_;
  bool done_ = false;
};

// Elements of a piece of an array with this dtype, of about `bytes`.
int64_t piece_limit(af_data_type dtype, int64_t bytes = kPieceBytes);

}  // namespace af::cli
