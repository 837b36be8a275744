// Many datasets at once, as users in C++ and C have them.
#include <gtest/gtest.h>

#include "arrayformat/arrayformat.hpp"

namespace {

using namespace arrayformat;

class AcrossTheCAbi : public testing::Test {
 protected:
  AcrossTheCAbi() {
    for (int month = 1; month <= 3; month++) {
      Dataset dataset = atlas_.create_dataset("month " + std::to_string(month));
      dataset.set_attribute("season", Value::text(month < 3 ? "winter" : "spring"));
      if (month == 2) continue;
      std::vector<float> values(static_cast<std::size_t>(month), static_cast<float>(month));
      dataset.define("temp", Schema::of<float>({month}));
      dataset.write("temp", values);
      dataset.set_array_attribute("temp", "units", Value::text("K"));
      dataset.define("note", Schema(AF_STRING, {1}));
      dataset.write_variable("note", {"note " + std::to_string(month)});
    }
    atlas_.flush();
  }

  Store store_ = Store::create_memory();
  Atlas atlas_ = Atlas::create_in(store_, "w");
};

TEST_F(AcrossTheCAbi, ReadsRagged) {
  const Ragged<float> ragged = atlas_.read_ragged<float>("temp");
  EXPECT_EQ(ragged.elements, (std::vector<float>{1, 3, 3, 3}));
  EXPECT_EQ(ragged.offsets, (std::vector<std::int64_t>{0, 1, 1, 4}));
  EXPECT_EQ(ragged.present, (std::vector<std::uint8_t>{1, 0, 1}));
  EXPECT_EQ(atlas_.read_ragged<float>("temp", {{1}, {5}}, Rows{{2, 0}}).offsets,
            (std::vector<std::int64_t>{0, 2, 2}));
  EXPECT_EQ(atlas_.read_ragged_variable("note").elements, (std::vector<std::string>{"note 1", "note 3"}));
  EXPECT_THROW(atlas_.read_ragged<double>("temp"), Error);
}

TEST_F(AcrossTheCAbi, ReadsStacked) {
  EXPECT_EQ(atlas_.stack_shape("temp"), Extents{3});
  EXPECT_EQ(atlas_.read_stacked<float>("temp", {{0}, {1}}, Rows{{2, 0}}), (std::vector<float>{3, 1}));
  EXPECT_EQ(atlas_.read_padded<float>("temp", {}, Rows{{0, 2}}), (std::vector<float>{1, 0, 0, 3, 3, 3}));
  const Value fill = Value::scalar(-1.0f);
  EXPECT_EQ(atlas_.read_padded<float>("temp", {{2}, {1}}, {}, ValueView(fill.get())),
            (std::vector<float>{-1, -1, 3}));
  EXPECT_EQ(atlas_.read_stacked_variable("note", {}, Rows{{2}}).count(), 1);
}

TEST_F(AcrossTheCAbi, ListsAttributesAndStatistics) {
  const Listing listing = atlas_.list_across("temp");
  EXPECT_EQ(listing.name(1), "month 2");
  EXPECT_EQ(listing.data_type(1), -1);
  ASSERT_EQ(listing.shape(2).size(), 1u);
  EXPECT_EQ(listing.shape(2)[0], 3);
  const ValueMap seasons = atlas_.attribute_across("season");
  EXPECT_EQ(seasons.count(), 3);
  EXPECT_EQ(seasons.value(2)->bytes(), "spring");
  EXPECT_FALSE(atlas_.array_attribute_across("temp", "units").value(1));
  const Stats stats = atlas_.stats_across("temp");
  EXPECT_TRUE(stats.known(0));
  EXPECT_FALSE(stats.known(1));
  EXPECT_EQ(stats.row_count(2), 3u);
}

TEST_F(AcrossTheCAbi, SelectsDatasets) {
  EXPECT_EQ(atlas_.select("@season = 'winter'"), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(atlas_.select("temp > 2 or not has temp"), (std::vector<std::int64_t>{1, 2}));
  const Value limit = Value::scalar(2.5f);
  EXPECT_EQ(atlas_.select("temp < ?", {ValueView(limit.get())}), (std::vector<std::int64_t>{0}));
  EXPECT_TRUE(atlas_.select("temp > 100").empty());
  try {
    atlas_.select("temp >");
    FAIL() << "half a comparison was understood";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), AF_INVALID_ARGUMENT);
    EXPECT_NE(std::string(error.what()).find("byte 7"), std::string::npos) << error.what();
  }
}

// The room for a result is counted by the caller.
TEST_F(AcrossTheCAbi, ChecksHowManyRowsThereIsRoomFor) {
  std::int64_t offsets[8];
  auto sizes = [&](std::int64_t count) {
    return af_atlas_read_ragged(atlas_.get(), "temp", -1, nullptr, count, nullptr, nullptr, 0, nullptr, 0,
                                offsets, nullptr, nullptr);
  };
  EXPECT_EQ(sizes(3), AF_OK);
  EXPECT_EQ(sizes(2), AF_INVALID_ARGUMENT);
  EXPECT_EQ(sizes(4), AF_INVALID_ARGUMENT);
  EXPECT_EQ(sizes(-1), AF_INVALID_ARGUMENT);
  EXPECT_EQ(sizes(INT64_MAX), AF_INVALID_ARGUMENT);
}

}  // namespace
