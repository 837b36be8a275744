// Reading and writing: regions in every shape, memory in every layout, elements of every kind, more data than
// the buffer holds.
#include <numeric>

#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

std::vector<int32_t> counted(size_t count, int32_t first = 0) {
  std::vector<int32_t> values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

class Regions : public Story {
 protected:
  // Pending, flushed, reopened and compacted: what `look` expects must hold at each stage.
  template <typename Look>
  void expect_at_every_stage(const Stack& stack, const Look& look) const {
    look(stack, "pending");
    stack->flush();
    look(stack, "flushed");
    look(open_to_read(), "reopened");
    expect_sound(stack);
    stack->compact();
    look(stack, "compacted");
    look(open_to_read(), "compacted and reopened");
    expect_sound(stack);
  }
};
TELL_EVERYWHERE(Regions);

TEST_P(Regions, UnalignedWritesKeepWhatIsAround) {
  Stack stack = create();
  stack.define<int32_t>("a", {5, 7}, {2, 3}, filled_with(int64_t{-1}));
  stack.write<int32_t>("a", {1, 2}, {3, 4}, counted(12));
  std::vector<int32_t> expected(35, -1);
  for (int row = 0; row < 3; row++)
    for (int column = 0; column < 4; column++)
      expected[static_cast<size_t>((row + 1) * 7 + column + 2)] = row * 4 + column;
  expect_at_every_stage(stack, [&](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read<int32_t>("a"), expected) << stage;
    EXPECT_EQ(s.read<int32_t>("a", {2, 1}, {2, 3}), (std::vector<int32_t>{-1, 4, 5, -1, 8, 9})) << stage;
    EXPECT_EQ(s.read<int32_t>("a", {4, 6}, {1, 1}), std::vector<int32_t>{-1}) << stage;
    EXPECT_EQ(s.read<int32_t>("a", {0, 0}, {1, 7}), std::vector<int32_t>(7, -1)) << stage;
  });
}

TEST_P(Regions, LaterWritesWinWhereTheyOverlap) {
  Stack stack = create();
  stack.define<int32_t>("a", {6}, {4});
  stack.write<int32_t>("a", {0}, {4}, {1, 1, 1, 1});
  stack.write<int32_t>("a", {2}, {4}, {2, 2, 2, 2});
  stack->flush();
  stack.write<int32_t>("a", {3}, {2}, {3, 3});
  expect_at_every_stage(stack, [&](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read<int32_t>("a"), (std::vector<int32_t>{1, 1, 2, 3, 3, 2})) << stage;
  });
}

// Every region of a small array, read through every layout of memory, against the same region cut by hand.
TEST_P(Regions, EveryRegionThroughEveryLayout) {
  Stack stack = create();
  const int64_t rows = 4, columns = 5;
  stack.define<int32_t>("a", {rows, columns}, {3, 2});
  stack.write<int32_t>("a", counted(rows * columns));
  stack->flush();
  int regions = 0;
  for (int64_t r0 = 0; r0 <= rows; r0++)
    for (int64_t r = 0; r <= rows - r0; r++)
      for (int64_t c0 = 0; c0 <= columns; c0++)
        for (int64_t c = 0; c <= columns - c0; c++) {
          // Row major, column major, both axes backwards, every second element.
          for (const Numbers& strides :
               std::vector<Numbers>{{}, {4, 4 * r}, {-4 * c, -4}, {8 * c, 8}, {-8 * c, 8}}) {
            std::vector<int32_t> room(static_cast<size_t>(2 * r * c) + 1, -5);
            stack->read("a", Numbers{r0, c0}, Numbers{r, c},
                        {std::as_writable_bytes(std::span(room)), strides});
            Numbers step = strides.empty() ? Numbers{4 * c, 4} : strides;
            int64_t first = 0;
            for (int axis = 0; axis < 2; axis++) {
              int64_t extent = axis == 0 ? r : c;
              if (step[static_cast<size_t>(axis)] < 0)
                first -= step[static_cast<size_t>(axis)] * (extent - 1);
            }
            std::vector<int32_t> expected(room.size(), -5);
            for (int64_t i = 0; i < r; i++)
              for (int64_t j = 0; j < c; j++)
                expected[static_cast<size_t>((first + i * step[0] + j * step[1]) / 4)] =
                    static_cast<int32_t>((r0 + i) * columns + c0 + j);
            ASSERT_EQ(room, expected)
                << r0 << "+" << r << ", " << c0 << "+" << c << testing::PrintToString(strides);
          }
          regions++;
        }
  EXPECT_EQ(regions, 15 * 21);
}

TEST_P(Regions, WritingFromStridedMemory) {
  Stack stack = create();
  stack.define<int32_t>("columns", {2, 3}, {1, 2});
  stack.define<int32_t>("backwards", {4}, {3});
  stack.define<int32_t>("repeated", {2, 3}, {2, 2});
  std::vector<int32_t> memory = counted(6);
  ByteView bytes = std::as_bytes(std::span(memory));
  stack->write("columns", {}, {}, {bytes, Numbers{4, 8}});
  stack->write("backwards", {}, {}, {bytes.first(16), Numbers{-4}});
  stack->write("repeated", {}, {}, {bytes.first(8), Numbers{4, 0}});
  expect_at_every_stage(stack, [](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read<int32_t>("columns"), (std::vector<int32_t>{0, 2, 4, 1, 3, 5})) << stage;
    EXPECT_EQ(s.read<int32_t>("backwards"), (std::vector<int32_t>{3, 2, 1, 0})) << stage;
    EXPECT_EQ(s.read<int32_t>("repeated"), (std::vector<int32_t>{0, 0, 0, 1, 1, 1})) << stage;
  });
}

TEST_P(Regions, MemoryThatDoesNotFitIsRefused) {
  Stack stack = create();
  stack.define<int32_t>("a", {2, 3});
  std::vector<int32_t> memory(6);
  auto all = std::as_writable_bytes(std::span(memory));
  auto read = [&](size_t bytes, const Numbers& strides) {
    stack->read("a", {}, {}, {all.first(bytes), strides});
  };
  auto write = [&](size_t bytes, const Numbers& strides) {
    stack->write("a", {}, {}, {all.first(bytes), strides});
  };
  constexpr int64_t kFar = int64_t{1} << 62;
  for (const auto& [bytes, strides] :
       std::vector<std::pair<size_t, Numbers>>{{23, {}},
                                               {23, {12, 4}},
                                               {24, {12}},
                                               {24, {12, 4, 4}},
                                               {24, {16, 4}},
                                               {24, {-16, 4}},
                                               {24, {kFar, 4}},
                                               {24, {kFar, kFar}},
                                               {24, {INT64_MIN, INT64_MIN}},
                                               {24, {INT64_MAX, -INT64_MAX}}}) {
    SCOPED_TRACE(testing::PrintToString(strides));
    expect_error(Status::kInvalidArgument, [&] { read(bytes, strides); });
    expect_error(Status::kInvalidArgument, [&] { write(bytes, strides); });
  }
  EXPECT_EQ(stack.read<int32_t>("a"), std::vector<int32_t>(6)) << "nothing was written";
}

TEST_P(Regions, TheCallMustFitTheDtype) {
  Stack stack = create();
  stack.define<int32_t>("numbers", {2});
  stack->define("texts", array_of(TypeId::kString, {2}));
  DType list(TypeId::kList);
  list.child = std::make_shared<DType>(TypeId::kInt8);
  stack->define("lists", array_of(list, {2}));
  for (const char* name : {"texts", "lists"}) {
    expect_error(Status::kDtypeMismatch, [&] { stack.read<int32_t>(name); });
    expect_error(Status::kDtypeMismatch, [&] { stack.write<int32_t>(name, {1, 2}); });
  }
  for (const char* name : {"numbers", "lists"}) {
    expect_error(Status::kDtypeMismatch, [&] { stack.read_texts(name); });
    expect_error(Status::kDtypeMismatch, [&] { stack.write_texts(name, {"x", "y"}); });
  }
  expect_error(Status::kDtypeMismatch, [&] { stack->resize("lists", Numbers{3}); });
  expect_error(Status::kArrayNotFound, [&] { stack.read<int32_t>("none"); });
  expect_error(Status::kInvalidArgument, [&] { stack.write_texts("texts", {"one"}); });
  expect_error(Status::kInvalidArgument, [&] { stack.write_texts("texts", {"\xff", ""}); });
  std::vector<uint8_t> bools{0, 2};
  stack->define("bools", array_of(TypeId::kBool, {2}));
  expect_error(Status::kInvalidArgument, [&] { stack.write("bools", bools); });
}

TEST_P(Regions, ScalarsHaveOneElement) {
  Stack stack = create();
  stack.define<double>("x", {}, {}, filled_with(2.5));
  stack->define("s", array_of(TypeId::kString, {}));
  EXPECT_EQ(stack.read<double>("x"), std::vector<double>{2.5});
  stack.write<double>("x", {3.5});
  stack.write_texts("s", {"only"});
  expect_at_every_stage(stack, [](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read<double>("x"), std::vector<double>{3.5}) << stage;
    EXPECT_EQ(s.read_texts("s"), Texts{"only"}) << stage;
    EXPECT_EQ(s->chunks("x"), std::vector<Extents>{Extents()}) << stage;
    EXPECT_EQ(s.stats("x").row_count, 1u) << stage;
  });
}

TEST_P(Regions, AxesOfLengthZeroHoldNothing) {
  Stack stack = create();
  stack.define<int32_t>("none", {0});
  stack.define<int32_t>("plane", {3, 0, 2}, {2, 1, 2});
  stack->define("texts", array_of(TypeId::kString, {0, 2}));
  stack.write<int32_t>("none", std::vector<int32_t>());
  stack.write<int32_t>("plane", {1, 0, 0}, {2, 0, 2}, std::vector<int32_t>());
  stack.write_texts("texts", {});
  expect_at_every_stage(stack, [](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read<int32_t>("none"), std::vector<int32_t>()) << stage;
    EXPECT_EQ(s.read<int32_t>("plane"), std::vector<int32_t>()) << stage;
    EXPECT_EQ(s.read<int32_t>("plane", {3, 0, 2}, {0, 0, 0}), std::vector<int32_t>()) << stage;
    EXPECT_EQ(s.read_texts("texts"), Texts()) << stage;
    EXPECT_EQ(s.stats("plane"), (ArrayStats{{}, {}, 0, 0})) << stage;
    EXPECT_TRUE(s->chunks("plane").empty()) << stage;
  });
}

// Elements that compare equal and yet differ must come back as they were, fill value or not.
TEST_P(Regions, FloatsKeepTheirBits) {
  auto bits_f64 = [](uint64_t bits) { return std::bit_cast<double>(bits); };
  std::vector<double> odd{
      -0.0, 0.0, bits_f64(0x7ff8000000000001), bits_f64(0xfff0000000000001), bits_f64(0x7ff8000000000000),
      -0.0};
  Stack stack = create();
  std::vector<std::optional<FillValue>> fills{std::nullopt, filled_with(0.0),
                                              filled_with(bits_f64(0x7ff8000000000000)), filled_with(-0.0)};
  for (size_t i = 0; i < fills.size(); i++) {
    std::string name = "f" + std::to_string(i);
    stack.define<double>(name, {6}, {1}, fills[i]);
    stack.write(name, odd);
  }
  expect_at_every_stage(stack, [&](const Stack& s, const char* stage) {
    for (size_t i = 0; i < fills.size(); i++)
      EXPECT_EQ(payload_of(s.read<double>("f" + std::to_string(i))), payload_of(odd))
          << stage << ", fill value " << i;
  });
}

class VariableLength : public Regions {};
TELL_EVERYWHERE(VariableLength);

TEST_P(VariableLength, TextsOfAnyLengthInAnyRegion) {
  Stack stack = create();
  stack->define("s", array_of(TypeId::kString, {3, 3}, {2, 2}));
  std::string longish(5000, 'x'), nul("a\0b", 3);
  stack.write_texts("s", {"", "one", longish, "\u00e4\u00f6 \u2603", nul, "six", "7", "", "nine"});
  stack.write_texts("s", {"new", ""}, {1, 1}, {1, 2});
  expect_at_every_stage(stack, [&](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read_texts("s"),
              (Texts{"", "one", longish, "\u00e4\u00f6 \u2603", "new", "", "7", "", "nine"}))
        << stage;
    EXPECT_EQ(s.read_texts("s", {1, 0}, {2, 2}), (Texts{"\u00e4\u00f6 \u2603", "new", "7", ""})) << stage;
    EXPECT_EQ(s.read_texts("s", {1, 1}, {0, 2}), Texts()) << stage;
  });
}

TEST_P(VariableLength, BinaryHoldsAnyBytes) {
  Stack stack = create();
  stack->define("b", array_of(TypeId::kBinary, {4}, {3}, filled_with("fill")));
  std::string all;
  for (int byte = 0; byte < 256; byte++) all += static_cast<char>(byte);
  stack.write_texts("b", {all, "\xff\xfe"}, {1}, {2});
  expect_at_every_stage(stack, [&](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read_texts("b"), (Texts{"", all, "\xff\xfe", ""}))
        << stage << ": unwritten binary is empty, whatever the fill value";
  });
}

TEST_P(VariableLength, OffsetsMustRise) {
  Stack stack = create();
  stack->define("s", array_of(TypeId::kString, {2}));
  std::string bytes = "abcd";
  for (const Numbers& offsets : std::vector<Numbers>{{0, 2, 1}, {-1, 0, 1}, {3, 2, 4}})
    expect_error(Status::kInvalidArgument,
                 [&] { stack->write_variable("s", {}, {}, as_bytes(bytes).data(), offsets); });
  stack->write_variable("s", {}, {}, as_bytes(bytes).data(), Numbers{1, 1, 3});
  EXPECT_EQ(stack.read_texts("s"), (Texts{"", "bc"}));
}

class RawChunks : public Regions {};
TELL_EVERYWHERE(RawChunks);

TEST_P(RawChunks, ListsAreReadAndWrittenAsTheyAre) {
  DType inner(TypeId::kFixedSizeList), outer(TypeId::kList);
  inner.child = std::make_shared<DType>(TypeId::kFloat32);
  inner.list_size = 3;
  outer.child = std::make_shared<DType>(inner);
  Stack stack = create();
  stack->define("lists", array_of(outer, {5}, {2}));
  stack->write_chunk("lists", Numbers{2}, as_bytes("whatever a list is"));
  stack->write_chunk("lists", Numbers{0}, as_bytes(""));
  expect_at_every_stage(stack, [&](const Stack& s, const char* stage) {
    EXPECT_EQ(s->schema("lists").dtype, outer) << stage;
    EXPECT_EQ(s->chunks("lists"), (std::vector<Extents>{Extents(Numbers{0}), Extents(Numbers{2})})) << stage;
    EXPECT_EQ(s->read_chunk("lists", Numbers{2}), "whatever a list is") << stage;
    EXPECT_EQ(s->read_chunk("lists", Numbers{0}), "") << stage;
    expect_error(Status::kNotFound, [&] { s->read_chunk("lists", Numbers{1}); });
    EXPECT_EQ(s.stats("lists"), (ArrayStats{{}, {}, 5, 5})) << stage;
  });
}

TEST_P(RawChunks, OfOtherTypesMustBePayloads) {
  Stack stack = create();
  stack.define<int32_t>("a", {5}, {2});
  stack->define("s", array_of(TypeId::kString, {3}, {2}));
  stack->write_chunk("a", Numbers{2}, as_bytes(payload_of<int32_t>({5})));
  stack->write_chunk("s", Numbers{1}, as_bytes(payload_of<uint32_t>({0, 2}) + "hi"));
  EXPECT_EQ(stack.read<int32_t>("a"), (std::vector<int32_t>{0, 0, 0, 0, 5}));
  EXPECT_EQ(stack.read_texts("s"), (Texts{"", "", "hi"}));
  for (size_t size : {0, 3, 5, 7, 8, 12})
    expect_error(Status::kInvalidArgument,
                 [&] { stack->write_chunk("a", Numbers{2}, as_bytes(std::string(size, 'x'))); });
  expect_error(Status::kInvalidArgument, [&] { stack->write_chunk("s", Numbers{1}, as_bytes("1234")); });
  expect_error(Status::kInvalidArgument, [&] {
    stack->write_chunk("s", Numbers{1}, as_bytes(payload_of<uint32_t>({0, 3}) + "hi"));
  });
  stack->define("b", array_of(TypeId::kBool, {2}));
  expect_error(Status::kInvalidArgument, [&] { stack->write_chunk("b", Numbers{0}, as_bytes("\1\2")); });
  for (const Numbers& coord : std::vector<Numbers>{{3}, {-1}, {0, 0}, {}, {INT64_MAX}}) {
    expect_error(Status::kOutOfBounds, [&] { stack->write_chunk("a", coord, as_bytes("12345678")); });
    expect_error(Status::kOutOfBounds, [&] { stack->read_chunk("a", coord); });
  }
}

class Spilling : public Regions {
 protected:
  // Everything beyond a few bytes goes to disk at once, in blocks of a few chunks.
  static FileOptions tiny_buffer(std::string codec, int64_t buffer = 1) {
    FileOptions options;
    options.write_buffer_size = buffer;
    options.block_size = 100;
    options.codec.name = std::move(codec);
    return options;
  }
};
TELL_EVERYWHERE(Spilling);

TEST_P(Spilling, MoreDataThanTheBufferHolds) {
  for (const char* codec : {"", "lz4", "zstd"}) {
    for (int64_t buffer : {1, 64, 1000}) {
      FileOptions options = tiny_buffer(codec, buffer);
      options.replace = true;
      Stack stack = create("s.af", options);
      stack.define<int32_t>("a", {40, 10}, {4, 3});
      stack->define("s", array_of(TypeId::kString, {100}, {7}));
      Texts texts;
      for (int i = 0; i < 100; i++)
        texts.push_back(std::string(static_cast<size_t>(i % 13), static_cast<char>('a' + i % 26)));
      stack.write("a", counted(400));
      stack.write_texts("s", texts);
      expect_at_every_stage(stack, [&](const Stack& s, const char* stage) {
        EXPECT_EQ(s.read<int32_t>("a"), counted(400)) << codec << buffer << stage;
        EXPECT_EQ(s.read_texts("s"), texts) << codec << buffer << stage;
        EXPECT_EQ(s.stats("a").max->bits, 399u);
      });
    }
  }
}

TEST_P(Spilling, SpilledChunksMayBeWrittenAgain) {
  Stack stack = create("s.af", tiny_buffer("zstd"));
  stack.define<int32_t>("a", {24}, {5}, filled_with(int64_t{-1}));
  std::vector<int32_t> expected(24, -1);
  // Each round touches every chunk, most of them in part: each is fetched back from the blocks it was packed
  // into.
  for (int32_t round = 1; round <= 6; round++) {
    for (int64_t start = round; start < 24; start += 4) {
      int64_t length = std::min<int64_t>(3, 24 - start);
      std::vector<int32_t> values(static_cast<size_t>(length), round * 100);
      stack.write("a", {start}, {length}, values);
      for (int64_t i = 0; i < length; i++) expected[static_cast<size_t>(start + i)] = round * 100;
    }
    ASSERT_EQ(stack.read<int32_t>("a"), expected) << "round " << round;
  }
  expect_at_every_stage(
      stack, [&](const Stack& s, const char* stage) { EXPECT_EQ(s.read<int32_t>("a"), expected) << stage; });
}

TEST_P(Spilling, SpilledChunksMayBeDroppedAndResized) {
  Stack stack = create("s.af", tiny_buffer("lz4"));
  stack.define<int32_t>("gone", {20}, {4});
  stack.define<int32_t>("cut", {20}, {4}, filled_with(int64_t{7}));
  stack.write("gone", counted(20));
  stack.write("cut", counted(20));
  stack->erase("gone");
  stack->resize("cut", Numbers{6});
  stack->resize("cut", Numbers{10});
  expect_at_every_stage(stack, [](const Stack& s, const char* stage) {
    EXPECT_EQ(s.names(), Texts{"cut"}) << stage;
    EXPECT_EQ(s.read<int32_t>("cut"), (std::vector<int32_t>{0, 1, 2, 3, 4, 5, 7, 7, 7, 7})) << stage;
  });
}

TEST_P(Spilling, LeavesNothingBehindWhenItIsDropped) {
  Stack stack = create("s.af", tiny_buffer(""));
  stack.define<int32_t>("a", {100}, {1});
  stack.write("a", counted(100));
  stack.close();
  EXPECT_EQ(keys(), std::set<std::string>{"s.af"});
  Stack again = open("s.af", tiny_buffer(""));
  again.define<int32_t>("a", {100}, {1});
  again.write("a", counted(100));
  again->refresh();
  EXPECT_EQ(keys(), std::set<std::string>{"s.af"});
  EXPECT_FALSE(again->contains("a"));
}

class HugeShapes : public Regions {};
TELL_EVERYWHERE(HugeShapes);

TEST_P(HugeShapes, WithFewChunksCostWhatIsWritten) {
  constexpr int64_t kMost = UINT32_MAX;
  Stack stack = create();
  stack.define<int8_t>("line", {kMost}, {1000}, filled_with(int64_t{-1}));
  stack.define<int16_t>("plane", {kMost, kMost}, {100, 100});
  stack.write<int8_t>("line", {kMost - 2}, {2}, {5, 6});
  stack.write<int8_t>("line", {0}, {1}, {4});
  stack.write<int16_t>("plane", {kMost - 1, 3000000000}, {1, 2}, {70, 71});
  expect_at_every_stage(stack, [](const Stack& s, const char* stage) {
    EXPECT_EQ(s.read<int8_t>("line", {kMost - 4}, {4}), (std::vector<int8_t>{-1, -1, 5, 6})) << stage;
    EXPECT_EQ(s.read<int8_t>("line", {0}, {2}), (std::vector<int8_t>{4, -1})) << stage;
    EXPECT_EQ(s.read<int16_t>("plane", {kMost - 2, 2999999999}, {2, 3}),
              (std::vector<int16_t>{0, 0, 0, 0, 70, 71}))
        << stage;
    EXPECT_EQ(s->chunks("line").size(), 2u) << stage;
    EXPECT_EQ(s.stats("line").row_count, static_cast<uint64_t>(kMost)) << stage;
    EXPECT_EQ(s.stats("line").null_count, static_cast<uint64_t>(kMost) - 3) << stage;
    // 2^64 - 2^33 + 1 elements: more than a signed count holds.
    EXPECT_EQ(s.stats("plane").row_count, static_cast<uint64_t>(kMost) * static_cast<uint64_t>(kMost))
        << stage;
  });
  EXPECT_LT(bytes("s.af").size(), 10000u);
}

TEST_P(HugeShapes, WithMoreChunksThanCanBeCountedAreRefusedWhereItMatters) {
  constexpr int64_t kMost = UINT32_MAX;
  Stack stack = create();
  stack.define<int8_t>("vast", {kMost, kMost, kMost}, {1, 1, 1});
  stack->flush();
  EXPECT_EQ(open()->schema("vast").shape, Extents(Numbers{kMost, kMost, kMost}));
  EXPECT_EQ(stack.read<int8_t>("vast", {5, 5, 5}, {1, 1, 2}), (std::vector<int8_t>{0, 0}));
  expect_error(Status::kLimitExceeded, [&] {
    stack.write<int8_t>("vast", {kMost - 1, 0, 0}, {1, 1, 1}, {1});
  });
  EXPECT_FALSE(stack->is_dirty());
  stack->set_attribute("vast", "k", text("v"));
  stack->flush();
  stack->compact();
  EXPECT_EQ(open()->attribute("vast", "k"), text("v"));
}

class ReadingMany : public Regions {};
TELL_EVERYWHERE(ReadingMany);

TEST_P(ReadingMany, WholeArraysBackToBack) {
  Stack stack = create();
  stack.define<int8_t>("bytes", {3});
  stack.define<double>("reals", {2, 1}, {1, 1}, filled_with(0.5));
  stack.define<int32_t>("none", {0});
  stack.define<int32_t>("pending", {2});
  stack.write<int8_t>("bytes", {1, 2, 3});
  stack.write<double>("reals", {1, 0}, {1, 1}, {1.5});
  stack->flush();
  stack.write<int32_t>("pending", {8, 9});
  std::vector<std::string_view> names{"reals", "bytes", "none", "pending", "bytes"};
  std::vector<int64_t> offsets(names.size() + 1, -1);
  stack->read_many(names, {}, offsets);
  EXPECT_EQ(offsets, (std::vector<int64_t>{0, 16, 19, 19, 27, 30}));
  std::string room(30, '?');
  stack->read_many(names, std::as_writable_bytes(std::span(room)), offsets);
  EXPECT_EQ(room, payload_of<double>({0.5, 1.5}) + "\1\2\3" + payload_of<int32_t>({8, 9}) + "\1\2\3");
  expect_error(Status::kInvalidArgument,
               [&] { stack->read_many(names, std::as_writable_bytes(std::span(room)).first(29), offsets); });
  stack->define("texts", array_of(TypeId::kString, {1}));
  std::vector<int64_t> one(2);
  expect_error(Status::kDtypeMismatch, [&] { stack->read_many({"texts"}, {}, one); });
  expect_error(Status::kArrayNotFound, [&] { stack->read_many({"nobody"}, {}, one); });
}

TEST_P(ReadingMany, DecodesEachBlockOnce) {
  Stack stack = create();
  std::vector<std::string> names;
  for (int i = 0; i < 200; i++) {
    names.push_back("a" + std::to_string(i));
    stack.define<int32_t>(names.back(), {50});
    stack.write(names.back(), counted(50, i));
  }
  stack->flush();
  FileOptions no_cache;
  no_cache.cache_size = 0;
  Stack reader = open_to_read("s.af", no_cache);
  std::vector<std::string_view> wanted(names.begin(), names.end());
  std::vector<int64_t> offsets(201);
  std::vector<int32_t> room(200 * 50);
  reader->read_many(wanted, std::as_writable_bytes(std::span(room)), offsets);
  for (int i = 0; i < 200; i++) ASSERT_EQ(room[static_cast<size_t>(i) * 50 + 49], i + 49);
  EXPECT_EQ(reader->io_counts().blocks_decoded, reader->layer(1).block_count);
}

}  // namespace
}  // namespace af
