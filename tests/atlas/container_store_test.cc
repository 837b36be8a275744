// Containers as stores of datasets.
#include "tale.h"

namespace af {
namespace {

class AContainerAsAStore : public testing::TestWithParam<std::string> {
 protected:
  AContainerAsAStore() { take_golden_store(*store_, GetParam(), "w"); }
  Collection open() const { return Collection(Atlas::open(store_, "w", to_write())); }

  std::shared_ptr<ObjectStore> store_ = create_memory_store();
};
INSTANTIATE_TEST_SUITE_P(Told, AContainerAsAStore, testing::Values("v0_16/zstd", "v0_17/zstd"),
                         [](const auto& info) { return info.param.substr(0, 5); });

TEST_P(AContainerAsAStore, IsReadLikeAnyOther) {
  Collection found = open();
  EXPECT_GT(found.contents().size(), found.datasets().size());
  EXPECT_EQ(found->info().schema_version, 0);
  EXPECT_EQ(found->info().container_format, GetParam().starts_with("v0_16") ? 1 : 8);
  EXPECT_GT(found->info().created_unix_ms, 0u);
  EXPECT_EQ(static_cast<size_t>(found->info().variable_count), found.variables().size());
  EXPECT_EQ(found.findings(true), Texts{});
  EXPECT_EQ(Collection(Atlas::open(store_, "w/data.atlas", {})).contents(), found.contents());
}

TEST_P(AContainerAsAStore, IsNotChangedButForDeletingDatasetsWhichIsDoneAtOnce) {
  Collection found = open();
  Texts names = found.datasets();
  Member first = found.open(names.front());
  expect_error(Status::kUnsupported, [&] { found.create("new"); });
  expect_error(Status::kUnsupported, [&] { first->define("new", array_of(TypeId::kInt8, {1})); });
  expect_error(Status::kUnsupported, [&] { first->set_attribute("new", number(1.0)); });
  expect_error(Status::kUnsupported, [&] { found->flush(); });
  expect_error(Status::kUnsupported, [&] { found->compact(); });
  expect_error(Status::kReadOnly,
               [&] { Collection(Atlas::open(store_, "w", {}))->delete_dataset(names.front()); });
  Collection other = open();
  found->delete_dataset(names.front());
  EXPECT_FALSE(found->is_dirty());
  names.erase(names.begin());
  EXPECT_EQ(found.datasets(), names);
  EXPECT_EQ(open().datasets(), names);
  expect_error(Status::kDatasetNotFound, [&] { first->attributes(); });
  EXPECT_TRUE(other->refresh());
  EXPECT_EQ(other.datasets(), names);
  EXPECT_EQ(other->dataset_row(names.front()), 1);
}

// Each dataset of format 1 has a file of its own: one variable is not read across them yet.
TEST_P(AContainerAsAStore, IsReadAcrossWhereVariablesLieTogether) {
  Collection found = open();
  bool together = found->info().container_format == 8;
  for (const std::string& variable : found.variables()) {
    if (!together) {
      expect_error(
          Status::kUnsupported, [&] { found->list_across(variable, {}); }, "format 1");
      continue;
    }
    Listing listing = found->list_across(variable, {});
    ASSERT_EQ(static_cast<size_t>(listing.count()), found.datasets().size());
    for (int64_t i = 0; i < listing.count(); i++)
      EXPECT_EQ(listing.dtypes[static_cast<size_t>(i)] != -1,
                found.open(listing.name(i))->contains(variable));
  }
}

}  // namespace
}  // namespace af
