#include "cli/text.h"

#include <gtest/gtest.h>

#include <limits>

#include "cli/failure.h"
#include "cli/json.h"
#include "cli/sha256.h"

namespace af::cli {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(Escape, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(escaped("sea water/°C ☃ 🦀"), "sea water/°C ☃ 🦀");
}

TEST(Escape, ShowsWhatWouldDisturbATerminal) {
  EXPECT_EQ(escaped("a\nb\tc\rd\x1b[31m\x7f"), "a\\nb\\tc\\rd\\x1b[31m\\x7f");
  EXPECT_EQ(escaped(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(escaped("\u009b2J"), "\\x9b2J");
  EXPECT_EQ(escaped("\u202egpj"), "\\u{202e}gpj");
}

TEST(Escape, IsUnambiguous) {
  EXPECT_EQ(escaped("a\\n"), "a\\\\n");
  EXPECT_EQ(in_quotes("say \"hi\""), "\"say \\\"hi\\\"\"");
}

TEST(Escape, ShowsBytesThatAreNotUtf8) { EXPECT_EQ(escaped("a\xff\xc3z\xe2\x82"), "a\\xff\\xc3z\\xe2\\x82"); }

TEST(Utf8, KnowsWhatIsWellFormed) {
  EXPECT_TRUE(is_utf8("naïve ☃ 🦀"));
  for (const char* text :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "a\x80"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(Numbers, AreTheShortestThatReadBack) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(0.1f), "0.1");
  EXPECT_EQ(number_text(1e20f), "1e+20");
  EXPECT_EQ(number_text(-0.0), "-0");
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(number_text(-std::numeric_limits<float>::infinity()), "-Infinity");
  EXPECT_EQ(number_text(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
}

TEST(Timestamps, AreIso8601) {
  EXPECT_EQ(timestamp_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp_text(1'700'000'000'123'456'789), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(timestamp_text(951'782'400'500'000'000), "2000-02-29T00:00:00.5Z");
  EXPECT_EQ(timestamp_text(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(timestamp_text(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(timestamp_text(INT64_MAX), "2262-04-11T23:47:16.854775807Z");
}

TEST(Sizes, AreForPeople) {
  EXPECT_EQ(size_text(1), "1 byte");
  EXPECT_EQ(size_text(999), "999 bytes");
  EXPECT_EQ(size_text(1000), "1.0 kB");
  EXPECT_EQ(size_text(999'949), "999.9 kB");
  EXPECT_EQ(size_text(999'999), "1.0 MB");
  EXPECT_EQ(size_text(INT64_MAX), "9223.4 PB");
}

TEST(Parsing, TakesWholeNumbersOnly) {
  EXPECT_EQ(parse_integer("-9223372036854775808", "x"), INT64_MIN);
  for (const char* text : {"", "1x", "x", " 1", "1.0", "9223372036854775808", "+1"})
    EXPECT_THROW(parse_integer(text, "x"), Failure);
}

TEST(Parsing, TakesSizesWithAUnit) {
  EXPECT_EQ(parse_size("7", "x"), 7);
  EXPECT_EQ(parse_size("256K", "x"), 256 << 10);
  EXPECT_EQ(parse_size("3G", "x"), int64_t{3} << 30);
  for (const char* text : {"", "K", "-1K", "1T", "9999999999999G"})
    EXPECT_THROW(parse_size(text, "x"), Failure);
}

TEST(JsonStrings, EscapeWhatTheyMustAndNoMore) {
  EXPECT_EQ(json("keep"), "\"keep\"");
  EXPECT_EQ(json("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(json(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(json("/ü☃"), "\"/ü☃\"");
}

TEST(Bits, AreAllThere) {
  EXPECT_EQ(bits_text(1.5), "0x3ff8000000000000");
  EXPECT_EQ(bits_text(1.5f), "0x3fc00000");
  EXPECT_EQ(bits_text(-0.0), "0x8000000000000000");
  EXPECT_EQ(hex(std::string_view("\0\x01\xff", 3)), "0001ff");
}

TEST(Digest, IsSha256) {
  Sha256 sha;
  sha.add("a");
  sha.add("bc");
  EXPECT_EQ(sha.digest(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace af::cli
