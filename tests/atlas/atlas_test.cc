// What a store of datasets keeps, and what it refuses.
#include <cmath>
#include <limits>

#include "tale.h"

namespace af {
namespace {

class AStore : public StoreStory {};
TELL_EVERYWHERE(AStore);

Value timestamp(int64_t ns) { return Value::scalar(TypeId::kTimestampNs, ns); }

TEST_P(AStore, KeepsWhatWasFlushed) {
  Collection made = create();
  Member january = made.create("january");
  january.put<float>("temp", {1, 2, 3});
  january.put<int64_t>("depth", {10, 20});
  made.create("february").put<float>("temp", {4, 5});
  made->flush();

  Collection found = open_to_read();
  EXPECT_EQ(found.datasets(), (Texts{"january", "february"}));
  EXPECT_EQ(found.variables(), (Texts{"depth", "temp"}));
  EXPECT_EQ(found.open("january").variables(), (Texts{"temp", "depth"}));
  EXPECT_EQ(found.open("january").read<float>("temp"), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(found.open("january").read<int64_t>("depth"), (std::vector<int64_t>{10, 20}));
  EXPECT_EQ(found.open("february").read<float>("temp"), (std::vector<float>{4, 5}));
  EXPECT_EQ(found->dataset_row("february"), 1);
  EXPECT_EQ(found.findings(), Texts{});
}

TEST_P(AStore, ShowsItsOwnChangesBeforeTheyAreFlushedAndDropsThemWhenClosed) {
  Collection made = create();
  made.create("a").put<int32_t>("v", {1});
  EXPECT_TRUE(made->is_dirty());
  EXPECT_EQ(made.open("a").read<int32_t>("v"), (std::vector<int32_t>{1}));
  EXPECT_EQ(made->open_dataset("a")->stats("v").stats->min->bits, 1u);
  made.close();
  EXPECT_EQ(open().datasets(), Texts{});
  EXPECT_FALSE(holds("w/v/data.af"));
}

TEST_P(AStore, TakesMoreThanFitsIntoItsBufferBeforeTheFirstFlush) {
  AtlasOptions options = to_write();
  options.stacks.write_buffer_size = 1;
  Collection made = create(options);
  std::vector<int32_t> values(1000, 7);
  for (int i = 0; i < 5; i++) made.create("d" + std::to_string(i)).put<int32_t>("temp", values);
  made->flush();
  for (const std::string& name : made.datasets())
    EXPECT_EQ(open_to_read().open(name).read<int32_t>("temp"), values);
}

TEST_P(AStore, IsFoundByItsFolderOrItsDocument) {
  create().create("a");
  Collection made = open();
  made.create("a");
  made->flush();
  EXPECT_EQ(Collection(Atlas::open(store(), "w/atlas.json", {})).datasets(), (Texts{"a"}));
  expect_error(Status::kNotFound, [&] { Atlas::open(store(), "nowhere", {}); });
  expect_error(Status::kAlreadyExists, [&] { create(); });
  expect_error(Status::kReadOnly, [&] { open_to_read().create("b"); });
}

TEST_P(AStore, AFolderWithoutMetadataIsNone) {
  put("plain.txt", "nothing");
  expect_error(Status::kNotFound, [&] { Atlas::open(store(), "", {}); });
}

TEST_P(AStore, RefusesNamesThatTheReferenceRefuses) {
  Collection made = create();
  Member dataset = made.create("d");
  for (const char* name : {"", ".", "..", "_x", "a/b"}) {
    expect_error(Status::kInvalidName, [&] { made.create(name); });
    expect_error(Status::kInvalidName, [&] { dataset->define(name, array_of(TypeId::kInt8, {1})); });
  }
  expect_error(Status::kDatasetAlreadyExists, [&] { made.create("d"); });
  expect_error(Status::kDatasetNotFound, [&] { made.open("e"); });
  expect_error(Status::kArrayNotFound, [&] { made.open("d").read<int8_t>("v"); });
  expect_error(Status::kUnsupported, [&] {
    DType list = TypeId::kList;
    list.child = std::make_shared<const DType>(TypeId::kInt8);
    made.open("d")->define("l", array_of(list, {1}));
  });
}

// Interop: the reference's own data of such names are lost when it opens them again.
TEST_P(AStore, KeepsVariablesWhoseNamesNeedEscapes) {
  Collection made = create();
  for (const char* name : {"ü ñ%", "q?*", "per%20cent", "ünïcode#"})
    made.create(text_of("d", name)).put<int32_t>(name, {7, 8});
  made->flush();
  made.open("dq?*").write<int32_t>("q?*", {9, 10});
  made->flush();
  Collection found = open_to_read();
  EXPECT_EQ(found.open("dü ñ%").read<int32_t>("ü ñ%"), (std::vector<int32_t>{7, 8}));
  EXPECT_EQ(found.open("dq?*").read<int32_t>("q?*"), (std::vector<int32_t>{9, 10}));
  EXPECT_TRUE(holds("w/q%3F%2A/data.af"));
  EXPECT_FALSE(holds("w/q%3F%2A/data.1.af")) << "where no reader of the reference finds it";
  EXPECT_TRUE(holds("w/q%253F%252A/data.stats")) << "where every reader of the reference looks for it";
}

// ---------------------------------------------------------------- attributes

std::vector<std::pair<std::string, Value>> all_kinds() {
  auto list = [](TypeId type, auto... elements) {
    using T = std::common_type_t<decltype(elements)...>;
    std::vector<T> values{elements...};
    return Value::fixed(type, true, std::as_bytes(std::span(values)), static_cast<int64_t>(values.size()));
  };
  double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  return {{"bool", Value::scalar<uint8_t>(TypeId::kBool, 1)},
          {"i8", Value::scalar<int8_t>(TypeId::kInt8, -8)},
          {"i16", Value::scalar<int16_t>(TypeId::kInt16, -1600)},
          {"i32", Value::scalar<int32_t>(TypeId::kInt32, -320000)},
          {"i64", number(INT64_MIN)},
          {"u8", Value::scalar<uint8_t>(TypeId::kUInt8, 200)},
          {"u16", Value::scalar<uint16_t>(TypeId::kUInt16, 60000)},
          {"u32", Value::scalar<uint32_t>(TypeId::kUInt32, 4000000000)},
          {"u64", Value::scalar<uint64_t>(TypeId::kUInt64, UINT64_MAX)},
          {"f32", Value::scalar<float>(TypeId::kFloat32, -0.0f)},
          {"f64", number(nan)},
          {"inf", number(-infinity)},
          {"text", text("hé \"q\"\n")},
          {"binary", Value::of_bytes(TypeId::kBinary, std::string_view("\0\xff", 2))},
          {"looks like a date", text("2020-01-01T00:00:00Z")},
          {"when", timestamp(1700000000123456789)},
          {"bools", list(TypeId::kBool, uint8_t{1}, uint8_t{0})},
          {"i8s", list(TypeId::kInt8, int8_t{-1}, int8_t{1})},
          {"i16s", list(TypeId::kInt16, int16_t{-1}, int16_t{1})},
          {"i32s", list(TypeId::kInt32, int32_t{-1})},
          {"i64s", list(TypeId::kInt64, INT64_MIN, INT64_MAX)},
          {"u8s", list(TypeId::kUInt8, uint8_t{1})},
          {"u16s", list(TypeId::kUInt16, uint16_t{1})},
          {"u32s", list(TypeId::kUInt32, uint32_t{1})},
          {"u64s", list(TypeId::kUInt64, UINT64_MAX)},
          {"f32s", list(TypeId::kFloat32, 1.5f)},
          {"f64s", list(TypeId::kFloat64, nan, infinity)},
          {"texts", Value::variable(TypeId::kString, true, "ab2020-01-01", {0, 1, 2, 12})},
          {"binaries", Value::variable(TypeId::kBinary, true, std::string_view("\0\1", 2), {0, 1, 2})},
          {"none", Value::fixed(TypeId::kFloat64, true, {}, 0)}};
}

ValueMap as_map(const std::vector<std::pair<std::string, Value>>& attributes) {
  return ValueMap(attributes.begin(), attributes.end());
}

TEST_P(AStore, KeepsAttributesOfEveryKindInOrder) {
  Collection made = create();
  Member dataset = made.create("d");
  dataset.put<int32_t>("v", {1});
  for (const auto& [key, value] : all_kinds()) {
    dataset->set_attribute(key, value);
    dataset->set_array_attribute("v", key, value);
  }
  EXPECT_EQ(dataset->attributes(), as_map(all_kinds()));
  made->flush();
  Member found = open_to_read().open("d");
  EXPECT_EQ(found->attributes(), as_map(all_kinds()));
  EXPECT_EQ(found->array_attributes("v"), as_map(all_kinds()));
  EXPECT_EQ(found->array_attribute("v", "u64"), Value::scalar<uint64_t>(TypeId::kUInt64, UINT64_MAX));
  expect_error(Status::kAttributeNotFound, [&] { found->attribute("other"); });
  expect_error(Status::kArrayNotFound, [&] { found->array_attribute("w", "u64"); });
}

TEST_P(AStore, AttributesAreReplacedRetypedAndRemoved) {
  Collection made = create();
  Member dataset = made.create("d");
  dataset->set_attribute("a", number(int64_t{1}));
  dataset->set_attribute("b", text("x"));
  made->flush();
  dataset->set_attribute("a", text("now text"));
  dataset->set_attribute("c", timestamp(5));
  dataset->remove_attribute("b");
  made->flush();
  EXPECT_EQ(open_to_read().open("d")->attributes(), (ValueMap{{"a", text("now text")}, {"c", timestamp(5)}}));
  expect_error(Status::kAttributeNotFound, [&] { dataset->remove_attribute("b"); });
}

TEST_P(AStore, OfSchema1KeepsFiveKindsAndRefusesOthers) {
  Collection made = create(schema_1());
  Member dataset = made.create("d");
  dataset.put<int32_t>("v", {1, 2});
  ValueMap kept{{"b", Value::scalar<uint8_t>(TypeId::kBool, 1)},
                {"i", number(INT64_MAX)},
                {"f", number(2.0)},
                {"t", text("é")},
                {"w", timestamp(1700000000123456789)}};
  for (const auto& [key, value] : kept) dataset->set_attribute(key, *value);
  expect_error(Status::kUnsupported, [&] { dataset->set_attribute("x", number(std::nan(""))); });
  expect_error(Status::kUnsupported,
               [&] { dataset->set_attribute("x", Value::scalar<int8_t>(TypeId::kInt8, 1)); });
  expect_error(Status::kUnsupported, [&] { dataset->set_array_attribute("v", "x", number(1.0)); });
  dataset->set_attribute("f", number(3.5));
  dataset->remove_attribute("t");
  made->flush();
  Collection found = open_to_read();
  EXPECT_EQ(found->info().schema_version, 1);
  EXPECT_EQ(found->info().footer_version, 4);
  EXPECT_EQ(found.open("d")->attributes(), (ValueMap{kept[0], kept[1], {"f", number(3.5)}, kept[4]}));
  EXPECT_EQ(found.open("d").read<int32_t>("v"), (std::vector<int32_t>{1, 2}));
  EXPECT_FALSE(holds("w/_global/data.af"));
}

TEST_P(AStore, OfSchema1InMessagePackKeepsNaN) {
  create(schema_1({MetadataFormat::kMessagePack, StoreCodec::kLz4})).close();
  Collection made = open();
  made.create("d")->set_attribute("x", number(std::nan("")));
  made->flush();
  EXPECT_TRUE(holds("w/atlas.msgpack.lz4"));
  EXPECT_EQ(open_to_read().open("d")->attribute("x"), number(std::nan("")));
}

TEST_P(AStore, KeepsTheFormOfItsMetadata) {
  for (MetadataFormat format : {MetadataFormat::kJson, MetadataFormat::kMessagePack})
    for (StoreCodec codec : {StoreCodec::kNone, StoreCodec::kZstd, StoreCodec::kLz4}) {
      AtlasOptions options = to_write();
      options.document = {format, codec};
      std::string folder = text_of("f", static_cast<int>(format), static_cast<int>(codec));
      Collection made(Atlas::create(store(), folder, options));
      made.create("a").put<int32_t>("v", {1});
      made->flush();
      Collection again(Atlas::open(store(), folder, to_write()));
      EXPECT_EQ(again->info().document, options.document);
      again.create("b").put<int32_t>("v", {2});
      again->flush();
      EXPECT_EQ(store()->list(folder + "/atlas", 100).size(), 1u);
      EXPECT_EQ(Collection(Atlas::open(store(), folder, {})).contents(),
                (Texts{"a", "a.v = { 1 }", "b", "b.v = { 2 }"}));
    }
}

// ---------------------------------------------------------------- deleting

TEST_P(AStore, AnotherDatasetOfADeletedOnesNameShowsNothingOfIt) {
  for (bool flushed : {false, true}) {
    std::string folder = flushed ? "flushed" : "pending";
    Collection made(Atlas::create(store(), folder, to_write()));
    Member old = made.create("d");
    old.put<int32_t>("v", {1, 2, 3, 4});
    old->set_attribute("a", number(1.0));
    old->set_array_attribute("v", "u", text("K"));
    made.create("e").put<int32_t>("v", {5});
    made->flush();
    made->delete_dataset("d");
    EXPECT_EQ(made.datasets(), (Texts{"e"}));
    if (flushed) made->flush();
    Member fresh = made.create("d");
    fresh->define("v", array_of(TypeId::kInt32, {6}, {2}));
    expect_error(Status::kDatasetNotFound, [&] { old.read<int32_t>("v"); });
    made->flush();
    Collection found(Atlas::open(store(), folder, {}));
    EXPECT_EQ(found.open("d").read<int32_t>("v"), std::vector<int32_t>(6));
    EXPECT_EQ(found.open("d")->attributes(), ValueMap{});
    EXPECT_EQ(found.open("d")->array_attributes("v"), ValueMap{});
    EXPECT_EQ(found.open("e").read<int32_t>("v"), (std::vector<int32_t>{5}));
    EXPECT_EQ(found.findings(), Texts{});
  }
}

TEST_P(AStore, AnArrayOfADeletedOnesNameShowsNothingOfIt) {
  Collection made = create();
  Member dataset = made.create("d");
  dataset.put<int32_t>("v", {1, 2, 3, 4});
  dataset->set_array_attribute("v", "u", text("K"));
  made->flush();
  dataset->erase("v");
  EXPECT_FALSE(dataset->contains("v"));
  dataset->define("v", array_of(TypeId::kInt32, {2, 3}));
  made->flush();
  Member found = open_to_read().open("d");
  EXPECT_EQ(found.read<int32_t>("v"), std::vector<int32_t>(6));
  EXPECT_EQ(found->array_attributes("v"), ValueMap{});
}

TEST_P(AStore, RowsOfDeletedDatasetsStayUntilCompacted) {
  Collection made = create();
  for (const char* name : {"a", "b", "c"}) made.create(name).put<int32_t>("v", {1});
  made->flush();
  made->delete_dataset("a");
  made->flush();
  EXPECT_EQ(open()->dataset_row("c"), 2);
  EXPECT_EQ(open()->info().row_count, 3);
  made->compact();
  EXPECT_EQ(made->dataset_row("c"), 1);
  Collection found = open_to_read();
  EXPECT_EQ(found->dataset_row("c"), 1);
  EXPECT_EQ(found.contents(), (Texts{"b", "b.v = { 1 }", "c", "c.v = { 1 }"}));
  EXPECT_FALSE(holds("w/v/data.1.af"));
}

TEST_P(AStore, CompactingKeepsEverything) {
  Collection made = create();
  for (int32_t i = 0; i < 5; i++) {
    Member dataset = made.create(text_of("d", i));
    dataset.put<int32_t>("v", {i, i + 1});
    dataset->set_attribute("i", Value::scalar(TypeId::kInt32, i));
    dataset->set_array_attribute("v", "u", text(text_of("u", i)));
    made->flush();
  }
  Texts before = made.contents();
  made->compact();
  EXPECT_EQ(made.contents(), before);
  EXPECT_EQ(open_to_read().contents(), before);
  EXPECT_FALSE(holds("w/_global/data.1.af"));
  EXPECT_EQ(open_to_read().findings(), Texts{});
}

TEST_P(AStore, MayInsistOnTypesThatAgree) {
  AtlasOptions strict = to_write();
  strict.types_must_agree = true;
  Collection made = create(strict);
  made.create("a").put<int32_t>("v", {1});
  made.open("a")->set_attribute("k", text("x"));
  Member other = made.create("b");
  other.put<float>("v", {1});  // widens
  other->erase("v");
  expect_error(Status::kDtypeMismatch, [&] { other->define("v", array_of(TypeId::kString, {1})); });
  expect_error(Status::kDtypeMismatch, [&] { other->set_attribute("k", number(1.0)); });
  other->set_attribute("k", timestamp(1));
  made.open("a")->set_attribute("own", number(1.0));
  made.open("a")->set_attribute("own", text("only it has it"));
}

}  // namespace
}  // namespace af
