#include "core/strided.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

using Numbers = std::vector<int64_t>;

// The offset of the first element; -1 if the box is refused.
int64_t placed(const Numbers& shape, const Numbers& strides, int64_t length) {
  try {
    return af::place_box(af::Extents(shape), 4, strides, length).first;
  } catch (const af::Error& error) {
    EXPECT_EQ(error.status(), af::Status::kInvalidArgument);
    return -1;
  }
}

TEST(StridedBox, InCOrderNeedsExactlyItsElements) {
  EXPECT_EQ(placed({2, 3}, {}, 24), 0);
  EXPECT_EQ(placed({2, 3}, {}, 25), 0);
  EXPECT_EQ(placed({2, 3}, {}, 23), -1);
  EXPECT_EQ(placed({}, {}, 4), 0);
  EXPECT_EQ(placed({}, {}, 3), -1);
}

TEST(StridedBox, BeginsAtTheFarEndWhereStridesAreNegative) {
  EXPECT_EQ(placed({3}, {-4}, 12), 8);
  EXPECT_EQ(placed({2, 3}, {-12, 4}, 24), 12);
  EXPECT_EQ(placed({2, 3}, {12, -4}, 24), 8);
  EXPECT_EQ(placed({2, 3}, {-12, -4}, 24), 20);
  EXPECT_EQ(placed({2, 3}, {-12, -4}, 23), -1);
}

TEST(StridedBox, ReachesAsFarAsItsGaps) {
  EXPECT_EQ(placed({2, 3}, {100, 8}, 120), 0);
  EXPECT_EQ(placed({2, 3}, {100, 8}, 119), -1);
  EXPECT_EQ(placed({1000}, {0}, 4), 0);
  EXPECT_EQ(placed({5}, {1}, 8), 0);
}

TEST(StridedBox, WithoutElementsNeedsNoMemory) {
  EXPECT_EQ(placed({0}, {}, 0), 0);
  EXPECT_EQ(placed({5, 0, 7}, {INT64_MAX, INT64_MIN, INT64_MAX}, 0), 0);
}

TEST(StridedBox, WithStridesBeyondAllMemoryIsRefused) {
  EXPECT_EQ(placed({2}, {INT64_MAX}, INT64_MAX), -1);
  EXPECT_EQ(placed({2}, {INT64_MIN}, INT64_MAX), -1);
  EXPECT_EQ(placed({3}, {INT64_MAX / 2 + 1}, INT64_MAX), -1);
  EXPECT_EQ(placed({2, 2}, {INT64_MAX - 8, INT64_MAX - 8}, INT64_MAX), -1);
  EXPECT_EQ(placed({2, 2}, {INT64_MAX - 8, -INT64_MAX}, INT64_MAX), -1);
}

TEST(StridedBox, NeedsAStrideForEachAxis) {
  EXPECT_EQ(placed({2, 3}, {4}, 100), -1);
  EXPECT_EQ(placed({2}, {4, 4}, 100), -1);
}

}  // namespace
