#include "cli/pieces.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cli/chunking.h"

namespace af::cli {
namespace {

using Coordinates = std::vector<Extents>;

// All coordinates of a region in C order.
Coordinates coordinates_of(const Region& region) {
  Coordinates all;
  if (element_count(region.shape) == 0) return all;
  Extents at = region.start;
  for (;;) {
    all.push_back(at);
    size_t axis = at.size();
    while (axis-- > 0) {
      if (++at[axis] < region.start[axis] + region.shape[axis]) break;
      at[axis] = region.start[axis];
    }
    if (axis == SIZE_MAX) return all;
  }
}

Coordinates through_pieces(const Region& region, const Extents& chunks, int64_t limit) {
  Coordinates all;
  for (Pieces pieces(region, chunks, limit); !pieces.done(); pieces.next()) {
    const Coordinates piece = coordinates_of(pieces.at());
    all.insert(all.end(), piece.begin(), piece.end());
  }
  return all;
}

std::vector<int64_t> piece_sizes(const Region& region, const Extents& chunks, int64_t limit) {
  std::vector<int64_t> sizes;
  for (Pieces pieces(region, chunks, limit); !pieces.done(); pieces.next())
    sizes.push_back(element_count(pieces.at().shape));
  return sizes;
}

RC_GTEST_PROP(Pieces, FollowEachOtherInCOrder, ()) {
  const int rank = *rc::gen::inRange(0, 5);
  Region region;
  Extents chunks;
  for (int i = 0; i < rank; i++) {
    region.start.push_back(*rc::gen::inRange(0, 5));
    region.shape.push_back(*rc::gen::inRange(0, 6));
    chunks.push_back(*rc::gen::inRange(1, 8));
  }
  const int64_t limit = *rc::gen::inRange(1, 40);
  RC_ASSERT(through_pieces(region, chunks, limit) == coordinates_of(region));
}

TEST(Pieces, StayBelowTheLimit) {
  for (const int64_t size : piece_sizes({{0, 0, 0}, {7, 5, 3}}, {1, 1, 1}, 8)) EXPECT_LE(size, 8);
}

TEST(Pieces, EndWhereChunksDo) {
  EXPECT_EQ(piece_sizes({{0, 0}, {10, 10}}, {3, 10}, 75), (std::vector<int64_t>{60, 40}));
}

TEST(Pieces, ComeBackToTheGridAfterAnUnalignedStart) {
  EXPECT_EQ(piece_sizes({{2, 0}, {10, 10}}, {3, 10}, 75), (std::vector<int64_t>{40, 60}));
}

TEST(Pieces, HoldAChunkWholeUpToFourTimesTheLimit) {
  EXPECT_EQ(piece_sizes({{0}, {100}}, {40}, 10), (std::vector<int64_t>{40, 40, 20}));
  EXPECT_EQ(piece_sizes({{0}, {100}}, {50}, 10).size(), 10);
}

TEST(Pieces, OfAScalarAreOne) { EXPECT_EQ(piece_sizes({{}, {}}, {}, 8), (std::vector<int64_t>{1})); }

TEST(Pieces, OfNothingAreNone) { EXPECT_TRUE(piece_sizes({{0, 0}, {3, 0}}, {1, 1}, 8).empty()); }

TEST(ChunkCount, CoversTheArray) {
  EXPECT_EQ(chunk_count({10, 10}, {3, 10}), 4);
  EXPECT_EQ(chunk_count({}, {}), 1);
  EXPECT_EQ(chunk_count({0, 5}, {1, 1}), 0);
  EXPECT_EQ(chunk_count({INT64_MAX, INT64_MAX}, {1, 1}), INT64_MAX);
}

TEST(ElementCount, SaturatesInsteadOfWrapping) {
  EXPECT_EQ(element_count({INT64_MAX, 2}), INT64_MAX);
  EXPECT_EQ(element_count({INT64_MAX, INT64_MAX, 0}), 0);
}

TEST(ChunkShape, IsTheGivenOneUnlessItIsTiny) {
  EXPECT_EQ(choose_chunk_shape({100, 100}, {50, 25}, 8), (Extents{50, 25}));
  EXPECT_EQ(choose_chunk_shape({3000}, {1}, 4), (Extents{1024}));
  EXPECT_EQ(choose_chunk_shape({40, 6, 8}, {1, 6, 8}, 4), (Extents{22, 6, 8}));
}

TEST(ChunkShape, IsNotJoinedPastTheArray) {
  EXPECT_EQ(choose_chunk_shape({5, 3}, {1, 1}, 1), (Extents{5, 3}));
}

TEST(ChunkShape, CutsLargeArraysAlongTheirFirstAxes) {
  EXPECT_EQ(choose_chunk_shape({1000}, {}, 8), (Extents{1000}));
  EXPECT_EQ(choose_chunk_shape({30, 1000, 100}, {}, 8), (Extents{5, 1000, 100}));
  EXPECT_EQ(choose_chunk_shape({3, int64_t{1} << 32}, {}, 4), (Extents{1, 1 << 20}));
}

TEST(ChunkShape, OfEmptyAxesIsOne) { EXPECT_EQ(choose_chunk_shape({0, 3}, {}, 8), (Extents{1, 3})); }

}  // namespace
}  // namespace af::cli
