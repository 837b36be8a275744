// Stores that have no locks: what is refused there, and what others do at the same time.
#include <gtest/gtest.h>

#include "places.h"
#include "story.h"

namespace af {
namespace {

class Lockless : public testing::Test {
 protected:
  Stack create() const { return Stack(ArrayFile::create(place_.store(), "s.af", {})); }
  Stack open() const {
    FileOptions options;
    options.writable = true;
    return Stack(ArrayFile::open(place_.store(), "s.af", options));
  }

  model::Place place_{model::PlaceKind::kCallbacks};
};

TEST_F(Lockless, WhatAllMustBeRewrittenForIsRefusedAndHasAnotherWay) {
  Stack stack = create();
  stack.define<int64_t>("a", {2});
  stack.write<int64_t>("a", {1, 2});
  stack->flush();
  stack->erase("a");
  stack.define<int64_t>("a", {2, 2});
  expect_error(
      Status::kUnsupported, [&] { stack->flush(); }, "a store with locks");
  EXPECT_TRUE(stack->is_dirty());
  EXPECT_EQ(open().read<int64_t>("a"), (std::vector<int64_t>{1, 2}));

  stack->refresh();
  stack->erase("a");
  stack->flush();
  stack->compact();
  stack.define<int64_t>("a", {2, 2});
  stack->flush();
  EXPECT_EQ(open().read<int64_t>("a"), std::vector<int64_t>(4, 0));
}

TEST_F(Lockless, SidecarsAreNumberedDenselyAlsoAfterCompactions) {
  Stack stack = create();
  for (int compaction = 0; compaction < 3; compaction++) {
    for (int64_t i = 0; i < 3; i++) {
      stack.define<int64_t>(text_of(compaction, ".", i), {1});
      stack->flush();
      EXPECT_EQ(stack->layer(i + 1).number, i + 1);
    }
    stack->compact();
    EXPECT_EQ(place_.names(), (std::set<std::string>{"s.af", "s.stats"}));
  }
}

TEST_F(Lockless, AWriterWhoOpenedBeforeACompactionCommitsOnTopOfIt) {
  Stack stack = create();
  stack.define<int64_t>("a", {2});
  stack->flush();
  Stack late = open();
  late.define<int64_t>("b", {1});
  stack->compact();
  stack.define<int64_t>("c", {1});
  stack->flush();
  late->flush();
  EXPECT_EQ(open()->list().count(), 3);
  EXPECT_EQ(place_.names(), (std::set<std::string>{"s.af", "s.1.af", "s.2.af", "s.stats"}));
}

}  // namespace
}  // namespace af
