// Statistics: kept up to date chunk by chunk, always what the values give, and there for the reference when
// it can use them.
#include <cmath>
#include <cstdio>

#include "file/raw_layer.h"
#include "file/story.h"
#include "format/stats_file.h"

namespace af {
namespace {

StatValue int_bound(int64_t value) { return {StatValue::Kind::kInt, static_cast<uint64_t>(value), {}}; }
StatValue float_bound(double value) { return {StatValue::Kind::kFloat, std::bit_cast<uint64_t>(value), {}}; }
StatValue text_bound(std::string value) { return {StatValue::Kind::kBytes, 0, std::move(value)}; }

class Statistics : public Story {
 protected:
  // Pending, flushed, as checked against the values, and as the reference finds them.
  void expect_stats(const Stack& stack, const std::string& name, const ArrayStats& expected) const {
    EXPECT_EQ(stack.stats(name), expected) << "pending";
    stack->flush();
    EXPECT_EQ(stack.stats(name), expected) << "flushed";
    EXPECT_EQ(open_to_read().stats(name), expected) << "reopened";
    expect_sound(stack);
    EXPECT_EQ(in_stats_file(name), expected) << "in the file for the reference";
  }
  std::optional<ArrayStats> in_stats_file(const std::string& name) const {
    for (const StatsEntry& entry : read_stats(as_bytes(bytes("s.stats"))).entries)
      if (entry.name == name) return entry.stats;
    return {};
  }
};
TELL_EVERYWHERE(Statistics);

TEST_P(Statistics, FollowEveryChange) {
  Stack stack = create();
  stack.define<int32_t>("a", {8}, {2}, filled_with(int64_t{-1}));
  expect_stats(stack, "a", {{}, {}, 8, 8});
  stack.write<int32_t>("a", {2}, {3}, {5, -1, 9});
  expect_stats(stack, "a", {int_bound(5), int_bound(9), 6, 8});
  stack.write<int32_t>("a", {0}, {1}, {7});
  expect_stats(stack, "a", {int_bound(5), int_bound(9), 5, 8});
  stack.write<int32_t>("a", {0}, {2}, {20, 30});
  expect_stats(stack, "a", {int_bound(5), int_bound(30), 4, 8});
  // What replaces a bound moves it back.
  stack.write<int32_t>("a", {0}, {2}, {6, 6});
  expect_stats(stack, "a", {int_bound(5), int_bound(9), 4, 8});
  stack.write<int32_t>("a", {2}, {2}, {-1, -1});
  expect_stats(stack, "a", {int_bound(6), int_bound(9), 5, 8});
  stack->resize("a", Numbers{3});
  expect_stats(stack, "a", {int_bound(6), int_bound(6), 1, 3});
  stack->resize("a", Numbers{10});
  expect_stats(stack, "a", {int_bound(6), int_bound(6), 8, 10});
  stack->set_attribute("a", "k", text("v"));
  expect_stats(stack, "a", {int_bound(6), int_bound(6), 8, 10});
  stack->erase("a");
  stack.define<double>("a", {2}, {1});
  expect_stats(stack, "a", {{}, {}, 2, 2});
  stack.write<double>("a", {1}, {1}, {0.5});
  expect_stats(stack, "a", {float_bound(0.5), float_bound(0.5), 1, 2});
  stack->compact();
  EXPECT_EQ(open().stats("a"), (ArrayStats{float_bound(0.5), float_bound(0.5), 1, 2}));
  expect_sound(open());
}

// One of many chunks changed: the others are not read again, unless it held a bound.
TEST_P(Statistics, AreTakenFromWhatIsWritten) {
  Stack stack = create();
  stack.define<int32_t>("a", {1000}, {10});
  std::vector<int32_t> values(1000);
  for (int32_t i = 0; i < 1000; i++) values[static_cast<size_t>(i)] = i;
  stack.write("a", values);
  stack->flush();
  FileOptions no_cache;
  no_cache.cache_size = 0;
  Stack writer = open("s.af", no_cache);
  writer.write<int32_t>("a", {500}, {10}, std::vector<int32_t>(10, 77));
  writer->flush();
  EXPECT_EQ(writer.stats("a"), (ArrayStats{int_bound(0), int_bound(999), 0, 1000}));
  EXPECT_EQ(writer->io_counts().blocks_decoded, 0) << "neither the flush nor the question decoded anything";
  writer.write<int32_t>("a", {990}, {10}, std::vector<int32_t>(10, 1));
  EXPECT_EQ(writer.stats("a").max, int_bound(989));
  EXPECT_EQ(writer->io_counts().blocks_decoded, 0) << "each chunk's own statistics are in the layer";
}

TEST_P(Statistics, OfTextsFloatsAndBools) {
  Stack stack = create();
  stack->define("s", array_of(TypeId::kString, {4}, {2}, filled_with("n/a")));
  stack.write_texts("s", {"n/a", "b", "", "c"});
  expect_stats(stack, "s", {text_bound(""), text_bound("c"), 1, 4});
  stack->define("b", array_of(TypeId::kBool, {3}));
  stack.write<uint8_t>("b", {1, 0, 1});
  expect_stats(stack, "b",
               {StatValue{StatValue::Kind::kUInt, 0, {}}, StatValue{StatValue::Kind::kUInt, 1, {}}, 0, 3});
  stack.define<double>("f", {4}, {1}, filled_with(std::nan("")));
  stack.write<double>("f", {-0.0, 0.0, std::nan("0x77"), -INFINITY});
  expect_stats(stack, "f", {float_bound(-INFINITY), float_bound(0.0), 1, 4});
  stack.define<float>("g", {2});
  stack.write<float>("g", {0.1f, std::nanf("")});
  expect_stats(stack, "g", {float_bound(0.1f), float_bound(std::nan("")), 0, 2});
  stack->define("t",
                array_of(TypeId::kTimestampNs, {2}, {}, FillValue{FillValue::Kind::kTimestampNs, 5, {}}));
  stack.write<int64_t>("t", {5, -6});
  StatValue moment{StatValue::Kind::kTimestampNs, static_cast<uint64_t>(-6), {}};
  expect_stats(stack, "t", {moment, moment, 1, 2});
}

// A bound longer than the extension section keeps is found by reading the array.
TEST_P(Statistics, OfVeryLongTexts) {
  Stack stack = create();
  stack->define("s", array_of(TypeId::kString, {2}));
  std::string endless(17 << 20, 'z');
  stack.write_texts("s", {endless, "a"});
  stack->flush();
  EXPECT_EQ(open().stats("s"), (ArrayStats{text_bound("a"), text_bound(endless), 0, 2}));
  expect_sound(open());
}

// Layers of the reference have their statistics in the file; whatever we touch gets ours.
TEST_P(Statistics, OfForeignLayersUntilWeTouchThem) {
  take_golden("v0_12/layers");
  Stack stack = open();
  ArrayStats keep = stack.stats("keep"), over = stack.stats("over");
  EXPECT_EQ(over.max, int_bound(999));
  stack.write<int32_t>("over", {0, 0}, {1, 1}, {5000});
  EXPECT_EQ(stack.stats("over").max, int_bound(5000));
  stack->flush();
  EXPECT_EQ(open().stats("over").max, int_bound(5000));
  EXPECT_EQ(open().stats("keep"), keep);
  EXPECT_EQ(in_stats_file("keep"), keep);
  EXPECT_EQ(in_stats_file("over")->max, int_bound(5000));
  // Ours do not depend on that file, foreign ones do.
  remove("s.stats");
  EXPECT_EQ(open().stats("over").max, int_bound(5000));
  EXPECT_FALSE(open()->stats("keep").stats.has_value());
  open()->compact();
  EXPECT_EQ(open().stats("keep"), keep);
  expect_sound(open());
}

TEST_P(Statistics, OfAllArraysInListingOrder) {
  Stack stack = create();
  for (const char* name : {"b", "a", "c"}) stack.define<int8_t>(name, {2});
  stack.write<int8_t>("a", {3, 4});
  stack->flush();
  stack.write<int8_t>("c", {1, 1});
  std::vector<NamedStats> all = stack->stats_all();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].name, "b");
  EXPECT_EQ(all[1].stats, stack.stats("a"));
  EXPECT_EQ(all[2].stats, (ArrayStats{int_bound(1), int_bound(1), 0, 2}));
  expect_error(Status::kArrayNotFound, [&] { stack.stats("nobody"); });
}

// What the reference stored for its arrays, and what ours finds in the same values.
TEST(GoldenStatistics, AreThoseOfTheValues) {
  // Chunks of a former generation are counted, once below zero.
  const std::set<std::string> wrong = {"x/redefine_one_layer", "x/redefine_two_layers", "x/redefine_reshape"};
  int compared = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(AF_GOLDEN)) {
    bool in_store = entry.path().parent_path().parent_path() != AF_GOLDEN;
    if (entry.path().extension() != ".stats" || in_store) continue;
    std::string name = std::filesystem::relative(entry.path(), AF_GOLDEN).replace_extension().string();
    if (wrong.contains(name)) continue;
    Shelf shelf(Place::kMemory);
    shelf.take_golden(name);
    Stack golden = shelf.open_to_read();
    golden->copy_to(shelf.store(), "copy.af", {});
    Stack copy = shelf.open_to_read("copy.af");
    for (const NamedStats& row : golden->stats_all()) {
      if (!row.stats) continue;
      EXPECT_EQ(copy.stats(row.name), *row.stats) << name << ", " << row.name;
      compared++;
    }
  }
  printf("[   CASES  ] %d statistics of golden arrays found again in their values\n", compared);
  EXPECT_GT(compared, 1400);
}

class StatsFiles : public Statistics {
 protected:
  static void define_many(const Stack& stack, int64_t from, int64_t to) {
    ArraySchema schema = array_of(TypeId::kInt8, {0});
    for (int64_t i = from; i < to; i++) stack->define("a" + std::to_string(i), schema);
  }
};
TELL_EVERYWHERE(StatsFiles);

TEST_P(StatsFiles, AppearWithTheFirstCommit) {
  Stack stack = create();
  EXPECT_FALSE(holds("s.stats"));
  stack.define<int8_t>("a", {1});
  stack->flush();
  StatsFile stats = read_stats(as_bytes(bytes("s.stats")));
  EXPECT_EQ(stats.version, 1);
  ASSERT_EQ(stats.entries.size(), 1u);
  EXPECT_EQ(stats.entries[0], (StatsEntry{"a", {{}, {}, 1, 1}}));
}

// Up to 65,536 arrays the file is written with each flush; beyond that it would cost more than it is worth,
// and goes.
TEST_P(StatsFiles, AreWrittenUpToSixtyFiveThousandArrays) {
  Stack stack = create();
  define_many(stack, 0, 65536);
  stack->flush();
  EXPECT_EQ(read_stats(as_bytes(bytes("s.stats"))).entries.size(), 65536u);
  define_many(stack, 65536, 65537);
  stack->flush();
  EXPECT_FALSE(holds("s.stats"));
  EXPECT_EQ(stack.stats("a65536").row_count, 0u) << "ours are in the layers";
  stack->compact();
  EXPECT_FALSE(holds("s.stats"));
  stack->erase("a0");
  stack->flush();
  stack->compact();
  EXPECT_TRUE(holds("s.stats")) << "few enough again";
}

// A damaged or misleading file never changes what is said of layers of ours.
TEST_P(StatsFiles, AreNotUsedForLayersOfOurs) {
  Stack stack = create();
  stack.define<int32_t>("a", {2});
  stack.write<int32_t>("a", {1, 2});
  stack->flush();
  ArrayStats right = stack.stats("a");
  std::vector<std::byte> lie = write_stats({1, {{"a", {int_bound(-9), int_bound(99), 7, 7}}}}, false);
  put("s.stats", as_text(lie));
  EXPECT_EQ(open().stats("a"), right);
  put("s.stats", "junk");
  EXPECT_EQ(open().stats("a"), right);
  EXPECT_EQ(open().problems().size(), 1u) << "the check says that the reference will not read it";
}

// A writer that dies between its commit and the statistics leaves old ones to the reference: the check says
// so.
TEST_P(StatsFiles, ThatAreOutOfDateAreReported) {
  Stack stack = create();
  stack.define<int32_t>("a", {2});
  stack.write<int32_t>("a", {1, 2});
  stack->flush();
  std::string old = bytes("s.stats");
  stack.write<int32_t>("a", {1, 9});
  stack->flush();
  expect_sound(open());
  put("s.stats", old);
  Texts findings = open().findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_NE(findings[0].find("s.stats"), std::string::npos);
  EXPECT_EQ(open().problems(), Texts{}) << "to readers of ours it makes no difference";
}

TEST_P(StatsFiles, WithAChecksumThatDoesNotMatchAreNotBelieved) {
  take_golden("v0_12/layers");
  Stack stack = open();
  stack.define<int8_t>("b", {1});
  stack->flush();
  ASSERT_TRUE(open()->stats("keep").stats.has_value());
  std::string file = bytes("s.stats");
  EXPECT_EQ(file.substr(0, 8), "AFSTATS1");
  file[40] = static_cast<char>(file[40] ^ 1);
  put("s.stats", file);
  EXPECT_FALSE(open()->stats("keep").stats.has_value());
}

}  // namespace
}  // namespace af
