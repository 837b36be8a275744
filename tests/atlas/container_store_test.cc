// Containers as stores of datasets.
#include "tale.h"

namespace af {
namespace {

using Rows = std::vector<int64_t>;

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

// Those of format 1 as well, though each dataset has a file of its own there.
TEST_P(AContainerAsAStore, IsReadAcrossLikeAnyOther) {
  Collection found = open();
  for (const std::string& variable : found.variables()) {
    Listing listing = found->list_across(variable, {});
    std::vector<NamedStats> stats = found->stats_across(variable, {});
    ASSERT_EQ(static_cast<size_t>(listing.count()), found.datasets().size());
    for (int64_t i = 0; i < listing.count(); i++) {
      Member dataset = found.open(listing.name(i));
      bool has = dataset->contains(variable);
      EXPECT_EQ(listing.dtypes[static_cast<size_t>(i)] != -1, has);
      EXPECT_EQ(stats[static_cast<size_t>(i)].stats, has ? dataset->stats(variable).stats : std::nullopt);
    }
  }
}

TEST_P(AContainerAsAStore, GivesTheValuesOfEachDataset) {
  Collection found = open();
  auto rows = static_cast<int64_t>(found.datasets().size());
  std::vector<int64_t> offsets(static_cast<size_t>(rows) + 1);
  std::vector<uint8_t> present(static_cast<size_t>(rows));
  for (const char* variable : {"temp", "depth"}) {
    found->read_ragged(variable, {}, {}, {}, offsets, nullptr);
    std::string all(static_cast<size_t>(offsets.back()), 'x'), one_by_one;
    found->read_ragged(variable, {}, {}, std::as_writable_bytes(std::span(all)), offsets, present.data());
    for (const std::string& name : found.datasets()) {
      if (!found.open(name)->contains(variable)) continue;
      ArraySchema schema = found.open(name)->schema(variable);
      std::string values(static_cast<size_t>(element_count(schema.shape)) * element_size(schema.dtype.id),
                         'y');
      found.open(name)->read(variable, {}, {}, {std::as_writable_bytes(std::span(values)), {}});
      one_by_one += values;
    }
    EXPECT_EQ(all, one_by_one) << variable;
    EXPECT_GT(all.size(), 0u);
  }
  Texts texts = texts_of(found->read_ragged_texts("name", {}, {}, offsets, present.data())), expected;
  for (const std::string& name : found.datasets())
    if (found.open(name)->contains("name"))
      for (std::string& text : texts_of(found.open(name)->read_variable("name", {}, {})))
        expected.push_back(text);
  EXPECT_EQ(texts, expected);
  EXPECT_FALSE(texts.empty());
}

TEST_P(AContainerAsAStore, IsStackedAndPadded) {
  Collection found = open();
  Rows rows = {2, 0, 1};
  std::vector<int64_t> stacked(12);
  found->read_stacked("depth", rows, {}, false, nullptr, std::as_writable_bytes(std::span(stacked)));
  for (size_t i = 0; i < rows.size(); i++) {
    std::vector<int64_t> one(stacked.begin() + static_cast<ptrdiff_t>(4 * i),
                             stacked.begin() + static_cast<ptrdiff_t>(4 * i + 4));
    EXPECT_EQ(one, found.open(text_of("ds_", rows[i])).read<int64_t>("depth"));
  }
  std::vector<double> padded(3);
  expect_error(Status::kArrayNotFound, [&] {
    found->read_stacked("f64", rows, {}, false, nullptr, std::as_writable_bytes(std::span(padded)));
  });
  Value fill = number(-9.0);
  found->read_stacked("f64", rows, {}, true, &fill, std::as_writable_bytes(std::span(padded)));
  EXPECT_EQ(padded, (std::vector<double>{-9, -9, 1.5}));
}

TEST_P(AContainerAsAStore, IsChosenFromByStatisticsAndAttributes) {
  Collection found = open();
  Rows all = found->select("has temp", {});
  EXPECT_FALSE(all.empty());
  EXPECT_EQ(found->select("temp >= 0 or temp < 0", {}), all);
  EXPECT_EQ(found->select("@month = 1", {}), Rows{1});
  EXPECT_EQ(found->select("temp@units = 'celsius' and @month in (0, 2)", {}), Rows{0});
  ValueMap months = found->attribute_across({}, "month", {});
  ASSERT_EQ(months.size(), found.datasets().size());
  EXPECT_EQ(months[2].second, found.open("ds_2")->attribute("month"));
  EXPECT_EQ(found->attribute_across("temp", "units", {})[0].second, text("celsius"));
}

}  // namespace
}  // namespace af
