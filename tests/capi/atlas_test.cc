// Stores of datasets as their users in C++ and C have them.
#include <gtest/gtest.h>

#include <cstring>

#include "arrayformat/arrayformat.hpp"
#include "support/temp_folder.h"

namespace {

using namespace arrayformat;

af_atlas_options scratch() {
  af_atlas_options options = writable_atlas();
  options.durability = AF_DURABILITY_NONE;
  options.threads = 1;
  return options;
}

template <typename Action>
void expect_status(af_status status, const Action& action) {
  try {
    action();
    ADD_FAILURE() << "nothing was thrown, expected " << af_status_name(status);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << error.what();
  }
}

std::vector<std::string> texts(const Values& values) {
  std::vector<std::string> result;
  for (std::int64_t i = 0; i < values.count(); i++) result.emplace_back(values[i]);
  return result;
}

void fill(Atlas& atlas) {
  for (float month : {1.0f, 2.0f}) {
    Dataset dataset = atlas.create_dataset("month " + std::to_string(static_cast<int>(month)));
    dataset.define("temp",
                   Schema::of<float>({2}).set_dimension_name(0, "depth").set_fill(Value::scalar(-1.0)));
    dataset.write<float>("temp", {month, -1});
    dataset.define("station", Schema(AF_STRING, {2}));
    dataset.write_variable("station", {"north", "süd"});
    dataset.set_attribute("month", Value::scalar(static_cast<std::int64_t>(month)));
    dataset.set_attribute("when", Value::scalar(Timestamp{1700000000123456789}));
    dataset.set_array_attribute("temp", "units", Value::text("K"));
  }
}

class AnAtlas : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/store"; }
  Atlas made() const {
    Atlas atlas = Atlas::create(path(), scratch());
    fill(atlas);
    atlas.flush();
    return atlas;
  }

  af::TempFolder folder_;
};

TEST_F(AnAtlas, IsWrittenAndReadThroughTheCAbi) {
  made();
  const Atlas atlas = Atlas::open(path());
  EXPECT_EQ(texts(atlas.list_datasets()), (std::vector<std::string>{"month 1", "month 2"}));
  EXPECT_EQ(texts(atlas.list_variables()), (std::vector<std::string>{"station", "temp"}));
  EXPECT_TRUE(atlas.contains_dataset("month 2"));
  EXPECT_FALSE(atlas.contains_dataset("month 3"));
  EXPECT_EQ(atlas.dataset_row("month 2"), 1);
  const Dataset dataset = atlas.open_dataset("month 2");
  EXPECT_EQ(dataset.name(), "month 2");
  EXPECT_EQ(dataset.read<float>("temp"), (std::vector<float>{2, -1}));
  EXPECT_EQ(dataset.read<float>("temp", {{1}, {1}}), (std::vector<float>{-1}));
  EXPECT_EQ(texts(dataset.read_variable("station")), (std::vector<std::string>{"north", "süd"}));
  EXPECT_EQ(dataset.schema("temp").dimension_name(0), "depth");
  EXPECT_EQ(dataset.schema("temp").fill()->as<double>(), -1.0);
  const Stats stats = dataset.stats("temp");
  EXPECT_EQ(stats.name(0), "temp");
  EXPECT_EQ(stats.row_count(0), 2u);
  EXPECT_EQ(stats.null_count(0), 1u);
  EXPECT_EQ(stats.max(0)->as<double>(), 2.0);
  EXPECT_EQ(dataset.list().count(), 2);
  EXPECT_EQ(dataset.list().name(1), "station");
}

TEST_F(AnAtlas, KeepsAttributesAndTheirKinds) {
  const Dataset dataset = made().open_dataset("month 1");  // the atlas lives on with its dataset
  EXPECT_EQ(dataset.attribute("month").view().as<std::int64_t>(), 1);
  EXPECT_EQ(dataset.attribute("when").view().as<Timestamp>(), (Timestamp{1700000000123456789}));
  EXPECT_EQ(dataset.attributes().count(), 2);
  EXPECT_EQ(dataset.attributes().name(1), "when");
  EXPECT_EQ(dataset.array_attribute("temp", "units").view().bytes(), "K");
  EXPECT_EQ(dataset.array_attributes("station").count(), 0);
  expect_status(AF_ATTRIBUTE_NOT_FOUND, [&] { dataset.attribute("year"); });
  expect_status(AF_ARRAY_NOT_FOUND, [&] { dataset.array_attribute("salt", "units"); });
}

TEST_F(AnAtlas, TellsWhatItIsAndWhatItsDatasetsAre) {
  const Atlas atlas = made();
  const af_atlas_info info = atlas.info();
  EXPECT_EQ(info.generation, AF_ATLAS_SCHEMA_3);
  EXPECT_EQ(info.footer_version, 5);
  EXPECT_EQ(info.codec, AF_CODEC_ZSTD);
  EXPECT_EQ(info.metadata_format, AF_METADATA_JSON);
  EXPECT_EQ(info.metadata_codec, AF_CODEC_NONE);
  EXPECT_EQ(info.dataset_count, 2);
  EXPECT_EQ(info.row_count, 2);
  EXPECT_EQ(info.variable_count, 2);
  EXPECT_EQ(info.epoch, 1);
  const AtlasSchema schema = atlas.schema();
  ASSERT_EQ(schema.array_count(), 2);
  EXPECT_EQ(schema.array_name(0), "temp");
  EXPECT_EQ(schema.array_data_type(0), AF_FLOAT32);
  ASSERT_EQ(schema.dimension_count(0), 1);
  EXPECT_EQ(schema.dimension_name(0, 0), "depth");
  ASSERT_EQ(schema.attribute_count(-1), 2);
  EXPECT_EQ(schema.attribute_key(-1, 1), "when");
  EXPECT_EQ(schema.attribute_data_type(-1, 1), AF_TIMESTAMP_NS);
  EXPECT_FALSE(schema.attribute_is_list(-1, 1));
  ASSERT_EQ(schema.attribute_count(0), 1);
  EXPECT_EQ(schema.attribute_key(0, 0), "units");
  EXPECT_EQ(atlas.open_dataset("month 1").schema().array_name(1), "station");
}

TEST_F(AnAtlas, OfSchema1InCompressedMessagePackIsMadeWhenAskedFor) {
  af_atlas_options options = scratch();
  options.generation = AF_ATLAS_SCHEMA_1;
  options.metadata_format = AF_METADATA_MSGPACK;
  options.metadata_codec = AF_CODEC_LZ4;
  options.codec = AF_CODEC_LZ4;
  Atlas::create(path(), options).create_dataset("d").define("v", Schema::of<float>({1}));
  const af_atlas_info info = Atlas::open(path()).info();
  EXPECT_EQ(info.generation, AF_ATLAS_SCHEMA_1);
  EXPECT_EQ(info.footer_version, 4);
  EXPECT_EQ(info.metadata_format, AF_METADATA_MSGPACK);
  EXPECT_EQ(info.metadata_codec, AF_CODEC_LZ4);
  EXPECT_EQ(info.codec, AF_CODEC_LZ4);
  EXPECT_EQ(info.dataset_count, 0) << "what was not flushed was dropped";
  for (std::int32_t generation : {AF_ATLAS_SCHEMA_2, AF_ATLAS_CONTAINER_1, AF_ATLAS_CONTAINER_8}) {
    options.generation = generation;
    expect_status(AF_UNSUPPORTED, [&] { Atlas::create(folder_.path() + "/other", options); });
  }
}

TEST_F(AnAtlas, OpenedForReadingIsNotChanged) {
  made();
  Atlas atlas = Atlas::open(path());
  Dataset dataset = atlas.open_dataset("month 1");
  expect_status(AF_READ_ONLY, [&] { atlas.create_dataset("x"); });
  expect_status(AF_READ_ONLY, [&] { atlas.delete_dataset("month 1"); });
  expect_status(AF_READ_ONLY, [&] { dataset.define("x", Schema::of<float>({1})); });
  expect_status(AF_READ_ONLY, [&] { dataset.write<float>("temp", {1, 2}); });
  expect_status(AF_READ_ONLY, [&] { dataset.set_attribute("x", Value::scalar(1.0)); });
  expect_status(AF_READ_ONLY, [&] { dataset.erase("temp"); });
  expect_status(AF_READ_ONLY, [&] { atlas.flush(); });
  expect_status(AF_READ_ONLY, [&] { atlas.compact(); });
  expect_status(AF_READ_ONLY, [&] { atlas.gc(); });
}

TEST_F(AnAtlas, IsNamedByAnyPathThatLeadsToItsFolder) {
  made();
  for (const std::string& name : {path() + "/", path() + "/.", path() + "/../store", path() + "/atlas.json"})
    EXPECT_EQ(Atlas::open(name).info().dataset_count, 2) << name;
  expect_status(AF_NOT_FOUND, [&] { Atlas::open(folder_.path()); });
  expect_status(AF_NOT_FOUND, [&] { Atlas::open(folder_.path() + "/nowhere"); });
  expect_status(AF_NOT_FOUND, [&] { Atlas::create(folder_.path() + "/nowhere/store", scratch()); });
  expect_status(AF_ALREADY_EXISTS, [&] { Atlas::create(path(), scratch()); });
}

TEST_F(AnAtlas, InAStoreLiesUnderItsPrefix) {
  Store store = Store::create_memory();
  Atlas atlas = Atlas::create_in(store, "a/b", scratch());
  fill(atlas);
  EXPECT_TRUE(atlas.is_dirty());
  atlas.flush();
  EXPECT_FALSE(atlas.is_dirty());
  EXPECT_GT(atlas.io_stats().bytes_written, 0);
  EXPECT_EQ(Atlas::open_in(store, "a/b").open_dataset("month 1").read<float>("temp")[0], 1.0f);
  EXPECT_EQ(texts(store.list("a/b/atlas")), (std::vector<std::string>{"a/b/atlas.json"}));
}

TEST_F(AnAtlas, SeesOthersCommitsAfterRefresh) {
  Atlas writer = made();
  Atlas reader = Atlas::open(path());
  writer.delete_dataset("month 1");
  writer.flush();
  EXPECT_TRUE(reader.contains_dataset("month 1"));
  EXPECT_EQ(reader.open_dataset("month 1").read<float>("temp")[0], 1.0f);
  EXPECT_TRUE(reader.refresh());
  EXPECT_FALSE(reader.contains_dataset("month 1"));
  EXPECT_FALSE(reader.refresh());
  writer.compact();
  EXPECT_TRUE(reader.refresh());
  EXPECT_EQ(reader.dataset_row("month 2"), 0);
  EXPECT_EQ(reader.verify().count(), 0);
  EXPECT_EQ(writer.gc(), 0);
}

TEST_F(AnAtlas, OptionsAreChecked) {
  af_atlas_options options = scratch();
  options.type_mismatch = 2;
  expect_status(AF_INVALID_ARGUMENT, [&] { Atlas::create(path(), options); });
  options = scratch();
  options.metadata_format = 3;
  expect_status(AF_INVALID_ARGUMENT, [&] { Atlas::create(path(), options); });
  options = scratch();
  options.reserved[1] = 1;
  expect_status(AF_UNSUPPORTED, [&] { Atlas::create(path(), options); });
  af_atlas_options made_by_init;
  ASSERT_EQ(af_atlas_options_init(&made_by_init, sizeof made_by_init, nullptr), AF_OK);
  const af_atlas_options made_by_macro = AF_ATLAS_OPTIONS_INIT;
  EXPECT_EQ(std::memcmp(&made_by_init, &made_by_macro, sizeof made_by_macro), 0);
  options = scratch();
  options.max_datasets = 1;
  Atlas atlas = Atlas::create(path(), options);
  atlas.create_dataset("one");
  expect_status(AF_LIMIT_EXCEEDED, [&] { atlas.create_dataset("two"); });
}

TEST_F(AnAtlas, IsCopiedToAnotherGeneration) {
  Atlas atlas = made();
  atlas.delete_dataset("month 1");
  af_atlas_options options = scratch();
  options.generation = AF_ATLAS_CONTAINER_8;
  expect_status(AF_UNSUPPORTED, [&] { atlas.copy(folder_.path() + "/c", options); });
  options.generation = AF_ATLAS_SCHEMA_2;
  options.metadata_format = AF_METADATA_MSGPACK;
  options.codec = AF_CODEC_LZ4;
  atlas.copy(folder_.path() + "/c", options);
  expect_status(AF_ALREADY_EXISTS, [&] { atlas.copy(folder_.path() + "/c", options); });
  const Atlas copy = Atlas::open(folder_.path() + "/c");
  EXPECT_EQ(copy.info().generation, AF_ATLAS_SCHEMA_2);
  EXPECT_EQ(copy.info().metadata_format, AF_METADATA_MSGPACK);
  EXPECT_EQ(texts(copy.list_datasets()), (std::vector<std::string>{"month 2"}));
  const Dataset dataset = copy.open_dataset("month 2");
  EXPECT_EQ(dataset.read<float>("temp"), (std::vector<float>{2, -1}));
  EXPECT_EQ(dataset.attribute("when").view().as<Timestamp>(), (Timestamp{1700000000123456789}));
  EXPECT_EQ(dataset.schema().array_codec(0), AF_CODEC_LZ4);
  EXPECT_EQ(dataset.schema().array_chunk_shape(0), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(copy.schema().array_codec(0), -1);
  Store store = Store::create_memory();
  atlas.copy_in(store, "a/b");
  EXPECT_EQ(Atlas::open_in(store, "a/b").open_dataset("month 2").read<float>("temp")[0], 2.0f);
}

TEST_F(AnAtlas, IsOpenedAsOfAnEarlierCommit) {
  af_atlas_options options = scratch();
  options.keep_commits = 2;
  Atlas atlas = Atlas::create(path(), options);
  fill(atlas);
  atlas.flush();
  const std::int64_t first = atlas.info().commit;
  atlas.delete_dataset("month 1");
  atlas.flush();
  const ValueMap commits = atlas.commits();
  ASSERT_EQ(commits.count(), 2);
  EXPECT_EQ(commits.name(0), std::to_string(first));
  EXPECT_GT(commits.value(0)->as<Timestamp>().nanoseconds, 1700000000000000000);
  af_atlas_options then = atlas_options();
  then.at_commit = first;
  EXPECT_EQ(texts(Atlas::open(path(), then).list_datasets()).size(), 2u);
  then.at_commit = 100;
  expect_status(AF_NOT_FOUND, [&] { Atlas::open(path(), then); });
  then.at_commit = -1;
  expect_status(AF_INVALID_ARGUMENT, [&] { Atlas::open(path(), then); });
}

}  // namespace
