// Predicates: what their text means, and which rows they keep. A row is kept when some element of the
// variable may satisfy the comparison, judged by the least and the greatest alone.
#include "atlas/predicate.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <map>

#include "support/expect_error.h"

namespace af {
namespace {

using Kind = StatValue::Kind;

StatValue integer(int64_t value) { return {Kind::kInt, static_cast<uint64_t>(value), {}}; }
StatValue natural(uint64_t value) { return {Kind::kUInt, value, {}}; }
StatValue real(double value) { return {Kind::kFloat, std::bit_cast<uint64_t>(value), {}}; }
StatValue text(std::string value) { return {Kind::kBytes, 0, std::move(value)}; }
StatValue moment(int64_t value) { return {Kind::kTimestampNs, static_cast<uint64_t>(value), {}}; }

struct Known {
  std::optional<StatValue> min, max;
};
Known range(StatValue min, StatValue max) { return {std::move(min), std::move(max)}; }
Known exactly(const StatValue& value) { return {value, value}; }
Known present_only() { return {}; }

// Column names as "temp", "@region" or "temp@units".
using Row = std::map<std::string, Known>;

std::string name_of(const ColumnName& column) {
  return column.kind == ColumnName::Kind::kVariable ? column.variable : column.variable + "@" + column.key;
}

bool keeps(std::string_view predicate, const Row& row, std::vector<Value> parameters = {}) {
  std::vector<const Value*> given;
  for (const Value& value : parameters) given.push_back(&value);
  Predicate parsed = Predicate::parse(predicate, given);
  std::vector<ColumnCell> cells;
  for (const ColumnName& column : parsed.columns()) {
    auto found = row.find(name_of(column));
    if (found == row.end()) {
      cells.push_back({});
      continue;
    }
    const Known& known = found->second;
    cells.push_back({true, known.min ? &*known.min : nullptr, known.max ? &*known.max : nullptr});
  }
  return parsed.may_match(cells);
}

const Row kFiveToNine = {{"x", range(integer(5), integer(9))}};

TEST(Predicates, CompareWithTheLeastAndTheGreatest) {
  const std::map<std::string, bool> answers = {{"x < 5", false},
                                               {"x < 6", true},
                                               {"x <= 5", true},
                                               {"x <= 4", false},
                                               {"x > 9", false},
                                               {"x > 8", true},
                                               {"x >= 9", true},
                                               {"x >= 10", false},
                                               {"x = 5", true},
                                               {"x = 7", true},
                                               {"x = 9", true},
                                               {"x = 4", false},
                                               {"x = 10", false},
                                               {"x != 5", true},
                                               {"x between 1 and 4", false},
                                               {"x in (1)", false},
                                               {"x between 9 and 12", true},
                                               {"x between 6 and 7", true},
                                               {"x in (1, 7, 20)", true},
                                               {"x in (10, 4)", false},
                                               {"x not between 5 and 9", false},
                                               {"x not between 5 and 8", true},
                                               {"x not in (5)", true}};
  for (const auto& [predicate, kept] : answers) EXPECT_EQ(keeps(predicate, kFiveToNine), kept) << predicate;
}

TEST(Predicates, OfOneValueAreExact) {
  Row five = {{"x", exactly(integer(5))}};
  EXPECT_FALSE(keeps("x != 5", five));
  EXPECT_TRUE(keeps("x != 6", five));
  EXPECT_FALSE(keeps("x not in (4, 5)", five));
  EXPECT_TRUE(keeps("x not in (4, 6)", five));
}

TEST(Predicates, AreJoined) {
  Row row = {{"x", exactly(integer(1))}, {"y", exactly(integer(2))}};
  EXPECT_TRUE(keeps("x = 1 and y = 2", row));
  EXPECT_FALSE(keeps("x = 1 and y = 3", row));
  EXPECT_TRUE(keeps("x = 0 or y = 2", row));
  EXPECT_TRUE(keeps("x = 1 or y = 0 and y = 1", row)) << "'and' binds closer";
  EXPECT_FALSE(keeps("(x = 1 or y = 0) and y = 1", row));
}

TEST(Predicates, AreTurnedAroundByNot) {
  Row row = {{"x", exactly(integer(1))}, {"y", exactly(integer(2))}};
  EXPECT_TRUE(keeps("not x = 0", row));
  EXPECT_FALSE(keeps("not x = 1", row));
  EXPECT_TRUE(keeps("not not x = 1", row));
  EXPECT_TRUE(keeps("not (x = 1 and y = 3)", row));
  EXPECT_FALSE(keeps("not (x = 1 or y = 3)", row));
  EXPECT_FALSE(keeps("not x between 0 and 1", row));
  EXPECT_TRUE(keeps("not x < 1", row));
  EXPECT_FALSE(keeps("not x >= 1", row));
  EXPECT_TRUE(keeps("not x < 9", {{"x", range(integer(5), integer(9))}})) << "some element is not below 9";
}

TEST(Predicates, LeaveOutWhatIsNotKnown) {
  Row lists = {{"@l", present_only()}};
  for (const char* predicate :
       {"x = 1", "x != 1", "not x = 1", "x < 1 or x >= 1", "not has @l", "@l = 1", "@l != 1"})
    EXPECT_FALSE(keeps(predicate, lists)) << predicate;
  EXPECT_TRUE(keeps("has @l", lists));
  EXPECT_TRUE(keeps("not has x", lists));
  EXPECT_TRUE(keeps("has @l and not has x@l", lists));
}

TEST(Predicates, CompareNumbersWhateverTheirTypes) {
  double huge = 0x1p63;
  EXPECT_TRUE(keeps("x = 5", {{"x", exactly(real(5.0))}}));
  EXPECT_TRUE(keeps("x = 5.0", {{"x", exactly(integer(5))}}));
  EXPECT_FALSE(keeps("x > 5", {{"x", exactly(real(5.0))}}));
  EXPECT_TRUE(keeps("x > 5", {{"x", exactly(real(5.25))}}));
  EXPECT_TRUE(keeps("x < -5", {{"x", exactly(real(-5.25))}}));
  EXPECT_TRUE(keeps("x > -1", {{"x", exactly(natural(UINT64_MAX))}}));
  EXPECT_TRUE(keeps("x = 18446744073709551615", {{"x", exactly(natural(UINT64_MAX))}}));
  EXPECT_FALSE(keeps("x >= 9223372036854775808", {{"x", exactly(integer(INT64_MAX))}}));
  EXPECT_TRUE(keeps("x > 9223372036854775807", {{"x", exactly(real(huge))}})) << "exact beyond 53 bits";
  EXPECT_FALSE(keeps("x > 9223372036854775808", {{"x", exactly(real(huge))}}));
  EXPECT_TRUE(keeps("x < 1e300", {{"x", exactly(natural(UINT64_MAX))}}));
  EXPECT_TRUE(keeps("x = true", {{"x", exactly(natural(1))}}));
  EXPECT_TRUE(keeps("x = false", {{"x", exactly(integer(0))}}));
}

TEST(Predicates, KnowNaNAndBothZeros) {
  double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  Row with_nan = {{"x", range(real(1), real(nan))}};
  EXPECT_TRUE(keeps("x > 1e308", with_nan)) << "there may be such a number below the NaN";
  EXPECT_FALSE(keeps("x < 1", with_nan));
  EXPECT_TRUE(keeps("x >= 0", {{"x", exactly(real(-0.0))}}));
  EXPECT_TRUE(keeps("x <= -0.0", {{"x", exactly(real(0.0))}}));
  EXPECT_TRUE(keeps("x > 18446744073709551615", {{"x", exactly(real(inf))}}));
  EXPECT_TRUE(keeps("x < -9223372036854775808", {{"x", exactly(real(-inf))}}));
  EXPECT_TRUE(keeps("x < 0", {{"x", exactly(real(-nan))}}));
  EXPECT_TRUE(keeps("x > 7", {{"x", exactly(real(nan))}}));
}

TEST(Predicates, CompareTextByteByByte) {
  Row row = {{"@region", exactly(text("arctic"))}, {"t@units", exactly(text("K"))}};
  EXPECT_TRUE(keeps("@region = 'arctic'", row));
  EXPECT_FALSE(keeps("@region = 'Arctic'", row));
  EXPECT_TRUE(keeps("@region < 'b' and t@units in ('degC', 'K')", row));
  EXPECT_FALSE(keeps("@region = 1", row));
  EXPECT_FALSE(keeps("@region != 1", row)) << "a number and a text never match";
  EXPECT_TRUE(keeps("@q = 'it''s'", {{"@q", exactly(text("it's"))}}));
  EXPECT_TRUE(keeps("@z = ''", {{"@z", exactly(text(""))}}));
}

TEST(Predicates, CompareTimestamps) {
  Row row = {{"time", range(moment(0), moment(86'400'000'000'000))}};
  EXPECT_TRUE(keeps("time < '1970-01-01T00:00:01Z'", row));
  EXPECT_FALSE(keeps("time > '1970-01-02T00:00:00Z'", row));
  EXPECT_TRUE(keeps("time in ('1970-01-01T12:00:00Z')", row));
  EXPECT_FALSE(keeps("time in ('noon')", row));
  EXPECT_FALSE(keeps("time > 5", row));
  EXPECT_TRUE(keeps("time = ?", row, {Value::scalar(TypeId::kTimestampNs, int64_t{7})}));
  Row as_text = {{"@when", exactly(text("1970-01-02T00:00:00Z"))}};
  EXPECT_TRUE(keeps("@when = '1970-01-02T00:00:00Z'", as_text)) << "text stays what it is";
}

TEST(Predicates, TakeNamesInQuotes) {
  EXPECT_TRUE(keeps("\"sea water temp\" > 4", {{"sea water temp", kFiveToNine.at("x")}}));
  EXPECT_TRUE(keeps("\"a\"\"b\"@\"c d\" > 4", {{"a\"b@c d", kFiveToNine.at("x")}}));
  EXPECT_TRUE(keeps("\"and\" > 4 and t\xc3\xa9mp.2-m > 4",
                    {{"and", kFiveToNine.at("x")}, {"t\xc3\xa9mp.2-m", kFiveToNine.at("x")}}));
  EXPECT_TRUE(keeps("inside > 4 or nothing = 1", {{"inside", kFiveToNine.at("x")}}))
      << "a name may begin with a word of the language";
}

TEST(Predicates, TakeParameters) {
  auto kept = [](const char* predicate, std::vector<Value> parameters) {
    return keeps(predicate, kFiveToNine, std::move(parameters));
  };
  EXPECT_TRUE(kept("x in (?, ?)",
                   {Value::scalar(TypeId::kUInt8, uint8_t{3}), Value::scalar(TypeId::kFloat32, 6.5f)}));
  EXPECT_FALSE(kept("x = ?", {Value::text("7")}));
  EXPECT_TRUE(kept("x between ? and ?",
                   {Value::scalar(TypeId::kBool, uint8_t{1}), Value::scalar(TypeId::kInt64, int64_t{5})}));
  EXPECT_TRUE(keeps("@b = ?", {{"@b", exactly(text(std::string("\xff\0", 2)))}},
                    {Value::of_bytes(TypeId::kBinary, std::string_view("\xff\0", 2))}));
  expect_error(
      Status::kInvalidArgument, [&] { kept("x = ?", {}); }, "byte 6");
  expect_error(
      Status::kInvalidArgument, [&] { kept("x = 1", {Value::text("7")}); }, "given are 1");
  expect_error(Status::kInvalidArgument, [&] {
    std::vector<int64_t> two{1, 2};
    kept("x = ?", {Value::fixed(TypeId::kInt64, true, std::as_bytes(std::span(two)), 2)});
  });
}

TEST(Predicates, NameEachColumnOnce) {
  Predicate predicate = Predicate::parse("b = 1 or @a = 2 or b = 3 or b@a = 4 or not @a = 1", {});
  std::vector<std::string> names;
  for (const ColumnName& column : predicate.columns()) names.push_back(name_of(column));
  EXPECT_EQ(names, (std::vector<std::string>{"b", "@a", "b@a"}));
}

TEST(Predicates, SayWhereTheyAreNotUnderstood) {
  const std::map<std::string, std::string> places = {{"", "byte 1"},
                                                     {"x", "byte 2"},
                                                     {"x =", "byte 4"},
                                                     {"x = 1 y", "byte 7"},
                                                     {"x == 1", "byte 4"},
                                                     {"(x = 1", "byte 7"},
                                                     {"x = 1)", "byte 6"},
                                                     {"x in ()", "byte 7"},
                                                     {"x in (1", "byte 8"},
                                                     {"x between 1", "byte 12"},
                                                     {"x = 'a", "byte 5"},
                                                     {"\"x = 1", "byte 1"},
                                                     {"x = inf", "byte 5"},
                                                     {"x = -nan", "byte 5"},
                                                     {"x = 1e999", "byte 5"},
                                                     {"and = 1", "byte 1"},
                                                     {"x@ = 1", "byte 4"},
                                                     {"x < y", "byte 5"},
                                                     {"not", "byte 4"},
                                                     {"x = 1 or", "byte 9"},
                                                     {"x ! 1", "byte 3"},
                                                     {"has", "byte 4"},
                                                     {"x = 1 and or x = 1", "byte 11"}};
  for (const auto& [predicate, place] : places)
    expect_error(
        Status::kInvalidArgument, [&, text = predicate] { Predicate::parse(text, {}); }, place + ": ");
}

TEST(Predicates, NestOnlySoDeep) {
  auto nested = [](int levels) { return std::string(levels, '(') + "x = 1" + std::string(levels, ')'); };
  EXPECT_NO_THROW(Predicate::parse(nested(99), {}));
  expect_error(
      Status::kInvalidArgument, [&] { Predicate::parse(nested(1'000'000), {}); }, "levels");
  std::string nots;
  for (int i = 0; i < 1'000'000; i++) nots += "not ";
  expect_error(
      Status::kInvalidArgument, [&] { Predicate::parse(nots + "x = 1", {}); }, "levels");
}

TEST(Predicates, FindOneOfManyValues) {
  std::string list = "x in (0";
  for (int i = 1; i < 100'000; i++) list += ", " + std::to_string(i * 100);
  Predicate predicate = Predicate::parse(list + ")", {});
  for (int64_t i = 0; i < 1000; i++) {
    StatValue at = integer(i * 100), beside = integer(i * 100 + 1);
    ASSERT_TRUE(predicate.may_match(std::vector<ColumnCell>{{true, &at, &at}}));
    ASSERT_FALSE(predicate.may_match(std::vector<ColumnCell>{{true, &beside, &beside}}));
  }
}

}  // namespace
}  // namespace af
