#include "format/document.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "format/document_writer.h"
#include "support/expect_error.h"

namespace af {
namespace {

using namespace std::string_literals;

// Writes what a tree holds, as a program that only passes a document on.
void write(DocumentValue value, DocumentWriter& out) {
  using Kind = DocumentValue::Kind;
  switch (value.kind()) {
    case Kind::kNull: return out.null();
    case Kind::kBoolean: return out.boolean(value.boolean("value"));
    case Kind::kInteger: return out.integer(value.integer("value"));
    case Kind::kNatural: return out.natural(value.natural("value"));
    case Kind::kReal: return out.real(value.real("value"));
    case Kind::kText: return out.text(value.text("value"));
    case Kind::kBytes: return out.text("bytes: " + std::to_string(value.bytes("value").size()));
    case Kind::kArray:
      out.begin_array(static_cast<uint32_t>(value.elements("value").size()));
      for (DocumentValue element : value.elements("value")) write(element, out);
      return out.end_array();
    case Kind::kMap:
      out.begin_map(static_cast<uint32_t>(value.entries("value").size()));
      for (auto [name, entry] : value.entries("value")) {
        out.key(name);
        write(entry, out);
      }
      return out.end_map();
  }
}

std::string json_of(const Document& tree) {
  std::string out;
  write(tree.root(), *json_writer(&out));
  return out;
}
std::string msgpack_of(const Document& tree) {
  std::string out;
  write(tree.root(), *msgpack_writer(&out));
  return out;
}
std::string through_json(std::string_view text) { return json_of(read_json(text)); }
Document unpacked(std::string_view bytes) { return read_msgpack(as_bytes(bytes)); }

std::string line_of(double number) {
  std::string out;
  auto writer = json_writer(&out);
  writer->real(number);
  return out;
}

// The only element of an array.
DocumentValue only(const Document& tree) { return *tree.root().elements("root").begin(); }

constexpr std::string_view kAll = R"({
  "null": null,
  "yes": true,
  "no": false,
  "small": -32,
  "least": -9223372036854775808,
  "greatest": 9223372036854775807,
  "natural": 18446744073709551615,
  "real": 2.0,
  "text": "h\u00e9 \"q\" \\ \b\f\n\r\t \u0001 \u0000 \ud83d\ude00 /",
  "nothing": [],
  "none": {},
  "list": [
    1,
    [
      2.5
    ],
    {
      "a": []
    }
  ]
})";

TEST(Document, JsonIsWrittenAsItWasRead) {
  std::string written = through_json(kAll);
  EXPECT_EQ(written.substr(0, 40), std::string(kAll).substr(0, 40));
  EXPECT_NE(written.find("\"hé \\\"q\\\" \\\\ \\b\\f\\n\\r\\t \\u0001 \\u0000 😀 /\""), std::string::npos)
      << written;
  EXPECT_EQ(through_json(written), written);
  EXPECT_EQ(through_json("{\"a\":[1,[2.50e0],{\"b\":{}}]}"),
            "{\n  \"a\": [\n    1,\n    [\n      2.5\n    ],\n    {\n      \"b\": {}\n    }\n  ]\n}");
}

TEST(Document, MessagePackCarriesTheSameValues) {
  Document tree = read_json(kAll);
  Document again = unpacked(msgpack_of(tree));
  EXPECT_EQ(json_of(again), json_of(tree));
}

TEST(Document, MessagePackIntegersTakeTheFewestBytes) {
  std::string packed = msgpack_of(
      read_json("[0, 127, 128, 255, 256, 65536, 4294967296, -1, -32, -33, -129, -32769, -2147483649]"));
  EXPECT_EQ(packed,
            "\x9d\x00\x7f\xcc\x80\xcc\xff\xcd\x01\x00\xce\x00\x01\x00\x00\xcf\x00\x00\x00\x01\x00\x00\x00\x00"
            "\xff\xe0\xd0\xdf\xd1\xff\x7f\xd2\xff\xff\x7f\xff\xd3\xff\xff\xff\xff\x7f\xff\xff\xff"s);
}

TEST(Document, NumbersAreExact) {
  auto integer = [](std::string_view digits) {
    return only(read_json(text_of("[", digits, "]"))).integer("it");
  };
  auto real = [](std::string_view digits) { return only(read_json(text_of("[", digits, " ]"))).real("it"); };
  EXPECT_EQ(integer("9007199254740993"), 9007199254740993);
  EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(only(read_json("[18446744073709551615]")).natural("it"), UINT64_MAX);
  EXPECT_EQ(real("18446744073709551616"), 18446744073709551616.0);
  EXPECT_EQ(real("-9223372036854775809"), -9223372036854775808.0);
  EXPECT_EQ(real("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_TRUE(std::signbit(real("-0")));
  EXPECT_TRUE(std::signbit(real("-0.0")));
  EXPECT_EQ(real("3791.1000000000004"), 3791.1000000000004);
  EXPECT_EQ(real("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(real("1e-400"), 0.0);
  EXPECT_EQ(real("1.7976931348623157e308"), std::numeric_limits<double>::max());
}

TEST(Document, RealsAreWrittenAsTheCratesDo) {
  EXPECT_EQ(line_of(2), "2.0");
  EXPECT_EQ(line_of(-0.0), "-0.0");
  EXPECT_EQ(line_of(0.1), "0.1");
  EXPECT_EQ(line_of(-1234.5), "-1234.5");
  EXPECT_EQ(line_of(0.00001), "0.00001");
  EXPECT_EQ(line_of(0.000015), "0.000015");
  EXPECT_EQ(line_of(0.0000015), "1.5e-6");
  EXPECT_EQ(line_of(1e15), "1000000000000000.0");
  EXPECT_EQ(line_of(1234567890123456.8), "1234567890123456.8");
  EXPECT_EQ(line_of(1e16), "1e+16");
  EXPECT_EQ(line_of(1e300), "1e+300");
  EXPECT_EQ(line_of(5e-324), "5e-324");
  EXPECT_EQ(line_of(-1.7976931348623157e308), "-1.7976931348623157e+308");
}

TEST(Document, AMapGivesItsEntriesAsTheyCome) {
  Document tree = read_json(R"({"b": 1, "a": [{"x": 2}, 3], "b": 4})");
  std::string names;
  for (auto [name, value] : tree.root().entries("root")) names += name;
  EXPECT_EQ(names, "bab");
  EXPECT_EQ(tree.root().entries("root").size(), 3u);
}

TEST(Document, AValueOfAnotherKindIsNamed) {
  Document tree = read_json(R"([1, "a", -1, 18446744073709551615])");
  std::vector<DocumentValue> values;
  for (DocumentValue value : tree.root().elements("root")) values.push_back(value);
  expect_error(
      Status::kCorrupt, [&] { values[0].text("the name"); }, "the name: expected text, found an integer");
  expect_error(
      Status::kCorrupt, [&] { values[1].elements("the shape"); }, "the shape: expected an array, found text");
  expect_error(
      Status::kCorrupt, [&] { values[2].natural("the count"); },
      "the count: expected a number from 0 on, found -1");
  expect_error(
      Status::kCorrupt, [&] { values[3].integer("the count"); }, "the count: an integer over 2^63-1");
  expect_error(
      Status::kCorrupt, [&] { tree.root().entries("the schema"); },
      "the schema: expected a map, found an array");
}

TEST(Document, MalformedJsonIsCorrupt) {
  for (std::string_view text : {"",
                                " ",
                                "{",
                                "[",
                                "[1",
                                "[1,]",
                                "[1 2]",
                                "[,1]",
                                "{\"a\"}",
                                "{\"a\":}",
                                "{\"a\":1,}",
                                "{a:1}",
                                "{\"a\" 1}",
                                "{\"a\":1 \"b\":2}",
                                "[1]x",
                                "[1] [2]",
                                "[1]]",
                                "{}{}",
                                "[tru]",
                                "[nul]",
                                "[falsey]",
                                "[truex]",
                                "[nulls]",
                                "[01]",
                                "[-]",
                                "[+1]",
                                "[1.]",
                                "[.5]",
                                "[1e]",
                                "[-01]",
                                "[0x10]",
                                "[NaN]",
                                "[Infinity]",
                                "[1e400]",
                                "[-1e400]",
                                "[1a]",
                                "['a']",
                                "[\"a]",
                                "[\"\\x\"]",
                                "[\"\\u12\"]",
                                "[\"\\ud800\"]",
                                "[\"a\nb\"]",
                                "[\"\xff\"]",
                                "[\"\xed\xa0\x80\"]",
                                "\xef\xbb\xbf{}",
                                "[1]\xff",
                                "// x\n[]",
                                "5",
                                "\"text\"",
                                "true"})
    expect_error(
        Status::kCorrupt, [&] { read_json(text); }, "JSON");
}

TEST(Document, MalformedMessagePackIsCorrupt) {
  for (std::string_view bytes : {""s, "\x91"s, "\xc1"s, "\x81\xa1"s,
                                 "\x81\xa1"
                                 "a"s,
                                 "\xd9\x05"
                                 "abc"s,
                                 "\xdd\xff\xff\xff\xff"s, "\xdf\xff\xff\xff\xff"s,
                                 "\xdb\xff\xff\xff\xff"
                                 "a"s,
                                 "\xc6\xff\xff\xff\xff"s, "\x01\x02"s, "\xa1\xff"s, "\x81\x01\x02"s,
                                 "\x81\x90\x02"s, "\x81\xc0\x02"s, "\xd4\x01\x02"s, "\xcb\x00"s,
                                 "\x82\xa1"
                                 "a\x01"s})
    expect_error(
        Status::kCorrupt, [&] { unpacked(bytes); }, "MessagePack");
}

TEST(Document, ForeignMessagePackIsUnderstood) {
  EXPECT_EQ(json_of(unpacked("\x81\xc4\x01"
                             "k\xca\x3f\xc0\x00\x00"s)),
            "{\n  \"k\": 1.5\n}");
  EXPECT_EQ(json_of(unpacked("\xd9\x01x"s)), "\"x\"");
  EXPECT_EQ(json_of(unpacked("\xdc\x00\x01\xd3\x00\x00\x00\x00\x00\x00\x00\x05"s)), "[\n  5\n]");
  Document tree = unpacked("\x91\xc4\x03\x00\xff\x01"s);
  EXPECT_EQ(as_text(only(tree).bytes("it")), "\x00\xff\x01"s);
}

TEST(Document, NestingIsBounded) {
  auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(read_json(nested(kDocumentDepth)).complete());
  for (int depth : {kDocumentDepth + 1, 100000}) {
    EXPECT_ANY_THROW(read_json(nested(depth)));
    EXPECT_ANY_THROW(read_json(std::string(depth, '[')));
    std::string maps;
    for (int i = 0; i < depth; i++) maps += "{\"a\":";
    EXPECT_ANY_THROW(read_json(maps));
    expect_error(
        Status::kLimitExceeded, [&] { unpacked(std::string(depth, '\x91') + "\x01"); }, "nested deeper");
  }
  expect_error(
      Status::kLimitExceeded, [&] { read_json(nested(kDocumentDepth + 1)); }, "nested deeper");
}

TEST(Document, PaddedTextIsReadInPlace) {
  std::string text = "[\"a\", 12]";
  size_t size = text.size();
  text += std::string(kDocumentPadding, '7');
  Document tree;
  parse_json(std::string_view(text).substr(0, size), tree, text.size());
  EXPECT_EQ(json_of(tree), "[\n  \"a\",\n  12\n]");
}

TEST(Document, ATreeCanBeUsedAgain) {
  Document tree;
  EXPECT_FALSE(tree.complete());
  parse_json("[1, {\"a\": \"text\"}]", tree);
  tree.clear();
  parse_json("{\"b\": [2]}", tree);
  EXPECT_EQ(json_of(tree), "{\n  \"b\": [\n    2\n  ]\n}");
}

}  // namespace
}  // namespace af
