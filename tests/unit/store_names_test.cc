#include "format/store_names.h"

#include <gtest/gtest.h>

#include <string>

#include "support/expect_error.h"

namespace af {
namespace {

using namespace std::string_literals;

TEST(StoreNames, SomeAreRefused) {
  for (const std::string& name : {""s, "."s, ".."s, "a/b"s, "/"s, "_x"s, "_global"s, "\xff"s}) {
    expect_error(
        Status::kInvalidName, [&] { check_dataset_name(name); }, "dataset name");
    expect_error(
        Status::kInvalidName, [&] { check_variable_name(name); }, "variable name");
  }
  for (const std::string& name :
       {"a"s, "..."s, ".a"s, "a_"s, "ü ñ%"s, "a\\b"s, "\0"s, "atlas.json"s, "x y"s}) {
    check_dataset_name(name);
    check_variable_name(name);
  }
}

TEST(StoreNames, FoldersAreEscapedAsTheReferenceDoes) {
  EXPECT_EQ(folder_of_variable("temp"), "temp");
  EXPECT_EQ(folder_of_variable("time.ns v2-+=,;:!@$&'()"), "time.ns v2-+=,;:!@$&'()");
  EXPECT_EQ(folder_of_variable("ü ñ%"), "%C3%BC %C3%B1%25");
  EXPECT_EQ(twice_escaped_folder("ü ñ%"), "%25C3%25BC %25C3%25B1%2525");
  EXPECT_EQ(twice_escaped_folder("temp"), "temp");
  EXPECT_EQ(folder_of_variable("\\{^}%`]\">[~<#|*?\r\n\x7f\0"s),
            "%5C%7B%5E%7D%25%60%5D%22%3E%5B%7E%3C%23%7C%2A%3F%0D%0A%7F%00");
}

TEST(StoreNames, NoFolderLeadsOutOfTheStore) {
  EXPECT_EQ(folder_of_variable("../../x"), "..%2F..%2Fx");
  EXPECT_EQ(folder_of_variable("."), "%2E");
  EXPECT_EQ(folder_of_variable(".."), "%2E%2E");
}

TEST(StoreNames, AFolderTellsItsVariable) {
  for (const std::string& name : {"temp"s, "ü ñ%"s, "%25"s, "a\0b"s, "..."s, "x\\y"s})
    EXPECT_EQ(variable_of_folder(folder_of_variable(name)), name);
  for (const char* folder : {"ü", "%", "%2", "%zz", "%c3%bc", "%41", "%FF", "a*"})
    EXPECT_EQ(variable_of_folder(folder), std::nullopt) << folder;
}

}  // namespace
}  // namespace af
