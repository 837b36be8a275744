// What the reference accepts in silence, or dies of: each a named test that ours does right. The comment says
// what the reference does. Foreign layers are made by FooterWriter, without our mark.
#include "arrayformat/arrayformat.h"
#include "file/raw_layer.h"
#include "file/story.h"
#include "format/stats_file.h"

namespace af {
namespace {

class SilentAcceptance : public Story {};
TELL_EVERYWHERE(SilentAcceptance);

class Panics : public Story {
 protected:
  // A stack with one array that is as it should be, beside the one that is not.
  ForeignLayer layer_with_good_array() const {
    ForeignLayer layer;
    layer.add_array("good", array_of(TypeId::kInt32, {2}), payload_of<int32_t>({1, 2}));
    return layer;
  }
  void expect_good(const Stack& stack) const {
    EXPECT_EQ(stack.read<int32_t>("good"), (std::vector<int32_t>{1, 2}));
  }
};
TELL_EVERYWHERE(Panics);

af_status try_schema(const Numbers& shape, const Numbers& chunk_shape) {
  af_schema* schema = nullptr;
  af_status status =
      af_schema_create(AF_INT32, shape.data(), static_cast<int32_t>(shape.size()), &schema, nullptr);
  if (status == AF_OK && !chunk_shape.empty())
    status = af_schema_set_chunk_shape(schema, chunk_shape.data(), static_cast<int32_t>(chunk_shape.size()),
                                       nullptr);
  af_schema_free(schema);
  return status;
}

// Extents are cut to 32 bits: 2^32+3 is 3, a chunk of 2^32 is 0.
TEST(SchemaAcceptance, ExtentsAreNotCut) {
  EXPECT_EQ(try_schema({(int64_t{1} << 32) + 3}, {}), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(try_schema({4}, {int64_t{1} << 32}), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(try_schema({UINT32_MAX}, {UINT32_MAX}), AF_OK);
}

// A chunk shape of another rank is accepted; a lower one is a panic at the first write.
TEST(SchemaAcceptance, TheChunkShapeHasTheArraysRank) {
  EXPECT_EQ(try_schema({4, 4}, {2}), AF_INVALID_ARGUMENT);
  EXPECT_EQ(try_schema({4}, {2, 2}), AF_INVALID_ARGUMENT);
  EXPECT_EQ(try_schema({4}, {0}), AF_INVALID_ARGUMENT);
}

// A chunk's place in its block is cut to 32 bits.
TEST_P(SilentAcceptance, AChunkOverFourGigabytesIsRefused) {
  Stack stack = create();
  stack.define<int64_t>("a", {UINT32_MAX});
  stack->flush();
  expect_error(Status::kLimitExceeded, [&] { stack.write<int64_t>("a", {5}, {1}, {7}); });
  EXPECT_FALSE(stack->is_dirty()) << "nothing of the refused write is pending";
}

// Regions are clamped: start 9 of [5] reads nothing; a start of the wrong rank counts as zeros, a shape of
// the wrong rank as all.
TEST_P(SilentAcceptance, RegionsOutsideAreErrors) {
  Stack stack = create();
  stack.define<int32_t>("a", {5});
  expect_error(Status::kOutOfBounds, [&] { stack.read<int32_t>("a", {9}, {1}); });
  expect_error(Status::kOutOfBounds, [&] { stack.read<int32_t>("a", {4}, {2}); });
  expect_error(Status::kInvalidArgument, [&] { stack.read<int32_t>("a", {0, 0}, {1}); });
  expect_error(Status::kInvalidArgument, [&] { stack.read<int32_t>("a", {0}, {1, 1}); });
  expect_error(Status::kInvalidArgument, [&] { stack.read<int32_t>("a", {-1}, {1}); });
  EXPECT_EQ(stack.read<int32_t>("a", {5}, {0}), std::vector<int32_t>());
  expect_error(Status::kOutOfBounds, [&] { stack.write<int32_t>("a", {4}, {2}, {1, 2}); });
  EXPECT_EQ(stack.read<int32_t>("a"), std::vector<int32_t>(5));
}

// Sidecars may be copied to any stem: neither their hint nor their number is looked at. For foreign ones that
// holds here too (they say nothing better); one of ours is no layer of a stack that it was not written on.
TEST_P(SilentAcceptance, SidecarsOfOursBelongToTheirStack) {
  take_golden("v0_12/layers");
  for (std::string end : {"af", "1.af", "2.af"}) put("moved." + end, bytes("s." + end));
  EXPECT_EQ(open("moved.af")->layer_count(), 3);

  Stack one = create("one.af"), other = create("other.af");
  one.define<int32_t>("a", {1});
  one->flush();
  put("other.1.af", bytes("one.1.af"));
  Stack reader = open("other.af");
  EXPECT_EQ(reader->layer_count(), 1);
  EXPECT_EQ(reader.names(), Texts{});
  Texts findings = reader.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_NE(findings[0].find("other.1.af"), std::string::npos);
}

// An unknown codec, a missing block, a wrong offset: opening succeeds, reading that array fails. The same
// here, said precisely, and the other arrays can be read.
TEST_P(SilentAcceptance, WhatCannotBeReadLeavesTheRestReadable) {
  ForeignLayer layer;
  layer.add_array("good", array_of(TypeId::kInt32, {2}), payload_of<int32_t>({1, 2}));
  uint32_t odd = layer.add_stored("????????", 8, "brotli");
  uint32_t outside = layer.add_block("12345678");
  layer.blocks[outside].offset = uint64_t{1} << 60;
  ArraySchema pair = array_of(TypeId::kInt32, {2});
  layer.arrays.push_back({"odd codec", pair, {{Extents(1), {odd, 0, 8}}}});
  layer.arrays.push_back({"no block", pair, {{Extents(1), {77, 0, 8}}}});
  layer.arrays.push_back({"outside", pair, {{Extents(1), {outside, 0, 8}}}});
  layer.arrays.push_back({"past its block", pair, {{Extents(1), {0, 4, 8}}}});
  layer.arrays.push_back({"far past its block", pair, {{Extents(1), {0, UINT32_MAX, UINT32_MAX}}}});
  put("s.af", layer.bytes());
  Stack stack = open();
  EXPECT_EQ(stack.names().size(), 6u);
  EXPECT_EQ(stack.read<int32_t>("good"), (std::vector<int32_t>{1, 2}));
  expect_error(
      Status::kUnsupported, [&] { stack.read<int32_t>("odd codec"); }, "brotli");
  for (const char* name : {"no block", "outside", "past its block", "far past its block"})
    expect_error(
        Status::kCorrupt, [&] { stack.read<int32_t>(name); }, "s.af");
  EXPECT_GE(stack.problems().size(), 5u);
}

// Of arrays of one name in a layer the last wins; of chunks of one coordinate the first.
TEST_P(SilentAcceptance, DuplicatesFollowTheReference) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {1}), payload_of<int32_t>({1}));
  layer.add_array("a", array_of(TypeId::kInt32, {1}), payload_of<int32_t>({2}));
  layer.add_array("c", array_of(TypeId::kInt32, {1}), payload_of<int32_t>({3}));
  uint32_t later = layer.add_block(payload_of<int32_t>({4}));
  layer.arrays.back().chunks.push_back({Extents(1), {later, 0, 4}});
  put("s.af", layer.bytes());
  Stack stack = open();
  EXPECT_EQ(stack.names(), (Texts{"a", "c"}));
  EXPECT_EQ(stack.read<int32_t>("a"), std::vector<int32_t>{2});
  EXPECT_EQ(stack.read<int32_t>("c"), std::vector<int32_t>{3});
  stack->compact();
  EXPECT_EQ(open().read<int32_t>("a"), std::vector<int32_t>{2});
  EXPECT_EQ(open().read<int32_t>("c"), std::vector<int32_t>{3});
  expect_sound(open());
}

// In a long table too, where coordinates are looked up by a sorted order.
TEST_P(SilentAcceptance, DuplicatesInALongUnsortedTable) {
  ForeignLayer layer;
  std::vector<int32_t> values;
  for (int32_t i = 0; i < 40; i++) values.push_back(i);
  layer.add_array("a", array_of(TypeId::kInt32, {40}, {1}), payload_of(values));
  std::vector<ChunkRecord>& chunks = layer.arrays[0].chunks;
  chunks.clear();
  for (uint32_t i = 0; i < 40; i++) chunks.push_back({Extents(Numbers{39 - i}), {0, 4 * i, 4}});
  for (uint32_t i = 0; i < 40; i += 3) chunks.push_back({Extents(Numbers{i}), {0, 4 * i, 4}});
  put("s.af", layer.bytes());
  std::ranges::reverse(values);
  EXPECT_EQ(open().read<int32_t>("a"), values);
}

// A chunk outside the grid is ignored: its cells read as fill. Components that a coordinate has too many are
// ignored.
TEST_P(SilentAcceptance, CoordinatesOutsideTheGridAreIgnored) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {4}, {2}, filled_with(int64_t{-7})),
                  payload_of<int32_t>({1, 2}));
  layer.arrays[0].chunks[0].coord = Extents(Numbers{2});
  layer.add_array("b", array_of(TypeId::kInt32, {4}, {2}), payload_of<int32_t>({3, 4}));
  layer.arrays[1].chunks[0].coord = Extents(Numbers{1, 99});
  put("s.af", layer.bytes());
  Stack stack = open();
  EXPECT_EQ(stack.read<int32_t>("a"), (std::vector<int32_t>{-7, -7, -7, -7}));
  EXPECT_EQ(stack.read<int32_t>("b"), (std::vector<int32_t>{0, 0, 3, 4}));
  stack->compact();
  EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{-7, -7, -7, -7}));
  EXPECT_EQ(open().read<int32_t>("b"), (std::vector<int32_t>{0, 0, 3, 4}));
}

// The footer's size of an LZ4 block is not used; that of a zstd block is the room: too little is an error,
// more is fine.
TEST_P(SilentAcceptance, DeclaredSizesOfBlocks) {
  std::string payload = payload_of(std::vector<int32_t>(64, 9));
  for (std::string codec : {"lz4", "zstd", ""}) {
    for (uint64_t declared : {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{257}, uint64_t{100000}}) {
      ForeignLayer layer;
      layer.add_array("a", array_of(TypeId::kInt32, {64}), payload, codec);
      layer.blocks[0].raw_size = declared;
      put("s.af", layer.bytes());
      if (codec == "zstd" && declared < 256)
        expect_error(Status::kCorrupt, [&] { open().read<int32_t>("a"); });
      else
        EXPECT_EQ(open().read<int32_t>("a"), std::vector<int32_t>(64, 9)) << codec << " " << declared;
    }
  }
  ForeignLayer cut;
  cut.add_array("a", array_of(TypeId::kInt32, {64}), payload, "lz4");
  cut.blocks[0].stored_size += 20;  // into what follows the block
  put("s.af", cut.bytes());
  expect_error(Status::kCorrupt, [&] { open().read<int32_t>("a"); });
}

// `s.003.af` and `s.+7.af` count as 3 and 7; `s.0.af` and `s.1.2.af` do not. Folders below are searched too,
// but for nothing.
TEST_P(SilentAcceptance, NumbersInNamesReadAsTheReferenceReadsThem) {
  take_golden("v0_12/layers");
  rename("s.3.af", "s.003.af");
  rename("s.4.af", "s.+7.af");
  put("s.0.af", bytes("s.1.af"));
  put("s.1.2.af", bytes("s.1.af"));
  put("s.-1.af", bytes("s.1.af"));
  put("s.4294967296.af", bytes("s.1.af"));
  Stack stack = open();
  ASSERT_EQ(stack->layer_count(), 5);
  EXPECT_EQ(stack->layer(3).number, 3);
  EXPECT_EQ(stack->layer(4).number, 7);
  EXPECT_EQ(stack.read<int64_t>("re"), (std::vector<int64_t>{7, 8}));
  stack.define<int8_t>("more", {1});
  stack->flush();
  for (const char* key : {"s.1.af", "s.2.af", "s.3.af", "s.4.af", "s.5.af"}) EXPECT_TRUE(holds(key)) << key;
}

// Defined and deleted before a flush: a tombstone of what never was. Nothing pending: no layer. Only
// attributes: a layer.
TEST_P(SilentAcceptance, AFlushWritesWhatChanged) {
  Stack stack = create();
  stack->flush();
  EXPECT_EQ(keys(), std::set<std::string>{"s.af"});
  stack.define<int8_t>("kept", {1});
  stack.define<int8_t>("dropped", {1});
  stack->erase("dropped");
  stack->flush();
  EXPECT_FALSE(RawLayer(bytes("s.1.af")).array("dropped"));
  stack->flush();
  EXPECT_FALSE(holds("s.2.af"));
  stack->set_attribute("kept", "k", text("v"));
  stack->flush();
  EXPECT_TRUE(holds("s.2.af"));
  expect_sound(open());
}

// Writing to an array with an axis of length zero and the chunk shape that defaults to it divides by zero.
TEST_P(Panics, WritingToAnAxisOfLengthZero) {
  Stack stack = create();
  stack.define<int32_t>("a", {3, 0});
  stack.write<int32_t>("a", std::vector<int32_t>());
  EXPECT_EQ(stack->schema("a").chunk_shape, Extents(Numbers{3, 1}));
  stack->flush();
  EXPECT_EQ(open().read<int32_t>("a"), std::vector<int32_t>());
  take_golden("x/zero_dims", "z.af");
  Stack zero = open("z.af");
  zero.write<int32_t>("len0_unwritten", std::vector<int32_t>());
  zero->resize("len0_unwritten", Numbers{3});
  zero.write<int32_t>("len0_unwritten", {1, 2, 3});
  zero->flush();
  EXPECT_EQ(open("z.af").read<int32_t>("len0_unwritten"), (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(RawLayer(bytes("z.2.af")).array("len0_unwritten")->chunk_shape(), Extents(Numbers{1}))
      << "0 would make the reference die";
}

// A chunk shape of lower rank than the array's: index out of bounds.
TEST_P(Panics, AChunkShapeOfLowerRankInAFile) {
  ForeignLayer layer = layer_with_good_array();
  ArraySchema schema = array_of(TypeId::kInt32, {2, 2});
  schema.chunk_shape = Extents(Numbers{2});
  layer.add_array("bad", schema, payload_of<int32_t>({1, 2, 3, 4}));
  put("s.af", layer.bytes());
  Stack stack = open();
  EXPECT_EQ(stack.names(), (Texts{"good", "bad"}));
  expect_good(stack);
  expect_error(
      Status::kUnsupported, [&] { stack.read<int32_t>("bad"); }, "bad");
  EXPECT_FALSE(stack.problems().empty());
}

// A coordinate of lower rank than the array: index out of bounds.
TEST_P(Panics, ACoordinateOfLowerRank) {
  ForeignLayer layer = layer_with_good_array();
  layer.add_array("bad", array_of(TypeId::kInt32, {2, 2}), payload_of<int32_t>({1, 2, 3, 4}));
  layer.arrays[1].chunks[0].coord = Extents(1);
  put("s.af", layer.bytes());
  Stack stack = open();
  expect_good(stack);
  EXPECT_EQ(stack.read<int32_t>("bad"), std::vector<int32_t>(4)) << "no chunk of it has a place";
  EXPECT_FALSE(stack.problems().empty());
}

// Starts and shapes near the largest number wrap round.
TEST_P(Panics, RegionsNearTheLargestNumber) {
  Stack stack = create();
  stack.define<int8_t>("a", {5, 5});
  constexpr int64_t kMost = INT64_MAX;
  for (const auto& [start, shape] : std::vector<std::pair<Numbers, Numbers>>{{{kMost, 0}, {1, 1}},
                                                                             {{1, 0}, {kMost, 1}},
                                                                             {{kMost, kMost}, {kMost, kMost}},
                                                                             {{5, 0}, {kMost, 0}}}) {
    std::vector<int8_t> room(1);
    expect_error(Status::kOutOfBounds, [&] {
      stack->read("a", start, shape, {std::as_writable_bytes(std::span(room)), {}});
    });
  }
}

// Truncated or extended files are errors with the reference too.
TEST_P(Panics, TruncatedAndExtendedFiles) {
  take_golden("x/compacted");
  std::string whole = bytes("s.af");
  for (size_t size : {size_t{0}, size_t{1}, size_t{11}, size_t{12}, size_t{107}, whole.size() - 1}) {
    put("s.af", whole.substr(0, size));
    expect_error(Status::kCorrupt, [&] { open(); });
  }
  put("s.af", whole + "\n");
  expect_error(Status::kCorrupt, [&] { open(); });
}

class Versions : public Story {};
TELL_EVERYWHERE(Versions);

// 0.11 and 0.12 refuse version 4, 0.9 and 0.10 version 5; each layer is checked.
TEST_P(Versions, BothAreReadAndNeverMixed) {
  take_golden("v0_10/layers", "four.af");
  take_golden("v0_12/layers", "five.af");
  EXPECT_EQ(open("four.af")->footer_version(), 4);
  EXPECT_EQ(open("five.af")->footer_version(), 5);
  put("five.5.af", bytes("four.4.af"));
  expect_error(
      Status::kUnsupported, [&] { open("five.af"); }, "five.5.af");
  ForeignLayer later;
  later.version = 6;
  put("six.af", later.bytes());
  expect_error(
      Status::kUnsupported, [&] { open("six.af"); }, "version 6");
}

// A stack keeps its version: layers put on a version 4 stack are of version 4, with statistics of version 0.
TEST_P(Versions, AStackKeepsItsVersion) {
  take_golden("v0_10/layers");
  Stack stack = open();
  stack->set_attribute("keep", "k", text("v"));
  stack->flush();
  EXPECT_EQ(RawLayer(bytes("s.5.af")).footer().version(), 4);
  EXPECT_EQ(read_stats(as_bytes(bytes("s.stats"))).version, 0);
  stack->compact();
  EXPECT_EQ(open()->footer_version(), 4);
  expect_error(
      Status::kUnsupported,
      [&] { stack->set_attribute("keep", "blob", Value::of_bytes(TypeId::kBinary, "x")); }, "version 4");
}

// 0.12 does not open a stack with statistics of version 0 or damaged ones; 0.11 ignores those it cannot read.
TEST_P(Versions, StatisticsNeverKeepAStackFromOpening) {
  take_golden("v0_11/layers");
  ASSERT_EQ(read_stats(as_bytes(bytes("s.stats"))).version, 0);
  EXPECT_EQ(open().stats("keep").row_count, 6u);
  put("s.stats", "junk");
  Stack stack = open();
  EXPECT_FALSE(stack->stats("keep").stats.has_value());
  EXPECT_FALSE(stack.problems().empty());
  stack->set_attribute("keep", "k", text("v"));
  stack->flush();
  EXPECT_EQ(read_stats(as_bytes(bytes("s.stats"))).version, 1) << "so that 0.12 opens it";
  EXPECT_EQ(open().stats("keep").row_count, 6u);
}

}  // namespace
}  // namespace af
