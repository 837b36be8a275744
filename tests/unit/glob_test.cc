#include "core/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace af {
namespace {

TEST(Glob, MatchesFromEndToEnd) {
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_FALSE(matches_glob("", "a"));
  EXPECT_TRUE(matches_glob("abc", "abc"));
  EXPECT_FALSE(matches_glob("abc", "abcd"));
  EXPECT_FALSE(matches_glob("abcd", "abc"));
}

TEST(Glob, StarsStandForAnyText) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("*", "a/b\n"));
  EXPECT_TRUE(matches_glob("nemo/*_temp", "nemo/sea_temp"));
  EXPECT_FALSE(matches_glob("nemo/*_temp", "nemo/sea_temp2"));
  EXPECT_TRUE(matches_glob("*a*b*", "xxaybbz"));
  EXPECT_FALSE(matches_glob("*a*b*", "xxbya"));
  EXPECT_TRUE(matches_glob("a**b", "ab"));
}

TEST(Glob, QuestionMarksStandForOneCharacter) {
  EXPECT_TRUE(matches_glob("a?c", "abc"));
  EXPECT_TRUE(matches_glob("a?c", "aéc"));
  EXPECT_TRUE(matches_glob("a?c", "a𐍈c"));
  EXPECT_FALSE(matches_glob("a?c", "ac"));
  EXPECT_FALSE(matches_glob("?", ""));
}

TEST(Glob, BracketsStandForOneOfSome) {
  EXPECT_TRUE(matches_glob("[abc]x", "bx"));
  EXPECT_TRUE(matches_glob("[a-cx-z]", "y"));
  EXPECT_FALSE(matches_glob("[a-c]", "d"));
  EXPECT_TRUE(matches_glob("[!a-c]", "d"));
  EXPECT_FALSE(matches_glob("[!a-c]", "a"));
  EXPECT_TRUE(matches_glob("[!a-c]", "é"));
  EXPECT_TRUE(matches_glob("[]]", "]"));
  EXPECT_TRUE(matches_glob("[a-]", "-"));
  EXPECT_TRUE(matches_glob("[a", "[a")) << "it is never closed";
}

TEST(Glob, BackslashesTakeAwayMeaning) {
  EXPECT_TRUE(matches_glob("\\*", "*"));
  EXPECT_FALSE(matches_glob("\\*", "x"));
  EXPECT_TRUE(matches_glob("\\[a]", "[a]"));
  EXPECT_TRUE(matches_glob("a\\", "a\\"));
}

TEST(Glob, ManyStarsDoNotTakeForEver) {
  std::string pattern, name(20000, 'a');
  for (int i = 0; i < 50; i++) pattern += "*a";
  EXPECT_FALSE(matches_glob(pattern + "*b", name));
  EXPECT_TRUE(matches_glob(pattern, name));
}

}  // namespace
}  // namespace af
