// Repairing: whatever is damaged, the rest is saved, what was lost is named, and the damaged files are left
// alone.
#include <random>

#include "file/raw_layer.h"
#include "file/transcript.h"

namespace af {
namespace {

class Repair : public Story {
 protected:
  // What was wrong. The new stack is `saved.af`.
  Texts repair(const FileOptions& options = any_version()) {
    std::map<std::string, std::string> before = contents();
    std::vector<Finding> findings = ArrayFile::repair(*store(), "s.af", store(), "saved.af", options, {});
    for (const auto& [key, bytes] : before) EXPECT_TRUE(bytes == this->bytes(key)) << key << " was touched";
    Texts problems;
    for (const Finding& finding : findings)
      if (finding.problem) problems.push_back(finding.text);
    return problems;
  }
  Stack saved() const {
    Stack stack = open_to_read("saved.af");
    expect_sound(stack);
    EXPECT_EQ(stack->layer_count(), 1);
    return stack;
  }
  static FileOptions any_version() {
    FileOptions options;
    options.footer_version = 0;
    return options;
  }
  void damage(const std::string& key, size_t at, size_t count = 1) {
    std::string damaged = bytes(key);
    for (size_t i = at; i < at + count; i++) damaged[i] = static_cast<char>(~damaged[i]);
    put(key, damaged);
  }
  size_t footer_begin(const std::string& key) const { return RawLayer(bytes(key)).footer_begin(); }
  size_t section_begin(const std::string& key) const { return bytes(key).find("AFLAYER1"); }

  // Ten arrays in blocks of their own, incompressible, in one base.
  Stack create_with_blocks(int64_t elements) const {
    FileOptions options;
    options.codec.name = "";
    options.block_size = elements * 8;
    Stack stack = create("s.af", options);
    for (int i = 0; i < 10; i++) {
      std::string name = "a" + std::to_string(i);
      stack.define<int64_t>(name, {elements});
      stack.write<int64_t>(name, Numbers(static_cast<size_t>(elements), i + 1));
      stack->set_attribute(name, "number", number(int64_t{i}));
    }
    stack->compact();
    return stack;
  }
};
TELL_EVERYWHERE(Repair);

testing::AssertionResult names(const Texts& problems, const std::string& what) {
  for (const std::string& problem : problems)
    if (problem.find(what) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << what << " is not named by " << testing::PrintToString(problems);
}

TEST_P(Repair, OfASoundStackIsACopy) {
  for (int version : {4, 5}) {
    FileOptions options;
    options.footer_version = version;
    options.replace = true;
    Stack stack = create("s.af", options);
    stack.define<int32_t>("a", {4}, {3});
    stack.write<int32_t>("a", {1}, {2}, {1, 2});
    stack->set_attribute("a", "k", number(2.5));
    stack->flush();
    stack.define<int32_t>("gone", {4});
    stack->flush();
    stack->erase("gone");
    stack->resize("a", Numbers{2});
    stack->flush();
    EXPECT_EQ(repair(), Texts{});
    EXPECT_EQ(transcript_of(saved()), transcript_of(stack));
    EXPECT_EQ(saved()->footer_version(), version);
    remove("saved.af");
    remove("saved.stats");
  }
}

TEST_P(Repair, PutsAFlippedBitRightWhereverItIs) {
  Stack stack = create();
  fill_with_everything(stack);
  stack->flush();
  stack.write<int32_t>("numbers", {0}, {2}, {70, 80});
  stack->flush();
  std::string whole = transcript_of(stack);
  stack.close();
#ifdef __SANITIZE_ADDRESS__
  const size_t stride = 29;
#else
  const size_t stride = GetParam() == Place::kMemory ? 3 : 51;
#endif
  for (const char* key : {"s.af", "s.1.af", "s.2.af"}) {
    std::string undamaged = bytes(key);
    for (size_t at = 0; at < undamaged.size(); at += stride) {
      std::string damaged = undamaged;
      damaged[at] = static_cast<char>(damaged[at] ^ (at % 37 == 0 ? 0xff : 1 << at % 8));
      put(key, damaged);
      Texts problems = repair();
      ASSERT_EQ(transcript_of(open_to_read("saved.af")), whole) << key << ", byte " << at;
      ASSERT_TRUE(names(problems, key)) << "byte " << at;
      remove("saved.af");
      remove("saved.stats");
    }
    put(key, undamaged);
  }
}

TEST_P(Repair, LosesOnlyTheChunksOfADamagedBlock) {
  create_with_blocks(1000);
  damage("s.af", 3 * 8000 + 500, 3);
  Texts problems = repair();
  EXPECT_TRUE(names(problems, "block 3"));
  EXPECT_TRUE(names(problems, "array 'a3', s.af: the chunk at (0) is lost"));
  EXPECT_EQ(problems.size(), 2u);
  Stack stack = saved();
  for (int i = 0; i < 10; i++) {
    EXPECT_EQ(stack.read<int64_t>("a" + std::to_string(i)), Numbers(1000, i == 3 ? 0 : i + 1));
    EXPECT_EQ(stack.attributes("a" + std::to_string(i)).size(), 1u);
  }
}

TEST_P(Repair, NeverShowsAnOlderChunkInPlaceOfADamagedOne) {
  Stack stack = create_with_blocks(10);
  stack.write<int64_t>("a5", Numbers(10, 500));
  stack->flush();
  damage("s.1.af", 8, 3);
  EXPECT_TRUE(names(repair(), "'a5', s.1.af: the chunk at (0) is lost"));
  EXPECT_EQ(saved().read<int64_t>("a5"), Numbers(10, 0));
}

TEST_P(Repair, LosesOnlyTheArraysOfADamagedPageOfMetadata) {
  Stack stack = create();
  for (int i = 0; i < 2000; i++) {
    std::string name = "array " + std::to_string(i);
    stack.define<int32_t>(name, {1});
    stack.write<int32_t>(name, {i});
  }
  stack->compact();
  stack.close();
  size_t page = footer_begin("s.af") + 100000;
  damage("s.af", page, 40);
  expect_error(Status::kCorrupt, [&] { open_to_read("s.af")->list(); });
  Texts problems = repair();
  EXPECT_TRUE(names(problems, "of the metadata was damaged: what it says of arrays is lost"));
  Stack left = saved();
  Texts names_left = left.names();
  EXPECT_GT(names_left.size(), 1000u);
  EXPECT_LT(names_left.size(), 2000u);
  // The chunk table of an array at the border lies on the other page.
  for (const std::string& name : names_left) {
    if (names(problems, "'" + name + "', s.af")) continue;
    EXPECT_EQ(left.read<int32_t>(name), std::vector<int32_t>{std::stoi(name.substr(6))});
  }
  EXPECT_GE(problems.size(), 2001 - names_left.size()) << "each lost array is told";
}

TEST_P(Repair, TakesValuesUncheckedWhereTheHeadIsLost) {
  Stack stack = create_with_blocks(10);
  std::string whole = transcript_of(stack);
  stack.close();
  damage("s.af", section_begin("s.af") + 30, 60);
  expect_error(Status::kCorrupt, [&] { open_to_read(); });
  EXPECT_TRUE(names(repair(), "s.af: what it holds is taken unchecked"));
  EXPECT_EQ(transcript_of(saved()), whole);
}

TEST_P(Repair, FindsTheMetadataWhereTheTrailerIsLost) {
  Stack stack = create_with_blocks(10);
  std::string whole = transcript_of(stack);
  stack.close();
  damage("s.af", bytes("s.af").size() - 12, 12);
  EXPECT_TRUE(names(repair(), "s.af: the trailer was damaged: put right"));
  EXPECT_EQ(transcript_of(saved()), whole);
}

TEST_P(Repair, LeavesOutWhatFollowsTheEnd) {
  Stack stack = create_with_blocks(10);
  std::string whole = transcript_of(stack);
  stack.close();
  put("s.af", bytes("s.af") + "an editor's newline\n");
  EXPECT_TRUE(names(repair(), "20 bytes follow the end"));
  EXPECT_EQ(transcript_of(saved()), whole);
}

TEST_P(Repair, KeepsTheLayersAroundAMissingOne) {
  Stack stack = create_with_blocks(10);
  for (int64_t value : {100, 200, 300}) {
    stack.write<int64_t>("a" + std::to_string(value / 100), Numbers(10, value));
    stack->flush();
  }
  stack.close();
  remove("s.2.af");
  EXPECT_EQ(open_to_read().read<int64_t>("a3"), Numbers(10, 4)) << "readers stop at the gap";
  EXPECT_TRUE(names(repair(), "s.2.af is missing"));
  EXPECT_EQ(saved().read<int64_t>("a1"), Numbers(10, 100));
  EXPECT_EQ(saved().read<int64_t>("a2"), Numbers(10, 3)) << "what the missing layer changed is not there";
  EXPECT_EQ(saved().read<int64_t>("a3"), Numbers(10, 300));
}

TEST_P(Repair, KeepsTheSidecarsWhereTheBaseIsLost) {
  Stack stack = create_with_blocks(10);
  stack.write<int64_t>("a1", Numbers(10, 100));
  stack->flush();
  stack.close();
  std::string whole = bytes("s.af");
  put("s.af", whole.substr(0, whole.size() - 200));
  EXPECT_TRUE(names(repair(), "s.af: the end is missing"));
  EXPECT_EQ(saved().names(), Texts{"a1"});
  EXPECT_EQ(saved().read<int64_t>("a1"), Numbers(10, 100));
  EXPECT_EQ(saved().attributes("a1").at("number"), number(int64_t{1}));
  remove("saved.af");
  remove("saved.stats");
  remove("s.af");
  EXPECT_TRUE(names(repair(), "s.af is missing"));
  EXPECT_EQ(saved().names(), Texts{"a1"});
}

TEST_P(Repair, MakesStatisticsAnew) {
  Stack stack = create_with_blocks(10);
  stack.close();
  damage("s.stats", 20, 100);
  EXPECT_EQ(repair(), Texts{});
  EXPECT_EQ(saved().stats("a4").max->bits, 5u);
  EXPECT_TRUE(holds("saved.stats"));
}

TEST_P(Repair, OfStacksOfOthersSavesWhatCanBeRead) {
  take_golden("x/attrs_layers");
  Stack stack = open_to_read();
  std::string whole = transcript_of(stack);
  stack.close();
  EXPECT_EQ(repair(), Texts{});
  Stack copy = open_to_read("saved.af");
  for (const std::string& name : copy.names())
    EXPECT_EQ(copy.attributes(name), open_to_read().attributes(name)) << name;
  remove("saved.af");
  remove("saved.stats");
  damage("s.1.af", bytes("s.1.af").size() - 30, 20);
  EXPECT_TRUE(names(repair(), "s.1.af"));
  EXPECT_FALSE(open_to_read("saved.af").names().empty());
}

TEST_P(Repair, ReplacesNothingAndNeedsSomething) {
  auto refuse = [&](Status status, const char* from, const char* to, bool replace = false) {
    FileOptions options = any_version();
    options.replace = replace;
    expect_error(status, [&] { ArrayFile::repair(*store(), from, store(), to, options, {}); });
  };
  create_with_blocks(10);
  refuse(Status::kAlreadyExists, "s.af", "s.af");
  refuse(Status::kAlreadyExists, "s.af", "s.7.af");
  refuse(Status::kInvalidArgument, "s.af", "saved.af", true);
  refuse(Status::kNotFound, "other.af", "saved.af");
  put("s.af",
      "nothing of the kind, but long enough to be a footer: ......................................"
      ".............................");
  refuse(Status::kCorrupt, "s.af", "saved.af");
  EXPECT_FALSE(holds("saved.af"));
}

TEST_P(Repair, LeavesNothingBehindWhenItIsCancelled) {
  create_with_blocks(10);
  expect_error(Status::kCancelled, [&] {
    ArrayFile::repair(*store(), "s.af", store(), "saved.af", any_version(),
                      [](int64_t done, int64_t) { return done == 5; });
  });
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.stats"}));
}

// Whatever bytes are changed, what is saved and not named as lost or unchecked is what was there.
TEST_P(Repair, SavesNothingWrongUnnoticed) {
  Stack stack = create();
  for (int i = 0; i < 40; i++) {
    std::string name = "array " + std::to_string(i);
    stack.define<int64_t>(name, {20}, {7});
    stack.write<int64_t>(name, Numbers(20, i));
    if (i % 10 == 9) stack->flush();
  }
  stack.close();
  std::mt19937_64 random(GetParam() == Place::kMemory ? 1 : 2);
  std::map<std::string, std::string> whole = contents();
  for (int trial = 0; trial < 20; trial++) {
    for (int changes = 0; changes < 3; changes++) {
      std::string key = "s" + std::string(random() % 2 ? "" : "." + std::to_string(1 + random() % 4)) + ".af";
      size_t size = bytes(key).size();
      damage(key, random() % (size - 64), 1 + random() % 64);
    }
    Texts problems;
    try {
      problems = repair();
      Stack left = open_to_read("saved.af");
      bool checked = !names(problems, "unchecked");
      for (const std::string& name : checked ? left.names() : Texts{}) {
        Numbers values = left.read<int64_t>(name);
        for (int64_t value : values)
          EXPECT_TRUE(value == std::stoll(name.substr(6)) ||
                      (value == 0 && names(problems, "'" + name + "'")))
              << name << testing::PrintToString(values);
      }
      remove("saved.af");
      remove("saved.stats");
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kCorrupt) << error.message();
    }
    for (const auto& [key, content] : whole) put(key, content);
  }
}

}  // namespace
}  // namespace af
