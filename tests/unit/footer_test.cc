#include <gtest/gtest.h>

#include "format/footer_writer.h"
#include "support/expect_error.h"
#include "support/hex.h"

namespace af {
namespace {

// A footer's bytes with a view of them.
class Footer {
 public:
  explicit Footer(std::string bytes)
      : bytes_(std::make_unique<std::string>(std::move(bytes))),
        metadata_(std::make_unique<MetadataBytes>(as_bytes(*bytes_))),
        view_(ArchiveReader(metadata_.get(), 0, bytes_->size())) {}
  const FooterView* operator->() const { return &view_; }

 private:
  std::unique_ptr<std::string> bytes_;
  std::unique_ptr<MetadataBytes> metadata_;
  FooterView view_;
};

std::string text_of_bytes(const std::vector<std::byte>& bytes) { return std::string(as_text(bytes)); }

// One block, one array with everything, one attribute.
std::string small_footer(int version = 5) {
  std::vector<BlockRecord> blocks{{0, 0, 3, 8, "lz4"}};
  FooterWriter writer(version, blocks, 1);
  ArraySchema schema = make_schema(TypeId::kInt32, Extents(std::vector<int64_t>{2}));
  schema.dimension_names = {"x"};
  std::vector<ChunkRecord> chunks{{Extents(1), {0, 0, 8}}};
  std::vector<AttributeEntry> entries{{0, 0}};
  writer.add_array("a", schema, chunks, false, entries);
  return text_of_bytes(writer
                           .finish(std::vector<std::string>{"k"},
                                   std::vector<Value>{Value::scalar(TypeId::kInt8, int8_t{5})}, 1, "a.af", 0)
                           .joined());
}

// Where things are in small_footer: children first, each vector's elements after what they point to, the root
// last.
constexpr size_t kBlock = 0, kArray = 128, kKey = 296, kValue = 312, kRoot = 336;

TEST(FooterBytes, OfAnEmptyFooter) {
  FooterWriter writer(5, {}, 0);
  std::string expected = from_hex(
      "05000000 00000000"
      "f8 7 x ff 8 x 00  e8 7 x ff 8 x 00  d8 7 x ff 8 x 00  c8 7 x ff 8 x 00"
      "8 x 00  16 x ff");
  EXPECT_EQ(hex_dump(writer.finish({}, {}, 0, "", 0).joined()), hex_dump(expected));
  EXPECT_EQ(hex_dump(footer_trailer(96)), hex_dump(from_hex("60 7 x 00") + "ARRF"));
}

TEST(FooterBytes, OfOneArray) {
  std::string expected = from_hex(
      // Block: id, offset, stored size, decoded size, codec "lz4"
      "8 x 00  8 x 00  03 7 x 00  08 7 x 00  01 7 x 00 6c7a34 13 x ff"
      // 056: shape [2], 4 bytes of padding, dimension "x", chunk shape [2], coordinate [0]
      "02000000 00000000  78 15 x ff  02000000  00000000"
      // 088: Chunk: coordinate 4 bytes back, one component; block 0, offset 0, size 8
      "fc 7 x ff 01 7 x 00  00000000 00000000 08000000 00000000"
      // 120: attributes: key 0, value 0; padding
      "0000 0000 00000000"
      // 128: Array "a", Int32
      "61 15 x ff  03 23 x 00"
      // shape at 56, dimension at 64, chunk shape at 80, chunks at 88: each one
      "90 7 x ff 01 7 x 00  88 7 x ff 01 7 x 00  88 7 x ff 01 7 x 00  80 7 x ff 01 7 x 00"
      // no fill value; not deleted; attributes of 16 bits at 120: one
      "32 x 00  8 x 00  8 x 00 60 7 x ff 01 7 x 00"
      // 296: key "k"; 312: value Int8 5
      "6b 15 x ff  01 05 22 x 00"
      // 336: the root: version, blocks at 0, arrays at 128, keys at 296, values at 312: each one; layer 1 of
      // "a.af"
      "05000000 00000000  a8fe 6 x ff 01 7 x 00  18 7 x ff 01 7 x 00  b0 7 x ff 01 7 x 00  b0 7 x ff 01 7 x "
      "00"
      "01 7 x 00  612e6166 12 x ff");
  EXPECT_EQ(hex_dump(small_footer()), hex_dump(expected));
}

TEST(FooterBytes, ReadBackAsTheyWereWritten) {
  Footer footer(small_footer());
  EXPECT_EQ(footer->version(), 5);
  EXPECT_EQ(footer->mark(), 0u);
  ASSERT_EQ(footer->block_count(), 1u);
  EXPECT_EQ(footer->block(0).codec, "lz4");
  EXPECT_EQ(footer->block(0).stored_size, 3u);
  ArrayView array = footer->array(0);
  EXPECT_EQ(array.name(), "a");
  EXPECT_EQ(array.dtype(), DType(TypeId::kInt32));
  EXPECT_EQ(array.dimension_names(), std::vector<std::string>{"x"});
  EXPECT_FALSE(array.fill());
  EXPECT_FALSE(array.deleted());
  EXPECT_EQ(array.chunk_address(0), (ChunkAddress{0, 0, 8}));
  EXPECT_TRUE(array.chunk_is(0, Extents(1)));
  EXPECT_EQ(array.attribute(0), (AttributeEntry{0, 0}));
  EXPECT_EQ(footer->key(0), "k");
  EXPECT_EQ(footer->value(0), Value::scalar(TypeId::kInt8, int8_t{5}));
  EXPECT_EQ(footer->overlay_index(), 1u);
  EXPECT_EQ(footer->base_hint(), "a.af");
}

// Every kind of everything, written and read.
TEST(FooterBytes, HoldEveryDtypeFillAndValue) {
  std::vector<DType> dtypes;
  for (int id = 0; id < kTypeCount; id++) {
    DType dtype(static_cast<TypeId>(id));
    if (is_list(dtype.id)) dtype.child = std::make_shared<DType>(dtypes[3]);
    if (dtype.id == TypeId::kFixedSizeList) dtype.list_size = UINT32_MAX;
    dtypes.push_back(dtype);
  }
  DType nested(TypeId::kList);
  nested.child = std::make_shared<DType>(dtypes[13]);
  dtypes.push_back(nested);
  using Kind = FillValue::Kind;
  std::vector<std::optional<FillValue>> fills{
      std::nullopt,
      FillValue{Kind::kBool, 1, {}},
      FillValue{Kind::kInt, UINT64_MAX, {}},
      FillValue{Kind::kUInt, 7, {}},
      FillValue{Kind::kFloat, 0x7ff8000000000001, {}},
      FillValue{Kind::kString, 0, ""},
      FillValue{Kind::kString, 0, "a text of more than sixteen bytes"},
      FillValue{Kind::kTimestampNs, 1, {}}};
  std::string sixteen = "0123456789abcdef", bools("\1\0", 2);
  std::vector<Value> values;
  for (int id = 0; id <= 12; id++) {
    TypeId type = static_cast<TypeId>(id);
    if (is_variable(type)) {
      values.push_back(Value::of_bytes(type, ""));
      values.push_back(Value::of_bytes(type, "more than sixteen bytes"));
      values.push_back(Value::variable(type, true, "one and more than seventeen", {0, 3, 3, 27}));
      values.push_back(Value::variable(type, true, "", {0}));
    } else {
      std::string elements = type == TypeId::kBool ? bools : sixteen;
      values.push_back(Value::fixed(type, false, as_bytes(elements).first(element_size(type)), 1));
      values.push_back(Value::fixed(type, true, as_bytes(elements),
                                    static_cast<int64_t>(elements.size() / element_size(type))));
      values.push_back(Value::fixed(type, true, {}, 0));
    }
  }
  FooterWriter writer(5, {}, 0);
  std::vector<ArraySchema> schemas;
  for (size_t i = 0; i < dtypes.size() * fills.size(); i++) {
    ArraySchema schema =
        make_schema(dtypes[i % dtypes.size()], Extents(static_cast<int>(i % 4), static_cast<int64_t>(i)));
    schema.fill = fills[i / dtypes.size()];
    schemas.push_back(schema);
    writer.add_array("array " + std::string(i % 20, 'x'), schema, {}, i % 2 == 1, {});
  }
  Footer footer(text_of_bytes(
      writer.finish({}, values, UINT32_MAX, "a hint of more than sixteen bytes", 0x12345678).joined()));
  ASSERT_EQ(footer->array_count(), schemas.size());
  for (size_t i = 0; i < schemas.size(); i++) {
    EXPECT_EQ(footer->array(i).schema(), schemas[i]) << i;
    EXPECT_EQ(footer->array(i).deleted(), i % 2 == 1) << i;
  }
  ASSERT_EQ(footer->value_count(), values.size());
  for (size_t i = 0; i < values.size(); i++) EXPECT_EQ(footer->value(i), values[i]) << i;
  EXPECT_EQ(footer->mark(), 0x12345678u);
  EXPECT_EQ(footer->overlay_index(), UINT32_MAX);
  EXPECT_EQ(footer->base_hint(), "a hint of more than sixteen bytes");
}

TEST(FooterBytes, AttributeEntriesWidenWhenTheyMust) {
  for (uint64_t index : {uint64_t{65535}, uint64_t{65536}, uint64_t{UINT32_MAX}}) {
    for (bool in_key : {true, false}) {
      std::vector<AttributeEntry> entries{{1, 2}, {in_key ? index : 3, in_key ? 3 : index}};
      FooterWriter writer(5, {}, 1);
      writer.add_array("a", make_schema(TypeId::kInt8, Extents()), {}, false, entries);
      Footer footer(text_of_bytes(writer.finish({}, {}, 0, "", 0).joined()));
      ASSERT_EQ(footer->array(0).attribute_count(), 2u);
      EXPECT_EQ(footer->array(0).attribute(0), entries[0]);
      EXPECT_EQ(footer->array(0).attribute(1), entries[1]);
    }
  }
}

TEST(FooterVersions, FourHoldsScalarsOnly) {
  EXPECT_TRUE(footer_holds(4, Value::text("x")));
  EXPECT_TRUE(footer_holds(4, Value::scalar(TypeId::kFloat64, 1.0)));
  EXPECT_FALSE(footer_holds(4, Value::of_bytes(TypeId::kBinary, "x")));
  EXPECT_FALSE(footer_holds(4, Value::fixed(TypeId::kBool, true, {}, 0)));
  EXPECT_TRUE(footer_holds(5, Value::of_bytes(TypeId::kBinary, "x")));
  EXPECT_TRUE(footer_holds(5, Value::fixed(TypeId::kBool, true, {}, 0)));
  for (int version : {4, 5})
    EXPECT_FALSE(footer_holds(version, Value::scalar(TypeId::kTimestampNs, int64_t{1})));
  std::string four = small_footer(4);
  four[kValue] = 11;  // a text: here "\5" and zeros
  EXPECT_NO_THROW(Footer(four)->value(0));
  four[kValue] = 12;
  expect_error(Status::kCorrupt, [&] { Footer(four)->value(0); });
  for (uint32_t version : {0u, 1u, 3u, 6u, 255u, UINT32_MAX}) {
    std::string other = small_footer();
    store(std::as_writable_bytes(std::span(other)).data() + kRoot, version);
    expect_error(Status::kUnsupported, [&] { Footer{other}; });
  }
}

// Reads all that a footer says.
void read_all(const Footer& footer) {
  for (uint64_t i = 0; i < footer->block_count(); i++) footer->block(i);
  for (uint64_t i = 0; i < footer->key_count(); i++) footer->key(i);
  for (uint64_t i = 0; i < footer->value_count(); i++) footer->value(i);
  for (uint64_t i = 0; i < footer->array_count(); i++) {
    ArrayView array = footer->array(i);
    array.name();
    array.schema();
    array.deleted();
    for (uint64_t c = 0; c < array.chunk_count(); c++)
      array.chunk_address(c), array.chunk_coord(c, array.rank());
    for (uint64_t a = 0; a < array.attribute_count(); a++) array.attribute(a);
  }
  footer->base_hint();
}

TEST(FooterRejects, TagsThatDoNotExist) {
  for (auto [at, tag] : std::vector<std::pair<size_t, int>>{{kBlock + 32, 2},
                                                            {kArray + 16, 16},
                                                            {kArray + 104, 2},
                                                            {kArray + 136, 2},
                                                            {kArray + 144, 3},
                                                            {kValue, 26},
                                                            {kArray + 16, 255}}) {
    std::string bad = small_footer();
    bad[at] = static_cast<char>(tag);
    SCOPED_TRACE(at);
    expect_error(Status::kCorrupt, [&] { read_all(Footer(bad)); });
  }
  std::string fill = small_footer();
  fill[kArray + 104] = 1;
  fill[kArray + 112] = 6;
  expect_error(Status::kCorrupt, [&] { read_all(Footer(fill)); });
  fill[kArray + 112] = 0;
  fill[kArray + 113] = 2;  // a boolean
  expect_error(Status::kCorrupt, [&] { read_all(Footer(fill)); });
  std::string value = small_footer();
  value[kValue] = 0;  // a boolean of 5
  expect_error(Status::kCorrupt, [&] { read_all(Footer(value)); });
}

TEST(FooterRejects, PointersOutsideOrMisaligned) {
  // Every vector of the small footer: in its root, its array and its chunk.
  int pointers = 0;
  for (size_t at : {kRoot + 8, kRoot + 24, kRoot + 40, kRoot + 56, kArray + 40, kArray + 56, kArray + 72,
                    kArray + 88, kArray + 152, size_t{88}}) {
    for (int64_t shift : {int64_t{1}, -int64_t{1}, int64_t{1000}, -int64_t{1000}, INT64_MAX, INT64_MIN}) {
      std::string bad = small_footer();
      auto* out = std::as_writable_bytes(std::span(bad)).data() + at;
      int64_t moved;
      if (!add_fits(load<int64_t>(out), shift, &moved)) moved = shift;
      store(out, moved);
      SCOPED_TRACE(testing::Message() << at << " by " << shift);
      expect_error(Status::kCorrupt, [&] { read_all(Footer(bad)); });
      pointers++;
    }
    std::string many = small_footer();
    store(std::as_writable_bytes(std::span(many)).data() + at + 8, uint64_t{1} << 61);
    try {
      read_all(Footer(many));
      ADD_FAILURE() << "2^61 elements at " << at;
    } catch (const Error& error) {
      // A shape of so many axes is something that we do not support, before it is out of range.
      EXPECT_TRUE(error.status() == Status::kCorrupt || error.status() == Status::kUnsupported)
          << error.message();
    }
  }
  EXPECT_EQ(pointers, 60);
}

TEST(FooterRejects, DtypesThatContainThemselves) {
  FooterWriter writer(5, {}, 1);
  DType list(TypeId::kList);
  list.child = std::make_shared<DType>(TypeId::kList);
  const_cast<DType&>(*list.child).child = std::make_shared<DType>(TypeId::kInt8);
  writer.add_array("a", make_schema(list, Extents()), {}, false, {});
  std::string footer = text_of_bytes(writer.finish({}, {}, 0, "", 0).joined());
  EXPECT_EQ(Footer(footer)->array(0).dtype().child->child->id, TypeId::kInt8);
  // The inner list lies at 24 and points 8 bytes further on; now at itself.
  ASSERT_EQ(footer[24], static_cast<char>(TypeId::kList)) << hex_dump(footer);
  store<int64_t>(std::as_writable_bytes(std::span(footer)).data() + 32, -8);
  expect_error(Status::kLimitExceeded, [&] { Footer(footer)->array(0).dtype(); });
}

TEST(FooterRejects, RanksOverTheLimit) {
  std::string bad = small_footer();
  store(std::as_writable_bytes(std::span(bad)).data() + kArray + 48, uint64_t{33});
  expect_error(
      Status::kUnsupported, [&] { Footer(bad)->array(0).rank(); }, "33");
}

TEST(FooterRejects, SizesThatHoldNoRoot) {
  std::string whole = small_footer();
  for (size_t size : {size_t{0}, size_t{8}, size_t{88}, whole.size() - 1, whole.size() - 4})
    expect_error(Status::kCorrupt, [&] { Footer{whole.substr(whole.size() - size)}; });
  // Another eight bytes in front shift nothing: positions are relative.
  EXPECT_NO_THROW(read_all(Footer(from_hex("8 x 00") + whole)));
}

TEST(FooterTrailers, SayHowLongTheFooterIs) {
  auto length = [](const std::string& trailer, uint64_t file_size) {
    return footer_length(as_bytes(trailer), file_size);
  };
  EXPECT_EQ(length(from_hex("60 7 x 00") + "ARRF", 108), 96u);
  EXPECT_EQ(length(from_hex("68 7 x 00") + "ARRF", 1000), 104u);
  for (const char* bad : {"61 7 x 00", "00 7 x 00", "40 7 x 00", "70 7 x 00", "8 x ff", "f8 7 x ff"})
    expect_error(Status::kCorrupt, [&] { length(from_hex(bad) + "ARRF", 108); });
  expect_error(Status::kCorrupt, [&] { length(from_hex("60 7 x 00") + "ARRE", 108); });
  expect_error(Status::kCorrupt, [&] { length("ARRF", 4); });
}

}  // namespace
}  // namespace af
