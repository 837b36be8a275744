// arrayformat.hpp: owners, errors that are thrown, typed reads and writes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <limits>
#include <span>

#include "arrayformat/arrayformat.hpp"

namespace {

using arrayformat::Cache;
using arrayformat::Error;
using arrayformat::Extents;
using arrayformat::File;
using arrayformat::Mmap;
using arrayformat::Region;
using arrayformat::Schema;
using arrayformat::Span;
using arrayformat::Store;
using arrayformat::Timestamp;
using arrayformat::Value;

template <typename Call>
af_status status_of(Call call) {
  try {
    call();
    return AF_OK;
  } catch (const Error& error) {
    EXPECT_STRNE(error.what(), "");
    return error.status();
  }
}

// Two days at three stations.
class HppTest : public testing::Test {
 protected:
  HppTest() {
    file_.define("celsius", Schema::of<double>({2, 3}).set_chunk_shape({1, 3}).set_dimension_name(0, "day"));
    file_.write("celsius", std::vector<double>{1, 2, 3, 4, 5, 6});
  }

  File file_ = File::create_memory();
};

TEST_F(HppTest, ReadsWhatItWrote) {
  EXPECT_EQ(file_.read<double>("celsius"), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(file_.read<double>("celsius", {{1, 1}, {1, 2}}), (std::vector<double>{5, 6}));
}

TEST_F(HppTest, WritesRegions) {
  file_.write("celsius", std::vector<double>{-5, -6}, {{1, 1}, {1, 2}});
  EXPECT_EQ(file_.read<double>("celsius"), (std::vector<double>{1, 2, 3, 4, -5, -6}));
}

TEST_F(HppTest, ReadsIntoTheCallersMemory) {
  std::array<double, 6> found{};
  file_.read_into("celsius", Span<double>(found));
  EXPECT_EQ(found[5], 6);
  std::vector<double> transposed(6);
  file_.read("celsius", {}, transposed.data(), 48, {8, 16});
  EXPECT_EQ(transposed, (std::vector<double>{1, 4, 2, 5, 3, 6}));
}

TEST_F(HppTest, TakesWhateverHoldsElementsInARow) {
  const std::array<double, 6> numbers{6, 5, 4, 3, 2, 1};
  file_.write("celsius", Span<const double>(numbers));
  const std::span<const double> view(numbers);
  file_.write("celsius", Span<const double>(view));
  EXPECT_EQ(file_.read<double>("celsius")[0], 6);
}

TEST_F(HppTest, RefusesTheWrongElementType) {
  EXPECT_EQ(status_of([&] { file_.read<float>("celsius"); }), AF_DTYPE_MISMATCH);
  EXPECT_EQ(status_of([&] { file_.write("celsius", std::vector<std::int64_t>(6)); }), AF_DTYPE_MISMATCH);
}

TEST_F(HppTest, RefusesRegionsThatAreNone) {
  EXPECT_EQ(status_of([&] { file_.read<double>("celsius", {{0, 0}, {3, 3}}); }), AF_OUT_OF_BOUNDS);
  EXPECT_EQ(status_of([&] { file_.read<double>("celsius", {{1, 0}, {2, 3}}); }), AF_OUT_OF_BOUNDS);
  EXPECT_EQ(status_of([&] { file_.read<double>("celsius", {{0}, {1}}); }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([&] { file_.read<double>("celsius", {{0, 0}, {1}}); }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([&] {
              file_.read("celsius", {{0, 0}, {1, 1}}, nullptr, 0, {8});
            }),
            AF_INVALID_ARGUMENT);
}

TEST_F(HppTest, DoesNotSeekMemoryForAnAbsurdRegion) {
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(status_of([&] { file_.read<double>("celsius", {{0, 0}, {huge, huge}}); }), AF_OUT_OF_BOUNDS);
}

template <typename T>
class HppTypesTest : public testing::Test {};
using ElementTypes = testing::Types<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                                    std::uint16_t, std::uint32_t, std::uint64_t, float, double, Timestamp>;
TYPED_TEST_SUITE(HppTypesTest, ElementTypes);

TYPED_TEST(HppTypesTest, RoundTrips) {
  File file = File::create_memory();
  const std::vector<TypeParam> numbers{TypeParam{1}, TypeParam{2}, TypeParam{100}};
  file.define("x", Schema::of<TypeParam>({3}));
  file.write("x", numbers);
  file.flush();
  EXPECT_EQ(file.read<TypeParam>("x"), numbers);
  const Value list = Value::list<TypeParam>({TypeParam{1}, TypeParam{100}});
  EXPECT_EQ(list.view().template as<TypeParam>(1), TypeParam{100});
}

TEST(Hpp, RoundTripsTruths) {
  File file = File::create_memory();
  const std::array<bool, 3> truths{true, false, true};
  std::array<bool, 3> found{};
  file.define("x", Schema::of<bool>({3}));
  file.write("x", Span<const bool>(truths));
  file.read_into("x", Span<bool>(found));
  EXPECT_EQ(found, truths);
}

TEST(Hpp, RoundTripsTexts) {
  File file = File::create_memory();
  file.define("names", Schema(AF_STRING, {2, 2}));
  file.write_variable("names", {"a", "", "caf\xc3\xa9", std::string_view("\0", 1)});
  const auto found = file.read_variable("names");
  ASSERT_EQ(found.count(), 4);
  EXPECT_EQ(found[2], "caf\xc3\xa9");
  EXPECT_EQ(found[3], std::string_view("\0", 1));
  EXPECT_EQ(file.read_variable("names", {{0, 0}, {1, 1}})[0], "a");
}

TEST_F(HppTest, SaysWhatAnArrayIs) {
  const Schema schema = file_.schema("celsius");
  EXPECT_EQ(schema.data_type(), AF_FLOAT64);
  EXPECT_EQ(schema.shape(), (Extents{2, 3}));
  EXPECT_EQ(schema.chunk_shape(), (Extents{1, 3}));
  EXPECT_EQ(schema.element_count(), 6);
  EXPECT_EQ(schema.dimension_name(0), "day");
  EXPECT_EQ(schema.dimension_name(1), "dim1");
  EXPECT_FALSE(schema.fill());
}

TEST(Hpp, KeepsFillValues) {
  File file = File::create_memory();
  file.define("x", Schema::of<std::int32_t>({2}).set_fill(Value::scalar<std::int64_t>(-1)));
  EXPECT_EQ(file.schema("x").fill()->as<std::int64_t>(), -1);
  EXPECT_EQ(file.read<std::int32_t>("x"), (std::vector<std::int32_t>{-1, -1}));
  EXPECT_FALSE(file.schema("x").clear_fill().fill());
}

TEST(Hpp, NestsLists) {
  Schema schema = Schema::of<float>({4});
  schema.wrap_list(AF_FIXED_SIZE_LIST, 3).wrap_list(AF_LIST);
  EXPECT_EQ(schema.list_depth(), 2);
  EXPECT_EQ(schema.list_data_type(1), AF_FIXED_SIZE_LIST);
  EXPECT_EQ(schema.list_size(1), 3);
}

TEST_F(HppTest, KeepsAttributesOfEveryKind) {
  file_.set_attribute("celsius", "units", Value::text("degC"));
  file_.set_attribute("celsius", "scale", Value::scalar(0.5));
  file_.set_attribute("celsius", "levels", Value::list<std::int16_t>({1, 2, 3}));
  file_.set_attribute("celsius", "who", Value::texts({"Ada", "Grace"}));
  file_.set_attribute("celsius", "raw", Value::binary("\xff\xfe"));
  EXPECT_EQ(file_.attribute("celsius", "units").view().bytes(), "degC");
  EXPECT_EQ(file_.attribute("celsius", "scale").view().as<double>(), 0.5);
  const Value levels = file_.attribute("celsius", "levels");
  EXPECT_TRUE(levels.view().is_list());
  EXPECT_EQ(levels.view().as<std::int16_t>(2), 3);
  EXPECT_EQ(file_.attribute("celsius", "who").view().bytes(1), "Grace");
  EXPECT_EQ(file_.attribute("celsius", "raw").view().bytes(), "\xff\xfe");
  EXPECT_EQ(file_.attributes("celsius").count(), 5);
  file_.remove_attribute("celsius", "raw");
  EXPECT_EQ(status_of([&] { file_.attribute("celsius", "raw"); }), AF_ATTRIBUTE_NOT_FOUND);
}

TEST_F(HppTest, ShowsOneAttributeOfAllArrays) {
  file_.define("salt", Schema::of<float>({2}));
  file_.set_attribute("celsius", "units", Value::text("degC"));
  const auto column = file_.attribute_column("units");
  ASSERT_EQ(column.count(), 2);
  EXPECT_EQ(column.name(0), "celsius");
  EXPECT_EQ(column.value(0)->bytes(), "degC");
  EXPECT_EQ(column.name(1), "salt");
  EXPECT_FALSE(column.value(1));
}

TEST_F(HppTest, RefusesToMisreadAValue) {
  const Value number = Value::scalar(1.5);
  EXPECT_EQ(status_of([&] { number.view().as<float>(); }), AF_DTYPE_MISMATCH);
  EXPECT_EQ(status_of([&] { number.view().as<double>(1); }), AF_OUT_OF_BOUNDS);
  EXPECT_EQ(status_of([&] { number.view().bytes(); }), AF_DTYPE_MISMATCH);
  EXPECT_EQ(status_of([&] { Value::text("\xff"); }), AF_INVALID_ARGUMENT);
}

TEST_F(HppTest, ListsAndSummarises) {
  file_.define("empty", Schema::of<float>({2}));
  file_.set_file_attribute("title", Value::text("two days"));
  const auto listing = file_.list();
  ASSERT_EQ(listing.count(), 3);
  EXPECT_EQ(listing.name(0), "celsius");
  EXPECT_EQ(listing.data_type(1), AF_FLOAT32);
  EXPECT_EQ(listing.shape(0)[1], 3);
  EXPECT_EQ(listing.name(2), "__file__");
  EXPECT_EQ(listing.shape(2).size(), 0u);
  const auto stats = file_.stats_all();
  ASSERT_EQ(stats.count(), 3);
  EXPECT_EQ(stats.name(0), "celsius");
  EXPECT_EQ(stats.max(0)->as<double>(), 6);
  EXPECT_EQ(stats.row_count(1), 2u);
  EXPECT_FALSE(stats.min(1));
  EXPECT_TRUE(file_.stats("celsius").known(0));
  EXPECT_EQ(file_.stats("celsius").null_count(0), 0u);
}

TEST_F(HppTest, ReadsManyArraysInOneCall) {
  file_.define("one", Schema::of<std::uint8_t>({1}));
  file_.write("one", std::vector<std::uint8_t>{9});
  const auto many = file_.read_many({"one", "celsius", "one"});
  EXPECT_EQ(many.offsets, (std::vector<std::int64_t>{0, 1, 49, 50}));
  EXPECT_EQ(many.bytes[49], 9);
  EXPECT_TRUE(file_.read_many({}).bytes.empty());
}

TEST_F(HppTest, ShowsChunks) {
  EXPECT_EQ(file_.chunks("celsius"), (std::vector<Extents>{{0, 0}, {1, 0}}));
  const auto chunk = file_.read_chunk("celsius", {1, 0});
  ASSERT_EQ(chunk[0].size(), 24u);
  file_.write_chunk("celsius", {0, 0}, chunk[0]);
  EXPECT_EQ(file_.read<double>("celsius"), (std::vector<double>{4, 5, 6, 4, 5, 6}));
}

TEST_F(HppTest, ErasesAndResizes) {
  file_.resize("celsius", {3, 3});
  EXPECT_EQ(file_.read<double>("celsius", {{2, 0}, {1, 3}}), (std::vector<double>{0, 0, 0}));
  file_.erase("celsius");
  EXPECT_FALSE(file_.contains("celsius"));
}

TEST(Hpp, SharesStoresAndCaches) {
  Store store = Store::create_memory();
  const Cache cache(1 << 20);
  File writer = File::create_in(store, "x.af");
  writer.define("x", Schema::of<float>({4}));
  writer.write("x", std::vector<float>(4, 2));
  EXPECT_TRUE(writer.is_dirty());
  writer.flush();
  File reader = File::open_in(store, "x.af");
  reader.set_cache(cache);
  EXPECT_EQ(reader.read<float>("x"), std::vector<float>(4, 2));
  EXPECT_GT(cache.size(), 0);
  EXPECT_GT(reader.io_stats().read_requests, 0);
  writer.define("y", Schema::of<float>({4}));
  writer.flush();
  EXPECT_TRUE(reader.refresh());
  EXPECT_FALSE(reader.refresh());
  EXPECT_EQ(reader.layer_count(), writer.layer_count());
  EXPECT_EQ(reader.layer(0).number, 0);
  store.put("notes", "here");
  EXPECT_EQ(store.get("notes")[0], "here");
  EXPECT_EQ(status_of([&] { store.put("notes", "", AF_PUT_IF_ABSENT); }), AF_ALREADY_EXISTS);
  store.remove("notes");
  EXPECT_GE(store.list("x").count(), 1);
}

// An empty folder that is gone in the end.
class HppFolderTest : public testing::Test {
 protected:
  HppFolderTest() { std::filesystem::create_directory(folder_); }
  ~HppFolderTest() override { std::filesystem::remove_all(folder_); }

  std::string in_folder(const char* name) const { return (folder_ / name).string(); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("hpp" + std::to_string(getpid()));
};

TEST_F(HppFolderTest, HoldsFiles) {
  const std::string path = in_folder("x.af");
  {
    File file = File::create(path);
    file.define("x", Schema::of<float>({4}));
    file.flush();
    file.define("y", Schema::of<float>({4}));
    file.flush();
    file.compact();
    EXPECT_EQ(file.layer_count(), 1);
    file.copy(in_folder("copy.af"));
    const auto report = file.verify();
    for (std::int64_t i = 0; i < report.count(); i++) EXPECT_FALSE(report.is_problem(i)) << report.text(i);
  }
  EXPECT_EQ(File::repair(path, in_folder("saved.af")).count(), 0);
  EXPECT_TRUE(File::open(in_folder("saved.af")).contains("y"));
  EXPECT_EQ(File::open(path, arrayformat::writable()).footer_version(), 5);
  EXPECT_EQ(Store::open_local(folder_.string()).list("copy.af").count(), 1);
  EXPECT_EQ(status_of([&] { File::create(path); }), AF_ALREADY_EXISTS);
  try {
    File::open(in_folder("none.af"));
    ADD_FAILURE() << "opened a file that is not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), AF_NOT_FOUND);
    EXPECT_EQ(error.http_status(), 0);
  }
}

TEST_F(HppFolderTest, HoldsMappedArrays) {
  const std::string path = in_folder("x.mmap");
  Mmap numbers = Mmap::create(path, {2, 2}, std::vector<float>{1, 2, 3, 4});
  EXPECT_EQ(numbers.data_type(), AF_FLOAT32);
  EXPECT_EQ(numbers.shape(), (Extents{2, 2}));
  EXPECT_EQ(numbers.mode(), AF_MMAP_READ_WRITE);
  numbers.mutable_view().mutable_elements<float>()[3] = 5;
  numbers.flush();
  float corner = 0;
  numbers.read({{1, 1}, {1, 1}}, &corner, sizeof corner);
  EXPECT_EQ(corner, 5);
  corner = 6;
  numbers.write({{0, 0}, {1, 1}}, &corner, sizeof corner);
  numbers.flush_range(0, 4);
  numbers.advise(AF_ADVICE_WILL_NEED, 0, 16);

  auto view = Mmap::open(path).view();
  EXPECT_EQ(view.elements<float>()[0], 6);
  EXPECT_EQ(view.shape(), (Extents{2, 2}));
  EXPECT_EQ(view.strides(), (Extents{8, 4}));
  EXPECT_EQ(status_of([&] { view.elements<double>(); }), AF_DTYPE_MISMATCH);
  EXPECT_EQ(status_of([&] { view.mutable_elements<float>(); }), AF_READ_ONLY);
  EXPECT_EQ(Mmap::create_zeros<double>(in_folder("y.mmap"), {1000}).element_count(), 1000);
  EXPECT_EQ(status_of([&] { Mmap::create_zeros<double>(path, {1}); }), AF_ALREADY_EXISTS);
}

TEST_F(HppTest, LetsALambdaWatchAndCancel) {
  int calls = 0;
  file_.set_progress([&](std::int64_t, std::int64_t) { return ++calls > 0; });
  EXPECT_EQ(status_of([&] { file_.flush(); }), AF_CANCELLED);
  EXPECT_GT(calls, 0);
  file_.set_progress([](std::int64_t, std::int64_t) -> bool { throw std::runtime_error("stop"); });
  EXPECT_EQ(status_of([&] { file_.flush(); }), AF_CANCELLED);
  File moved = std::move(file_);
  moved.set_progress(nullptr);
  moved.flush();
  EXPECT_FALSE(moved.is_dirty());
}

TEST_F(HppTest, GrowsAndRenames) {
  EXPECT_EQ(file_.append("celsius", 0, {1, 3}, std::vector<double>{7, 8, 9}), 2);
  EXPECT_EQ(file_.read<double>("celsius", {{2, 0}, {1, 3}}), (std::vector<double>{7, 8, 9}));
  EXPECT_EQ(status_of([&] { file_.append("celsius", 2, {1, 3}, std::vector<double>(3)); }), AF_OUT_OF_BOUNDS);
  EXPECT_EQ(status_of([&] { file_.append("celsius", 0, {1, 3}, std::vector<float>(3)); }), AF_DTYPE_MISMATCH);
  file_.define("names", Schema(AF_STRING, {1}));
  EXPECT_EQ(file_.append_variable("names", 0, {2}, {"b", "c"}), 1);
  EXPECT_EQ(file_.read_variable("names")[2], "c");
  file_.rename("celsius", "kelvin");
  EXPECT_EQ(status_of([&] { file_.rename("celsius", "x"); }), AF_ARRAY_NOT_FOUND);
  EXPECT_EQ(status_of([&] { file_.rename("kelvin", "names"); }), AF_ARRAY_ALREADY_EXISTS);
}

TEST_F(HppTest, TakesArraysFromOtherFiles) {
  file_.set_attribute("celsius", "units", Value::text("degC"));
  file_.flush();
  File other = File::create_memory();
  other.copy_array(file_, "celsius", "copy");
  other.copy_arrays(file_, {"celsius"});
  EXPECT_EQ(status_of([&] { other.copy_arrays(file_, {"celsius"}); }), AF_ARRAY_ALREADY_EXISTS);
  EXPECT_EQ(status_of([&] { other.copy_array(file_, "celsius", "x", AF_PRESENT_SKIP); }),
            AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([&] { other.merge(file_); }), AF_ARRAY_ALREADY_EXISTS);
  other.merge(file_, AF_PRESENT_SKIP);
  other.merge(file_, AF_PRESENT_REPLACE);
  EXPECT_EQ(other.read<double>("copy"), file_.read<double>("celsius"));
  EXPECT_EQ(other.attribute("copy", "units").view().bytes(), "degC");
  other.move_array(file_, "celsius", "moved");
  EXPECT_FALSE(file_.contains("celsius"));
  EXPECT_EQ(other.list().count(), 3);
}

TEST_F(HppTest, ListsByNameInPages) {
  for (const char* name : {"a/1", "a/2", "b/1"}) file_.define(name, Schema::of<float>({1}));
  std::int64_t next = 0;
  EXPECT_EQ(file_.list_page("a/", AF_MATCH_PREFIX, 1, &next).name(0), "a/1");
  EXPECT_EQ(file_.list_page("a/", AF_MATCH_PREFIX, 1, &next).name(0), "a/2");
  EXPECT_EQ(next, -1);
  next = 0;
  EXPECT_EQ(file_.list_page("?/1", AF_MATCH_GLOB, 10, &next).count(), 2);
  next = 0;
  EXPECT_EQ(status_of([&] { file_.list_page("", 7, 10, &next); }), AF_INVALID_ARGUMENT);
  next = 0;
  EXPECT_EQ(status_of([&] { file_.list_page("", AF_MATCH_GLOB, 0, &next); }), AF_INVALID_ARGUMENT);
}

TEST_F(HppFolderTest, LooksAfterFiles) {
  af_file_options four = arrayformat::file_options();
  four.footer_version = 4;
  four.compact_at = 3;
  const std::string path = in_folder("x.af"), backup = in_folder("safe.af");
  File file = File::create(path, four);
  file.define("a", Schema::of<float>({2}));
  file.flush();
  file.backup(backup);
  EXPECT_EQ(File::open(backup).layer_count(), 2);
  EXPECT_EQ(file.gc(), 0);
  file.write("a", std::vector<float>{1, 2});
  file.flush();
  EXPECT_EQ(file.layer_count(), 1) << "compacted by itself";
  file.upgrade(5);
  EXPECT_EQ(file.footer_version(), 5);
  EXPECT_EQ(status_of([&] { file.backup(backup); }), AF_ALREADY_EXISTS);

  Store folder = Store::open_local(in_folder(""));
  const arrayformat::Values image = folder.get("x.af");
  EXPECT_EQ(File::open_buffer(image[0]).read<float>("a"), (std::vector<float>{1, 2}));
  EXPECT_EQ(status_of([&] { File::open_buffer("no file"); }), AF_CORRUPT);
  EXPECT_EQ(status_of([&] { File::open_buffer(image[0], arrayformat::writable()); }), AF_READ_ONLY);
  FILE* opened = std::fopen(path.c_str(), "rb");
  ASSERT_NE(opened, nullptr);
  EXPECT_EQ(File::open_descriptor(fileno(opened)).read<float>("a"), (std::vector<float>{1, 2}));
  std::fclose(opened);
  EXPECT_EQ(status_of([&] { File::open_descriptor(-1); }), AF_INVALID_ARGUMENT);
}

// Memory that is lent comes back once, when nobody needs it any more; after a failure it was never taken.
TEST(LentMemory, ComesBackOnce) {
  Store store = Store::create_memory();
  File file = File::create_in(store, "x.af");
  file.define("a", Schema::of<float>({2}));
  file.compact();
  const arrayformat::Values image = store.get("x.af");
  int released = 0;
  const auto release = [](void* context) { ++*static_cast<int*>(context); };
  af_file* opened = nullptr;
  EXPECT_EQ(af_file_open_buffer(image[0].data(), 20, release, &released, nullptr, &opened, nullptr),
            AF_CORRUPT);
  EXPECT_EQ(released, 0);
  ASSERT_EQ(af_file_open_buffer(image[0].data(), static_cast<std::int64_t>(image[0].size()), release,
                                &released, nullptr, &opened, nullptr),
            AF_OK);
  EXPECT_EQ(released, 0);
  af_file_close(opened);
  EXPECT_EQ(released, 1);
}

}  // namespace
