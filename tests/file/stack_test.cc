// The life of a stack: created, opened, refused, refreshed, looked at as it was, torn and mended.
#include "file/failing_store.h"
#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

class StackStory : public Story {
 protected:
  // A stack in which layer k holds a = k.
  Stack stack_of_layers(int layers, const std::string& key = "s.af") const {
    Stack stack = create(key);
    stack.define<int32_t>("a", {1});
    for (int32_t i = 1; i <= layers; i++) {
      stack.write<int32_t>("a", {i});
      stack->flush();
    }
    return stack;
  }
  static int32_t value_of(const Stack& stack) { return stack.read<int32_t>("a").front(); }
};

class Creating : public StackStory {};
TELL_EVERYWHERE(Creating);

TEST_P(Creating, MakesAnEmptyStack) {
  Stack stack = create();
  EXPECT_EQ(keys(), std::set<std::string>{"s.af"});
  EXPECT_EQ(stack.names(), Texts{});
  EXPECT_EQ(stack->layer_count(), 1);
  EXPECT_EQ(stack->footer_version(), 5);
  EXPECT_FALSE(stack->layer(0).foreign);
  EXPECT_FALSE(stack->is_dirty());
  expect_error(Status::kOutOfBounds, [&] { stack->layer(1); });
  expect_error(Status::kOutOfBounds, [&] { stack->layer(-1); });
  expect_sound(stack);
}

TEST_P(Creating, RefusesNamesThatNoStackCanHave) {
  for (const char* key : {"", ".af", "s", "s.afx", "s.AF", "folder/.af"})
    expect_error(Status::kInvalidName, [&] { create(key); });
}

TEST_P(Creating, RefusesAPlaceThatIsTaken) {
  stack_of_layers(1);
  std::map<std::string, std::string> before = contents();
  expect_error(
      Status::kAlreadyExists, [&] { create(); }, "s.af");
  EXPECT_EQ(contents(), before);
}

TEST_P(Creating, RefusesToTakeUpStraySidecars) {
  stack_of_layers(1);
  remove("s.af");
  expect_error(
      Status::kAlreadyExists, [&] { create(); }, "s.1.af");
  rename("s.1.af", "s.+07.af");
  expect_error(
      Status::kAlreadyExists, [&] { create(); }, "s.+07.af");
  EXPECT_FALSE(holds("s.af"));
}

TEST_P(Creating, RefusesToBecomeALayerOfAnotherStack) {
  stack_of_layers(1);
  for (const char* key : {"s.2.af", "s.007.af", "s.+3.af"}) {
    expect_error(
        Status::kAlreadyExists, [&] { create(key); }, "s.af");
    FileOptions replace;
    replace.replace = true;
    expect_error(
        Status::kAlreadyExists, [&] { create(key, replace); }, "s.af");
  }
  // Names that no discovery takes for a number are free, and so are numbers where no stack is.
  for (const char* key : {"s.0.af", "s.x.2.af", "s.-1.af", "s.4294967296.af", "t.1.af"}) create(key);
  EXPECT_EQ(open()->layer_count(), 2);
  expect_error(
      Status::kAlreadyExists, [&] { create("t.af"); }, "t.1.af");
}

TEST_P(Creating, ReplacesAStackWhole) {
  stack_of_layers(3);
  FileOptions replace;
  replace.replace = true;
  replace.footer_version = 4;
  Stack stack = create("s.af", replace);
  EXPECT_EQ(keys(), std::set<std::string>{"s.af"});
  EXPECT_EQ(stack->footer_version(), 4);
  EXPECT_EQ(stack.names(), Texts{});
}

TEST_P(Creating, ReplacesForeignAndDamagedStacks) {
  FileOptions replace;
  replace.replace = true;
  take_golden("v0_12/layers");
  put("s.2.af", "junk");
  create("s.af", replace);
  EXPECT_EQ(keys(), std::set<std::string>{"s.af"});
  put("s.af", "junk");
  EXPECT_EQ(create("s.af", replace).names(), Texts{});
}

// Until its sidecars are gone the new base says that it passes over them.
TEST_P(Creating, AReplacementThatDiesInBetweenShowsOldOrNew) {
  auto failing = std::make_shared<FailingStore>(store());
  FileOptions replace;
  replace.replace = true;
  int old_seen = 0, new_seen = 0;
  for (int step = 0;; step++) {
    for (const std::string& key : keys()) remove(key);
    stack_of_layers(2);
    failing->fail_at(step, FailingStore::Failure::kFromThenOn);
    bool done = true;
    try {
      ArrayFile::create(failing, "s.af", replace);
    } catch (const Error&) {
      done = false;
    }
    failing->work_again();
    Stack survivor = open();
    if (survivor.names().empty()) {
      new_seen++;
    } else {
      old_seen++;
      EXPECT_EQ(value_of(survivor), 2);
    }
    // The next writer tidies up.
    survivor.define<int8_t>("b", {1});
    survivor->flush();
    EXPECT_EQ(holds("s.2.af"), !survivor.names().empty() && survivor.names()[0] == "a");
    if (done) break;
  }
  EXPECT_GE(old_seen, 1);
  EXPECT_GE(new_seen, 3);
}

class Opening : public StackStory {};
TELL_EVERYWHERE(Opening);

TEST_P(Opening, MissesWhatIsNotThere) {
  expect_error(
      Status::kNotFound, [&] { open("none.af"); }, "none.af");
  stack_of_layers(1);
  remove("s.af");
  expect_error(Status::kNotFound, [&] { open(); });
}

TEST_P(Opening, ForReadingAllowsNoChange) {
  stack_of_layers(1);
  Stack reader = open_to_read();
  std::map<std::string, std::string> before = contents();
  expect_error(Status::kReadOnly, [&] { reader.define<int8_t>("b", {1}); });
  expect_error(Status::kReadOnly, [&] { reader->erase("a"); });
  expect_error(Status::kReadOnly, [&] { reader->resize("a", Numbers{2}); });
  expect_error(Status::kReadOnly, [&] { reader.write<int32_t>("a", {9}); });
  expect_error(Status::kReadOnly, [&] { reader.write_texts("a", {"x"}); });
  expect_error(Status::kReadOnly, [&] { reader->write_chunk("a", Numbers{0}, as_bytes("1234")); });
  expect_error(Status::kReadOnly, [&] { reader->set_attribute("a", "k", text("v")); });
  expect_error(Status::kReadOnly, [&] { reader->remove_attribute("a", "k"); });
  expect_error(Status::kReadOnly, [&] { reader->set_file_attribute("k", text("v")); });
  expect_error(Status::kReadOnly, [&] { reader->flush(); });
  expect_error(Status::kReadOnly, [&] { reader->compact(); });
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(value_of(reader), 1);
}

TEST_P(Opening, AtALayerShowsTheStackAsItWas) {
  stack_of_layers(3);
  for (int layers = 2; layers <= 4; layers++) {
    FileOptions past;
    past.layers = layers;
    Stack then = open("s.af", past);
    EXPECT_EQ(then->layer_count(), layers);
    EXPECT_EQ(value_of(then), layers - 1);
    EXPECT_EQ(then.stats("a").max->bits, static_cast<uint64_t>(layers - 1));
    expect_error(Status::kReadOnly, [&] { then.write<int32_t>("a", {9}); });
    expect_sound(then);
    EXPECT_FALSE(then->refresh()) << "the past does not move";
  }
  FileOptions base, future;
  base.layers = 1;
  EXPECT_EQ(open("s.af", base).names(), Texts{});
  future.layers = 5;
  expect_error(
      Status::kOutOfBounds, [&] { open("s.af", future); }, "4 layers");
}

TEST_P(Opening, ReadersKeepTheirLayersUntilTheyRefresh) {
  Stack writer = stack_of_layers(1);
  Stack reader = open_to_read();
  EXPECT_FALSE(reader->refresh());
  writer.write<int32_t>("a", {2});
  writer->flush();
  EXPECT_EQ(value_of(reader), 1);
  EXPECT_TRUE(reader->refresh());
  EXPECT_EQ(value_of(reader), 2);
  writer.write<int32_t>("a", {3});
  writer->compact();
  EXPECT_EQ(value_of(reader), 2) << "the old layers are still held open";
  EXPECT_TRUE(reader->refresh());
  EXPECT_EQ(value_of(reader), 3);
  EXPECT_EQ(reader->layer_count(), 1);
}

TEST_P(Opening, RefreshingDropsWhatIsPending) {
  Stack stack = stack_of_layers(1);
  stack.write<int32_t>("a", {9});
  stack.define<int8_t>("b", {1});
  EXPECT_TRUE(stack->is_dirty());
  EXPECT_FALSE(stack->refresh());
  EXPECT_FALSE(stack->is_dirty());
  EXPECT_EQ(value_of(stack), 1);
  EXPECT_EQ(stack.names(), Texts{"a"});
}

TEST_P(Opening, AHandleReadsItsOwnPendingWritesAndDropsThemWhenClosed) {
  Stack stack = stack_of_layers(1);
  stack.write<int32_t>("a", {7});
  EXPECT_EQ(value_of(stack), 7);
  EXPECT_EQ(stack.stats("a").min->bits, 7u);
  stack.close();
  EXPECT_EQ(value_of(open()), 1);
}

TEST_P(Opening, CountsItsRequests) {
  stack_of_layers(1);
  Stack reader = open_to_read();
  IoCounts opened = reader->io_counts();
  EXPECT_GT(opened.read_requests, 0);
  EXPECT_EQ(opened.blocks_decoded, 0);
  value_of(reader);
  value_of(reader);
  IoCounts read = reader->io_counts();
  EXPECT_EQ(read.blocks_decoded, 1);
  EXPECT_EQ(read.bytes_decoded, 4);
  EXPECT_EQ(read.cache_hits, 1);
  EXPECT_EQ(read.write_requests, 0);
}

class Gaps : public StackStory {};
TELL_EVERYWHERE(Gaps);

TEST_P(Gaps, OfAnotherWriterAreToleratedReportedAndClosed) {
  take_golden("x/layers12");
  remove("s.3.af");
  remove("s.7.af");
  Stack stack = open();
  EXPECT_EQ(stack->layer_count(), 11);
  Texts findings = stack.findings();
  EXPECT_EQ(std::ranges::count_if(
                findings, [](const std::string& text) { return text.find("missing") != std::string::npos; }),
            2)
      << testing::PrintToString(findings);
  EXPECT_EQ(stack.problems(), Texts{});
  auto before = stack.read<int32_t>(stack.names()[0]);
  stack.define<int8_t>("late", {1});
  stack->flush();
  for (int i = 1; i <= 11; i++) EXPECT_TRUE(holds("s." + std::to_string(i) + ".af")) << i;
  EXPECT_FALSE(holds("s.12.af"));
  EXPECT_EQ(open().read<int32_t>(stack.names()[0]), before);
}

// A layer of ours holds changes to the one below it: without that one it means nothing, and is passed over.
TEST_P(Gaps, UnderALayerOfOursHideIt) {
  stack_of_layers(3);
  std::string lost = bytes("s.2.af");
  remove("s.2.af");
  Stack stack = open();
  EXPECT_EQ(value_of(stack), 1);
  Texts findings = stack.findings();
  ASSERT_EQ(findings.size(), 2u) << "the layer passed over, and statistics that count it";
  EXPECT_NE(findings[0].find("s.3.af"), std::string::npos);
  EXPECT_NE(findings[1].find("s.stats"), std::string::npos);
  stack.close();
  put("s.2.af", lost);
  EXPECT_EQ(value_of(open()), 3) << "nothing was touched: what was missing may come back";
}

TEST_P(Gaps, LayersPassedOverSurviveLaterCommits) {
  stack_of_layers(3);
  std::string stray = bytes("s.3.af");
  remove("s.2.af");
  Stack stack = open();
  stack.write<int32_t>("a", {20});
  stack->flush();
  EXPECT_EQ(value_of(open()), 20);
  EXPECT_EQ(bytes("s.2.af"), stray) << "moved to close the gap";
  EXPECT_TRUE(holds("s.3.af"));
}

class Remains : public StackStory {
 protected:
  // What a compaction that died leaves: the new base over some of the old sidecars.
  void compaction_that_died_leaving(const std::vector<int>& sidecars) const {
    stack_of_layers(3);
    std::map<std::string, std::string> before = contents();
    open()->compact();
    for (int number : sidecars) {
      std::string key = "s." + std::to_string(number) + ".af";
      put(key, before.at(key));
    }
  }
};
TELL_EVERYWHERE(Remains);

TEST_P(Remains, OfACompactionChangeNothingAndAreReported) {
  for (const std::vector<int>& left : std::vector<std::vector<int>>{{1, 2, 3}, {2, 3}, {3}, {2}}) {
    for (const std::string& key : keys()) remove(key);
    compaction_that_died_leaving(left);
    Stack stack = open_to_read();
    EXPECT_EQ(value_of(stack), 3);
    EXPECT_EQ(stack->layer_count(), 1);
    EXPECT_EQ(stack.findings().size(), left.size());
    EXPECT_EQ(stack.problems(), Texts{});
  }
}

TEST_P(Remains, AreCleanedUpByTheNextWriter) {
  compaction_that_died_leaving({2, 3});
  std::string old = bytes("s.2.af");
  Stack stack = open();
  stack.define<int8_t>("b", {1});
  stack->flush();
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.1.af", "s.stats"}));
  EXPECT_EQ(value_of(open()), 3);
  EXPECT_EQ(open().names(), (Texts{"a", "b"}));
  expect_sound(open());
}

TEST_P(Remains, AreCleanedUpByACompaction) {
  compaction_that_died_leaving({1, 2, 3});
  open()->compact();
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.stats"}));
  EXPECT_EQ(value_of(open()), 3);
}

// Someone else's layer under an old number must not be taken for what it replaced.
TEST_P(Remains, AreKnownByWhatTheyAreNotByTheirNumber) {
  compaction_that_died_leaving({});
  take_golden("v0_12/layers", "other.af");
  put("s.2.af", bytes("other.1.af"));
  Stack stack = open();
  EXPECT_EQ(stack->layer_count(), 2) << "a foreign layer always counts";
  stack.write<int32_t>("a", {4});
  stack->flush();
  EXPECT_EQ(open()->layer_count(), 3);
  EXPECT_EQ(value_of(open()), 4);
}

class Crashes : public StackStory {};
TELL_EVERYWHERE(Crashes);

// Whatever fails during a flush, and however: the change is there whole or not at all, and a success that was
// reported holds.
TEST_P(Crashes, DuringAFlushShowAllOfItOrNothing) {
  auto failing = std::make_shared<FailingStore>(store());
  FileOptions writable;
  writable.writable = true;
  writable.threads = 1;
  using Failure = FailingStore::Failure;
  for (Failure failure : {Failure::kOnce, Failure::kFromThenOn, Failure::kAnswerLost}) {
    for (int step = 0;; step++) {
      for (const std::string& key : keys()) remove(key);
      stack_of_layers(1);
      Stack writer(ArrayFile::open(failing, "s.af", writable));
      failing->fail_at(step, failure);
      bool reported = true;
      try {
        writer.write<int32_t>("a", {2});
        writer.define<int32_t>("b", {1});
        writer.write<int32_t>("b", {2});
        writer->set_attribute("a", "k", number(int64_t{2}));
        writer->flush();
      } catch (const Error&) {
        reported = false;
      }
      bool reached = failing->has_failed();
      failing->work_again();
      SCOPED_TRACE(testing::Message() << "failure " << static_cast<int>(failure) << " at step " << step);
      Stack survivor = open();
      bool committed = value_of(survivor) == 2;
      EXPECT_EQ(survivor->contains("b"), committed);
      EXPECT_EQ(survivor.attributes("a").size(), committed ? 1u : 0u);
      EXPECT_TRUE(committed || !reported);
      EXPECT_EQ(survivor.problems(), Texts{});
      // The writer, if it lives, gets its changes through, or learns that they are.
      if (failure == Failure::kOnce) {
        writer->flush();
        EXPECT_EQ(value_of(open()), 2);
        EXPECT_FALSE(writer->is_dirty());
      }
      if (!reached) break;
      ASSERT_LT(step, 30);
    }
  }
}

}  // namespace
}  // namespace af
