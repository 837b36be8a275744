// Copies, long calls that are watched and cancelled, and caches that several files share.
#include "file/failing_store.h"
#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

// A stack of three layers with numbers, texts, attributes, a deleted array and a redefined one.
class CopyStory : public Story {
 protected:
  static std::vector<int32_t> numbers() {
    std::vector<int32_t> values(3000);
    for (size_t i = 0; i < values.size(); i++) values[i] = static_cast<int32_t>(i * i % 1000);
    values[2000] = 5;
    return values;
  }
  Stack rich_stack(FileOptions options = {}) const {
    Stack stack = create("s.af", options);
    stack.define<int32_t>("n", {3000}, {100}, filled_with(int64_t{-1}));
    std::vector<int32_t> first = numbers();
    first[2000] = 0;
    stack.write("n", first);
    stack->define("s", array_of(TypeId::kString, {3}, {2}));
    stack.write_texts("s", {"one", "", "three"});
    stack.define<double>("gone", {10});
    stack.define<double>("again", {4}, {2});
    stack.write<double>("again", {1, 2, 3, 4});
    stack->set_attribute("n", "units", text("K"));
    stack->flush();
    stack.write<int32_t>("n", {2000}, {1}, {5});
    stack->erase("gone");
    stack->erase("again");
    stack.define<double>("again", {4}, {2}, filled_with(0.5));
    stack->set_attribute("s", "long name", text("names of some kind"));
    stack->flush();
    return stack;
  }
  static void expect_rich(const Stack& stack) {
    EXPECT_EQ(stack.names(), (Texts{"n", "s", "again"}));
    EXPECT_EQ(stack.read<int32_t>("n"), numbers());
    EXPECT_EQ(stack.read_texts("s"), (Texts{"one", "", "three"}));
    EXPECT_EQ(stack.read<double>("again"), std::vector<double>(4, 0.5));
    EXPECT_EQ(stack->attribute("n", "units"), text("K"));
    EXPECT_EQ(stack->attribute("s", "long name"), text("names of some kind"));
    EXPECT_EQ(stack.stats("n").max->bits, 996u);
  }
};

class Copying : public CopyStory {};
TELL_EVERYWHERE(Copying);

TEST_P(Copying, WithEveryCodecFormatAndBlockSize) {
  Stack stack = rich_stack();
  int copies = 0;
  for (std::string codec : {"", "lz4", "zstd"}) {
    for (int version : {4, 5}) {
      for (int64_t block_size : {int64_t{1}, int64_t{1000}, int64_t{256 << 10}}) {
        FileOptions options;
        options.codec.name = codec;
        options.codec.level = 9;
        options.footer_version = version;
        options.block_size = block_size;
        std::string key = "copy" + std::to_string(copies++) + ".af";
        stack->copy_to(store(), key, options);
        SCOPED_TRACE(testing::Message() << codec << " v" << version << " " << block_size);
        Stack copy = open(key);
        expect_rich(copy);
        expect_sound(copy);
        EXPECT_EQ(copy->layer_count(), 1);
        EXPECT_EQ(copy->footer_version(), version);
        RawLayer raw(bytes(key));
        for (uint64_t i = 0; i < raw.footer().block_count(); i++)
          EXPECT_EQ(raw.footer().block(i).codec, codec);
        uint64_t chunks = 30 + 2;  // of n and s: those of "again" hold nothing but fill values
        EXPECT_EQ(raw.footer().block_count(), block_size == 1 ? chunks : block_size == 1000 ? 11u : 1u);
        EXPECT_EQ(holds(key.substr(0, key.size() - 2) + "stats"), true);
      }
    }
  }
  expect_rich(stack);
}

TEST_P(Copying, LeavesOutWhatIsPending) {
  Stack stack = rich_stack();
  stack.define<int8_t>("pending", {1});
  stack.write<int32_t>("n", {0}, {1}, {-77});
  stack->copy_to(store(), "copy.af", {});
  expect_rich(open("copy.af"));
  EXPECT_TRUE(stack->is_dirty());
}

TEST_P(Copying, OfForeignStacksAndOfThePast) {
  take_golden("v0_10/layers", "golden.af");
  open("golden.af")->copy_to(store(), "five.af", {});
  EXPECT_EQ(open("five.af")->footer_version(), 5);
  EXPECT_EQ(open("five.af").read<int64_t>("re"), (std::vector<int64_t>{7, 8}));
  expect_sound(open("five.af"));
  rich_stack();
  FileOptions past;
  past.layers = 2;
  open_to_read("s.af", past)->copy_to(store(), "then.af", {});
  EXPECT_TRUE(open("then.af")->contains("gone"));
  EXPECT_EQ(open("then.af").read<int32_t>("n", {2000}, {1}), std::vector<int32_t>{0});
}

TEST_P(Copying, RefusesWhatVersionFourCannotHold) {
  for (const Value& value :
       {Value::of_bytes(TypeId::kBinary, "x"), Value::fixed(TypeId::kInt8, true, {}, 0)}) {
    Stack stack = create();
    stack.define<int8_t>("a", {1});
    stack->set_attribute("a", "odd", value);
    stack->flush();
    FileOptions four;
    four.footer_version = 4;
    std::set<std::string> before = keys();
    expect_error(
        Status::kUnsupported, [&] { stack->copy_to(store(), "copy.af", four); }, "'odd'");
    EXPECT_EQ(keys(), before);
    for (const std::string& key : before) remove(key);
  }
}

TEST_P(Copying, RefusesToBuryAndReplacesWhole) {
  Stack stack = rich_stack();
  Stack other = create("other.af");
  other.define<int8_t>("old", {1});
  other->flush();
  expect_error(Status::kAlreadyExists, [&] { stack->copy_to(store(), "other.af", {}); });
  expect_error(Status::kAlreadyExists, [&] { stack->copy_to(store(), "other.7.af", {}); });
  expect_error(Status::kInvalidName, [&] { stack->copy_to(store(), "other", {}); });
  EXPECT_EQ(open("other.af").names(), Texts{"old"});
  FileOptions replace;
  replace.replace = true;
  stack->copy_to(store(), "other.af", replace);
  expect_rich(open("other.af"));
  EXPECT_FALSE(holds("other.1.af"));
}

TEST_P(Copying, OntoItselfReplacesTheStack) {
  Stack stack = rich_stack();
  FileOptions replace;
  replace.replace = true;
  stack->copy_to(store(), "s.af", replace);
  expect_rich(open());
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.stats"}));
  take_golden("v0_12/layers", "golden.af");
  open("golden.af")->copy_to(store(), "golden.af", replace);
  EXPECT_EQ(open("golden.af").read<int64_t>("re"), (std::vector<int64_t>{7, 8}));
  EXPECT_FALSE(holds("golden.1.af"));
}

// A large LZ4 block is decoded as far as a chunk needs, and further when a later one does.
TEST_P(Copying, BlocksThatAreDecodedInPart) {
  Stack stack = create();
  std::vector<int32_t> values(1 << 20);
  for (size_t i = 0; i < values.size(); i++) values[i] = static_cast<int32_t>(i / 3);
  stack.define<int32_t>("a", {1 << 20}, {1 << 14});
  stack.write("a", values);
  stack->flush();
  FileOptions large;
  large.codec.name = "lz4";
  large.block_size = 8 << 20;
  stack->copy_to(store(), "copy.af", large);
  FileOptions roomy;
  roomy.cache_size = 256 << 20;
  Stack copy = open_to_read("copy.af", roomy);
  ASSERT_EQ(copy->layer(0).block_count, 1);
  EXPECT_EQ(copy.read<int32_t>("a", {0}, {4}), (std::vector<int32_t>{0, 0, 0, 1}));
  EXPECT_LT(copy->io_counts().bytes_decoded, 1 << 20);
  EXPECT_EQ(copy.read<int32_t>("a", {900000}, {1}), std::vector<int32_t>{300000});
  EXPECT_EQ(copy.read<int32_t>("a", {3}, {1}), std::vector<int32_t>{1});
  EXPECT_EQ(copy.read<int32_t>("a"), values);
}

class Watching : public CopyStory {
 protected:
  // Runs `call` again and again, cancelling at its first report, its second, ... until it gets through.
  // Answers how often it was cancelled; each time `untouched` must hold.
  template <typename Call, typename Untouched>
  int cancel_at_every_report(const Stack& stack, const Call& call, const Untouched& untouched) const {
    for (int limit = 0;; limit++) {
      int reports = 0;
      stack->set_progress([&](int64_t done, int64_t total) {
        EXPECT_GE(done, 0);
        EXPECT_LE(done, total);
        return reports++ == limit;
      });
      std::map<std::string, std::string> before = contents();
      try {
        call();
        stack->set_progress({});
        return limit;
      } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::kCancelled) << error.message();
      }
      stack->set_progress({});
      EXPECT_EQ(contents(), before) << "cancelled at report " << limit;
      untouched();
      if (limit > 500) {
        ADD_FAILURE() << "it never gets through";
        return limit;
      }
    }
  }
};
TELL_EVERYWHERE(Watching);

TEST_P(Watching, AFlushMayBeCancelledAndTriedAgain) {
  Stack stack = rich_stack();
  stack.write<int32_t>("n", {0}, {3}, {7, 8, 9});
  stack->set_attribute("s", "k", text("v"));
  int cancelled = cancel_at_every_report(
      stack, [&] { stack->flush(); },
      [&] {
        EXPECT_TRUE(stack->is_dirty());
        EXPECT_EQ(stack.read<int32_t>("n", {0}, {3}), (std::vector<int32_t>{7, 8, 9}));
        expect_rich(open_to_read());
      });
  EXPECT_GE(cancelled, 1);
  EXPECT_EQ(open().read<int32_t>("n", {0}, {3}), (std::vector<int32_t>{7, 8, 9}));
  EXPECT_EQ(open()->layer_count(), 4);
  expect_sound(open());
}

TEST_P(Watching, ACompactionMayBeCancelledAndTriedAgain) {
  FileOptions small;
  small.block_size = 2000;
  Stack stack = rich_stack(small);
  int cancelled = cancel_at_every_report(
      stack, [&] { stack->compact(); }, [&] { expect_rich(stack), expect_rich(open_to_read()); });
  EXPECT_GE(cancelled, 3);
  expect_rich(open());
  EXPECT_EQ(open()->layer_count(), 1);
  expect_sound(open());
}

TEST_P(Watching, ACopyMayBeCancelled) {
  Stack stack = rich_stack();
  int cancelled = cancel_at_every_report(
      stack, [&] { stack->copy_to(store(), "copy.af", {}); }, [&] { EXPECT_FALSE(holds("copy.af")); });
  EXPECT_GE(cancelled, 3);
  expect_rich(open("copy.af"));
}

TEST_P(Watching, ACheckAndAReadMayBeCancelled) {
  FileOptions small;
  small.block_size = 400;
  small.cache_size = 0;
  small.threads = 1;
  Stack stack = rich_stack(small);
  EXPECT_GE(cancel_at_every_report(
                stack, [&] { stack->verify(); }, [&] { expect_rich(open_to_read()); }),
            3);
  cancel_at_every_report(
      stack, [&] { stack.read<int32_t>("n"); }, [] {});
  expect_rich(stack);
}

// Bringing foreign dictionaries to one takes two steps, either of which may stand: what is read stays the
// same.
TEST_P(Watching, ACancelledNormalisingChangesNothingThatIsRead) {
  take_golden("x/attrs_layers");
  std::map<std::string, Value> a = open().attributes("a"), b = open().attributes("b");
  for (int limit = 0; limit < 100; limit++) {
    Stack stack = open();
    stack.define<int8_t>("new", {1});
    int reports = 0;
    stack->set_progress([&](int64_t, int64_t) { return reports++ == limit; });
    bool done = true;
    try {
      stack->flush();
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kCancelled) << error.message();
      EXPECT_TRUE(stack->is_dirty());
      done = false;
    }
    EXPECT_EQ(open().attributes("a"), a) << limit;
    EXPECT_EQ(open().attributes("b"), b) << limit;
    EXPECT_EQ(open()->contains("new"), done);
    if (done) return;
  }
  ADD_FAILURE() << "it never gets through";
}

class SharedCaches : public CopyStory {};
TELL_EVERYWHERE(SharedCaches);

TEST_P(SharedCaches, ServeSeveralHandlesWithoutMixingFiles) {
  for (int i = 0; i < 4; i++) {
    Stack stack = create("f" + std::to_string(i) + ".af");
    stack.define<int32_t>("a", {100});
    stack.write<int32_t>("a", std::vector<int32_t>(100, i));
    stack->flush();
  }
  auto cache = std::make_shared<BlockCache>(1 << 20);
  std::vector<Stack> handles;
  for (int i = 0; i < 4; i++) {
    handles.push_back(open_to_read("f" + std::to_string(i) + ".af"));
    handles.back()->set_cache(cache);
  }
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < 4; i++)
      EXPECT_EQ(handles[static_cast<size_t>(i)].read<int32_t>("a"), std::vector<int32_t>(100, i));
  for (const Stack& handle : handles) {
    EXPECT_EQ(handle->io_counts().blocks_decoded, 1);
    EXPECT_EQ(handle->io_counts().cache_hits, 2);
  }
  EXPECT_EQ(cache->size(), 4 * 400);
  handles[0]->set_cache(nullptr);
  EXPECT_EQ(handles[0].read<int32_t>("a"), std::vector<int32_t>(100, 0));
  EXPECT_EQ(handles[0]->io_counts().blocks_decoded, 2) << "its own cache was empty";
}

TEST_P(SharedCaches, StayWithinTheirBudget) {
  FileOptions plain;
  plain.block_size = 1000;
  Stack stack = rich_stack(plain);
  auto small = std::make_shared<BlockCache>(16000), none = std::make_shared<BlockCache>(0);
  for (const auto& cache : {small, none}) {
    stack->set_cache(cache);
    for (int64_t at = 0; at < 3000; at += 100) stack.read<int32_t>("n", {at}, {1});
    EXPECT_LE(cache->size(), 16000);
  }
  EXPECT_GT(small->size(), 0);
  EXPECT_EQ(none->size(), 0);
  expect_rich(stack);
}

}  // namespace
}  // namespace af
