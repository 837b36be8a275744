// Attributes: set, replaced, removed, asked for across all arrays; one dictionary for a stack, and other
// writers' dictionaries brought to one.
#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

using Attributes = std::map<std::string, Value>;

Value int_of(int64_t value) { return number(value); }

class AttributeStory : public Story {
 protected:
  // A stack of arrays that have nothing but attributes.
  Stack stack_of(const Texts& names) const {
    Stack stack = create();
    for (const std::string& name : names) stack.define<int8_t>(name, {0});
    return stack;
  }
  RawLayer layer(int number) const { return RawLayer(bytes("s." + std::to_string(number) + ".af")); }
};

class SettingAttributes : public AttributeStory {};
TELL_EVERYWHERE(SettingAttributes);

TEST_P(SettingAttributes, OfEveryTypeAndAsLists) {
  Stack stack = stack_of({"a"});
  Attributes expected;
  auto set = [&](const std::string& key, const Value& value) {
    stack->set_attribute("a", key, value);
    expected.emplace(key, value);
  };
  std::string sixteen(16, '\x81');
  for (TypeId type :
       {TypeId::kInt8, TypeId::kInt16, TypeId::kInt32, TypeId::kInt64, TypeId::kUInt8, TypeId::kUInt16,
        TypeId::kUInt32, TypeId::kUInt64, TypeId::kFloat32, TypeId::kFloat64}) {
    set(type_name(type), Value::fixed(type, false, as_bytes(sixteen).first(element_size(type)), 1));
    set(std::string(type_name(type)) + " list",
        Value::fixed(type, true, as_bytes(sixteen), 16 / element_size(type)));
    set(std::string("no ") + type_name(type), Value::fixed(type, true, {}, 0));
  }
  std::string bools("\1\0\1", 3);
  set("true", Value::fixed(TypeId::kBool, false, as_bytes(bools).first(1), 1));
  set("bools", Value::fixed(TypeId::kBool, true, as_bytes(bools), 3));
  set("NaN", number(std::bit_cast<double>(uint64_t{0x7ff8000000000123})));
  set("text", text("sixteen bytes it"));
  set("long text", text(std::string(300, 'x')));
  set("", text(""));
  set(std::string("nul\0key", 7), text(std::string("nul\0text", 8)));
  set("binary", Value::of_bytes(TypeId::kBinary, "\xff\xfe"));
  set("texts", Value::variable(TypeId::kString, true, "onetwothree and seventeen", {0, 3, 3, 6, 25}));
  set("blobs", Value::variable(TypeId::kBinary, true, "\xff\xfe", {0, 1, 2, 2}));
  EXPECT_EQ(stack.attributes("a"), expected);
  stack->flush();
  EXPECT_EQ(open_to_read().attributes("a"), expected);
  stack->compact();
  EXPECT_EQ(open_to_read().attributes("a"), expected);
  expect_sound(stack);
}

TEST_P(SettingAttributes, WhatTheFormatCannotHoldIsRefusedAndLeavesNoTrace) {
  Stack stack = stack_of({"a"});
  stack->flush();
  expect_error(Status::kUnsupported,
               [&] { stack->set_attribute("a", "when", Value::scalar(TypeId::kTimestampNs, int64_t{1})); });
  expect_error(Status::kUnsupported,
               [&] { stack->set_file_attribute("when", Value::scalar(TypeId::kTimestampNs, int64_t{1})); });
  expect_error(Status::kArrayNotFound, [&] { stack->set_attribute("nobody", "k", text("v")); });
  EXPECT_FALSE(stack->is_dirty());
  EXPECT_FALSE(stack->contains("__file__"));
  FileOptions four;
  four.footer_version = 4;
  Stack old = create("old.af", four);
  old.define<int8_t>("a", {1});
  for (const Value& value : {Value::of_bytes(TypeId::kBinary, "x"), Value::fixed(TypeId::kInt8, true, {}, 0)})
    expect_error(Status::kUnsupported, [&] { old->set_attribute("a", "k", value); });
  old->set_attribute("a", "k", text("v"));
  old->flush();
  EXPECT_EQ(open("old.af").attributes("a"), (Attributes{{"k", text("v")}}));
}

TEST_P(SettingAttributes, ReplacedAndRemoved) {
  Stack stack = stack_of({"a", "b"});
  stack->set_attribute("a", "k", int_of(1));
  stack->set_attribute("a", "l", int_of(2));
  stack->set_attribute("a", "k", text("another type"));
  stack->flush();
  stack->remove_attribute("a", "l");
  expect_error(
      Status::kAttributeNotFound, [&] { stack->remove_attribute("a", "l"); }, "'l'");
  expect_error(Status::kAttributeNotFound, [&] { stack->remove_attribute("b", "k"); });
  expect_error(Status::kAttributeNotFound, [&] { stack->attribute("a", "l"); });
  expect_error(Status::kArrayNotFound, [&] { stack->attribute("c", "l"); });
  EXPECT_EQ(stack.attributes("a"), (Attributes{{"k", text("another type")}}));
  stack->flush();
  EXPECT_EQ(open().attributes("a"), (Attributes{{"k", text("another type")}}));
  stack->remove_attribute("a", "k");
  stack->flush();
  EXPECT_EQ(open().attributes("a"), Attributes());
  stack->compact();
  EXPECT_EQ(open().attributes("a"), Attributes());
  expect_sound(open());
}

TEST_P(SettingAttributes, GoWithADeletedArray) {
  Stack stack = stack_of({"a"});
  stack->set_attribute("a", "k", int_of(1));
  stack->flush();
  stack->erase("a");
  stack.define<int8_t>("a", {0});
  EXPECT_EQ(stack.attributes("a"), Attributes());
  stack->flush();
  EXPECT_EQ(open().attributes("a"), Attributes());
  stack->set_attribute("a", "l", int_of(2));
  stack->flush();
  stack->erase("a");
  stack->flush();
  stack.define<int8_t>("a", {0});
  stack->flush();
  EXPECT_EQ(open().attributes("a"), Attributes());
}

TEST_P(SettingAttributes, SurviveWritingAndResizing) {
  Stack stack = create();
  stack.define<int32_t>("a", {4}, {2});
  stack->set_attribute("a", "k", int_of(1));
  stack->flush();
  stack.write<int32_t>("a", {1, 2, 3, 4});
  stack->flush();
  stack->resize("a", Numbers{2});
  stack->flush();
  EXPECT_EQ(open().attributes("a"), (Attributes{{"k", int_of(1)}}));
}

TEST_P(SettingAttributes, OneKeyOfAllArrays) {
  Stack stack = stack_of({"a", "b", "c", "d"});
  stack->set_attribute("a", "units", text("K"));
  stack->set_attribute("c", "units", text("Pa"));
  stack->set_attribute("d", "other", text("x"));
  auto column = [](const Stack& s) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [name, value] : s->attribute_column("units"))
      found.emplace_back(name, value ? std::string(value->data()) : "none");
    return found;
  };
  using Column = std::vector<std::pair<std::string, std::string>>;
  Column expected{{"a", "K"}, {"b", "none"}, {"c", "Pa"}, {"d", "none"}};
  EXPECT_EQ(column(stack), expected) << "pending";
  stack->flush();
  EXPECT_EQ(column(open()), expected) << "flushed";
  stack->set_attribute("b", "units", text("m"));
  stack->erase("a");
  expected = {{"b", "m"}, {"c", "Pa"}, {"d", "none"}};
  EXPECT_EQ(column(stack), expected) << "pending over a layer";
  stack->flush();
  EXPECT_EQ(column(open()), expected) << "two layers";
  stack->compact();
  EXPECT_EQ(column(open()), expected) << "compacted";
  EXPECT_EQ(stack->attribute_column("unheard of").front().second, std::nullopt);
}

TEST_P(SettingAttributes, OfTheFileItself) {
  Stack stack = create();
  stack->set_file_attribute("title", text("profiles"));
  stack->set_file_attribute("title", text("all profiles"));
  EXPECT_EQ(stack.names(), Texts{"__file__"});
  stack->flush();
  Stack reader = open();
  EXPECT_EQ(reader->attribute("__file__", "title"), text("all profiles"));
  EXPECT_EQ(reader->schema("__file__").shape.rank(), 0);
}

class OneDictionary : public AttributeStory {};
TELL_EVERYWHERE(OneDictionary);

// A layer carries the dictionary up to what its arrays use, and none if they use none.
TEST_P(OneDictionary, EachLayerCarriesAPrefix) {
  Stack stack = stack_of({"a", "b", "plain"});
  stack->set_attribute("a", "k0", text("v0"));
  stack->set_attribute("a", "k1", text("v1"));
  stack->set_attribute("b", "k2", text("v2"));
  stack->flush();
  EXPECT_EQ(layer(1).keys(), (Texts{"k0", "k1", "k2"}));
  stack->set_attribute("a", "k1", text("new"));
  stack->flush();
  EXPECT_EQ(layer(2).keys(), (Texts{"k0", "k1"})) << "a uses nothing later";
  EXPECT_EQ(layer(2).values(), (std::vector<Value>{text("v0"), text("v1"), text("v2"), text("new")}));
  stack.define<int8_t>("plain too", {0});
  stack->flush();
  EXPECT_EQ(layer(3).keys(), Texts());
  EXPECT_EQ(layer(3).values(), std::vector<Value>());
  stack->set_attribute("plain", "k2", text("v1"));
  stack->flush();
  EXPECT_EQ(layer(4).keys(), (Texts{"k0", "k1", "k2"})) << "nothing is put in twice";
  EXPECT_EQ(layer(4).values(), (std::vector<Value>{text("v0"), text("v1")}));
  EXPECT_EQ(layer(4).array("plain")->attribute(0), (AttributeEntry{2, 1}));
}

TEST_P(OneDictionary, ValuesAreEqualByBits) {
  Stack stack = stack_of({"a"});
  double nan = std::bit_cast<double>(uint64_t{0x7ff8000000000001});
  stack->set_attribute("a", "zero", number(0.0));
  stack->set_attribute("a", "minus zero", number(-0.0));
  stack->set_attribute("a", "nan", number(nan));
  stack->set_attribute("a", "same nan", number(nan));
  stack->set_attribute("a", "one", number(int64_t{1}));
  stack->set_attribute("a", "one byte", Value::scalar(TypeId::kInt8, int8_t{1}));
  stack->flush();
  EXPECT_EQ(layer(1).footer().value_count(), 5u) << "only the equal NaNs share an entry";
  EXPECT_EQ(open()->attribute("a", "minus zero"), number(-0.0));
}

TEST_P(OneDictionary, PositionsStayThroughACompactionAndARewriteOfABaseStartsAnew) {
  Stack stack = stack_of({"a", "b"});
  stack->set_attribute("a", "first", text("old"));
  stack->flush();
  stack->set_attribute("a", "first", text("new"));
  stack->set_attribute("b", "second", text("new"));
  stack->flush();
  stack->compact();
  RawLayer base(bytes("s.af"));
  EXPECT_EQ(base.values(), (std::vector<Value>{text("old"), text("new")})) << "sidecars may still be there";
  stack->copy_to(store(), "copy.af", {});
  EXPECT_EQ(RawLayer(bytes("copy.af")).values(), std::vector<Value>{text("new")});
}

class ForeignDictionaries : public AttributeStory {
 protected:
  static std::map<std::string, Attributes> all_attributes(const Stack& stack) {
    std::map<std::string, Attributes> all;
    for (const std::string& name : stack.names()) all[name] = stack.attributes(name);
    return all;
  }
};
TELL_EVERYWHERE(ForeignDictionaries);

// The first commit of ours says again what every array's attributes are, so that every reader understands the
// same.
TEST_P(ForeignDictionaries, AreNormalisedBeforeTheFirstCommit) {
  for (const char* golden : {"x/attrs_layers", "v5_layers/layers_by_0_12", "v5_layers/layers_by_0_13",
                             "v5_layers/layers_by_0_14"}) {
    std::string key = std::string(golden).substr(std::string_view(golden).find('/') + 1) + ".af";
    take_golden(golden, key);
    Stack stack = open(key);
    std::map<std::string, Attributes> before = all_attributes(stack);
    stack.define<int8_t>("ours", {1});
    stack->set_attribute("ours", "k0", text("ours"));
    stack->flush();
    before["ours"] = {{"k0", text("ours")}};
    EXPECT_EQ(all_attributes(stack), before) << golden;
    EXPECT_EQ(all_attributes(open(key)), before) << golden << ", reopened";
    expect_sound(open(key));
    stack->compact();
    EXPECT_EQ(all_attributes(open(key)), before) << golden << ", compacted";
  }
}

TEST_P(ForeignDictionaries, AreNormalisedByACompaction) {
  take_golden("x/attrs_layers");
  std::map<std::string, Attributes> before = all_attributes(open());
  open()->compact();
  EXPECT_EQ(all_attributes(open()), before);
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.stats"}));
  expect_sound(open());
}

// One dictionary that every layer continues needs no rewriting.
TEST_P(ForeignDictionaries, ThatAgreeAreContinued) {
  take_golden("v0_12/attrs");
  std::map<std::string, Attributes> before = all_attributes(open());
  std::string name = before.begin()->first;
  Stack stack = open();
  stack->set_attribute(name, "one more", text("v"));
  stack->flush();
  before[name].emplace("one more", text("v"));
  EXPECT_EQ(all_attributes(open()), before);
  EXPECT_EQ(open()->layer_count(), 3) << "a sidecar was put on top, nothing was rewritten";
  Texts first = RawLayer(bytes("s.1.af")).keys(), second = layer(2).keys();
  EXPECT_TRUE(std::equal(first.begin(),
                         first.begin() + static_cast<int64_t>(std::min(first.size(), second.size())),
                         second.begin()));
}

// The reference copies entries into a layer without the dictionaries that they point into.
TEST_P(ForeignDictionaries, AMentionWithoutItsDictionaryKeepsItsMeaning) {
  ForeignLayer first, second;
  ArraySchema schema = array_of(TypeId::kInt32, {1});
  first.add_array("a", schema, payload_of<int32_t>({1}));
  first.keys = {"k"};
  first.values = {text("v")};
  first.arrays[0].attributes = {{0, 0}};
  second.add_array("a", schema, payload_of<int32_t>({2}));
  second.arrays[0].attributes = {{0, 0}};
  put("s.af", first.bytes());
  put("s.1.af", second.bytes());
  Stack stack = open();
  EXPECT_EQ(stack.attributes("a"), (Attributes{{"k", text("v")}}));
  stack.define<int8_t>("b", {1});
  stack->set_attribute("b", "k", text("w"));
  stack->flush();
  EXPECT_EQ(open().attributes("a"), (Attributes{{"k", text("v")}}));
  EXPECT_EQ(open().attributes("b"), (Attributes{{"k", text("w")}}));
  stack->compact();
  EXPECT_EQ(open().attributes("a"), (Attributes{{"k", text("v")}}));
  EXPECT_EQ(open().read<int32_t>("a"), std::vector<int32_t>{2});
}

// Entries of 16, 32 and 64 bits, unsorted and dangling ones: what no reader ever saw stays unseen.
TEST_P(ForeignDictionaries, OddEntriesSurviveACommit) {
  take_golden("x/attr_widths_made");
  std::map<std::string, Attributes> before = all_attributes(open());
  Stack stack = open();
  stack.define<int8_t>("ours", {1});
  stack->set_attribute("ours", "k", text("v"));
  stack->flush();
  before["ours"] = {{"k", text("v")}};
  EXPECT_EQ(all_attributes(open()), before);
  stack->compact();
  EXPECT_EQ(all_attributes(open()), before);
}

class RivalAttributes : public AttributeStory {};
TELL_EVERYWHERE(RivalAttributes);

TEST_P(RivalAttributes, OfOtherKeysAreMerged) {
  Stack one = stack_of({"a"});
  one->flush();
  Stack other = open();
  one->set_attribute("a", "one", int_of(1));
  other->set_attribute("a", "other", int_of(2));
  one->flush();
  other->flush();
  EXPECT_EQ(open().attributes("a"), (Attributes{{"one", int_of(1)}, {"other", int_of(2)}}));
  expect_sound(open());
}

TEST_P(RivalAttributes, OfTheSameKeyAreAConflict) {
  Stack one = stack_of({"a"});
  one->flush();
  Stack other = open();
  one->set_attribute("a", "k", int_of(1));
  other->set_attribute("a", "k", int_of(2));
  one->flush();
  expect_error(
      Status::kConflict, [&] { other->flush(); }, "'a'");
  EXPECT_TRUE(other->is_dirty());
  other->refresh();
  EXPECT_EQ(other->attribute("a", "k"), int_of(1));
}

TEST_P(RivalAttributes, ADeletedArrayForgetsWhatWasSetOnIt) {
  Stack one = stack_of({"a", "b"});
  one->flush();
  Stack other = open();
  other->set_attribute("a", "k", int_of(1));
  other->erase("a");
  one->set_attribute("b", "k", int_of(2));
  one->flush();
  other->flush();
  EXPECT_EQ(open().names(), Texts{"b"});
}

// Bringing foreign dictionaries to one must not let a change pass that another writer has overtaken.
TEST_P(RivalAttributes, AConflictIsSeenThroughTheNormalising) {
  take_golden("x/attrs_layers");
  Stack one = open(), other = open();
  one->set_attribute("a", "k0", text("one"));
  other->set_attribute("a", "k0", text("other"));
  other.define<int8_t>("free", {1});
  one->flush();
  expect_error(Status::kConflict, [&] { other->flush(); });
  EXPECT_EQ(open()->attribute("a", "k0"), text("one"));
  EXPECT_FALSE(open()->contains("free"));
  other->refresh();
  other.define<int8_t>("free", {1});
  other->flush();
  EXPECT_TRUE(open()->contains("free"));
}

}  // namespace
}  // namespace af
