// What lets stacks grow: appending along a dimension, renaming, arrays that go from one stack to another.
#include <set>
#include <thread>

#include "file/failing_store.h"
#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

template <typename T>
int64_t append(const Stack& stack, std::string_view name, int axis, const Numbers& shape,
               const std::vector<T>& values) {
  return stack->append(name, axis, shape, {std::as_bytes(std::span(values)), {}});
}

class Appending : public Story {};
TELL_EVERYWHERE(Appending);

TEST_P(Appending, LengthensAndWritesInOneCall) {
  Stack stack = create();
  stack.define<int32_t>("a", {3}, {2});
  stack.write<int32_t>("a", {1, 2, 3});
  EXPECT_EQ(append<int32_t>(stack, "a", 0, {2}, {4, 5}), 3);
  EXPECT_EQ(stack.read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3, 4, 5}));
  stack->flush();
  EXPECT_EQ(append<int32_t>(stack, "a", 0, {1}, {6}), 5);
  EXPECT_EQ(append<int32_t>(stack, "a", 0, {0}, {}), 6);
  stack->flush();
  EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(open().stats("a").max->bits, 6u);
  EXPECT_EQ(open().stats("a").null_count, 0u);
  expect_sound(open());
}

TEST_P(Appending, AlongAnyAxis) {
  Stack stack = create();
  stack.define<int16_t>("a", {2, 2}, {2, 2}, filled_with(int64_t{-1}));
  stack.write<int16_t>("a", {1, 2, 4, 5});
  EXPECT_EQ(append<int16_t>(stack, "a", 1, {2, 1}, {3, 6}), 2);
  EXPECT_EQ(stack.read<int16_t>("a"), (std::vector<int16_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(append<int16_t>(stack, "a", 0, {1, 3}, {7, 8, 9}), 2);
  stack->flush();
  EXPECT_EQ(open().read<int16_t>("a"), (std::vector<int16_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_P(Appending, FromMemoryOfAnyStrides) {
  Stack stack = create();
  stack.define<int32_t>("a", {1, 2});
  stack.write<int32_t>("a", {1, 2});
  const std::vector<int32_t> transposed{3, 5, 4, 6};
  const Numbers strides{4, 8};
  stack->append("a", 0, Numbers{2, 2}, {std::as_bytes(std::span(transposed)), strides});
  EXPECT_EQ(stack.read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3, 4, 5, 6}));
}

TEST_P(Appending, Texts) {
  Stack stack = create();
  stack->define("s", array_of(TypeId::kString, {1}, {2}));
  stack.write_texts("s", {"one"});
  const std::string bytes = "twothree";
  const Numbers offsets{0, 3, 8};
  EXPECT_EQ(stack->append_variable("s", 0, Numbers{2}, as_bytes(bytes).data(), offsets), 1);
  stack->flush();
  EXPECT_EQ(open().read_texts("s"), (Texts{"one", "two", "three"}));
}

TEST_P(Appending, WhatMakesNoSenseChangesNothing) {
  Stack stack = create();
  stack.define<int32_t>("a", {2, 2});
  stack->define("s", array_of(TypeId::kString, {1}));
  stack->define("b", array_of(TypeId::kBool, {1}));
  stack.define<int32_t>("scalar", {});
  stack->flush();
  const std::vector<int32_t> four(4);
  auto appending = [&](std::string_view name, int axis, const Numbers& shape, size_t count = 4) {
    return [&stack, &four, name, axis, shape, count] {
      stack->append(name, axis, shape, {std::as_bytes(std::span(four).first(count)), {}});
    };
  };
  expect_error(Status::kArrayNotFound, appending("x", 0, {1}));
  expect_error(Status::kOutOfBounds, appending("a", 2, {1, 2}), "no axis 2");
  expect_error(Status::kOutOfBounds, appending("a", -1, {1, 2}));
  expect_error(Status::kOutOfBounds, appending("scalar", 0, {}));
  expect_error(Status::kInvalidArgument, appending("a", 0, {1}));
  expect_error(Status::kInvalidArgument, appending("a", 0, {1, 3}), "axis 1");
  expect_error(Status::kInvalidArgument, appending("a", 0, {-1, 2}));
  expect_error(Status::kInvalidArgument, appending("a", 0, {2, 2}, 3));
  expect_error(Status::kLimitExceeded, appending("a", 0, {int64_t{1} << 32, 2}));
  expect_error(Status::kDtypeMismatch, appending("s", 0, {1}));
  expect_error(Status::kInvalidArgument, [&] {
    const std::byte two{2};
    stack->append("b", 0, Numbers{1}, {{&two, 1}, {}});
  });
  expect_error(Status::kInvalidArgument, [&] {
    const Numbers offsets{0, 1};
    stack->append_variable("s", 0, Numbers{1}, as_bytes("\xff").data(), offsets);
  });
  EXPECT_FALSE(stack->is_dirty());
  expect_error(Status::kReadOnly, [&] {
    open_to_read()->append("a", 0, Numbers{1, 2}, {std::as_bytes(std::span(four)), {}});
  });
}

// A chunk would become larger than the format holds: the array keeps its shape and its values.
TEST_P(Appending, ThatFailsLeavesTheArrayAsItWas) {
  for (bool is_written : {true, false}) {
    Stack stack = create("s.af", FileOptions{.replace = true});
    stack->define("wide", array_of(TypeId::kInt64, {1, 1 << 20}, {1 << 20, 1 << 20}));
    if (is_written) stack.write<int64_t>("wide", {0, 0}, {1, 4}, {1, 2, 3, 4});
    const std::vector<int64_t> one(1, 7);
    const Numbers all_the_same{0, 0};
    expect_error(Status::kLimitExceeded, [&] {
      stack->append("wide", 0, Numbers{1 << 10, 1 << 20}, {std::as_bytes(std::span(one)), all_the_same});
    });
    EXPECT_EQ(stack->schema("wide").shape, Extents(Numbers{1, 1 << 20}));
    const std::vector<int64_t> written{1, 2, 3, 4, 0};
    EXPECT_EQ(stack.read<int64_t>("wide", {0, 0}, {1, 5}), is_written ? written : std::vector<int64_t>(5));
  }
}

TEST_P(Appending, TwoWritersDoNotLoseOneAnothersParts) {
  Stack first = create();
  first.define<int32_t>("a", {1});
  first->flush();
  Stack second = open();
  append<int32_t>(first, "a", 0, {1}, {1});
  append<int32_t>(second, "a", 0, {1}, {2});
  first->flush();
  expect_error(Status::kConflict, [&] { second->flush(); });
  second->refresh();
  append<int32_t>(second, "a", 0, {1}, {2});
  second->flush();
  EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{0, 1, 2}));
}

// ---------------------------------------------------------------- from one stack to another

class Moving : public Story {
 protected:
  static std::vector<int32_t> ramp(int32_t first, int32_t count) {
    std::vector<int32_t> values(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) values[static_cast<size_t>(i)] = first + i;
    return values;
  }
  // Two arrays that share a block, one that has blocks of its own, texts, an attribute.
  Stack source(FileOptions options = {}) const {
    options.block_size = 400;
    Stack stack = create("from.af", options);
    stack.define<int32_t>("small", {10}, {}, filled_with(int64_t{0}));
    stack.define<int32_t>("large", {500}, {100});
    stack->define("texts", array_of(TypeId::kString, {3}, {2}));
    stack.write("small", ramp(0, 10));
    stack.write_texts("texts", {"a", "", "ccc"});
    stack->flush();
    stack.write("large", ramp(1000, 500));
    stack->set_attribute("large", "units", text("m"));
    stack->set_attribute("large", "bounds", number(int64_t{7}));
    stack->flush();
    return stack;
  }
  static void expect_large(const Stack& stack, std::string_view name = "large") {
    EXPECT_EQ(stack.read<int32_t>(name), ramp(1000, 500));
    EXPECT_EQ(stack->attribute(name, "units"), text("m"));
    EXPECT_EQ(stack->attribute(name, "bounds"), number(int64_t{7}));
    EXPECT_EQ(stack.stats(name).min->bits, 1000u);
    EXPECT_EQ(stack.stats(name).max->bits, 1499u);
    EXPECT_EQ(stack.stats(name).null_count, 0u);
  }
  static std::string array_name(int i) { return text_of("n", i); }
  static void copy(const Stack& to, const Stack& from, std::string_view name, std::string_view new_name,
                   bool replace = false) {
    const ArrayCopy one{name, new_name};
    to->copy_arrays(*from, {&one, 1}, replace);
  }
};
TELL_EVERYWHERE(Moving);

TEST_P(Moving, CopiesWithoutDecoding) {
  Stack from = source();
  Stack to = create("to.af");
  const int64_t decoded = from->io_counts().blocks_decoded;
  copy(to, from, "large", "copied");
  EXPECT_EQ(from->io_counts().blocks_decoded, decoded) << "its blocks hold nothing else";
  expect_large(to, "copied");
  to->flush();
  expect_large(open("to.af"), "copied");
  expect_sound(open("to.af"));
  // The stored bytes are the same, to the last.
  RawLayer before(bytes("from.2.af")), after(bytes("to.1.af"));
  EXPECT_EQ(before.chunks("large"), after.chunks("copied"));
  EXPECT_EQ(after.footer().block_count(), 5u);
}

TEST_P(Moving, PacksAnewWhatSharesBlocks) {
  Stack from = source();
  Stack to = create("to.af");
  copy(to, from, "small", "small");
  copy(to, from, "texts", "texts");
  to->flush();
  EXPECT_EQ(open("to.af").read<int32_t>("small"), ramp(0, 10));
  EXPECT_EQ(open("to.af").stats("small").null_count, 1u);
  EXPECT_EQ(open("to.af").read_texts("texts"), (Texts{"a", "", "ccc"}));
  expect_sound(open("to.af"));
}

TEST_P(Moving, TakesManyAtOnceWithTheBlocksTheyShare) {
  Stack from = source();
  Stack to = create("to.af");
  const int64_t decoded = from->io_counts().blocks_decoded;
  const std::vector<ArrayCopy> all{{"texts", "texts"}, {"small", "small"}, {"large", "large"}};
  to->copy_arrays(*from, all, false);
  EXPECT_EQ(from->io_counts().blocks_decoded, decoded);
  to->flush();
  EXPECT_EQ(open("to.af").names(), (Texts{"texts", "small", "large"}));
  expect_large(open("to.af"));
  expect_sound(open("to.af"));
}

TEST_P(Moving, TakesWhatIsNotFlushedYet) {
  Stack from = source();
  from.write<int32_t>("large", {0}, {2}, {1000, 1001});
  from.define<double>("new", {2});
  from.write<double>("new", {0.5, 1.5});
  Stack to = create("to.af");
  copy(to, from, "large", "large");
  copy(to, from, "new", "new");
  copy(to, from, "new", "again");
  expect_large(to);
  EXPECT_EQ(to.read<double>("again"), (std::vector<double>{0.5, 1.5}));
  to->flush();
  expect_large(open("to.af"));
}

TEST_P(Moving, FromAnotherWritersStack) {
  take_golden("v0_12/layers", "golden.af");
  Stack from = open_to_read("golden.af");
  Stack to = create("to.af");
  to->merge(*from, IfPresent::kRefuse);
  to->flush();
  EXPECT_EQ(open("to.af").names(), from.names());
  for (const std::string& name : from.names()) {
    EXPECT_EQ(open("to.af").attributes(name), from.attributes(name)) << name;
    for (const Extents& coord : from->chunks(name))
      EXPECT_EQ(open("to.af")->read_chunk(name, coord.span()), from->read_chunk(name, coord.span())) << name;
    EXPECT_EQ(open("to.af")->stats(name).stats->null_count, from->stats(name).stats->null_count) << name;
  }
  expect_sound(open("to.af"));
}

TEST_P(Moving, RenamesAnArray) {
  Stack stack = source();
  stack->move_array(*stack, {"large", "grown"}, false);
  EXPECT_EQ(stack.names(), (Texts{"small", "texts", "grown"}));
  stack->flush();
  Stack opened = open("from.af");
  EXPECT_EQ(opened.names(), (Texts{"small", "texts", "grown"}));
  expect_large(opened, "grown");
  opened->compact();
  expect_large(opened, "grown");
  EXPECT_FALSE(opened->contains("large"));
  // The old name is free again, and nothing of the old array shows through.
  opened.define<int32_t>("large", {500}, {100});
  opened->flush();
  EXPECT_EQ(open("from.af").read<int32_t>("large"), std::vector<int32_t>(500));
  expect_sound(open("from.af"));
}

TEST_P(Moving, RenamingRefusesNamesThatAreTaken) {
  Stack stack = source();
  auto rename = [&](std::string_view name, std::string_view to) {
    return [&stack, name, to] { stack->move_array(*stack, {name, to}, false); };
  };
  expect_error(Status::kArrayAlreadyExists, rename("large", "small"));
  expect_error(Status::kArrayNotFound, rename("none", "other"));
  expect_error(Status::kInvalidArgument, rename("large", "large"));
  EXPECT_FALSE(stack->is_dirty());
  expect_error(Status::kReadOnly, [&] {
    Stack reader = open_to_read("from.af");
    reader->move_array(*reader, {"large", "x"}, false);
  });
}

TEST_P(Moving, MovesFromOneStackToAnother) {
  Stack from = source();
  Stack to = create("to.af");
  to->move_array(*from, {"large", "large"}, false);
  to->flush();
  from->flush();
  expect_large(open("to.af"));
  EXPECT_EQ(open("from.af").names(), (Texts{"small", "texts"}));
  Stack reader = open_to_read("from.af");
  expect_error(Status::kReadOnly, [&] { to->move_array(*reader, {"small", "small"}, false); });
  EXPECT_FALSE(to->contains("small"));
}

TEST_P(Moving, ReplacesOnlyWhenTold) {
  Stack from = source();
  Stack to = create("to.af");
  to.define<double>("large", {4}, {2});
  to.write<double>("large", {1, 2, 3, 4});
  to->set_attribute("large", "old", number(int64_t{1}));
  to->flush();
  expect_error(Status::kArrayAlreadyExists, [&] { copy(to, from, "large", "large"); });
  EXPECT_FALSE(to->is_dirty());
  copy(to, from, "large", "large", true);
  to->flush();
  Stack opened = open("to.af");
  expect_large(opened);
  EXPECT_EQ(opened.attributes("large").size(), 2u);
  expect_sound(opened);
}

TEST_P(Moving, AllOrNothing) {
  Stack from = source();
  Stack to = create("to.af");
  const std::vector<ArrayCopy> one_missing{{"large", "large"}, {"none", "none"}};
  expect_error(Status::kArrayNotFound, [&] { to->copy_arrays(*from, one_missing, false); });
  const std::vector<ArrayCopy> twice{{"large", "x"}, {"small", "x"}};
  expect_error(Status::kInvalidArgument, [&] { to->copy_arrays(*from, twice, false); });
  FileOptions four;
  four.footer_version = 4;
  Stack old = create("old.af", four);
  from->set_attribute("large", "odd", Value::of_bytes(TypeId::kBinary, "x"));
  expect_error(
      Status::kUnsupported, [&] { old->merge(*from, IfPresent::kRefuse); }, "'odd'");
  EXPECT_FALSE(to->is_dirty());
  EXPECT_FALSE(old->is_dirty());
}

TEST_P(Moving, ADamagedBlockKeepsEverythingAsItWas) {
  source().close();
  std::string layer = bytes("from.1.af");
  layer[20] = static_cast<char>(layer[20] ^ 1);
  put("from.1.af", layer);
  Stack from = open_to_read("from.af");
  Stack to = create("to.af");
  to.define<int8_t>("large", {1});
  to.write<int8_t>("large", {1});
  expect_error(Status::kCorrupt, [&] { to->merge(*from, IfPresent::kReplace); });
  EXPECT_EQ(to.names(), Texts{"large"});
  EXPECT_EQ(to.read<int8_t>("large"), std::vector<int8_t>{1});
}

TEST_P(Moving, AFullDiskKeepsEverythingAsItWas) {
  Stack from = source();
  int failures = 0;
  for (int change = 0;; change++) {
    auto failing = std::make_shared<FailingStore>(create_memory_store());
    Stack to(ArrayFile::create(failing, "to.af", {}));
    failing->fail_at(change, FailingStore::Failure::kOnce);
    try {
      to->merge(*from, IfPresent::kRefuse);
    } catch (const Error&) {
      failures++;
      EXPECT_EQ(to.names(), Texts{});
      EXPECT_FALSE(to->is_dirty());
      to->merge(*from, IfPresent::kRefuse);
    }
    failing->work_again();
    to->flush();
    expect_large(to);
    expect_sound(to);
    if (change > failures) break;
  }
  EXPECT_GE(failures, 2);
}

TEST_P(Moving, MergesManyStacks) {
  Stack all = create("all.af");
  for (int i = 0; i < 4; i++) {
    Stack part = create("part.af", FileOptions{.replace = true});
    part.define<int32_t>(array_name(i), {3});
    part.write<int32_t>(array_name(i), {i, i, i});
    part.define<int32_t>("common", {1});
    part.write<int32_t>("common", {i});
    part->set_file_attribute("title", text(text_of("part ", i)));
    part->set_file_attribute(text_of("of ", i), number(int64_t{i}));
    part->flush();
    if (i > 0) expect_error(Status::kArrayAlreadyExists, [&] { all->merge(*part, IfPresent::kRefuse); });
    all->merge(*part, i < 2 ? IfPresent::kSkip : IfPresent::kReplace);
    if (i != 1) continue;
    EXPECT_EQ(all.read<int32_t>("common"), std::vector<int32_t>{0});
    EXPECT_EQ(all->attribute("__file__", "title"), text("part 0"));
  }
  all->flush();
  Stack opened = open("all.af");
  for (int i = 0; i < 4; i++) EXPECT_EQ(opened.read<int32_t>(array_name(i)), std::vector<int32_t>(3, i));
  EXPECT_EQ(opened.read<int32_t>("common"), std::vector<int32_t>{3});
  EXPECT_EQ(opened->attribute("__file__", "title"), text("part 3"));
  EXPECT_EQ(opened.attributes("__file__").size(), 5u);
  expect_error(Status::kInvalidArgument, [&] { opened->merge(*opened, IfPresent::kSkip); });
  expect_sound(opened);
}

TEST_P(Moving, TwoStacksIntoOneAnotherAtOnce) {
  Stack a = create("a.af"), b = create("b.af");
  a.define<int8_t>("of a", {1});
  b.define<int8_t>("of b", {1});
  std::thread other([&] {
    for (int i = 0; i < 200; i++) b->merge(*a, IfPresent::kReplace);
  });
  for (int i = 0; i < 200; i++) a->merge(*b, IfPresent::kReplace);
  other.join();
  EXPECT_TRUE(a->contains("of b"));
  EXPECT_TRUE(b->contains("of a"));
}

// ---------------------------------------------------------------- other footer versions

class Upgrading : public Story {};
TELL_EVERYWHERE(Upgrading);

TEST_P(Upgrading, TurnsAStackOfVersionFourIntoOneOfFive) {
  FileOptions four;
  four.footer_version = 4;
  Stack stack = create("s.af", four);
  stack.define<int32_t>("a", {3});
  stack.write<int32_t>("a", {1, 2, 3});
  stack->set_attribute("a", "k", text("v"));
  stack->flush();
  const Value list = Value::fixed(TypeId::kInt8, true, {}, 0);
  expect_error(Status::kUnsupported, [&] { stack->set_attribute("a", "list", list); });
  stack->upgrade(5);
  EXPECT_EQ(stack->footer_version(), 5);
  stack->set_attribute("a", "list", list);
  stack->flush();
  EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(open()->attribute("a", "list"), list);
  expect_sound(open());
  // Back again only without what it cannot hold.
  expect_error(
      Status::kUnsupported, [&] { stack->upgrade(4); }, "'list'");
  EXPECT_EQ(open()->footer_version(), 5);
  stack->remove_attribute("a", "list");
  stack->upgrade(4);
  EXPECT_EQ(open()->footer_version(), 4);
  expect_sound(open());
}

TEST_P(Upgrading, OfGoldensKeepsWhatTheyHold) {
  take_golden("v0_10/layers");
  const Stack before = open_to_read();
  std::vector<int64_t> values = before.read<int64_t>("re");
  open()->upgrade(5);
  EXPECT_EQ(open()->footer_version(), 5);
  EXPECT_EQ(open().read<int64_t>("re"), values);
  EXPECT_EQ(open()->layer_count(), 1);
  expect_sound(open());
}

TEST_P(Upgrading, RefusesVersionsThatAreNone) {
  Stack stack = create();
  for (int version : {0, 3, 6}) expect_error(Status::kInvalidArgument, [&] { stack->upgrade(version); });
  expect_error(Status::kReadOnly, [&] { open_to_read()->upgrade(4); });
}

// Whatever step fails, the stack is of one version or of the other, and can be opened.
TEST_P(Upgrading, StoppedAtEachStepLeavesOneOrTheOther) {
  FileOptions four;
  four.footer_version = 4;
  std::set<int> versions;
  for (int change = 0;; change++) {
    auto store = create_memory_store();
    auto failing = std::make_shared<FailingStore>(store);
    Stack stack(ArrayFile::create(failing, "s.af", four));
    stack.define<int32_t>("a", {3});
    stack.write<int32_t>("a", {1, 2, 3});
    stack->flush();
    failing->fail_at(change, FailingStore::Failure::kFromThenOn);
    try {
      stack->upgrade(5);
    } catch (const Error&) {
    }
    const Stack opened(ArrayFile::open(store, "s.af", {}));
    versions.insert(opened->footer_version());
    EXPECT_EQ(opened.read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3})) << "stopped at change " << change;
    if (!failing->has_failed()) break;
  }
  EXPECT_EQ(versions, (std::set<int>{4, 5}));
}

}  // namespace
}  // namespace af
