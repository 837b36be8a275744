// Choosing from many datasets, whose statistics are taken from the whole stack at once: the same rows as
// where each dataset is asked by itself.
#include "tale.h"

namespace af {
namespace {

constexpr int32_t kMany = 200;

class ChoosingFromMany : public testing::Test {
 protected:
  ChoosingFromMany() : writer_(Atlas::create(store_, "w", to_write())) {
    for (int32_t i = 0; i < kMany; i++) {
      Member dataset = writer_.create(text_of("dataset ", i));
      dataset.put<double>("temp", {i + 0.25, i + 0.5});
      if (i % 3 == 0) dataset.put<int32_t>("salt", {-i});
    }
    writer_->flush();
  }
  // By reading all values.
  std::vector<int64_t> warmer_than(double least) const {
    std::vector<int64_t> rows;
    for (const std::string& name : writer_.datasets())
      if (writer_.open(name)->contains("temp") && writer_.open(name).read<double>("temp")[1] > least)
        rows.push_back(writer_->dataset_row(name));
    return rows;
  }
  std::vector<int64_t> chosen(const Collection& from, std::string_view predicate) const {
    return from->select(predicate, {});
  }

  std::shared_ptr<ObjectStore> store_ = create_memory_store();
  Collection writer_;
};

TEST_F(ChoosingFromMany, KnowsWhatEachLayerSays) {
  EXPECT_EQ(chosen(writer_, "temp > 150"), warmer_than(150));
  for (int32_t i : {3, 60, 160})
    writer_.open(text_of("dataset ", i)).write<double>("temp", {0.0, 1000.0 - i});
  EXPECT_EQ(chosen(writer_, "temp > 150"), warmer_than(150)) << "what is pending counts";
  writer_->flush();
  EXPECT_EQ(chosen(writer_, "temp > 150"), warmer_than(150));
  EXPECT_EQ(chosen(Collection(Atlas::open(store_, "w", {})), "temp > 150"), warmer_than(150));
  writer_->delete_dataset("dataset 199");
  writer_.open("dataset 198")->erase("temp");
  EXPECT_EQ(chosen(writer_, "temp > 150"), warmer_than(150));
  writer_->flush();
  EXPECT_EQ(chosen(writer_, "temp > 150"), warmer_than(150));
  writer_->compact();
  EXPECT_EQ(chosen(writer_, "temp > 150"), warmer_than(150));
}

TEST_F(ChoosingFromMany, KnowsWhoHasAVariable) {
  EXPECT_EQ(chosen(writer_, "has salt").size(), 67u);
  EXPECT_EQ(chosen(writer_, "salt between -9 and -3"), (std::vector<int64_t>{3, 6, 9}));
  EXPECT_EQ(chosen(writer_, "not salt < -3 and temp < 4"), (std::vector<int64_t>{0, 3}));
}

TEST_F(ChoosingFromMany, ComparesFloatsWithNumbersOfEachKind) {
  Value largest = Value::scalar(TypeId::kUInt64, UINT64_MAX);
  Value least = number(INT64_MIN);
  const Value* parameters[] = {&largest, &least};
  EXPECT_TRUE(writer_->select("temp > ? or temp < ?", parameters).empty());
  EXPECT_EQ(writer_->select("temp < ? and temp > ?", parameters).size(), static_cast<size_t>(kMany));
  EXPECT_EQ(chosen(writer_, "temp <= 0.25"), std::vector<int64_t>{0});
  EXPECT_EQ(chosen(writer_, "temp < 0.25"), std::vector<int64_t>{});
}

}  // namespace
}  // namespace af
