#include "format/stats_file.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "support/hex.h"

namespace af {
namespace {

std::string written(const StatsFile& stats, bool with_checksum) {
  return std::string(as_text(write_stats(stats, with_checksum)));
}
StatsFile read(const std::string& bytes) { return read_stats(as_bytes(bytes)); }

StatsFile one_entry(int version) {
  StatValue low{StatValue::Kind::kInt, static_cast<uint64_t>(-2), {}}, high{StatValue::Kind::kBytes, 0, "zz"};
  return {version, {{"a", {low, high, 3, 4}}}};
}

TEST(StatsFiles, OfNothing) {
  EXPECT_EQ(hex_dump(written({0, {}}, false)), hex_dump(from_hex("16 x 00  10 7 x 00") + "ARST"));
  EXPECT_EQ(hex_dump(written({1, {}}, false)),
            hex_dump(from_hex("01 7 x 00  f8 7 x ff 8 x 00  18 7 x 00") + "ARST"));
}

TEST(StatsFiles, OfOneArrayByteForByte) {
  std::string entry = from_hex(
      "7a7a 6 x 00"                                 // 000: the bytes of the maximum, padding
      "61 15 x ff"                                  // 008: "a"
      "01 7 x 00  00 7 x 00  fe 7 x ff  8 x 00"     // 024: some Int -2
      "01 7 x 00  03 7 x 00  b8 7 x ff  02 7 x 00"  // 056: some bytes, 72 back, two
      "03 7 x 00  04 7 x 00");                      // 088: nulls, rows
  EXPECT_EQ(hex_dump(written(one_entry(0), false)),
            hex_dump(entry + from_hex("a0 7 x ff 01 7 x 00  78 7 x 00") + "ARST"));
  EXPECT_EQ(hex_dump(written(one_entry(1), false)),
            hex_dump(entry + from_hex("01 7 x 00  98 7 x ff 01 7 x 00  80 7 x 00") + "ARST"));
}

TEST(StatsFiles, ComeBackInBothVersionsWithAndWithoutAChecksum) {
  StatsFile stats = one_entry(1);
  stats.entries.push_back({std::string(40, 'n'), {{}, {}, UINT64_MAX, 0}});
  stats.entries.push_back({"",
                           {StatValue{StatValue::Kind::kFloat, 0x7ff8000000000001, {}},
                            StatValue{StatValue::Kind::kTimestampNs, 7, {}}, 1, 1}});
  stats.entries.push_back(
      {"u",
       {StatValue{StatValue::Kind::kUInt, UINT64_MAX, {}}, StatValue{StatValue::Kind::kBytes, 0, ""}, 0, 1}});
  for (int version : {0, 1}) {
    for (bool with_checksum : {false, true}) {
      stats.version = version;
      std::string bytes = written(stats, with_checksum);
      EXPECT_EQ(bytes.starts_with("AFSTATS1"), with_checksum);
      EXPECT_EQ(read(bytes).version, version);
      EXPECT_EQ(read(bytes).entries, stats.entries);
    }
  }
}

// A file of version 0 whose last row count is 1 ends like a root of version 1.
TEST(StatsFiles, OfVersionZeroIsNotTakenForVersionOne) {
  StatsFile stats{0, {{"a", {{}, {}, 0, 1}}}};
  EXPECT_EQ(read(written(stats, false)).version, 0);
  EXPECT_EQ(read(written(stats, false)).entries, stats.entries);
  stats.version = 1;
  EXPECT_EQ(read(written(stats, false)).version, 1);
}

TEST(StatsFiles, WithAChecksumNoByteCanBeChangedUnseen) {
  std::string whole = written(one_entry(1), true);
  StatsFile right = read(whole);
  int refused = 0;
  for (size_t at = 0; at < whole.size(); at++) {
    for (int bit = 0; bit < 8; bit++) {
      std::string bad = whole;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      try {
        EXPECT_EQ(read(bad).entries, right.entries) << "byte " << at << ", bit " << bit;
      } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::kCorrupt);
        refused++;
      }
    }
  }
  // All but the letters that say that there is a checksum, and a length that ends before them.
  EXPECT_EQ(refused, static_cast<int>(whole.size() - 8) * 8 - 1);
}

TEST(StatsFiles, ThatAreNoneAreRefused) {
  std::string whole = written(one_entry(1), false);
  for (size_t size = 0; size < whole.size(); size++)
    expect_error(Status::kCorrupt, [&] { read(whole.substr(0, size)); });
  expect_error(Status::kCorrupt, [&] { read(whole + "x"); });
  expect_error(Status::kCorrupt, [&] { read(from_hex("8 x ff") + "ARST"); });
  std::string bad = whole;
  bad[32] = 5;  // the minimum's kind
  expect_error(Status::kCorrupt, [&] { read(bad); });
  bad = whole;
  bad[24] = 2;  // neither some nor none
  expect_error(Status::kCorrupt, [&] { read(bad); });
  bad = whole;
  store(std::as_writable_bytes(std::span(bad)).data() + whole.size() - 20,
        uint64_t{1} << 58);  // so many entries
  expect_error(Status::kCorrupt, [&] { read(bad); });
}

}  // namespace
}  // namespace af
