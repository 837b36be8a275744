#include "store/ranges.h"

#include <gtest/gtest.h>

#include <string>

#include "support/expect_error.h"

namespace af {
namespace {

// Offset and length of each request, one group after the other.
using Groups = std::vector<std::vector<std::pair<uint64_t, uint64_t>>>;

Groups grouped(std::vector<std::pair<uint64_t, uint64_t>> ranges, const Neighbours& limits) {
  static std::byte memory[1000];
  std::vector<ReadRequest> requests;
  for (auto [offset, length] : ranges) requests.push_back({offset, {memory, length}});
  Groups found;
  for (std::span<const ReadRequest> group : group_neighbours(requests, limits)) {
    found.emplace_back();
    for (const ReadRequest& request : group) found.back().emplace_back(request.offset, request.into.size());
  }
  return found;
}

constexpr Neighbours kLimits = {10, 100, 3};

TEST(Ranges, NeighboursShareAGroup) {
  EXPECT_EQ(grouped({{50, 5}, {0, 10}, {20, 30}}, kLimits), (Groups{{{0, 10}, {20, 30}, {50, 5}}}));
}

TEST(Ranges, AGapThatIsTooWideParts) {
  EXPECT_EQ(grouped({{0, 10}, {21, 1}}, kLimits), (Groups{{{0, 10}}, {{21, 1}}}));
}

TEST(Ranges, AGroupHoldsNoMoreBytesThanItsTotal) {
  EXPECT_EQ(grouped({{0, 50}, {50, 50}, {100, 1}}, kLimits), (Groups{{{0, 50}, {50, 50}}, {{100, 1}}}));
  EXPECT_EQ(grouped({{0, 900}, {900, 1}}, kLimits), (Groups{{{0, 900}}, {{900, 1}}}));
}

TEST(Ranges, AGroupHoldsNoMoreRequestsThanItsLimit) {
  EXPECT_EQ(grouped({{0, 1}, {1, 1}, {2, 1}, {3, 1}}, kLimits), (Groups{{{0, 1}, {1, 1}, {2, 1}}, {{3, 1}}}));
}

TEST(Ranges, OverlappingOnesAreFetchedEachForItself) {
  EXPECT_EQ(grouped({{0, 10}, {5, 2}, {9, 10}}, kLimits), (Groups{{{0, 10}}, {{5, 2}, {9, 10}}}));
}

TEST(Ranges, EmptyOnesAreLeftOut) {
  EXPECT_EQ(grouped({{0, 0}, {7, 0}, {UINT64_MAX, 0}}, kLimits), Groups{});
  EXPECT_EQ(grouped({{3, 2}, {4, 0}}, kLimits), (Groups{{{3, 2}}}));
}

TEST(Ranges, HugeOffsetsDoNotWrap) {
  EXPECT_EQ(grouped({{UINT64_MAX - 5, 5}, {0, 1}}, kLimits), (Groups{{{0, 1}}, {{UINT64_MAX - 5, 5}}}));
}

TEST(Ranges, ARangeBeyondTheObjectIsNamedWithTheNumbers) {
  ObjectInfo object{"x.af", 10, ""};
  check_range(object, 0, 10);
  check_range(object, 10, 0);
  expect_error(
      Status::kCorrupt, [&] { check_range(object, 8, 3); }, "'x.af' has 10 bytes; expected 3 at offset 8");
  expect_error(Status::kCorrupt, [&] { check_range(object, UINT64_MAX, 2); });
}

}  // namespace
}  // namespace af
