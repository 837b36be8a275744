// Arrays of lists: levels of offsets and values in, the same out, whatever the chunks are.
#include "format/lists.h"

#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

DType list_of(DType child) {
  DType dtype(TypeId::kList);
  dtype.child = std::make_shared<const DType>(std::move(child));
  return dtype;
}
DType fixed_list_of(DType child, uint32_t size) {
  DType dtype = list_of(std::move(child));
  dtype.id = TypeId::kFixedSizeList;
  dtype.list_size = size;
  return dtype;
}

class Lists : public Story {
 protected:
  static void write(const Stack& stack, const Numbers& offsets, std::string_view values,
                    const Numbers& start = {}, const Numbers& shape = {}) {
    stack->write_lists("a", start, shape, offsets, as_bytes(values));
  }
  // The offsets of all levels, one run after the other, and the values.
  static std::pair<Numbers, std::string> read(const Stack& stack, const Numbers& start = {},
                                              const Numbers& shape = {}) {
    ListData lists = stack->read_lists("a", start, shape);
    Numbers offsets;
    for (int level = 0; level < lists.levels(); level++)
      offsets.insert(offsets.end(), lists.offsets(level).begin(), lists.offsets(level).end());
    return {offsets, lists.values()};
  }
};
TELL_EVERYWHERE(Lists);

using Found = std::pair<Numbers, std::string>;

TEST_P(Lists, OfAnyLengthAcrossChunks) {
  Stack stack = create();
  stack->define("a", array_of(list_of(TypeId::kInt8), {5}, {2}));
  write(stack, {0, 1, 1, 4, 6, 6}, "abcdef");
  stack->flush();
  Stack opened = open();
  EXPECT_EQ(read(opened), (Found{{0, 1, 1, 4, 6, 6}, "abcdef"}));
  EXPECT_EQ(read(opened, {1}, {3}), (Found{{0, 0, 3, 5}, "bcdef"}));
  write(opened, {0, 2, 2}, "xy", {2}, {2});
  EXPECT_EQ(read(opened), (Found{{0, 1, 1, 3, 3, 3}, "axy"}));
  opened->compact();
  EXPECT_EQ(read(open_to_read()), (Found{{0, 1, 1, 3, 3, 3}, "axy"}));
  expect_sound(open());
}

// The payload that docs/format.md shows.
TEST_P(Lists, AreEncodedAsTheFormatSays) {
  Stack stack = create();
  stack->define("a", array_of(list_of(TypeId::kInt16), {3}));
  write(stack, {0, 2, 2, 3}, payload_of<int16_t>({1, 2, 3}));
  EXPECT_EQ(stack->read_chunk("a", Numbers{0}),
            payload_of<uint32_t>({0, 2, 2, 3}) + payload_of<int16_t>({1, 2, 3}));
}

TEST_P(Lists, NestedWithTexts) {
  Stack stack = create();
  stack->define("a", array_of(list_of(fixed_list_of(TypeId::kString, 2)), {2, 2}, {1, 2}));
  const Numbers offsets{0, 1, 1, 3, 3, 0, 1, 3, 3, 3, 6, 6};
  write(stack, offsets, "abbccc");
  EXPECT_EQ(read(stack), (Found{offsets, "abbccc"}));
  stack->flush();
  EXPECT_EQ(read(open(), {1, 0}, {1, 1}), (Found{{0, 2, 0, 0, 0, 3, 3}, "ccc"}));
}

TEST_P(Lists, UnwrittenOnesAreEmptyOrZeros) {
  Stack stack = create();
  stack->define("a", array_of(list_of(TypeId::kFloat64), {3}, {2}));
  EXPECT_EQ(read(stack), (Found{{0, 0, 0, 0}, ""}));
  stack->define("b", array_of(fixed_list_of(TypeId::kInt16, 2), {2}));
  EXPECT_EQ(stack->read_lists("b", {}, {}).values(), std::string(8, '\0'));
}

TEST_P(Lists, OfScalarsAndNothing) {
  Stack stack = create();
  stack->define("a", array_of(list_of(TypeId::kInt8), {}));
  write(stack, {0, 3}, "abc");
  EXPECT_EQ(read(stack), (Found{{0, 3}, "abc"}));
  stack->define("none", array_of(list_of(TypeId::kInt8), {0}, {1}));
  const Numbers zero{0};
  stack->write_lists("none", {}, {}, zero, {});
  EXPECT_EQ(stack->read_lists("none", {}, {}).count(0), 0);
}

TEST_P(Lists, WhatMakesNoSenseIsRefused) {
  Stack stack = create();
  stack->define("a", array_of(list_of(TypeId::kInt16), {2}));
  for (const Numbers& offsets :
       {Numbers{}, Numbers{0}, Numbers{0, 1}, Numbers{0, 1, 2, 2}, Numbers{1, 1, 2}, Numbers{0, 2, 1},
        Numbers{0, -1, 2}, Numbers{0, 1, 3}, Numbers{0, 0, INT64_MAX}})
    expect_error(Status::kInvalidArgument, [&] { write(stack, offsets, "abcd"); });
  stack->define("t", array_of(list_of(TypeId::kString), {1}));
  const Numbers one_text{0, 1, 0, 1};
  expect_error(Status::kInvalidArgument,
               [&] { stack->write_lists("t", {}, {}, one_text, as_bytes("\xff")); });
  stack->define("b", array_of(fixed_list_of(TypeId::kBool, 1), {1}));
  expect_error(Status::kInvalidArgument, [&] { stack->write_lists("b", {}, {}, {}, as_bytes("\x02")); });
  stack.define<int8_t>("n", {1});
  expect_error(Status::kDtypeMismatch, [&] { stack->read_lists("n", {}, {}); });
  expect_error(Status::kDtypeMismatch, [&] { stack->write_lists("n", {}, {}, {}, as_bytes("x")); });
  expect_error(Status::kOutOfBounds, [&] { read(stack, {1}, {2}); });
  EXPECT_EQ(read(stack), (Found{{0, 0, 0}, ""}));
}

TEST_P(Lists, ChunksThatAreNoneAreCorrupt) {
  Stack stack = create();
  stack->define("a", array_of(list_of(TypeId::kInt16), {2}));
  for (const Numbers& offsets :
       {Numbers{0, 1, 2}, Numbers{1, 1, 1}, Numbers{0, 2, 1}, Numbers{0, 1, UINT32_MAX}}) {
    std::vector<uint32_t> stored(offsets.begin(), offsets.end());
    stack->write_chunk("a", Numbers{0}, as_bytes(payload_of(stored) + "abc"));
    expect_error(Status::kCorrupt, [&] { read(stack); });
  }
  stack->write_chunk("a", Numbers{0}, as_bytes("abc"));
  expect_error(Status::kCorrupt, [&] { read(stack); });
}

// A few bytes may declare more than any memory holds.
TEST_P(Lists, AreBoundedByTheCeiling) {
  FileOptions small;
  small.max_allocation = 1 << 20;
  Stack stack = create("s.af", small);
  DType huge = fixed_list_of(fixed_list_of(TypeId::kInt64, UINT32_MAX), UINT32_MAX);
  stack->define("a", array_of(huge, {1000}));
  expect_error(Status::kLimitExceeded, [&] { read(stack); });
  stack->define("b", array_of(fixed_list_of(TypeId::kInt8, 1 << 20), {2}));
  expect_error(Status::kLimitExceeded, [&] { stack->read_lists("b", {}, {}); });
}

TEST_P(Lists, OfTheGoldens) {
  take_golden("x/lists_made", "golden.af");
  Stack golden = open_to_read("golden.af");
  int lists = 0;
  for (const std::string& name : golden.names()) {
    if (!is_list(golden->schema(name).dtype.id)) continue;
    lists++;
    EXPECT_EQ(golden->read_lists(name, {}, {}).count(0), element_count(golden->schema(name).shape)) << name;
  }
  EXPECT_GT(lists, 0);
}

}  // namespace
}  // namespace af
