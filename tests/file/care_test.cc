// Looking after stacks: backups while others write, what dead writers leave, compaction by itself, pages of
// listings, stacks that have no name.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "file/story.h"

namespace af {
namespace {

// ---------------------------------------------------------------- backups

class BackingUp : public Story {
 protected:
  Stack with_layers(int count) const {
    Stack stack = create();
    for (int i = 0; i < count; i++) {
      stack.define<int32_t>(text_of("n", i), {2});
      stack.write<int32_t>(text_of("n", i), {i, -i});
      stack->flush();
    }
    return stack;
  }
};
TELL_EVERYWHERE(BackingUp);

TEST_P(BackingUp, KeepsEveryLayerToTheLastByte) {
  Stack stack = with_layers(3);
  stack.define<int8_t>("pending", {1});
  stack->backup_to(store(), "safe.af", {});
  for (const std::string layer : {".af", ".1.af", ".2.af", ".3.af"})
    EXPECT_EQ(bytes("s" + layer), bytes("safe" + layer));
  Stack backup = open("safe.af");
  EXPECT_EQ(backup.names(), (Texts{"n0", "n1", "n2"}));
  EXPECT_EQ(backup->layer_count(), 4);
  EXPECT_TRUE(holds("safe.stats"));
  expect_sound(backup);
  // It is a stack of its own.
  backup.define<int8_t>("more", {1});
  backup->compact();
  EXPECT_EQ(open().names(), (Texts{"n0", "n1", "n2"}));
}

TEST_P(BackingUp, AddsWhatIsNewToAnEarlierOne) {
  Stack stack = with_layers(2);
  stack->backup_to(store(), "safe.af", {});
  const std::string first = bytes("safe.1.af");
  stack.write<int32_t>("n0", {7, 7});
  stack->flush();
  stack->backup_to(store(), "safe.af", {});
  stack->backup_to(store(), "safe.af", {});
  EXPECT_EQ(bytes("safe.1.af"), first);
  EXPECT_EQ(open("safe.af").read<int32_t>("n0"), (std::vector<int32_t>{7, 7}));
  EXPECT_EQ(open("safe.af")->layer_count(), 4);
  expect_sound(open("safe.af"));
}

TEST_P(BackingUp, RefusesWhatIsNoEarlierOne) {
  Stack stack = with_layers(2);
  stack->backup_to(store(), "safe.af", {});
  stack->compact();
  const auto before = contents();
  expect_error(Status::kAlreadyExists, [&] { stack->backup_to(store(), "safe.af", {}); });
  expect_error(Status::kAlreadyExists, [&] { stack->backup_to(store(), "safe.7.af", {}); });
  expect_error(Status::kInvalidName, [&] { stack->backup_to(store(), "safe", {}); });
  FileOptions replace;
  replace.replace = true;
  expect_error(Status::kInvalidArgument, [&] { stack->backup_to(store(), "safe.af", replace); });
  EXPECT_EQ(contents(), before);
}

TEST_P(BackingUp, GoesOnWithOneThatWasInterrupted) {
  Stack stack = with_layers(3);
  stack->backup_to(store(), "safe.af", {});
  remove("safe.3.af");
  remove("safe.2.af");
  remove("safe.stats");
  EXPECT_EQ(open_to_read("safe.af").names(), Texts{"n0"}) << "the stack as it once was";
  stack->backup_to(store(), "safe.af", {});
  EXPECT_EQ(open("safe.af").names(), (Texts{"n0", "n1", "n2"}));
  expect_sound(open("safe.af"));
}

TEST_P(BackingUp, IsConsistentWhileAnotherWrites) {
  Stack stack = with_layers(1);
  std::atomic<bool> stop = false;
  // Each commit leaves both arrays equal; now and then everything is compacted.
  std::thread writer([&] {
    Stack own = open();
    own.define<int64_t>("a", {1});
    own.define<int64_t>("b", {1});
    for (int64_t i = 0; !stop; i++) {
      own.write<int64_t>("a", {i});
      own.write<int64_t>("b", {i});
      own->flush();
      if (i % 5 == 4) own->compact();
    }
  });
  int seen = 0;
  for (int i = 0; seen < 20; i++) {
    Stack reader = open_to_read();
    const std::string key = text_of("safe", i, ".af");
    reader->backup_to(store(), key, {});
    Stack backup = open_to_read(key);
    expect_sound(backup);
    if (!backup->contains("a")) continue;
    EXPECT_EQ(backup.read<int64_t>("a"), backup.read<int64_t>("b"));
    seen++;
  }
  stop = true;
  writer.join();
}

TEST_P(BackingUp, OfAnotherWritersStack) {
  take_golden("v0_12/layers", "golden.af");
  open_to_read("golden.af")->backup_to(store(), "safe.af", {});
  EXPECT_EQ(bytes("golden.2.af"), bytes("safe.2.af"));
  EXPECT_EQ(open("safe.af").names(), open("golden.af").names());
}

// ---------------------------------------------------------------- what dead writers leave

class Leftovers : public testing::Test {
 protected:
  std::shared_ptr<ObjectStore> store() const { return open_local_store(folder_.path(), Durability::kNone); }
  Stack open() const {
    FileOptions options;
    options.writable = true;
    return Stack(ArrayFile::open(store(), "s.af", options));
  }
  std::filesystem::path at(const std::string& name) const {
    return std::filesystem::path(folder_.path()) / name;
  }
  void leave(const std::string& name, size_t size) const {
    std::ofstream(at(name)) << std::string(size, 'x');
  }
  TempFolder folder_;
};

TEST_F(Leftovers, AreRemovedAndCounted) {
  Stack stack(ArrayFile::create(store(), "s.af", {}));
  leave(".s.af.tmp-0123456789abcdef", 100);
  leave(".s.1.af.tmp-0123456789abcdef", 10);
  leave(".s.stats.tmp-0123456789abcdef", 1);
  EXPECT_EQ(stack->collect_garbage(), 111);
  EXPECT_FALSE(std::filesystem::exists(at(".s.1.af.tmp-0123456789abcdef")));
  EXPECT_EQ(stack->collect_garbage(), 0);
}

TEST_F(Leftovers, OfOtherStacksAndOtherFilesStay) {
  Stack stack(ArrayFile::create(store(), "s.af", {}));
  for (const std::string name : {".t.af.tmp-0123456789abcdef", ".s.b.af.tmp-0123456789abcdef",
                                 ".s.af.tmp-0123", "s.af.old", ".s.af"}) {
    leave(name, 5);
    EXPECT_EQ(stack->collect_garbage(), 0) << name;
    EXPECT_TRUE(std::filesystem::exists(at(name))) << name;
  }
}

TEST_F(Leftovers, AreNotWhatAWriterIsAtWorkOn) {
  FileOptions small;
  small.write_buffer_size = 1000;
  Stack writer(ArrayFile::create(store(), "s.af", small));
  writer.define<int32_t>("a", {100000}, {100});
  writer.write<int32_t>("a", std::vector<int32_t>(100000, 3));
  EXPECT_EQ(open()->collect_garbage(), 0);
  writer->flush();
  EXPECT_EQ(open().read<int32_t>("a"), std::vector<int32_t>(100000, 3));
}

TEST_F(Leftovers, OfACompactionThatDiedAreRemoved) {
  Stack stack(ArrayFile::create(store(), "s.af", {}));
  stack.define<int32_t>("a", {1});
  stack->flush();
  std::filesystem::copy(at("s.1.af"), at("kept"));
  const auto size = static_cast<int64_t>(std::filesystem::file_size(at("kept")));
  stack->compact();
  std::filesystem::copy(at("kept"), at("s.1.af"));
  EXPECT_EQ(open()->collect_garbage(), size);
  EXPECT_FALSE(std::filesystem::exists(at("s.1.af")));
  EXPECT_EQ(open().names(), Texts{"a"});
}

TEST_F(Leftovers, AreNotForReadersToRemove) {
  Stack stack(ArrayFile::create(store(), "s.af", {}));
  expect_error(Status::kReadOnly, [&] { ArrayFile::open(store(), "s.af", {})->collect_garbage(); });
}

// ---------------------------------------------------------------- compaction by itself

class CompactingByItself : public Story {};
TELL_EVERYWHERE(CompactingByItself);

TEST_P(CompactingByItself, HappensAtTheNumberOfLayersAskedFor) {
  FileOptions three;
  three.compact_at = 3;
  Stack stack = create("s.af", three);
  std::vector<int64_t> layers;
  for (int32_t i = 0; i < 5; i++) {
    stack.define<int32_t>(text_of("n", i), {1});
    stack.write<int32_t>(text_of("n", i), {i});
    stack->flush();
    layers.push_back(stack->layer_count());
  }
  EXPECT_EQ(layers, (std::vector<int64_t>{2, 1, 2, 1, 2}));
  for (int32_t i = 0; i < 5; i++) EXPECT_EQ(open().read<int32_t>(text_of("n", i)), std::vector<int32_t>{i});
  expect_sound(open());
}

TEST_P(CompactingByItself, IsOffUnlessAskedFor) {
  Stack stack = create();
  for (int i = 0; i < 20; i++) {
    stack.define<int8_t>(std::to_string(i), {1});
    stack->flush();
  }
  EXPECT_EQ(stack->layer_count(), 21);
}

TEST_P(CompactingByItself, ThatFailsLeavesTheCommit) {
  FileOptions two;
  two.compact_at = 2;
  Stack stack = create("s.af", two);
  stack.define<int32_t>("a", {1});
  stack->set_progress([](int64_t, int64_t) { return false; });
  int reports = 0;
  // The compaction is the second long call.
  stack->set_progress([&](int64_t, int64_t) { return ++reports > 2; });
  stack.write<int32_t>("a", {5});
  stack->flush();
  EXPECT_EQ(open_to_read().read<int32_t>("a"), std::vector<int32_t>{5});
  EXPECT_FALSE(stack->is_dirty());
}

// ---------------------------------------------------------------- many layers

// What docs/features.md says has been tried.
TEST(ManyLayers, AThousandOfThem) {
  auto store = create_memory_store();
  FileOptions options;
  options.threads = 1;
  Stack stack(ArrayFile::create(store, "s.af", options));
  constexpr int kLayers = 1000;
  stack.define<int32_t>("a", {kLayers}, {100});
  for (int32_t i = 1; i < kLayers; i++) {
    stack.write<int32_t>("a", {i}, {1}, {i});
    stack->flush();
  }
  options.writable = true;
  Stack opened(ArrayFile::open(store, "s.af", options));
  EXPECT_EQ(opened->layer_count(), kLayers);
  std::vector<int32_t> expected(kLayers);
  for (int32_t i = 0; i < kLayers; i++) expected[static_cast<size_t>(i)] = i;
  EXPECT_EQ(opened.read<int32_t>("a"), expected);
  opened->compact();
  EXPECT_EQ(opened->layer_count(), 1);
  EXPECT_EQ(opened.read<int32_t>("a"), expected);
}

// ---------------------------------------------------------------- pages

class Paging : public Story {
 protected:
  static Texts page(const Stack& stack, std::string_view prefix, int64_t limit, int64_t* position) {
    Listing listing = stack->list_page([&](std::string_view name) { return name.starts_with(prefix); },
                                       *position, limit, position);
    Texts names;
    for (int64_t i = 0; i < listing.count(); i++) names.emplace_back(listing.name(i));
    return names;
  }
  static Texts all_pages(const Stack& stack, std::string_view prefix, int64_t limit) {
    Texts names;
    for (int64_t position = 0; position >= 0;) {
      Texts more = page(stack, prefix, limit, &position);
      EXPECT_LE(more.size(), static_cast<size_t>(limit));
      names.insert(names.end(), more.begin(), more.end());
    }
    return names;
  }
};
TELL_EVERYWHERE(Paging);

TEST_P(Paging, IsTheWholeListingInPieces) {
  Stack stack = create();
  Texts floats, all;
  for (int i = 0; i < 57; i++) {
    const std::string name = text_of(i % 3 == 0 ? "float/" : "other/", i);
    stack.define<int8_t>(name, {i});
    all.push_back(name);
    if (i % 3 == 0) floats.push_back(name);
    if (i == 30) stack->flush();
    if (i == 40) stack->erase("other/1");
  }
  std::erase(all, "other/1");
  auto check = [&](const Stack& told) {
    for (int64_t limit : {1, 2, 7, 100}) {
      EXPECT_EQ(all_pages(told, "", limit), all);
      EXPECT_EQ(all_pages(told, "float/", limit), floats);
      EXPECT_EQ(all_pages(told, "none", limit), Texts{});
    }
  };
  check(stack);
  stack->flush();
  check(open_to_read());
  stack->compact();
  check(open_to_read());
}

TEST_P(Paging, EndsWhereTheListingEnds) {
  Stack stack = create();
  for (const std::string name : {"a", "b", "c", "d"}) stack.define<int8_t>(name, {1});
  int64_t position = 0;
  EXPECT_EQ(page(stack, "", 2, &position), (Texts{"a", "b"}));
  EXPECT_EQ(position, 2);
  EXPECT_EQ(page(stack, "", 2, &position), (Texts{"c", "d"}));
  EXPECT_EQ(position, -1);
  position = 99;
  EXPECT_EQ(page(stack, "", 2, &position), Texts{});
  EXPECT_EQ(position, -1);
}

// ---------------------------------------------------------------- stacks without a name

class Nameless : public Story {
 protected:
  std::string compacted() const {
    Stack stack = create();
    stack.define<int32_t>("a", {3});
    stack.write<int32_t>("a", {1, 2, 3});
    stack->compact();
    return bytes("s.af");
  }
};
TELL_EVERYWHERE(Nameless);

TEST_P(Nameless, AreOpenedInMemory) {
  const std::string image = compacted();
  auto owner = std::make_shared<int>(0);
  {
    Stack stack(ArrayFile::open(open_buffer_store(as_bytes(image), owner, "b.af"), "b.af", {}));
    EXPECT_EQ(stack.read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3}));
    expect_sound(stack);
    EXPECT_GT(owner.use_count(), 1);
    expect_error(Status::kReadOnly, [&] { stack->flush(); });
  }
  EXPECT_EQ(owner.use_count(), 1);
}

TEST_P(Nameless, EveryBeginningOfAFileIsRefused) {
  const std::string image = compacted();
  for (size_t size = 0; size < image.size(); size++) {
    const std::string part = image.substr(0, size);
    expect_error(Status::kCorrupt,
                 [&] { ArrayFile::open(open_buffer_store(as_bytes(part), nullptr, "b.af"), "b.af", {}); });
  }
}

TEST(Descriptors, AreReadAndMayBeClosed) {
  TempFolder folder;
  auto store = open_local_store(folder.path(), Durability::kNone);
  Stack stack(ArrayFile::create(store, "s.af", {}));
  stack.define<int32_t>("a", {3});
  stack.write<int32_t>("a", {1, 2, 3});
  stack->compact();
  const std::string path = std::string(folder.path()) + "/s.af";
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  ASSERT_GE(descriptor, 0);
  ::lseek(descriptor, 5, SEEK_SET);
  Stack opened(ArrayFile::open(open_descriptor_store(descriptor, "d.af"), "d.af", {}));
  EXPECT_EQ(::lseek(descriptor, 0, SEEK_CUR), 5);
  ::close(descriptor);
  std::filesystem::remove(path);
  EXPECT_EQ(opened.read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3}));
  expect_error(Status::kInvalidArgument, [&] { open_descriptor_store(-1, "d.af"); });
  expect_error(Status::kInvalidArgument, [&] { open_descriptor_store(1 << 30, "d.af"); });
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  expect_error(Status::kInvalidName, [&] { open_descriptor_store(ends[0], "d.af"); });
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace af
