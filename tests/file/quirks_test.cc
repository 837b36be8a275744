// The mistakes of the reference implementation, one named test each that ours does right. The comment says
// what the reference (array-format 0.9 to 0.12) does.
#include "file/failing_store.h"
#include "file/raw_layer.h"
#include "file/story.h"
#include "format/stats_file.h"

namespace af {
namespace {

class Quirks : public Story {
 protected:
  StatsFile stats_file() const { return read_stats(as_bytes(bytes("s.stats"))); }
  std::set<std::string> names_in_stats() const {
    std::set<std::string> names;
    for (const StatsEntry& entry : stats_file().entries) names.insert(entry.name);
    return names;
  }
};
TELL_EVERYWHERE(Quirks);

// Blocks are cached by path and number, and paths are used again after a compaction: old values are read, and
// the next compaction writes them to disk.
TEST_P(Quirks, Quirk01_CachedBlocksOutliveTheirFiles) {
  for (const char* codec : {"", "lz4", "zstd"}) {
    FileOptions options;
    options.codec.name = codec;
    options.replace = true;
    Stack stack = create("s.af", options);
    auto cache = std::make_shared<BlockCache>(8 << 20);
    stack->set_cache(cache);
    stack.define<int32_t>("a", {3});
    for (int32_t round = 1; round <= 4; round++) {
      std::vector<int32_t> values{round, round + 10, round * 100};
      stack.write<int32_t>("a", values);
      stack->flush();
      EXPECT_EQ(stack.read<int32_t>("a"), values) << codec << ", flushed in round " << round;
      stack->compact();
      EXPECT_EQ(stack.read<int32_t>("a"), values) << codec << ", compacted in round " << round;
      EXPECT_EQ(stack.stats("a").max->bits, static_cast<uint64_t>(round * 100));
      Stack other = open();
      other->set_cache(cache);
      EXPECT_EQ(other.read<int32_t>("a"), values) << codec << ", through a cache shared with another handle";
    }
  }
}

// Attribute indices are resolved in whichever layer's dictionary is newest: a's k0 reads 1111, and it has a
// k9.
TEST_P(Quirks, Quirk02_AttributesOfEarlierLayersKeepTheirMeaning) {
  take_golden("x/attrs_layers");
  Stack foreign = open();
  auto i32 = [](int32_t value) { return Value::scalar(TypeId::kInt32, value); };
  EXPECT_EQ(foreign.attributes("a"), (std::map<std::string, Value>{{"k0", i32(10)}, {"k1", i32(11)}}));
  EXPECT_EQ(foreign.attributes("b"), (std::map<std::string, Value>{{"k2", i32(12)}, {"k9", i32(99)}}));

  Stack ours = create("ours.af");
  ours.define<int8_t>("a", {1});
  ours.define<int8_t>("b", {1});
  ours->set_attribute("a", "k0", number(int64_t{10}));
  ours->set_attribute("a", "k1", number(int64_t{11}));
  ours->flush();
  ours->set_attribute("b", "k9", number(int64_t{99}));
  ours->flush();
  ours->set_attribute("a", "k1", number(int64_t{1111}));
  ours->flush();
  Stack reopened = open("ours.af");
  EXPECT_EQ(reopened.attributes("a"),
            (std::map<std::string, Value>{{"k0", number(int64_t{10})}, {"k1", number(int64_t{1111})}}));
  EXPECT_EQ(reopened.attributes("b"), (std::map<std::string, Value>{{"k9", number(int64_t{99})}}));
}

// A later set_attribute puts its entry over an unrelated one of the same number, and compaction makes that
// permanent.
TEST_P(Quirks, Quirk03_CompactionKeepsEveryAttribute) {
  Stack stack = create();
  std::map<std::string, std::map<std::string, Value>> expected;
  for (int layer = 0; layer < 4; layer++) {
    for (std::string name : {"a", "b", "c"}) {
      if (layer == 0) stack.define<int8_t>(name, {1});
      // Each array meets the keys in another order, so that equal positions mean unequal keys.
      std::string key = "k" + std::to_string((layer + name[0]) % 5);
      stack->set_attribute(name, key, text(name + key + std::to_string(layer)));
      expected[name].insert_or_assign(key, text(name + key + std::to_string(layer)));
    }
    stack->flush();
  }
  stack->compact();
  Stack reopened = open();
  for (const auto& [name, attributes] : expected) EXPECT_EQ(reopened.attributes(name), attributes) << name;
  expect_sound(reopened);
}

// Indices stay 16 bits wide and wrap: value 65539 reads as value 3.
TEST_P(Quirks, Quirk04_AttributeIndicesWiden) {
  Stack stack = create();
  constexpr int kArrays = 340, kEach = 200;
  for (int64_t i = 0; i < kArrays; i++) {
    std::string name = "a" + std::to_string(i);
    stack.define<int8_t>(name, {0});
    for (int64_t k = 0; k < kEach; k++)
      stack->set_attribute(name, "k" + std::to_string(k), number(i * kEach + k));
  }
  stack->flush();
  Stack reopened = open_to_read();
  for (int64_t i : {0, 1, 326, 327, 328, 339})
    for (int64_t k : {0, 135, 136, 137, 199})
      ASSERT_EQ(reopened->attribute("a" + std::to_string(i), "k" + std::to_string(k)), number(i * kEach + k));
  EXPECT_GT(RawLayer(bytes("s.1.af")).footer().value_count(), 65536u);
}

// After delete and define, chunks of the former array show through wherever the new one was not written.
TEST_P(Quirks, Quirk05_TombstonesHideOlderChunks) {
  std::vector<int32_t> half_written{50, 60, -1, -1};
  for (const char* golden : {"x/redefine_one_layer", "x/redefine_two_layers"}) {
    std::string key = std::string(golden).substr(2) + ".af";
    take_golden(golden, key);
    Stack stack = open(key);
    EXPECT_EQ(stack.read<int32_t>("a"), half_written) << golden;
    stack->compact();
    EXPECT_EQ(open_to_read(key).read<int32_t>("a"), half_written) << golden << ", compacted";
  }
  take_golden("x/redefine_reshape");
  EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{50, 60, 70, 0, 0, 0}));
  EXPECT_EQ(open().read<int32_t>("r"), (std::vector<int32_t>{0, 0, 0}));
}

// A missing sidecar goes unnoticed; the next flush overwrites the highest one, and compaction leaves it
// behind.
TEST_P(Quirks, Quirk06_AGapIsReportedAndNothingIsOverwritten) {
  take_golden("v0_12/layers");
  remove("s.2.af");
  std::string highest = bytes("s.4.af");
  Stack stack = open();
  EXPECT_EQ(stack->layer_count(), 4);
  EXPECT_EQ(stack->layer(2).number, 3);
  Texts findings = stack.findings();
  EXPECT_TRUE(std::ranges::any_of(findings, [](const std::string& text) {
    return text.find("s.3.af") != std::string::npos && text.find("missing") != std::string::npos;
  })) << testing::PrintToString(findings);

  stack.define<int8_t>("late", {1});
  stack->flush();
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.1.af", "s.2.af", "s.3.af", "s.4.af", "s.stats"}));
  EXPECT_EQ(bytes("s.3.af"), highest) << "the highest sidecar moved down one";
  EXPECT_EQ(RawLayer(bytes("s.4.af")).footer().array(0).name(), "late");
  stack->compact();
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.stats"}));
}

// Both writers of one stack flush the same number, and the last one wins.
TEST_P(Quirks, Quirk07_TwoWritersLoseNothing) {
  create();
  Stack x = open(), y = open();
  x.define<int32_t>("from_x", {2});
  x.write<int32_t>("from_x", {1, 2});
  y.define<int32_t>("from_y", {2});
  y.write<int32_t>("from_y", {3, 4});
  x->flush();
  y->flush();
  for (const Stack& stack : {y, open()}) {
    EXPECT_EQ(stack.read<int32_t>("from_x"), (std::vector<int32_t>{1, 2}));
    EXPECT_EQ(stack.read<int32_t>("from_y"), (std::vector<int32_t>{3, 4}));
    expect_sound(stack);
  }
  EXPECT_EQ(names_in_stats(), (std::set<std::string>{"from_x", "from_y"}));
}

// The sidecars are removed before the new base is there: a crash in between loses everything.
TEST_P(Quirks, Quirk08_ACrashDuringCompactionLosesNothing) {
  Stack stack = create();
  stack.define<int32_t>("a", {4}, {2});
  stack.write<int32_t>("a", {1, 2, 3, 4});
  stack->flush();
  stack.write<int32_t>("a", {2}, {1}, {30});
  stack->set_attribute("a", "k", text("v"));
  stack->flush();
  const std::map<std::string, std::string> before = contents();
  auto failing = std::make_shared<FailingStore>(store());
  FileOptions writable;
  writable.writable = true;
  int steps = 0;
  for (bool done = false; !done; steps++) {
    for (const std::string& key : keys()) remove(key);
    for (const auto& [key, file] : before) put(key, file);
    failing->work_again();
    auto compactor = ArrayFile::open(failing, "s.af", writable);
    failing->fail_at(steps, FailingStore::Failure::kFromThenOn);
    try {
      compactor->compact();
    } catch (const Error&) {
    }
    done = !failing->has_failed();
    Stack survivor = open();
    EXPECT_EQ(survivor.read<int32_t>("a"), (std::vector<int32_t>{1, 2, 30, 4})) << "died at step " << steps;
    EXPECT_EQ(survivor->attribute("a", "k"), text("v"));
    EXPECT_EQ(survivor.problems(), Texts{});
  }
  EXPECT_GE(steps, 5) << "at least: begin, append, replace the base, remove two sidecars";
}

// Creating over a stack resets the base alone; its old sidecars and statistics come back.
TEST_P(Quirks, Quirk09_CreatingRefusesToBuryAndReplacesWhole) {
  Stack old = create();
  old.define<int32_t>("old", {1});
  old->flush();
  expect_error(
      Status::kAlreadyExists, [&] { create(); }, "s.af");
  FileOptions replace;
  replace.replace = true;
  create("s.af", replace);
  EXPECT_EQ(open()->layer_count(), 1);
  EXPECT_EQ(open().names(), Texts{});
  EXPECT_EQ(keys(), std::set<std::string>{"s.af"});
}

// Pending changes are half taken up: the array is in the new base, its data in a later sidecar.
TEST_P(Quirks, Quirk10_CompactionTakesUpPendingChanges) {
  Stack stack = create();
  stack.define<int32_t>("a", {2});
  stack.write<int32_t>("a", {1, 2});
  stack->compact();
  EXPECT_FALSE(stack->is_dirty());
  EXPECT_FALSE(holds("s.1.af"));
  EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{1, 2}));
}

// Sidecars of a file whose name needs escaping are written under a twice escaped name and never found again.
TEST_P(Quirks, Quirk11_NamesNeedNoEscapingAndMislaidSidecarsAreFound) {
  for (const char* key : {"sp \u00fc.af", "100% #1 [x]~.af"}) {
    Stack stack = create(key);
    stack.define<int32_t>("a", {2});
    stack.write<int32_t>("a", {1, 2});
    stack->flush();
    EXPECT_EQ(open(key).read<int32_t>("a"), (std::vector<int32_t>{1, 2})) << key;
  }
  take_golden("v0_12/layers", "m %C3%BC.af");
  for (int i = 1; i <= 4; i++)
    rename("m %C3%BC." + std::to_string(i) + ".af", "m %25C3%25BC." + std::to_string(i) + ".af");
  Stack mislaid = open("m %C3%BC.af");
  EXPECT_EQ(mislaid->layer_count(), 5);
  EXPECT_EQ(mislaid.read<int64_t>("re"), (std::vector<int64_t>{7, 8}));
  mislaid->set_attribute("re", "k", text("v"));
  mislaid->flush();
  EXPECT_TRUE(holds("m %C3%BC.1.af")) << "a writer of ours gives them the names that everyone finds";
  EXPECT_EQ(open("m %C3%BC.af")->layer_count(), 6);
}

// Null counts wrap below zero when an array is defined anew with fewer elements.
TEST_P(Quirks, Quirk12_NullCountsAreThoseOfTheValues) {
  take_golden("x/redefine_reshape");
  EXPECT_EQ(open().stats("s").null_count, static_cast<uint64_t>(-4)) << "as the reference stored it";
  open()->compact();
  ArrayStats right = open().stats("s");
  EXPECT_EQ(right.row_count, 2u);
  EXPECT_LE(right.null_count, 2u);
  expect_sound(open());

  Stack stack = create("ours.af");
  stack.define<int32_t>("a", {6}, {3});
  stack.write<int32_t>("a", {1, 2, 3, 4, 5, 6});
  stack->flush();
  stack->erase("a");
  stack.define<int32_t>("a", {2});
  stack.write<int32_t>("a", {0}, {1}, {9});
  stack->flush();
  EXPECT_EQ(stack.stats("a").row_count, 2u);
  EXPECT_EQ(stack.stats("a").null_count, 0u) << "writing one cell of a chunk writes all of it";
  expect_sound(stack);
}

// Statistics of deleted arrays stay, until compaction in 0.9 to 0.11, until another flush in 0.12.
TEST_P(Quirks, Quirk13_StatisticsOfDeletedArraysGoWithThem) {
  take_golden("v0_11/layers");
  ASSERT_TRUE(names_in_stats().contains("gone"));
  Stack stack = open();
  for (const NamedStats& row : stack->stats_all()) EXPECT_NE(row.name, "gone");
  stack->erase("keep");
  stack->flush();
  EXPECT_EQ(names_in_stats(), (std::set<std::string>{"over", "re", "new"}));
}

// A text fill value is never used for data: unwritten cells read as "".
TEST_P(Quirks, Quirk14_TextFillValuesAreUsed) {
  Stack stack = create();
  stack->define("s", array_of(TypeId::kString, {5}, {2}, filled_with("none")));
  stack.write_texts("s", {"x"}, {1}, {1});
  EXPECT_EQ(stack.read_texts("s"), (Texts{"none", "x", "none", "none", "none"}));
  stack->flush();
  EXPECT_EQ(open().read_texts("s"), (Texts{"none", "x", "none", "none", "none"}));
  open()->compact();
  EXPECT_EQ(open().read_texts("s"), (Texts{"none", "x", "none", "none", "none"}));
  EXPECT_EQ(open().stats("s").null_count, 4u);
}

}  // namespace
}  // namespace af
