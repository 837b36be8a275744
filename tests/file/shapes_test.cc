// Arrays that change: defined anew with another shape, dtype, rank or chunk shape, and resized up, down and
// again. What readers see that look through every layer is checked in the raw footers.
#include "file/raw_layer.h"
#include "file/story.h"
#include "format/chunk.h"

namespace af {
namespace {

std::vector<int32_t> ints(std::initializer_list<int32_t> values) { return values; }

class ShapeStory : public Story {
 protected:
  // What a reader sees that takes each coordinate's chunk from the newest layer that has it, tombstones and
  // redefinitions notwithstanding, and expects exactly the clipped extent: the reference.
  template <typename T>
  std::vector<T> read_like_the_reference(const std::string& name) const {
    std::map<std::vector<int64_t>, std::string> merged;
    std::optional<Grid> grid;
    T fill{};
    for (int number = 0; number == 0 || holds(key_of(number)); number++) {
      RawLayer layer(bytes(key_of(number)));
      std::optional<ArrayView> view = layer.array(name);
      if (!view || view->deleted()) continue;
      grid = Grid(view->shape(), view->chunk_shape());
      fill = load<T>(fill_element(type_of<T>(), view->fill()).data());
      for (auto& [coord, payload] : layer.chunks(name)) merged[coord] = payload;
    }
    std::vector<T> values(static_cast<size_t>(element_count(grid->shape())), fill);
    Extents strides = c_strides(grid->shape(), sizeof(T));
    for (const auto& [coordinate, payload] : merged) {
      Extents coord{std::span(coordinate)};
      if (!grid->contains(coord)) {
        // The reference's compaction reads it all the same: the bytes must be there.
        continue;
      }
      Region region = grid->chunk_region(coord);
      EXPECT_EQ(payload.size(), static_cast<size_t>(element_count(region.shape)) * sizeof(T)) << name;
      int64_t offset = 0;
      for (int axis = 0; axis < coord.rank(); axis++) offset += region.start[axis] * strides[axis];
      copy_strided(region.shape, sizeof(T), std::as_writable_bytes(std::span(values)).data() + offset,
                   strides, as_bytes(payload).data(), c_strides(region.shape, sizeof(T)));
    }
    return values;
  }
  static std::string key_of(int number) {
    return number == 0 ? "s.af" : "s." + std::to_string(number) + ".af";
  }

  // Once committed, `name` reads the same to us and to the reference.
  template <typename T>
  void expect_committed(const Stack& stack, const std::string& name, const std::vector<T>& expected) {
    EXPECT_EQ(stack.read<T>(name), expected) << "pending";
    stack->flush();
    EXPECT_EQ(stack.read<T>(name), expected) << "flushed";
    EXPECT_EQ(open_to_read().read<T>(name), expected) << "reopened";
    EXPECT_EQ(read_like_the_reference<T>(name), expected) << "through every layer";
    expect_sound(stack);
  }
};

class Redefining : public ShapeStory {
 protected:
  // a: 6 numbers in chunks of 2, in a layer of their own.
  Stack stack_with_a() const {
    Stack stack = create();
    stack.define<int32_t>("a", {6}, {2});
    stack.write("a", ints({1, 2, 3, 4, 5, 6}));
    stack->flush();
    return stack;
  }
};
TELL_EVERYWHERE(Redefining);

TEST_P(Redefining, WithTheSameShapeMasksWhatIsNotWritten) {
  for (bool two_deltas : {false, true}) {
    for (const std::string& key : keys()) remove(key);
    Stack stack = stack_with_a();
    stack->erase("a");
    if (two_deltas) stack->flush();
    stack.define<int32_t>("a", {6}, {2}, filled_with(int64_t{-1}));
    stack.write("a", {2}, {1}, ints({30}));
    expect_committed(stack, "a", ints({-1, -1, 30, -1, -1, -1}));
    auto chunks = RawLayer(bytes(key_of(two_deltas ? 3 : 2))).chunks("a");
    ASSERT_EQ(chunks.size(), 3u);
    EXPECT_EQ(chunks[{0}], payload_of(ints({-1, -1})));
    EXPECT_EQ(chunks[{2}], payload_of(ints({-1, -1})));
    EXPECT_EQ(stack.stats("a").null_count, 5u);
  }
}

TEST_P(Redefining, WithoutAFillValueMasksWithZeros) {
  Stack stack = stack_with_a();
  stack->erase("a");
  stack.define<int32_t>("a", {6}, {2});
  expect_committed(stack, "a", std::vector<int32_t>(6));
  EXPECT_EQ(stack.stats("a").null_count, 6u) << "nobody wrote these zeros";
}

TEST_P(Redefining, SmallerMasksOutsideWithNothing) {
  Stack stack = stack_with_a();
  stack->erase("a");
  stack.define<int32_t>("a", {3}, {2}, filled_with(int64_t{-1}));
  expect_committed(stack, "a", ints({-1, -1, -1}));
  auto chunks = RawLayer(bytes("s.2.af")).chunks("a");
  EXPECT_EQ(chunks[{1}], payload_of(ints({-1}))) << "exactly the clipped extent";
  EXPECT_EQ(chunks[{2}], "");
  RawLayer layer(bytes("s.2.af"));
  ArrayView view = *layer.array("a");
  for (uint64_t i = 0; i < view.chunk_count(); i++)
    EXPECT_LT(view.chunk_address(i).block, layer.footer().block_count())
        << "also a chunk of no bytes lies in a block";
}

TEST_P(Redefining, NothingButMasksOutsideHaveABlockToo) {
  Stack stack = stack_with_a();
  stack->erase("a");
  stack.define<int32_t>("a", {0}, {2});
  stack->flush();
  RawLayer layer(bytes("s.2.af"));
  EXPECT_EQ(layer.chunks("a").size(), 3u);
  ASSERT_EQ(layer.footer().block_count(), 1u);
  EXPECT_GE(layer.block(0).size(), 1u);
  expect_sound(open());
}

TEST_P(Redefining, LargerChunksMaskEveryOldCoordinate) {
  Stack stack = stack_with_a();
  stack->erase("a");
  stack.define<int32_t>("a", {7}, {3}, filled_with(int64_t{-1}));
  stack.write("a", {3}, {3}, ints({9, 9, 9}));
  expect_committed(stack, "a", ints({-1, -1, -1, 9, 9, 9, -1}));
}

TEST_P(Redefining, WithAnotherDtype) {
  Stack stack = stack_with_a();
  stack->erase("a");
  stack.define<double>("a", {4}, {2}, filled_with(0.5));
  stack.write<double>("a", {0}, {1}, {1.5});
  expect_committed<double>(stack, "a", {1.5, 0.5, 0.5, 0.5});
}

TEST_P(Redefining, AsTextsAndBack) {
  Stack stack = stack_with_a();
  stack->erase("a");
  stack->define("a", array_of(TypeId::kString, {5}, {2}, filled_with("fill")));
  stack.write_texts("a", {"x"}, {0}, {1});
  stack->flush();
  EXPECT_EQ(open().read_texts("a"), (Texts{"x", "fill", "fill", "fill", "fill"}));
  auto chunks = RawLayer(bytes("s.2.af")).chunks("a");
  EXPECT_EQ(chunks[{1}], payload_of<uint32_t>({0, 4, 8}) + "fillfill");
  EXPECT_EQ(chunks[{2}], payload_of<uint32_t>({0, 4}) + "fill");
  stack->erase("a");
  stack.define<int32_t>("a", {5}, {1});
  expect_committed(stack, "a", std::vector<int32_t>(5));
}

TEST_P(Redefining, WithAnotherRankRewritesTheStack) {
  for (const Numbers& shape : std::vector<Numbers>{{2, 3}, {}, {1, 1, 6}}) {
    for (const std::string& key : keys()) remove(key);
    Stack stack = stack_with_a();
    stack.define<int32_t>("b", {1});
    stack->erase("a");
    stack.define<int32_t>("a", shape, Numbers(shape.size(), 1), filled_with(int64_t{-1}));
    std::vector<int32_t> fill(shape.empty() ? 1 : 6, -1);
    EXPECT_EQ(stack.read<int32_t>("a"), fill);
    stack->flush();
    EXPECT_FALSE(stack->is_dirty());
    EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.stats"})) << "no mask hides a chunk of another rank";
    EXPECT_EQ(open().read<int32_t>("a"), fill);
    EXPECT_TRUE(open()->contains("b"));
    EXPECT_EQ(RawLayer(bytes("s.af")).chunks("a").size(), 0u);
    expect_sound(open());
  }
}

TEST_P(Redefining, OverForeignLayersWithAnotherRankRewritesThemFirst) {
  take_golden("v0_12/layers");
  Stack stack = open();
  stack->erase("over");
  stack.define<int32_t>("over", {16}, {2});
  stack.write("over", {0}, {1}, ints({5}));
  stack->flush();
  std::vector<int32_t> expected(16);
  expected[0] = 5;
  EXPECT_EQ(open().read<int32_t>("over"), expected);
  EXPECT_EQ(open().read<int64_t>("re"), (std::vector<int64_t>{7, 8}));
  EXPECT_FALSE(holds("s.1.af"));
  expect_sound(open());
}

TEST_P(Redefining, AsAListRewritesTheStack) {
  DType list(TypeId::kList);
  list.child = std::make_shared<DType>(TypeId::kInt8);
  Stack stack = stack_with_a();
  stack->erase("a");
  stack->define("a", array_of(list, {6}, {2}));
  stack->write_chunk("a", Numbers{1}, as_bytes("list"));
  stack->flush();
  EXPECT_EQ(open()->chunks("a"), std::vector<Extents>{Extents(Numbers{1})});
  EXPECT_EQ(open()->read_chunk("a", Numbers{1}), "list");
  expect_sound(open());
}

TEST_P(Redefining, AgainAndAgainAcrossLayers) {
  Stack stack = stack_with_a();
  for (int32_t round = 0; round < 5; round++) {
    stack->erase("a");
    int64_t extent = 2 + (round * 3) % 7, chunk = 1 + round % 3;
    stack.define<int32_t>("a", {extent}, {chunk}, filled_with(int64_t{-round}));
    std::vector<int32_t> expected(static_cast<size_t>(extent), -round);
    expected[1] = 100 + round;
    stack.write("a", {1}, {1}, ints({100 + round}));
    stack->flush();
    ASSERT_EQ(open().read<int32_t>("a"), expected) << "round " << round;
    expect_sound(stack);
  }
  stack->compact();
  EXPECT_EQ(open()->layer_count(), 1);
  expect_sound(open());
}

TEST_P(Redefining, WithinOneDeltaForgetsWhatWasPending) {
  Stack stack = create();
  stack.define<int32_t>("a", {4}, {2});
  stack.write("a", ints({1, 2, 3, 4}));
  stack->set_attribute("a", "k", text("v"));
  stack->erase("a");
  EXPECT_FALSE(stack->contains("a"));
  expect_error(Status::kArrayNotFound, [&] { stack.read<int32_t>("a"); });
  expect_error(Status::kArrayNotFound, [&] { stack->erase("a"); });
  stack.define<int8_t>("a", {2});
  expect_error(Status::kArrayAlreadyExists, [&] { stack.define<int8_t>("a", {2}); });
  EXPECT_EQ(stack.read<int8_t>("a"), std::vector<int8_t>(2));
  EXPECT_TRUE(stack.attributes("a").empty());
  stack->flush();
  EXPECT_EQ(open().read<int8_t>("a"), std::vector<int8_t>(2));
}

// The order of the listing: where an array was first defined, or defined again after its deletion was
// committed.
TEST_P(Redefining, ListingOrder) {
  Stack stack = create();
  for (const char* name : {"a", "b", "c"}) stack.define<int8_t>(name, {1});
  stack->flush();
  stack->erase("a");
  stack.define<int16_t>("a", {1});
  stack.write<int8_t>("b", {1});
  EXPECT_EQ(stack.names(), (Texts{"a", "b", "c"}));
  stack->flush();
  EXPECT_EQ(stack.names(), (Texts{"a", "b", "c"}));
  stack->erase("b");
  stack->flush();
  EXPECT_EQ(stack.names(), (Texts{"a", "c"}));
  stack.define<int8_t>("b", {1});
  EXPECT_EQ(stack.names(), (Texts{"a", "c", "b"}));
  stack->flush();
  EXPECT_EQ(open().names(), (Texts{"a", "c", "b"}));
  stack->compact();
  EXPECT_EQ(open().names(), (Texts{"a", "c", "b"}));
}

class Resizing : public ShapeStory {
 protected:
  Stack stack_with_a() const {
    Stack stack = create();
    stack.define<int32_t>("a", {6}, {4}, filled_with(int64_t{-1}));
    stack.write("a", ints({1, 2, 3, 4, 5, 6}));
    return stack;
  }
};
TELL_EVERYWHERE(Resizing);

// The same steps, all in one delta or each in one of its own, must come to the same.
TEST_P(Resizing, UpAndDownAndUpAgain) {
  for (bool each_its_delta : {false, true}) {
    for (const std::string& key : keys()) remove(key);
    Stack stack = stack_with_a();
    auto step = [&](int64_t extent, const std::vector<int32_t>& expected) {
      stack->resize("a", Numbers{extent});
      EXPECT_EQ(stack.read<int32_t>("a"), expected) << extent;
      if (each_its_delta) expect_committed(stack, "a", expected);
    };
    if (each_its_delta) stack->flush();
    step(8, ints({1, 2, 3, 4, 5, 6, -1, -1}));
    step(3, ints({1, 2, 3}));
    step(5, ints({1, 2, 3, -1, -1}));
    step(0, {});
    step(7, std::vector<int32_t>(7, -1));
    stack.write("a", {6}, {1}, ints({7}));
    step(9, ints({-1, -1, -1, -1, -1, -1, 7, -1, -1}));
    stack->flush();
    EXPECT_EQ(open().read<int32_t>("a"), ints({-1, -1, -1, -1, -1, -1, 7, -1, -1}));
    stack->compact();
    EXPECT_EQ(open().read<int32_t>("a"), ints({-1, -1, -1, -1, -1, -1, 7, -1, -1}));
    expect_sound(open());
  }
}

TEST_P(Resizing, CutChunksAreHiddenFromEveryReader) {
  Stack stack = create();
  stack.define<int32_t>("a", {6}, {2}, filled_with(int64_t{-1}));
  stack.write("a", ints({1, 2, 3, 4, 5, 6}));
  stack->flush();
  stack->resize("a", Numbers{3});
  expect_committed(stack, "a", ints({1, 2, 3}));
  auto cut = RawLayer(bytes("s.2.af")).chunks("a");
  EXPECT_EQ(cut[{1}], payload_of(ints({3})));
  EXPECT_EQ(cut[{2}], "");
  EXPECT_EQ(cut.size(), 2u) << "what stays as it is is not written again";
  stack->resize("a", Numbers{6});
  expect_committed(stack, "a", ints({1, 2, 3, -1, -1, -1}));
  auto grown = RawLayer(bytes("s.3.af")).chunks("a");
  EXPECT_EQ(grown[{1}], payload_of(ints({3, -1})));
  EXPECT_EQ(grown[{2}], payload_of(ints({-1, -1}))) << "an older layer holds 5, 6 there";
}

TEST_P(Resizing, ChunksOfFormerGenerationsStayHiddenWhenTheGridGrows) {
  Stack stack = create();
  stack.define<int32_t>("a", {8}, {2});
  stack.write("a", ints({1, 2, 3, 4, 5, 6, 7, 8}));
  stack->flush();
  stack->erase("a");
  stack.define<int32_t>("a", {2}, {2}, filled_with(int64_t{-1}));
  stack->flush();
  stack->resize("a", Numbers{8});
  expect_committed(stack, "a", std::vector<int32_t>(8, -1));
}

TEST_P(Resizing, InTwoDimensions) {
  Stack stack = create();
  stack.define<int32_t>("a", {3, 4}, {2, 2}, filled_with(int64_t{0}));
  std::vector<int32_t> values(12);
  for (int32_t i = 0; i < 12; i++) values[static_cast<size_t>(i)] = i + 1;
  stack.write("a", values);
  stack->flush();
  stack->resize("a", Numbers{4, 3});
  expect_committed(stack, "a", ints({1, 2, 3, 5, 6, 7, 9, 10, 11, 0, 0, 0}));
  stack->resize("a", Numbers{1, 5});
  expect_committed(stack, "a", ints({1, 2, 3, 0, 0}));
  stack->resize("a", Numbers{3, 4});
  expect_committed(stack, "a", ints({1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST_P(Resizing, OfTexts) {
  Stack stack = create();
  stack->define("s", array_of(TypeId::kString, {5}, {2}, filled_with("none")));
  stack.write_texts("s", {"one", "two", "three", "four", "five"});
  stack->flush();
  stack->resize("s", Numbers{3});
  EXPECT_EQ(stack.read_texts("s"), (Texts{"one", "two", "three"}));
  stack->flush();
  stack->resize("s", Numbers{6});
  EXPECT_EQ(stack.read_texts("s"), (Texts{"one", "two", "three", "none", "none", "none"}));
  stack->flush();
  EXPECT_EQ(open().read_texts("s"), (Texts{"one", "two", "three", "none", "none", "none"}));
  EXPECT_EQ(RawLayer(bytes("s.3.af")).chunks("s").at({2}), payload_of<uint32_t>({0, 4, 8}) + "nonenone");
  expect_sound(open());
}

TEST_P(Resizing, ToTheSameShapeChangesNothing) {
  Stack stack = stack_with_a();
  stack->flush();
  stack->resize("a", Numbers{6});
  EXPECT_FALSE(stack->is_dirty());
}

TEST_P(Resizing, ToWhatNoArrayCanBeIsRefused) {
  Stack stack = stack_with_a();
  stack->flush();
  expect_error(Status::kInvalidArgument, [&] { stack->resize("a", Numbers{}); });
  expect_error(Status::kInvalidArgument, [&] { stack->resize("a", Numbers{1, 1}); });
  expect_error(Status::kInvalidArgument, [&] { stack->resize("a", Numbers{-1}); });
  expect_error(Status::kLimitExceeded, [&] { stack->resize("a", Numbers{int64_t{1} << 32}); });
  expect_error(Status::kArrayNotFound, [&] { stack->resize("b", Numbers{1}); });
  EXPECT_FALSE(stack->is_dirty());
}

// An array whose damaged chunk would have to be cut stays as it was.
TEST_P(Resizing, FailsBeforeAnythingChanges) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {4}, {4}), "too short");
  put("s.af", layer.bytes());
  Stack stack = open();
  expect_error(Status::kCorrupt, [&] { stack->resize("a", Numbers{3}); });
  EXPECT_FALSE(stack->is_dirty());
  EXPECT_EQ(stack->schema("a").shape, Extents(Numbers{4}));
}

TEST_P(Resizing, ForeignLayersKeepWhatTheyHold) {
  take_golden("v0_12/layers");
  std::vector<int32_t> before = open().read<int32_t>("over");
  Stack stack = open();
  stack->resize("over", Numbers{3, 5});
  stack->flush();
  std::vector<int32_t> expected;
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 4; column++)
      expected.push_back(before[static_cast<size_t>(row * 4 + column)]);
    expected.push_back(-1);
  }
  EXPECT_EQ(open().read<int32_t>("over"), expected);
  EXPECT_EQ(open().problems(), Texts{});
}

}  // namespace
}  // namespace af
