// Files of footer version 6: read as they are, never changed, and written as copies.
#include "format/footer_writer.h"
#include "story.h"
#include "support/hex.h"

namespace af {
namespace {

const Texts kReadable = {"attrs",
                         "chunk_order",
                         "copied",
                         "dtypes_chunked_smallblocks",
                         "dtypes_lz4",
                         "dtypes_none",
                         "dtypes_zstd",
                         "empty",
                         "fills",
                         "hand_block_ids_wrong",
                         "hand_chunks_duplicate",
                         "hand_chunks_unsorted",
                         "many",
                         "stats",
                         "zero_dims"};

// All that a reader sees of an array.
struct Sight {
  std::string name;
  ArraySchema schema;
  std::map<std::string, Value> attributes;
  std::string elements;
  std::optional<ArrayStats> stats;
};

std::string elements_of(const Stack& stack, const std::string& name, const ArraySchema& schema) {
  if (is_variable(schema.dtype.id)) {
    std::string all;
    for (const std::string& text : stack.read_texts(name)) all += text + '\0';
    return all;
  }
  std::string bytes(static_cast<size_t>(element_count(schema.shape)) * element_size(schema.dtype.id), '\x55');
  stack->read(name, {}, {}, {std::as_writable_bytes(std::span(bytes)), {}});
  return bytes;
}

std::vector<Sight> sights(const Stack& stack) {
  std::vector<Sight> all;
  for (const std::string& name : stack.names()) {
    ArraySchema schema = stack->schema(name);
    all.push_back(
        {name, schema, stack.attributes(name), elements_of(stack, name, schema), stack->stats(name).stats});
  }
  return all;
}

void expect_same(const std::vector<Sight>& found, const std::vector<Sight>& expected,
                 bool with_stats = true) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); i++) {
    SCOPED_TRACE(expected[i].name);
    EXPECT_EQ(found[i].name, expected[i].name);
    EXPECT_TRUE(found[i].schema == expected[i].schema);
    EXPECT_EQ(found[i].attributes, expected[i].attributes);
    EXPECT_EQ(hex_dump(found[i].elements), hex_dump(expected[i].elements));
    if (with_stats) {
      EXPECT_TRUE(found[i].stats == expected[i].stats);
    }
  }
}

FileOptions version(int footer_version, bool replace = false) {
  FileOptions options;
  options.footer_version = footer_version;
  options.replace = replace;
  options.block_size = 100;
  return options;
}

class Immutable : public Story {
 protected:
  void take(const std::string& golden) {
    for (const std::string& key : keys()) remove(key);
    take_golden("v6/" + golden);
  }
};

TEST_P(Immutable, IsAStackOfOneLayer) {
  take("stats");
  Stack file = open_to_read();
  EXPECT_EQ(file->footer_version(), 6);
  EXPECT_EQ(file->layer_count(), 1);
  EXPECT_TRUE(file->layer(0).foreign);
  EXPECT_EQ(file.problems(), Texts{});
  EXPECT_FALSE(file->refresh());
}

TEST_P(Immutable, CannotBeOpenedForWriting) {
  take("stats");
  expect_error(
      Status::kReadOnly, [&] { open(); }, "never changed");
  Stack file = open_to_read();
  expect_error(Status::kReadOnly, [&] { file.define<int32_t>("new", {1}); });
  expect_error(Status::kReadOnly, [&] { file->compact(); });
}

TEST_P(Immutable, CannotBeCreatedEmpty) {
  expect_error(
      Status::kUnsupported, [&] { create("s.af", version(6)); }, "as copies");
  EXPECT_TRUE(keys().empty());
}

TEST_P(Immutable, HasNoLayersBesideIt) {
  take("stats");
  Texts names = open_to_read().names();
  put("s.1.af", "not a layer at all");
  EXPECT_EQ(open_to_read().names(), names);
}

TEST_P(Immutable, CannotBeALayer) {
  take("stats");
  std::string golden = bytes("s.af");
  remove("s.af");
  create().close();
  put("s.1.af", golden);
  expect_error(
      Status::kUnsupported, [&] { open_to_read(); }, "footer version 6");
}

TEST_P(Immutable, CopiesReadTheSameInEachVersion) {
  for (const std::string& golden : kReadable) {
    SCOPED_TRACE(golden);
    take(golden);
    Stack file = open_to_read();
    std::vector<Sight> seen = sights(file);
    file->copy_to(store(), "v6.af", version(6));
    file->copy_to(store(), "v5.af", version(5));
    EXPECT_EQ(open_to_read("v6.af")->footer_version(), 6);
    // Whose tables were changed by hand, but not their statistics.
    bool by_hand = golden.starts_with("hand_chunks");
    expect_same(sights(open_to_read("v6.af")), seen, !by_hand);
    EXPECT_EQ(open_to_read("v6.af").problems(), Texts{});
    expect_same(sights(open_to_read("v5.af")), seen, !by_hand);
    // And it goes on from there.
    Stack changed = open("v5.af");
    changed.define<int16_t>("one more", {2});
    changed->flush();
    EXPECT_EQ(changed.names().size(), seen.size() + 1);
  }
}

TEST_P(Immutable, OlderVersionsHoldWhatTheyCan) {
  take("stats");
  std::vector<Sight> seen = sights(open_to_read());
  open_to_read()->copy_to(store(), "v4.af", version(4));
  expect_same(sights(open_to_read("v4.af")), seen);
  take("attrs");
  expect_error(
      Status::kUnsupported, [&] { open_to_read()->copy_to(store(), "v4.af", version(4)); },
      "footer version 4");
}

TEST_P(Immutable, AStackOfManyLayersBecomesOneFile) {
  Stack stack = create();
  stack.define<int32_t>("grid", {5, 7}, {2, 3}, filled_with(int64_t{-1}));
  stack.define<float>("never written", {3});
  stack.define<int64_t>("gone", {2});
  stack->define("texts", array_of(TypeId::kString, {4}, {2}));
  stack->set_attribute("grid", "units", text("degrees_celsius_and_more"));
  stack->set_attribute("grid", "axis", text("y"));
  stack->set_attribute("texts", "units", text("degrees_celsius_and_more"));
  stack.write<int32_t>("grid", {0, 0}, {2, 2}, {1, 2, 3, 4});
  stack.write<int64_t>("gone", {8, 9});
  stack->flush();
  stack.write_texts("texts", {"", "units"}, {2}, {2});
  stack.write<int32_t>("grid", {4, 6}, {1, 1}, {99});
  stack->remove_attribute("grid", "axis");
  stack->erase("gone");
  stack->flush();
  std::vector<Sight> seen = sights(stack);
  stack->copy_to(store(), "one.af", version(6));
  Stack one = open_to_read("one.af");
  expect_same(sights(one), seen);
  EXPECT_EQ(one->layer_count(), 1);
  EXPECT_EQ(one.problems(), Texts{});
  EXPECT_EQ(one->attribute("texts", "units"), text("degrees_celsius_and_more"));
  ValueMap column = one->attribute_column("units");
  ASSERT_EQ(column.size(), 3u);
  EXPECT_EQ(column[0].second, text("degrees_celsius_and_more"));
  EXPECT_FALSE(column[1].second);
}

TEST_P(Immutable, TakesTheWholePlaceOfAStack) {
  Stack stack = create();
  stack.define<int32_t>("a", {1});
  stack->flush();
  stack.write<int32_t>("a", {7});
  stack->flush();
  ASSERT_TRUE(holds("s.2.af"));
  take_golden("v6/stats", "other.af");
  Stack other = open_to_read("other.af");
  expect_error(Status::kAlreadyExists, [&] { other->copy_to(store(), "s.af", version(6)); });
  other->copy_to(store(), "s.af", version(6, true));
  expect_same(sights(open_to_read()), sights(other));
  EXPECT_EQ(keys(), (std::set<std::string>{"other.af", "s.af"}));
  // And back.
  other->copy_to(store(), "s.af", version(5, true));
  expect_same(sights(open()), sights(other));
}

TEST_P(Immutable, TimestampsAreNoAttributes) {
  Stack stack = create();
  stack.define<int32_t>("a", {1});
  expect_error(Status::kUnsupported,
               [&] { stack->set_attribute("a", "when", Value::scalar<int64_t>(TypeId::kTimestampNs, 5)); });
}

// ---------------------------------------------------------------- hostile footers

// A footer whose `count` values are lists of one text, `times` times each.
std::string file_of_long_lists(uint32_t count, int64_t times) {
  std::string word(200, 'w');
  std::vector<Value> values;
  for (uint32_t i = 0; i < count; i++) {
    std::string all;
    std::vector<int64_t> offsets{0};
    for (int64_t j = 0; j < times + i; j++) {
      all += word;
      offsets.push_back(static_cast<int64_t>(all.size()));
    }
    values.push_back(Value::variable(TypeId::kString, true, all, offsets));
  }
  std::vector<std::string> strings{"key", word};
  FooterWriter6 footer({}, strings, values, 1);
  std::vector<AttributeEntry> attributes{{0, 0}};
  footer.add_array("a", make_schema(TypeId::kInt8, Extents()), {}, attributes, {});
  std::vector<std::byte> archive = footer.finish().joined();
  auto trailer = footer_trailer(archive.size());
  return std::string(as_text(archive)) + std::string(as_text(trailer));
}

TEST_P(Immutable, TextsRepeatedWithoutEndAreRefused) {
  put("s.af", file_of_long_lists(1, 1000));
  EXPECT_EQ(open_to_read()->attribute("a", "key").count(), 1000);
  put("s.af", file_of_long_lists(1, 400'000));
  Stack file = open_to_read();
  expect_error(Status::kLimitExceeded, [&] { file->attribute("a", "key"); });
}

// All values of the footer are made to point at the first one's elements.
TEST_P(Immutable, PartsThatOverlapAreRefused) {
  std::string file = file_of_long_lists(1000, 1000);
  uint64_t root = file.size() - kTrailerSize - kRootSize6;
  auto number_at = [&](uint64_t at) { return load<int64_t>(as_bytes(file).data() + at); };
  uint64_t values = root + 40 + static_cast<uint64_t>(number_at(root + 40));
  for (uint64_t i = 1; i < 1000; i++) {
    uint64_t at = values + i * 24 + 8;
    int64_t to_first = number_at(values + 8) - static_cast<int64_t>(i) * 24;
    std::memcpy(file.data() + at, &to_first, sizeof to_first);
  }
  put("s.af", file);
  // 4 MB are claimed again and again, but fit the 6 MB that are there: only more than all is surely wrong.
  open_to_read();
  uint64_t count = static_cast<uint64_t>(number_at(values + 16)) * 1000;
  for (uint64_t i = 0; i < 1000; i++) std::memcpy(file.data() + values + i * 24 + 16, &count, sizeof count);
  put("s.af", file);
  expect_error(
      Status::kCorrupt, [&] { open_to_read(); }, "overlap");
}

TELL_EVERYWHERE(Immutable);

}  // namespace
}  // namespace af
