// Bad input on which the reference dies or lies: with ours an error, in no time and within the caller's
// limits. Opened as someone would who does not trust the file. The comment says what the reference does.
#include <ctime>

#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

class BadInput : public Story {
 protected:
  static constexpr int64_t kAllowed = 64 << 20;

  void lay_out(const ForeignLayer& layer) const { put("s.af", layer.bytes()); }
  Stack open_with_care() const {
    FileOptions options;
    options.max_allocation = kAllowed;
    options.max_arrays = 1000;
    options.max_layers = 100;
    return open_to_read("s.af", options);
  }
  // Neither the open nor anything that can be asked then takes long; what fails says so.
  template <typename Ask>
  void expect_quick_error(Status status, const Ask& ask) const {
    std::clock_t begun = std::clock();
    expect_error(status, [&] { ask(open_with_care()); });
#ifdef __SANITIZE_ADDRESS__
    constexpr double kQuick = 2;
#else
    constexpr double kQuick = 0.1;
#endif
    EXPECT_LT(static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC, kQuick);  // of the processor
  }
};
TELL_EVERYWHERE(BadInput);

std::string_view one_int() { return std::string_view("\1\0\0\0", 4); }

// 2^40 as the decoded size of a zstd block: the process dies of the allocation.
TEST_P(BadInput, AZstdBlockThatDeclaresATerabyte) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {1}), one_int(), "zstd");
  layer.blocks[0].raw_size = uint64_t{1} << 40;
  lay_out(layer);
  EXPECT_EQ(open_with_care().read<int32_t>("a"), std::vector<int32_t>{1})
      << "the frame says how much it really holds";
  // A frame that does not say: header flags and window, then a block that is one byte four times.
  std::string frame("\x28\xb5\x2f\xfd\x00\x58\x23\x00\x00\x41", 10);
  layer.data = frame;
  layer.blocks[0].stored_size = frame.size();
  lay_out(layer);
  EXPECT_EQ(open_with_care().read<int32_t>("a"), std::vector<int32_t>{0x41414141});
}

// A match length that goes on for ever: the process dies.
TEST_P(BadInput, AnEndlessLz4Match) {
  std::string endless =
      std::string("\4\0\0\0", 4) + "\x1f" + "A" + std::string("\1\0", 2) + std::string(100000, '\xff');
  ForeignLayer layer;
  uint32_t block = layer.add_stored(endless, 4, "lz4");
  layer.arrays.push_back({"a", array_of(TypeId::kInt32, {1}), {{Extents(1), {block, 0, 4}}}});
  lay_out(layer);
  expect_quick_error(Status::kCorrupt, [](const Stack& stack) { stack.read<int32_t>("a"); });
}

// A length before the LZ4 data larger than what they hold: accepted, with the right values; a smaller one is
// an error.
TEST_P(BadInput, LengthsBeforeLz4Data) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {64}), payload_of(std::vector<int32_t>(64, 5)), "lz4");
  for (unsigned char low : {0, 10, 255}) {
    layer.data[0] = static_cast<char>(low);
    layer.data[1] = static_cast<char>(low == 0 || low == 10 ? 1 : 0);
    lay_out(layer);
    if (low == 255)
      expect_error(Status::kCorrupt, [&] { open_with_care().read<int32_t>("a"); });
    else
      EXPECT_EQ(open_with_care().read<int32_t>("a"), std::vector<int32_t>(64, 5)) << int{low};
  }
}

// An LZ4 block of 14 bytes that says it holds 4 GiB: the process dies of the allocation.
TEST_P(BadInput, AnLz4BlockThatDeclaresFourGibibytes) {
  ForeignLayer layer;
  std::string stored = std::string("\xff\xff\xff\xff", 4) + "\x90" + "nine more";
  uint32_t block = layer.add_stored(stored, UINT32_MAX, "lz4");
  layer.arrays.push_back({"a", array_of(TypeId::kInt32, {1}), {{Extents(1), {block, 0, 4}}}});
  lay_out(layer);
  expect_quick_error(Status::kCorrupt, [](const Stack& stack) { stack.read<int32_t>("a"); });
}

// A zstd frame that asks for a window of 2 GiB, does not say its size, and holds 4 bytes a million times.
TEST_P(BadInput, AZstdFrameOfGreatWindowAndUnknownSize) {
  std::string frame("\x28\xb5\x2f\xfd\x00\xa8", 6);
  for (int i = 0; i < 20000; i++) frame.append("\x02\x00\x10\x41", 4);  // 128 KiB of one byte
  ForeignLayer layer;
  for (uint64_t declared : {uint64_t{4}, uint64_t{1} << 31, uint64_t{1} << 60}) {
    uint32_t block = layer.add_stored(frame, declared, "zstd");
    layer.arrays.push_back(
        {"a" + std::to_string(block), array_of(TypeId::kInt32, {1}), {{Extents(1), {block, 0, 4}}}});
  }
  lay_out(layer);
  expect_quick_error(Status::kCorrupt, [](const Stack& stack) { stack.read<int32_t>("a0"); });
  expect_quick_error(Status::kLimitExceeded, [](const Stack& stack) { stack.read<int32_t>("a1"); });
  expect_quick_error(Status::kLimitExceeded, [](const Stack& stack) { stack.read<int32_t>("a2"); });
}

// Blocks that overlap each other and the footer: each reads for itself.
TEST_P(BadInput, BlocksThatOverlap) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {2}), payload_of<int32_t>({1, 2}));
  layer.add_array("b", array_of(TypeId::kInt32, {1}), one_int());
  layer.add_array("c", array_of(TypeId::kInt32, {1}), one_int());
  layer.blocks[1].offset = 4;
  layer.blocks[2].offset = 12;
  layer.blocks[2].stored_size = 200;
  layer.blocks[2].raw_size = 200;
  lay_out(layer);
  EXPECT_EQ(open_with_care().read<int32_t>("a"), (std::vector<int32_t>{1, 2}));
  EXPECT_EQ(open_with_care().read<int32_t>("b"), std::vector<int32_t>{2});
  open_with_care().read<int32_t>("c");
  EXPECT_GE(open_with_care().findings().size(), 2u) << "verifying names them";
  layer.blocks[2].stored_size = UINT64_MAX - 8;
  lay_out(layer);
  expect_quick_error(Status::kCorrupt, [](const Stack& stack) { stack.read<int32_t>("c"); });
}

// A list whose child is itself: the stack overflows.
TEST_P(BadInput, ADtypeThatIsItsOwnChild) {
  DType list(TypeId::kList);
  list.child = std::make_shared<DType>(TypeId::kInt16);
  ForeignLayer layer;
  layer.add_array("turning", array_of(list, {1}), "");
  std::string bytes = layer.bytes();
  // The array's dtype: tag 14, and a box 8 bytes after it.
  size_t array = bytes.size() - kTrailerSize - kRootSize + 24;
  array += static_cast<size_t>(load<int64_t>(as_bytes(bytes).data() + array));
  ASSERT_EQ(bytes[array + 16], 14);
  store_at<int64_t>(bytes, array + 24, -8);
  put("s.af", bytes);
  expect_quick_error(Status::kLimitExceeded, [](const Stack& stack) { stack->schema("turning"); });
  expect_quick_error(Status::kLimitExceeded, [](const Stack& stack) { stack->list(); });
}

// A folder full of names of sidecars: the caller's ceiling stops the listing.
TEST(BadInputBeside, AMillionSidecars) {
  Shelf shelf(Place::kMemory);
  shelf.create().close();
  for (int i = 1; i <= 1000000; i++) shelf.put("s." + std::to_string(i) + ".af", "");
  FileOptions few;
  few.max_layers = 100;
  [[maybe_unused]] std::clock_t begun = std::clock();
  expect_error(Status::kLimitExceeded, [&] { shelf.open_to_read("s.af", few); });
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LT(std::clock() - begun, CLOCKS_PER_SEC / 10);
#endif
}

// An array of 10^9 elements and more in a file of a few bytes: the process dies when it is read.
TEST_P(BadInput, AShapeOfVeryManyElements) {
  ForeignLayer layer;
  layer.add_array("texts", array_of(TypeId::kString, {1000000000}, {1}), std::string(8, '\0'));
  layer.add_array("vast", array_of(TypeId::kString, {UINT32_MAX, UINT32_MAX, UINT32_MAX}, {1, 1, 1}),
                  std::string(8, '\0'));
  layer.add_array("numbers", array_of(TypeId::kInt64, {1000000000}, {1000000000}), one_int());
  layer.add_array("cube", array_of(TypeId::kFloat64, {UINT32_MAX, UINT32_MAX, UINT32_MAX}),
                  std::string(8, '\0'));
  lay_out(layer);
  std::vector<std::byte> room(1000);
  expect_quick_error(Status::kLimitExceeded, [&](const Stack& stack) {
    stack->read("cube", {}, {}, {room, {}});
  });
  EXPECT_FALSE(open_with_care()->stats("cube").stats);
  expect_quick_error(Status::kLimitExceeded,
                     [](const Stack& stack) { stack->read_variable("texts", {}, {}); });
  expect_quick_error(Status::kLimitExceeded,
                     [](const Stack& stack) { stack->read_variable("vast", {}, {}); });
  expect_quick_error(Status::kCorrupt, [](const Stack& stack) { stack.read<int64_t>("numbers", {0}, {1}); });
  EXPECT_EQ(open_with_care().read_texts("texts", {1}, {1}), Texts{""});
  FileOptions options;
  options.writable = true;
  options.max_allocation = kAllowed;
  Stack writer(ArrayFile::open(store(), "s.af", options));
  expect_error(Status::kLimitExceeded, [&] { writer.write<int64_t>("numbers", {0}, {1}, {1}); });
}

// A dtype nested 20,000 deep: the stack overflows.
TEST_P(BadInput, ADtypeNestedTwentyThousandDeep) {
  DType deep(TypeId::kInt32);
  for (int level = 0; level < 1000; level++) {
    DType list(TypeId::kList);
    list.child = std::make_shared<DType>(deep);
    deep = list;
  }
  ForeignLayer layer;
  layer.add_array("good", array_of(TypeId::kInt32, {1}), one_int());
  layer.add_array("deep", array_of(deep, {1}), "");
  lay_out(layer);
  expect_quick_error(Status::kLimitExceeded, [](const Stack& stack) { stack->schema("deep"); });
  expect_quick_error(Status::kLimitExceeded, [](const Stack& stack) { stack->list(); });
  EXPECT_EQ(open_with_care().read<int32_t>("good"), std::vector<int32_t>{1});
}

// Text offsets that decrease or pass the end: a panic. A first offset other than 0, and spare bytes at the
// end: accepted.
TEST_P(BadInput, OffsetsOfTexts) {
  struct Case {
    std::vector<uint32_t> offsets;
    std::string bytes;
    std::optional<Texts> texts;
  };
  std::vector<Case> cases = {{{0, 1, 3}, "abc", Texts{"a", "bc"}},
                             {{1, 2, 3}, "abc", Texts{"b", "c"}},
                             {{0, 1, 2}, "abc", Texts{"a", "b"}},
                             {{0, 0, 0}, "", Texts{"", ""}},
                             {{0, 2, 1}, "abc", {}},
                             {{0, 1, 4}, "abc", {}},
                             {{4, 4, 4}, "abc", {}},
                             {{0, UINT32_MAX, 3}, "abc", {}},
                             {{0, 3}, "abc", {}},
                             {{UINT32_MAX, UINT32_MAX, 0}, "abc", {}}};
  for (const Case& trial : cases) {
    ForeignLayer layer;
    layer.add_array("s", array_of(TypeId::kString, {2}), payload_of(trial.offsets) + trial.bytes);
    lay_out(layer);
    SCOPED_TRACE(testing::PrintToString(trial.offsets));
    if (trial.texts)
      EXPECT_EQ(open_with_care().read_texts("s"), *trial.texts);
    else
      expect_error(Status::kCorrupt, [&] { open_with_care().read_texts("s"); });
  }
}

// Texts that are not UTF-8 are repaired when they are read; binary is left as it is.
TEST_P(BadInput, TextsThatAreNotUtf8) {
  std::string payload = payload_of<uint32_t>({0, 3, 5}) + "a\xff" + "b\xe2\x82";
  ForeignLayer layer;
  layer.add_array("s", array_of(TypeId::kString, {2}), payload);
  layer.add_array("b", array_of(TypeId::kBinary, {2}), payload);
  lay_out(layer);
  EXPECT_EQ(open_with_care().read_texts("s"), (Texts{"a\xef\xbf\xbd"
                                                     "b",
                                                     "\xef\xbf\xbd"}));
  EXPECT_EQ(open_with_care().read_texts("b"), (Texts{"a\xff"
                                                     "b",
                                                     "\xe2\x82"}));
}

// Claims of more blocks, arrays and attributes than the file has bytes.
TEST_P(BadInput, CountsThatNoFileCouldHold) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {1}), one_int());
  std::string whole = layer.bytes();
  size_t root = whole.size() - kTrailerSize - kRootSize;
  for (size_t field : {size_t{8}, size_t{24}, size_t{40}, size_t{56}}) {
    for (uint64_t count :
         {uint64_t{1000}, uint64_t{1} << 32, uint64_t{1} << 60, UINT64_MAX / 168 + 1, UINT64_MAX}) {
      std::string damaged = whole;
      store_at(damaged, root + field + 8, count);
      put("s.af", damaged);
      expect_quick_error(Status::kCorrupt, [](const Stack&) {});
    }
  }
}

// The caller's ceilings hold for files of either writer.
TEST_P(BadInput, CeilingsOfTheCaller) {
  FileOptions plain;
  plain.codec.name = "";
  Stack stack = create("s.af", plain);
  for (int i = 0; i < 5; i++) {
    std::string name = "a" + std::to_string(i);
    stack.define<int32_t>(name, {30000});
    stack.write<int32_t>(name, std::vector<int32_t>(30000, i));
  }
  stack->flush();
  FileOptions few_arrays, small, one_layer;
  few_arrays.max_arrays = 4;
  small.max_allocation = 100000;
  one_layer.max_layers = 1;
  expect_error(
      Status::kLimitExceeded, [&] { open("s.af", few_arrays); }, "5 arrays");
  expect_error(Status::kLimitExceeded, [&] { open("s.af", one_layer); });
  expect_error(
      Status::kLimitExceeded, [&] { open("s.af", small).read<int32_t>("a1"); }, "100000");
  few_arrays.max_arrays = 5;
  one_layer.max_layers = 2;
  EXPECT_EQ(open("s.af", few_arrays).names().size(), 5u);
  EXPECT_EQ(open("s.af", one_layer)->layer_count(), 2);
}

}  // namespace
}  // namespace af
