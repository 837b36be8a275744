#include "format/timestamp.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace af {
namespace {

TEST(Timestamp, HasAsFewDigitsAsTellAll) {
  EXPECT_EQ(timestamp_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp_text(1'700'000'000'123'456'789), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(timestamp_text(1'700'000'000'120'000'000), "2023-11-14T22:13:20.120Z");
  EXPECT_EQ(timestamp_text(1'700'000'000'000'001'000), "2023-11-14T22:13:20.000001Z");
  EXPECT_EQ(timestamp_text(-1000), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(timestamp_text(-1), "1969-12-31T23:59:59.999999999Z");
}

TEST(Timestamp, ReachesFrom1677To2262) {
  EXPECT_EQ(timestamp_text(std::numeric_limits<int64_t>::min()), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(timestamp_text(std::numeric_limits<int64_t>::max()), "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(parse_timestamp("1677-09-21T00:12:43.145224192Z"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(parse_timestamp("1677-09-21T00:12:43.145224191Z"), std::nullopt);
  EXPECT_EQ(parse_timestamp("2262-04-11T23:47:16.854775807Z"), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(parse_timestamp("2262-04-11T23:47:16.854775808Z"), std::nullopt);
  EXPECT_EQ(parse_timestamp("0000-01-01T00:00:00Z"), std::nullopt);
  EXPECT_EQ(parse_timestamp("9999-12-31T23:59:59Z"), std::nullopt);
}

RC_GTEST_PROP(Timestamp, ComesBackFromItsText, (int64_t unix_ns)) {
  RC_ASSERT(parse_timestamp(timestamp_text(unix_ns)) == unix_ns);
}

TEST(Timestamp, OffsetsAreConverted) {
  int64_t noon = 1'700'000'000'000'000'000;
  for (const char* text :
       {"2023-11-14T22:13:20Z", "2023-11-14t22:13:20z", "2023-11-14 22:13:20Z", "2023-11-14T22:13:20+00:00",
        "2023-11-14T22:13:20-00:00", "2023-11-14T23:13:20+01:00", "2023-11-14T16:43:20-05:30",
        "2023-11-15T22:12:20+23:59",
        "2023-11-14T16:43:20\xe2\x88\x92"
        "05:30",
        "2023-11-14T22:13:20.0Z", "2023-11-14T22:13:20.0000000009Z"})
    EXPECT_EQ(parse_timestamp(text), noon) << text;
  EXPECT_EQ(parse_timestamp("2023-11-14T22:13:20.5Z"), noon + 500'000'000);
  EXPECT_EQ(parse_timestamp("2023-11-14T22:13:20.1234567899Z"), noon + 123'456'789);
}

TEST(Timestamp, ALeapSecondIsTheFirstOfTheNextMinute) {
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60Z"), parse_timestamp("2017-01-01T00:00:00Z"));
}

TEST(Timestamp, OtherTextIsNone) {
  for (const char* text : {"",
                           "2023",
                           "2023-11-14",
                           "2023-11-14T22:13:20",
                           "2023-11-14T22:13Z",
                           "2023-11-14_22:13:20Z",
                           "2023-11-14T22:13:20.Z",
                           "2023-11-14T22:13:20+0100",
                           "2023-11-14T22:13:20+01",
                           "2023-11-14T22:13:20+24:00",
                           "2023-11-14T22:13:20+01:60",
                           "2023-11-14T22:13:20 Z",
                           "2023-11-14T22:13:20Z ",
                           " 2023-11-14T22:13:20Z",
                           "2023-02-29T00:00:00Z",
                           "2023-13-01T00:00:00Z",
                           "2023-00-01T00:00:00Z",
                           "2023-04-31T00:00:00Z",
                           "2023-11-14T24:00:00Z",
                           "2023-11-14T22:60:00Z",
                           "2023-11-14T22:13:61Z",
                           "-023-11-14T22:13:20Z",
                           "2023-11-14T22:13:20,5Z",
                           "20231114T221320Z....",
                           "2023-1-14T22:13:20.00Z",
                           "+2023-11-14T22:13:20Z",
                           "not-a-date-but-long-enough"})
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
}

}  // namespace
}  // namespace af
