// Earlier commits that stay open to readers.
#include "tale.h"

namespace af {
namespace {

class Commits : public StoreStory {
 protected:
  static AtlasOptions keeping(int64_t commits) {
    AtlasOptions options = to_write();
    options.keep_commits = commits;
    return options;
  }
  Collection at(int64_t commit) const {
    AtlasOptions options;
    options.at_commit = commit;
    return open(options);
  }
  static std::vector<uint64_t> numbers(const Collection& store) {
    std::vector<uint64_t> numbers;
    for (const KeptCommit& commit : store->commits()) numbers.push_back(commit.sequence);
    return numbers;
  }
};
INSTANTIATE_TEST_SUITE_P(Told, Commits, testing::Values(Place::kFolder, Place::kMemory), place_name);

TEST_P(Commits, AreOpenedAsTheyWere) {
  Collection writer = create(keeping(10));
  std::map<int64_t, Texts> told;
  auto flush = [&] {
    writer->flush();
    told[static_cast<int64_t>(writer->info().commit)] = writer.contents();
  };
  Member first = writer.create("first");
  first.put<int32_t>("temp", {1, 2});
  first->set_attribute("month", number(int64_t{1}));
  flush();
  first.write<int32_t>("temp", {3, 4});
  first.put<int32_t>("salt", {9});
  writer.create("second").put<int32_t>("temp", {5});
  flush();
  first->erase("salt");
  first->set_attribute("month", number(2.0));
  flush();
  writer->delete_dataset("second");
  writer->delete_dataset("first");
  flush();
  writer.create("first").put<int32_t>("temp", {7});
  flush();
  ASSERT_EQ(told.size(), 5u);
  EXPECT_EQ(numbers(writer).size(), 5u);
  for (const auto& [commit, contents] : told) {
    Collection then = at(commit);
    EXPECT_EQ(then.contents(), contents) << commit;
    EXPECT_EQ(static_cast<int64_t>(then->info().commit), commit);
    EXPECT_FALSE(then->refresh());
    EXPECT_EQ(then.contents(), contents) << commit;
    for (const std::string& variable : then.variables())
      EXPECT_EQ(static_cast<size_t>(then->list_across(variable, {}).count()), then.datasets().size());
  }
  EXPECT_EQ(open_to_read().findings(), Texts{}) << "nothing of it is an orphan";
}

TEST_P(Commits, AreKeptAsManyAsToldAndNoneOtherwise) {
  Collection writer = create();
  writer.create("d").put<int32_t>("temp", {0});
  writer->flush();
  EXPECT_EQ(numbers(writer), std::vector<uint64_t>{});
  writer = open(keeping(2));
  for (int32_t i = 1; i <= 4; i++) {
    writer.open("d").write<int32_t>("temp", {i});
    writer->flush();
    writer->flush();
  }
  uint64_t newest = writer->info().commit;
  EXPECT_EQ(numbers(open_to_read()), (std::vector<uint64_t>{newest - 1, newest}));
  EXPECT_EQ(at(static_cast<int64_t>(newest) - 1).open("d").read<int32_t>("temp"), std::vector<int32_t>{3});
  expect_error(
      Status::kNotFound, [&] { at(1); }, "commit 1 was not kept");
}

TEST_P(Commits, EndWithCompaction) {
  Collection writer = create(keeping(10));
  writer.create("d").put<int32_t>("temp", {1});
  writer->flush();
  int64_t before = static_cast<int64_t>(writer->info().commit);
  Collection reader = at(before), late = at(before);
  EXPECT_EQ(reader.open("d").read<int32_t>("temp"), std::vector<int32_t>{1});
  writer.open("d").write<int32_t>("temp", {2});
  writer->flush();
  writer->compact();
  expect_error(Status::kNotFound, [&] { at(before); });
  expect_error(Status::kStale, [&] { late.open("d").read<int32_t>("temp"); });
  EXPECT_EQ(reader.open("d").read<int32_t>("temp"), std::vector<int32_t>{1}) << "it had the layers open";
  EXPECT_EQ(at(static_cast<int64_t>(writer->info().commit)).contents(), writer.contents());
}

TEST_P(Commits, AreNotChanged) {
  Collection writer = create(keeping(1));
  writer.create("d");
  writer->flush();
  AtlasOptions options = to_write();
  options.at_commit = static_cast<int64_t>(writer->info().commit);
  expect_error(Status::kInvalidArgument, [&] { open(options); });
  expect_error(Status::kReadOnly, [&] { at(options.at_commit).create("x"); });
}

TEST_P(Commits, StandWhateverBecomesOfTheirKeeping) {
  auto failing = std::make_shared<FailingStore>(store());
  Collection writer(Atlas::create(failing, "w", keeping(3)));
  for (int change = 0; change < 12; change++) {
    std::string name = text_of("dataset ", change);
    writer.create(name).put<int32_t>("temp", {change});
    failing->fail_at(change, FailingStore::Failure::kOnce);
    try {
      writer->flush();
    } catch (const Error&) {
      failing->work_again();
      writer->flush();
    }
    failing->work_again();
    EXPECT_EQ(open_to_read().contents(), writer.contents()) << change;
    for (const KeptCommit& commit : writer->commits())
      EXPECT_EQ(at(static_cast<int64_t>(commit.sequence))->info().commit, commit.sequence);
  }
}

}  // namespace
}  // namespace af
