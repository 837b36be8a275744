#include "format/dataset_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace af {
namespace {

std::vector<std::string> names_of(const DatasetTable& table) {
  std::vector<std::string> names;
  for (size_t row = 0; row < table.size(); row++) names.emplace_back(table.name(row));
  return names;
}

TEST(DatasetTable, KeepsDatasetsInOrderAndByName) {
  DatasetTable table;
  EXPECT_EQ(table.find("a"), std::nullopt);
  for (int i = 0; i < 10000; i++)
    EXPECT_EQ(table.append("name" + std::to_string(i), static_cast<uint32_t>(i % 7)), size_t(i));
  for (int i = 0; i < 10000; i++) {
    std::string name = "name" + std::to_string(i);
    ASSERT_EQ(table.find(name), size_t(i));
    ASSERT_EQ(table.name(i), name);
    ASSERT_EQ(table.schema(i), static_cast<uint32_t>(i % 7));
  }
  EXPECT_EQ(table.find("name10000"), std::nullopt);
}

TEST(DatasetTable, ANameIsThereOnce) {
  DatasetTable table;
  EXPECT_EQ(table.insert("a", 1), std::pair(size_t{0}, true));
  EXPECT_EQ(table.insert("", 2), std::pair(size_t{1}, true));
  EXPECT_EQ(table.insert("a", 3), std::pair(size_t{0}, false));
  EXPECT_EQ(table.schema(0), 1u);
  EXPECT_EQ(names_of(table), (std::vector<std::string>{"a", ""}));
}

TEST(DatasetTable, DeletedDatasetsKeepTheirRowsUntilTheyAreDropped) {
  DatasetTable table;
  for (const char* name : {"a", "b", "c", "d"}) table.append(name, 5);
  table.set_values(3, std::vector{Value::scalar(TypeId::kInt64, int64_t{7})});
  table.set_deleted(0, true);
  table.set_deleted(2, true);
  table.set_deleted(2, true);
  EXPECT_EQ(table.size(), 4u);
  EXPECT_EQ(table.live_count(), 2u);
  EXPECT_EQ(table.find("c"), size_t{2});
  DatasetTable before = table;
  table.keep_live();
  EXPECT_EQ(names_of(table), (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(table.find("c"), std::nullopt);
  EXPECT_EQ(table.find("d"), size_t{1});
  EXPECT_EQ(table.values(1).at(0).get<int64_t>(), 7);
  EXPECT_TRUE(table.values(0).empty());
  EXPECT_EQ(names_of(before), (std::vector<std::string>{"a", "b", "c", "d"}));
  before.set_deleted(2, false);
  EXPECT_EQ(before.live_count(), 3u);
}

TEST(DatasetTable, HoldsTheValuesOfSchema1) {
  DatasetTable table;
  table.append("a", 0);
  table.append("b", 0);
  std::vector<Value> values = {Value::scalar(TypeId::kBool, uint8_t{1}),
                               Value::scalar(TypeId::kInt64, int64_t{-5}),
                               Value::text(std::string(300, 'x')),
                               Value::scalar(TypeId::kFloat64, -0.0),
                               Value::text(""),
                               Value::scalar(TypeId::kTimestampNs, int64_t{12})};
  table.set_values(1, values);
  EXPECT_EQ(table.values(1), values);
  EXPECT_TRUE(table.values(0).empty());
  table.set_values(1, {});
  EXPECT_TRUE(table.values(1).empty());
}

RC_GTEST_PROP(DatasetTable, AgreesWithAMap, (const std::vector<std::string>& names)) {
  DatasetTable table;
  std::map<std::string, size_t> rows;
  for (const std::string& name : names) {
    auto [row, is_new] = table.insert(name, 0);
    RC_ASSERT(rows.try_emplace(name, row).second == is_new);
  }
  RC_ASSERT(table.size() == rows.size());
  for (const auto& [name, row] : rows) RC_ASSERT(table.find(name) == row && table.name(row) == name);
}

}  // namespace
}  // namespace af
