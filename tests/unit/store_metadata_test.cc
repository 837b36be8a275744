// Metadata of stores: what the crates wrote is read, and written again as they would; what is malformed is
// refused.
#include "format/store_metadata.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "atlas/metadata_form.h"
#include "codec/codec.h"
#include "format/document.h"
#include "format/document_writer.h"
#include "support/expect_error.h"

namespace af {
namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;

constexpr MetadataForm kPlainJson{MetadataFormat::kJson, StoreCodec::kNone};

std::string file_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct GoldenFile {
  fs::path path;
  MetadataForm form;
};

std::vector<GoldenFile> golden_files() {
  std::vector<GoldenFile> found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(AF_GOLDEN) / "atlas"))
    for (MetadataForm form : metadata_forms())
      if (entry.is_regular_file() && entry.path().filename() == metadata_file_name(form))
        found.push_back({entry.path(), form});
  return found;
}

std::string compressed(const char* codec, std::string_view raw) {
  std::string stored(compress_bound({codec, 3}, raw.size()), '\0');
  stored.resize(compress({codec, 3}, as_bytes(raw), std::as_writable_bytes(std::span(stored))));
  return stored;
}

StoreMetadata from_json(std::string_view text) {
  return read_metadata(MetadataFormat::kJson, as_bytes(text));
}
std::string to_json(const StoreMetadata& metadata) { return write_metadata(metadata, MetadataFormat::kJson); }

// A document of schema 3 with these members beside the version.
std::string schema3(std::string_view members) { return text_of("{\"version\": 3, ", members, "}"); }
// A document of schema 3 with one dataset of one variable with this dtype, shape, and so on.
std::string with_variable(std::string_view description) {
  return schema3(text_of(R"("schemas": [{"arrays": {"v": )", description, R"(}}], "datasets": {"d": 0})"));
}
constexpr std::string_view kVariable =
    R"({"dtype": {"type": "int8"}, "shape": [2], "chunk_shape": [1], "dimension_names": ["x"], "codec": "Lz4"})";
// A document of schema 1 with one dataset whose attribute "a" has this value.
std::string with_attribute(std::string_view value) {
  return text_of(R"({"version": 1, "datasets": {"d": {"attributes": {"a": )", value, "}}}}");
}
Value attribute_of(std::string_view value) {
  return from_json(with_attribute(value)).datasets.values(0).at(0);
}

VariableSchema variable(const char* name) {
  return {name, TypeId::kFloat32, {4, 0}, {2, 0}, {"x", "y"}, StoreCodec::kLz4};
}

StoreMetadata small_store(int version) {
  StoreMetadata store;
  store.version = version;
  DatasetSchema schema;
  schema.variables = {variable("temp"), variable("ü ñ%")};
  if (version > 1) {
    schema.attributes = {{"range", {TypeId::kUInt16, true}}, {"when", {TypeId::kTimestampNs, false}}};
    schema.variable_attributes = {{"temp", {{"units", {TypeId::kString, false}}}}};
  }
  uint32_t id = store.schemas.intern(schema);
  store.datasets.append("a", id);
  store.datasets.append("b", store.schemas.intern({}));
  store.datasets.append("c", id);
  return store;
}

CommitRecord some_commit() {
  LayerId base{}, sidecar{};
  base[0] = 0xab;
  sidecar[15] = 1;
  return {7, 1'700'000'000'123, {{"temp", {base, sidecar}}, {"_global", {}}}};
}

// --- what the crates wrote

TEST(StoreMetadataGolden, EveryFileIsReadAndWrittenAsTheCratesWould) {
  std::vector<GoldenFile> files = golden_files();
  ASSERT_GE(files.size(), 52u);
  for (const GoldenFile& file : files) {
    std::string stored = file_bytes(file.path);
    StoreMetadata metadata = unpack_metadata(file.form, as_bytes(stored));
    EXPECT_EQ(metadata.commit, std::nullopt);
    std::string document = stored;
    if (file.form.compression != StoreCodec::kNone) {
      const char* codec = file.form.compression == StoreCodec::kZstd ? "zstd" : "lz4";
      Buffer raw = decompress_whole(codec, as_bytes(stored), 1 << 20);
      document = as_text(raw.view());
    }
    EXPECT_EQ(write_metadata(metadata, file.form.format), document) << file.path;
  }
}

TEST(StoreMetadataGolden, EveryFormHoldsTheSame) {
  for (const GoldenFile& file : golden_files()) {
    StoreMetadata metadata = unpack_metadata(file.form, as_bytes(file_bytes(file.path)));
    std::string json = to_json(metadata);
    for (MetadataForm form : metadata_forms())
      EXPECT_EQ(to_json(unpack_metadata(form, as_bytes(pack_metadata(form, metadata)))), json) << file.path;
  }
}

TEST(StoreMetadataGolden, AreOfThreeSchemas) {
  auto read = [](const char* name) {
    return unpack_metadata(kPlainJson,
                           as_bytes(file_bytes(fs::path(AF_GOLDEN) / "atlas" / name / "atlas.json")));
  };
  StoreMetadata first = read("v0_10/json_none");
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.datasets.size(), 4u);
  EXPECT_EQ(first.datasets.name(3), "empty é");
  const DatasetSchema& schema = first.schemas[first.datasets.schema(0)];
  EXPECT_EQ(schema.variable("temp")->chunk_shape, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(schema.attribute("when")->type.type, TypeId::kTimestampNs);
  EXPECT_EQ(first.datasets.values(0).at(6).get<int64_t>(), 1'700'000'000'123'456'789);
  EXPECT_EQ(read("v0_12/revived").version, 2);
  StoreMetadata third = read("v0_14/deleted");
  EXPECT_EQ(third.version, 3);
  EXPECT_LT(third.datasets.live_count(), third.datasets.size());
}

// --- reading

TEST(StoreMetadata, EmptyStoresAreWrittenAsTheCratesDo) {
  StoreMetadata store;
  EXPECT_EQ(
      to_json(store),
      "{\n  \"version\": 3,\n  \"codec\": \"Zstd\",\n  \"schemas\": [],\n  \"datasets\": {},\n  \"deleted\": "
      "[],\n"
      "  \"meta_epoch\": 0,\n  \"merged\": {\n    \"arrays\": {},\n    \"global_attributes\": {}\n  }\n}");
  store.version = 1;
  EXPECT_EQ(to_json(store), "{\n  \"version\": 1,\n  \"codec\": \"Zstd\",\n  \"datasets\": {}\n}");
}

TEST(StoreMetadata, MostFieldsMayBeMissing) {
  StoreMetadata store = from_json("{\"version\": 3}");
  EXPECT_EQ(store.codec, StoreCodec::kZstd);
  EXPECT_EQ(store.meta_epoch, 0u);
  EXPECT_EQ(from_json("{\"version\": 2, \"datasets\": {}}").version, 2);
  EXPECT_EQ(from_json("{\"version\": 1, \"datasets\": {\"d\": {}}}").datasets.size(), 1u);
}

TEST(StoreMetadata, FieldsMayComeInAnyOrderAndUnknownOnesArePassedOver) {
  StoreMetadata store = from_json(
      R"({"x": [{"datasets": 1}], "deleted": [1], "datasets": {"a": 1, "b": 0}, "meta_epoch": 18446744073709551615, "merged": 5,
          "schemas": [{"new": 1}, {"array_attrs": {"v": {}}}], "codec": "Lz4", "version": 3})");
  EXPECT_EQ(store.meta_epoch, UINT64_MAX);
  EXPECT_TRUE(store.datasets.deleted(1));
  EXPECT_EQ(store.schemas[store.datasets.schema(0)].variable_attributes.at(0).variable, "v");
}

TEST(StoreMetadata, EqualSchemasAreKeptOnce) {
  std::string description = text_of(R"({"arrays": {"v": )", kVariable, R"(}, "attributes": {"n": 1}})");
  std::string other = text_of(R"({"arrays": {"v": )", kVariable, R"(}, "attributes": {"n": 1.0}})");
  StoreMetadata store = from_json(text_of(R"({"version": 1, "datasets": {"a": )", description, R"(, "b": )",
                                          other, R"(, "c": )", description, "}}"));
  EXPECT_EQ(store.schemas.size(), 2u);
  EXPECT_EQ(store.datasets.schema(0), store.datasets.schema(2));
}

TEST(StoreMetadata, OfANameThatIsThereTwiceTheLastValueCountsInTheFirstPlace) {
  StoreMetadata store = from_json(text_of(
      R"({"version": 1, "datasets": {"a": {"attributes": {"x": 1, "y": 2, "x": 3}}, "b": {}, "a": {"arrays": {"v": )",
      kVariable, R"(}, "attributes": {"z": 4, "w": 5, "z": 6}}}})"));
  ASSERT_EQ(store.datasets.size(), 2u);
  EXPECT_EQ(store.datasets.name(0), "a");
  const DatasetSchema& schema = store.schemas[store.datasets.schema(0)];
  EXPECT_EQ(schema.variables.size(), 1u);
  ASSERT_EQ(schema.attributes.size(), 2u);
  EXPECT_EQ(schema.attributes[0].key, "z");
  EXPECT_EQ(store.datasets.values(0).at(0).get<int64_t>(), 6);
  store = from_json(schema3(
      R"("schemas": [{}, {"global_attrs": {}, "array_attrs": {}}, {"arrays": {}}], "datasets": {"a": 0, "b": 1, "a": 2})"));
  EXPECT_EQ(store.datasets.size(), 2u);
}

TEST(StoreMetadata, ManyNamesTwiceAreFoundInLittleTime) {
  std::string attributes;
  for (int i = 0; i < 100000; i++) attributes += text_of("\"k", i % 50000, "\": ", i, ", ");
  StoreMetadata store = from_json(
      text_of(R"({"version": 1, "datasets": {"d": {"attributes": {)", attributes, R"("last": 0}}}})"));
  EXPECT_EQ(store.datasets.values(0).size(), 50001u);
  EXPECT_EQ(store.datasets.values(0).at(7).get<int64_t>(), 50007);
}

TEST(StoreMetadata, AttributesOfSchema1AreTypedByTheirLooks) {
  EXPECT_EQ(attribute_of("true"), Value::scalar(TypeId::kBool, uint8_t{1}));
  EXPECT_EQ(attribute_of("-9223372036854775808"),
            Value::scalar(TypeId::kInt64, std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(attribute_of("9223372036854775807"),
            Value::scalar(TypeId::kInt64, std::numeric_limits<int64_t>::max()));
  EXPECT_EQ(attribute_of("9223372036854775808"), Value::scalar(TypeId::kFloat64, 9223372036854775808.0));
  EXPECT_EQ(attribute_of("18446744073709551616"), Value::scalar(TypeId::kFloat64, 18446744073709551616.0));
  EXPECT_EQ(attribute_of("2.0"), Value::scalar(TypeId::kFloat64, 2.0));
  EXPECT_EQ(attribute_of("-0"), Value::scalar(TypeId::kFloat64, -0.0));
  EXPECT_EQ(attribute_of("\"2023-11-14T23:13:20+01:00\""),
            Value::scalar(TypeId::kTimestampNs, int64_t{1'700'000'000'000'000'000}));
  EXPECT_EQ(attribute_of("\"2023-11-14\""), Value::text("2023-11-14"));
  EXPECT_EQ(attribute_of("\"1600-01-01T00:00:00Z\""), Value::text("1600-01-01T00:00:00Z"));
}

TEST(StoreMetadata, ForeignMessagePackIsUnderstood) {
  std::string bytes =
      "\x82\xa7version\xd3\0\0\0\0\0\0\0\x01\xc4\x08"
      "datasets\x81\xa1"
      "d\x81\xaa"
      "attributes\x81\xa1"
      "f\xca\x3f\xc0\0\0"s;
  StoreMetadata store = read_metadata(MetadataFormat::kMessagePack, as_bytes(bytes));
  EXPECT_EQ(store.datasets.values(0).at(0), Value::scalar(TypeId::kFloat64, 1.5));
}

// --- malformed

TEST(MalformedMetadata, WrongTypesAndMissingKeysAreNamed) {
  struct Case {
    std::string document;
    Status status;
    std::string message;
  };
  std::string no_codec(kVariable.substr(0, kVariable.find(", \"codec\""))), described(kVariable);
  auto with = [&](std::string_view what, std::string_view by) {
    std::string text = described;
    text.replace(text.find(what), what.size(), by);
    return with_variable(text);
  };
  for (
      const Case& c : std::vector<Case>{
          {"[]", Status::kCorrupt, "no map"},
          {"{}", Status::kCorrupt, "without 'version'"},
          {"{\"version\": 1}", Status::kCorrupt, "without 'datasets'"},
          {"{\"version\": 0}", Status::kUnsupported, "schema 0"},
          {"{\"version\": 4}", Status::kUnsupported, "schema 4"},
          {"{\"version\": 4294967297}", Status::kUnsupported, "schema 4294967297"},
          {"{\"version\": -1}", Status::kCorrupt, "version"},
          {"{\"version\": \"3\"}", Status::kCorrupt, "version: expected an integer, found text"},
          {"{\"version\": 3.0}", Status::kCorrupt, "found a real number"},
          {"{\"version\": 3, \"version\": 3}", Status::kCorrupt, "'version' twice"},
          {schema3(R"("datasets": {}, "datasets": {})"), Status::kCorrupt, "'datasets' twice"},
          {schema3(R"("datasets": [])"), Status::kCorrupt, "datasets: expected a map"},
          {schema3(R"("datasets": {"d": 0})"), Status::kCorrupt, "dataset 'd' has schema 0 of 0"},
          {schema3(R"("schemas": [{}], "datasets": {"d": -1})"), Status::kCorrupt, "schema -1"},
          {schema3(R"("schemas": [{}], "datasets": {"d": 4294967296})"), Status::kCorrupt,
           "schema 4294967296"},
          {schema3(R"("schemas": [{}], "datasets": {"d": "0"})"), Status::kCorrupt, "dataset 'd'"},
          {schema3(R"("schemas": [{}], "datasets": {"d": {}})"), Status::kCorrupt, "schema 3"},
          {R"({"version": 1, "datasets": {"d": 0}})", Status::kCorrupt, "schema 1"},
          {schema3(R"("schemas": {})"), Status::kCorrupt, "schemas: expected an array"},
          {schema3(R"("schemas": [[]])"), Status::kCorrupt, "a schema: expected a map"},
          {schema3(R"("schemas": [{"arrays": {}, "arrays": {}}])"), Status::kCorrupt, "'arrays' twice"},
          {schema3(R"("deleted": [0])"), Status::kCorrupt, "deleted dataset 0 of 0"},
          {schema3(R"("deleted": [-1])"), Status::kCorrupt, "a deleted dataset"},
          {schema3(R"("meta_epoch": -1)"), Status::kCorrupt, "meta_epoch"},
          {schema3(R"("codec": "Gzip")"), Status::kUnsupported, "'Gzip'"},
          {schema3(R"("codec": null)"), Status::kCorrupt, "a codec: expected text, found null"},
          {with_variable("[]"), Status::kCorrupt, "a variable: expected a map"},
          {with_variable(no_codec + "}"), Status::kCorrupt, "no 'codec'"},
          {with("int8", "int7"), Status::kUnsupported, "'int7'"},
          {with("{\"type\": \"int8\"}", "\"int8\""), Status::kCorrupt, "a dtype: expected a map"},
          {with("\"type\"", "\"tipe\""), Status::kCorrupt, "no 'type'"},
          {with("\"int8\"", "\"list\""), Status::kCorrupt, "no 'args'"},
          {with("\"int8\"", R"("list", "args": {})"), Status::kCorrupt, "no 'child'"},
          {with("\"int8\"", R"("fixed_size_list", "args": {"child": {"type": "bool"}})"), Status::kCorrupt,
           "no 'size'"},
          {with("\"int8\"", R"("fixed_size_list", "args": {"child": {"type": "bool"}, "size": 4294967296})"),
           Status::kCorrupt, "4294967296"},
          {with("[2]", "[-2]"), Status::kCorrupt, "a shape"},
          {with("[2]", "[2.0]"), Status::kCorrupt, "a shape"},
          {with("[2]", "[18446744073709551615]"), Status::kLimitExceeded, "a shape"},
          {with("[2]", "2"), Status::kCorrupt, "a shape: expected an array"},
          {with("[\"x\"]", "[1]"), Status::kCorrupt, "a dimension name"},
          {schema3(
               R"("schemas": [{"global_attrs": {"a": {"type": "list", "args": {"child": {"type": "timestamp_nanoseconds"}}}}}])"),
           Status::kUnsupported, "27"},
          {schema3(R"("schemas": [{"array_attrs": {"v": []}}])"), Status::kCorrupt, "expected a map"},
          {with_attribute("null"), Status::kCorrupt, "dataset 'd': an attribute is null"},
          {with_attribute("[1]"), Status::kCorrupt, "dataset 'd': an attribute"},
          {with_attribute("1e400"), Status::kCorrupt, "JSON"},
          {R"({"version": 1, "datasets": {"d": {"arrays": 1}}})", Status::kCorrupt,
           "dataset 'd': the map of variables"},
          {R"({"version": 1, "datasets": {"d": {"arrays": {}, "arrays": {}}}})", Status::kCorrupt,
           "'arrays' twice"},
          {R"({"version": 1, "datasets": {"d": [)", Status::kCorrupt, "JSON"},
      }) {
    expect_error(
        c.status, [&] { from_json(c.document); }, c.message);
  }
}

TEST(MalformedMetadata, DtypesNestAsDeepAsTheFormatGoes) {
  auto nested = [](int depth) {
    std::string dtype = R"({"type": "bool"})";
    for (int i = 0; i < depth; i++) dtype = text_of(R"({"type": "list", "args": {"child": )", dtype, "}}");
    std::string described(kVariable);
    return with_variable(described.replace(described.find(R"({"type": "int8"})"), 16, dtype));
  };
  StoreMetadata store = from_json(nested(DType::kMaxDepth - 1));
  EXPECT_EQ(to_json(from_json(to_json(store))), to_json(store));
  expect_error(
      Status::kLimitExceeded, [&] { from_json(nested(DType::kMaxDepth)); }, "deeper");
  expect_error(
      Status::kLimitExceeded, [&] { from_json(nested(1000)); }, "deeper");
}

TEST(MalformedMetadata, EveryBeginningOfADocumentIsAnError) {
  std::string json = to_json(small_store(3)),
              packed = write_metadata(small_store(3), MetadataFormat::kMessagePack);
  for (size_t size = 0; size < json.size(); size++)
    expect_error(Status::kCorrupt, [&] { from_json(json.substr(0, size)); });
  for (size_t size = 0; size < packed.size(); size++)
    expect_error(Status::kCorrupt,
                 [&] { read_metadata(MetadataFormat::kMessagePack, as_bytes(packed).first(size)); });
}

TEST(MalformedMetadata, DamagedBytesAreReadOrRefused) {
  std::mt19937 random(3);
  for (const GoldenFile& file : golden_files()) {
    std::string stored = file_bytes(file.path);
    for (int round = 0; round < 200; round++) {
      std::string damaged = stored;
      for (unsigned i = 0; i <= random() % 3; i++)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      try {
        StoreMetadata metadata = unpack_metadata(file.form, as_bytes(damaged));
        EXPECT_FALSE(write_metadata(metadata, MetadataFormat::kMessagePack).empty());
      } catch (const Error& error) {
        EXPECT_TRUE(error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                    error.status() == Status::kLimitExceeded)
            << error.message();
      }
    }
  }
}

// The most memory that a child process takes for `action`, beyond what this one has.
int64_t peak_of(const std::function<void()>& action) {
  auto peak = [] {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    long before = peak();
    action();
    int64_t taken = (peak() - before) * 1024;
    _exit(write(ends[1], &taken, sizeof taken) == sizeof taken ? 0 : 1);
  }
  int status = 0;
  int64_t taken = INT64_MAX;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read(ends[0], &taken, sizeof taken), static_cast<ssize_t>(sizeof taken));
  close(ends[0]);
  close(ends[1]);
  return taken;
}

TEST(MalformedMetadata, BombsTakeLittleMemory) {
  constexpr int64_t kCap = 256 << 20;
  auto refuses = [](MetadataForm form, const std::string& stored, std::optional<uint64_t> limit) {
    return peak_of([&] {
      expect_error(Status::kLimitExceeded, [&] { unpack_metadata(form, as_bytes(stored), limit); });
    });
  };
  MetadataForm zstd{MetadataFormat::kJson, StoreCodec::kZstd},
      lz4{MetadataFormat::kMessagePack, StoreCodec::kLz4};
  std::string spaces = compressed("zstd", std::string(128 << 20, ' '));
  EXPECT_LT(refuses(zstd, spaces, std::nullopt), kCap) << "a frame that states its size";
  // The same frame without it: magic, flags and window, and not the four bytes after them.
  std::string unsized = spaces.substr(0, 4) + "\0"s + spaces[5] + spaces.substr(10);
  ASSERT_EQ(decompress_whole("zstd", as_bytes(unsized), 300 << 20).size(), 128u << 20);
  EXPECT_LT(refuses(zstd, unsized, std::nullopt), kCap) << "a frame that does not";
  EXPECT_LT(refuses(zstd, unsized, 1 << 20), 16 << 20) << "a caller's limit";
  EXPECT_LT(refuses(lz4, compressed("lz4", std::string(100 << 20, 'x')), 64 << 20), kCap);
  std::string lies = "\xff\xff\xff\xff"s + std::string(1000, 'x');
  EXPECT_LT(peak_of([&] { expect_error(Status::kCorrupt, [&] { unpack_metadata(lz4, as_bytes(lies)); }); }),
            kCap);
}

TEST(MalformedMetadata, HostileSizesAndDepthTakeLittleMemory) {
  constexpr int64_t kCap = 256 << 20;
  auto peak = [](MetadataFormat format, const std::string& document) {
    return peak_of([&] {
      try {
        read_metadata(format, as_bytes(document));
        ADD_FAILURE() << "was read";
      } catch (const Error&) {
      }
    });
  };
  EXPECT_LT(peak(MetadataFormat::kMessagePack,
                 "\x81\xa8"
                 "datasets\xdf\xff\xff\xff\xff"),
            kCap);
  EXPECT_LT(peak(MetadataFormat::kMessagePack, "\x81\xa7schemas\xdd\xff\xff\xff\xff\x80"), kCap);
  EXPECT_LT(peak(MetadataFormat::kMessagePack, "\x81\xa1x" + std::string(4 << 20, '\x91')), kCap);
  EXPECT_LT(
      peak(MetadataFormat::kMessagePack, "\x82\xa1x\xdd\x00\x20\x00\x00"s + std::string(2 << 20, '\x01')),
      kCap);
  EXPECT_LT(peak(MetadataFormat::kJson, "{\"version\": " + std::string(100000, '[')), kCap);
  EXPECT_LT(peak(
                MetadataFormat::kJson, "{\"version\": [0" +
                                           [] {
                                             std::string zeros;
                                             for (int i = 0; i < 2000000; i++) zeros += ",0";
                                             return zeros;
                                           }() +
                                           "]}"),
            kCap);
}

TEST(MalformedMetadata, BytesBehindAFrameAreRefused) {
  std::string stored = compressed("zstd", to_json(StoreMetadata{}));
  MetadataForm zstd{MetadataFormat::kJson, StoreCodec::kZstd};
  unpack_metadata(zstd, as_bytes(stored));
  expect_error(Status::kCorrupt, [&] { unpack_metadata(zstd, as_bytes(stored + "x")); });
  expect_error(Status::kCorrupt,
               [&] { unpack_metadata(zstd, as_bytes(stored.substr(0, stored.size() - 1))); });
  expect_error(Status::kCorrupt, [&] { unpack_metadata(zstd, as_bytes(""s)); });
}

// --- writing

TEST(StoreMetadata, DeletedDatasetsHaveAPlaceInSchema3Only) {
  for (int version : {1, 2, 3}) {
    StoreMetadata store = small_store(version);
    store.datasets.set_deleted(0, true);
    StoreMetadata again = from_json(to_json(store));
    ASSERT_EQ(again.datasets.size(), version == 3 ? 3u : 2u);
    EXPECT_EQ(again.datasets.live_count(), 2u);
    EXPECT_EQ(again.datasets.name(0), version == 3 ? "a" : "b");
  }
}

TEST(StoreMetadata, SchemasThatNoDatasetHasAreLeftOut) {
  StoreMetadata store = small_store(3);
  store.datasets.set_schema(0, 1);
  store.datasets.set_schema(2, 1);
  StoreMetadata again = from_json(to_json(store));
  EXPECT_EQ(again.schemas.size(), 1u);
  EXPECT_TRUE(again.schemas[0].variables.empty());
}

TEST(StoreMetadata, Schema1RefusesWhatItCannotHold) {
  auto with_value = [](const Value& value) {
    StoreMetadata store;
    store.version = 1;
    DatasetSchema schema;
    schema.attributes = {{"a", {value.type(), value.is_list()}}};
    size_t row = store.datasets.append("d", store.schemas.intern(schema));
    store.datasets.set_values(row, std::vector{value});
    return store;
  };
  for (double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity()}) {
    StoreMetadata store = with_value(Value::scalar(TypeId::kFloat64, number));
    expect_error(
        Status::kUnsupported, [&] { to_json(store); }, "dataset 'd': attribute 'a' is NaN or infinite");
    std::string packed = write_metadata(store, MetadataFormat::kMessagePack);
    EXPECT_EQ(read_metadata(MetadataFormat::kMessagePack, as_bytes(packed)).datasets.values(0),
              store.datasets.values(0));
  }
  expect_error(
      Status::kUnsupported, [&] { to_json(with_value(Value::scalar(TypeId::kInt32, int32_t{1}))); },
      "is a Int32");
  StoreMetadata store = small_store(2);
  store.version = 1;
  expect_error(
      Status::kUnsupported, [&] { to_json(store); }, "no attributes in schema 1");
}

// --- the field of ours

TEST(StoreMetadataCommit, IsKeptInEveryFormAndSchema) {
  for (int version : {1, 2, 3}) {
    for (MetadataForm form : metadata_forms()) {
      StoreMetadata store = small_store(version);
      store.commit = some_commit();
      EXPECT_EQ(unpack_metadata(form, as_bytes(pack_metadata(form, store))).commit, store.commit)
          << metadata_file_name(form);
    }
  }
}

TEST(StoreMetadataCommit, ChangesNothingElse) {
  StoreMetadata store = small_store(3);
  std::string plain = to_json(store);
  store.commit = some_commit();
  std::string json = to_json(store);
  EXPECT_TRUE(
      json.starts_with(plain.substr(0, plain.size() - 2) + ",\n  \"arrayformat\": {\n    \"commit\": {\n"))
      << json;
  store.commit.reset();
  StoreMetadata again = from_json(json);
  again.commit.reset();
  EXPECT_EQ(to_json(again), plain);
}

TEST(StoreMetadataCommit, IsVoidWhenTheRestIsNotAsItWasLeft) {
  StoreMetadata store = small_store(3);
  store.commit = some_commit();
  std::string json = to_json(store);
  auto commit_of = [](const std::string& text) { return from_json(text).commit; };
  ASSERT_EQ(commit_of(json), store.commit);
  std::string other_epoch = json;
  other_epoch.replace(other_epoch.find("\"meta_epoch\": 0"), 15, "\"meta_epoch\": 1");
  EXPECT_EQ(commit_of(other_epoch), std::nullopt);
  EXPECT_EQ(commit_of(json + "\n"), std::nullopt);
  std::string other_id = json;
  other_id.replace(other_id.find("ab0000"), 6, "ac0000");
  EXPECT_EQ(commit_of(other_id), std::nullopt);
  std::string packed = write_metadata(store, MetadataFormat::kMessagePack);
  packed[packed.find("epoch") + 5]++;
  EXPECT_EQ(read_metadata(MetadataFormat::kMessagePack, as_bytes(packed)).commit, std::nullopt);
}

TEST(StoreMetadataCommit, TextOfSchema1ThatReadsAsATimestampStaysText) {
  StoreMetadata store;
  store.version = 1;
  DatasetSchema schema;
  schema.attributes = {{"n", {TypeId::kInt64, false}}, {"made", {TypeId::kString, false}}};
  std::vector values = {Value::scalar(TypeId::kInt64, int64_t{1}), Value::text("2023-11-14T23:13:20+01:00")};
  store.datasets.append("gone", store.schemas.intern({}));
  store.datasets.set_deleted(0, true);
  store.datasets.set_values(store.datasets.append("d", store.schemas.intern(schema)), values);
  for (MetadataForm form : metadata_forms()) {
    StoreMetadata again = unpack_metadata(form, as_bytes(pack_metadata(form, store)));
    EXPECT_EQ(again.datasets.values(0), values);
    EXPECT_EQ(again.schemas[again.datasets.schema(0)].attributes.at(1).type.type, TypeId::kString);
    EXPECT_EQ(again.commit, std::nullopt);
  }
  std::string json = to_json(store);
  StoreMetadata edited = from_json(json.insert(json.find("\"d\""), " "));
  EXPECT_EQ(edited.datasets.values(0).at(1).type(), TypeId::kTimestampNs) << "others see a timestamp";
}

}  // namespace
}  // namespace af
