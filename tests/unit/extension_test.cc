#include "format/extension.h"

#include <gtest/gtest.h>

#include "format/checksum.h"
#include "format/footer_writer.h"
#include "support/expect_error.h"
#include "support/hex.h"

namespace af {
namespace {

LayerId id_of(uint8_t byte) {
  LayerId id;
  id.fill(byte);
  return id;
}

Summary summary_of(uint64_t min, uint64_t max, uint64_t non_fill,
                   StatValue::Kind kind = StatValue::Kind::kInt) {
  return {StatValue{kind, min, {}}, StatValue{kind, max, {}}, non_fill};
}
Summary summary_of_texts(std::string min, std::string max, uint64_t non_fill) {
  using Kind = StatValue::Kind;
  return {StatValue{Kind::kBytes, 0, std::move(min)}, StatValue{Kind::kBytes, 0, std::move(max)}, non_fill};
}

// A layer's bytes after its blocks, taken apart again.
class Section {
 public:
  Section(const ExtensionWriter& writer, std::vector<LayerId> absorbed = {},
          std::string footer = std::string(96, 'f')) {
    std::vector<std::byte> section =
        writer.finish(id_of(1), id_of(2), absorbed, kDataSize, std::vector{as_bytes(footer)});
    bytes_ = std::string(as_text(section)) + footer + std::string(as_text(footer_trailer(footer.size())));
    section_length_ =
        extension_length(as_bytes(bytes_).subspan(section.size() - kExtensionTailSize), section.size());
    EXPECT_EQ(section_length_, section.size());
    uint64_t head_length = extension_head_length(as_bytes(bytes_), section_length_);
    head = read_extension_head(as_bytes(bytes_).first(head_length), section_length_, footer.size(),
                               kDataSize + bytes_.size());
    body_ = std::make_unique<MetadataBytes>(as_bytes(bytes_).subspan(head_length));
    view = ExtensionView(body_.get(), head);
  }

  static constexpr uint64_t kDataSize = 6;
  ExtensionHead head;
  ExtensionView view;

 private:
  std::string bytes_;
  uint64_t section_length_ = 0;
  std::unique_ptr<MetadataBytes> body_;
};

std::optional<uint64_t> find(const ExtensionView& view, std::string_view name,
                             const std::vector<std::string>& names) {
  uint64_t probe = 0;
  while (std::optional<uint64_t> candidate = view.candidate(name_hash(name), &probe))
    if (names.at(*candidate) == name) return candidate;
  return {};
}

// docs/format.md, "A layer, byte by byte".
TEST(ExtensionSections, AsTheDocumentationShowsThem) {
  std::string block = from_hex("010002000300");
  std::vector<BlockRecord> blocks{{0, 0, 6, 6, ""}};
  FooterWriter footer(5, blocks, 1);
  std::vector<ChunkRecord> chunks{{Extents(1), {0, 0, 6}}};
  footer.add_array("temp", make_schema(TypeId::kInt16, Extents(std::vector<int64_t>{3})), chunks, false, {});
  std::vector<std::byte> archive = footer.finish({}, {}, 1, "x.af", kExtensionMark).joined();
  ExtensionWriter writer;
  writer.set_block_checksums({checksum(as_bytes(block))});
  Summary all = summary_of(1, 3, 3);
  writer.add_array("temp", all, std::vector<std::optional<Summary>>{all});
  std::string layer = block +
                      std::string(as_text(writer.finish(id_of(0xa3), id_of(0xe0), {}, block.size(),
                                                        std::vector{ByteView(archive)}))) +
                      std::string(as_text(archive)) + std::string(as_text(footer_trailer(archive.size())));
  std::string expected =
      block + "AFLAYER1" + layer.substr(0x00e, 8) +  // the head's checksum covers the ids
      from_hex(
          "b8 7 x 00  00 01 6 x 00  80 01 6 x 00  92 02 6 x 00"
          "16 x a3  16 x e0  05000000 00000000  01 7 x 00"
          "8 x 00 08 7 x 00  08 7 x 00 10 7 x 00  18 7 x 00 20 7 x 00  38 7 x 00 8 x 00  38 7 x 00 8 x 00"
          "cb8a3f6b4be5ed00"
          "33d24695bfcf16c4  8 x 00 5538eb15 01000000"
          "01 7 x 00 03 7 x 00 03 6 x 00 01 8 x ff"
          "0001 6 x 00") +
      "AFXTAIL1" +
      from_hex(
          "8 x 00 8 x 00 06 7 x 00 06 7 x 00 24 x 00"
          "03000000 00000000 64696d30 12 x ff 03000000 00000000"
          "fc 7 x ff 01 7 x 00 8 x 00 06 7 x 00"
          "74656d70 12 x ff 02 23 x 00 98 7 x ff 01 7 x 00 90 7 x ff 01 7 x 00 90 7 x ff 01 7 x 00"
          "88 7 x ff 01 7 x 00 32 x 00 8 x 00 8 x 00 68 7 x ff 8 x 00"
          "05000000") +
      "AFX1" +
      from_hex(
          "d8fe 6 x ff 01 7 x 00 40 7 x ff 01 7 x 00 d8 7 x ff 8 x 00 c8 7 x ff 8 x 00"
          "01 7 x 00 782e6166 12 x ff  8001 6 x 00") +
      "ARRF";
  EXPECT_EQ(hex_dump(layer), hex_dump(expected));
  EXPECT_EQ(layer.size(), 0x292u);
}

TEST(ExtensionSections, OfNothing) {
  Section section((ExtensionWriter()));
  EXPECT_EQ(section.head.id, id_of(1));
  EXPECT_EQ(section.head.parent, id_of(2));
  EXPECT_TRUE(section.head.absorbed.empty());
  EXPECT_EQ(section.head.page_checksums.size(), 1u);
  EXPECT_NO_THROW(section.view.expect_counts(0, 0));
  expect_error(Status::kCorrupt, [&] { section.view.expect_counts(1, 0); });
  expect_error(Status::kCorrupt, [&] { section.view.expect_counts(0, 1); });
  EXPECT_EQ(find(section.view, "a", {}), std::nullopt);
  expect_error(Status::kCorrupt, [&] { section.view.array_summary(0); });
  expect_error(Status::kCorrupt, [&] { section.view.block_checksum(0); });
}

TEST(ExtensionSections, FindEveryNameAndNoOther) {
  for (size_t count : {1, 2, 3, 5, 6, 7, 100, 1000, 5000}) {
    ExtensionWriter writer;
    std::vector<std::string> names;
    for (size_t i = 0; i < count; i++) {
      names.push_back("name " + std::to_string(i * 7919));
      writer.add_array(names.back(), Summary{}, {});
    }
    Section section(writer, {id_of(3), id_of(4)});
    section.view.expect_counts(0, count);
    for (size_t i = 0; i < count; i++) ASSERT_EQ(find(section.view, names[i], names), i);
    for (const char* stranger : {"", "name", "name 1", "name 7918"})
      EXPECT_EQ(find(section.view, stranger, names), std::nullopt);
    EXPECT_EQ(section.head.absorbed, (std::vector<LayerId>{id_of(3), id_of(4)}));
  }
}

TEST(ExtensionSections, KeepSummariesOfArraysAndChunks) {
  using Chunks = std::vector<std::optional<Summary>>;
  Summary reals = summary_of(0x8000000000000000, 0x7ff8000000000001, 5, StatValue::Kind::kFloat);
  Summary moments = summary_of(1, 2, 3, StatValue::Kind::kTimestampNs),
          naturals = summary_of(0, UINT64_MAX, 9, StatValue::Kind::kUInt);
  Summary texts = summary_of_texts("", std::string(1000, 'z'), 4), none{{}, {}, 0};
  struct Case {
    std::optional<Summary> whole;
    Chunks chunks;
  };
  std::vector<Case> cases{{reals, {reals}},
                          {naturals, {none, naturals}},
                          {texts, {texts, summary_of_texts("a", "b", 2)}},
                          {std::nullopt, {moments, std::nullopt}},
                          {none, {}},
                          {Summary{{}, {}, (uint64_t{1} << 56) - 1}, {moments}}};
  ExtensionWriter writer;
  writer.set_block_checksums({11, 22, 33});
  for (size_t i = 0; i < cases.size(); i++)
    writer.add_array(std::to_string(i), cases[i].whole, cases[i].chunks);
  Section section(writer);
  section.view.expect_counts(3, cases.size());
  for (size_t i = 0; i < cases.size(); i++) {
    EXPECT_EQ(section.view.array_summary(i), cases[i].whole) << i;
    for (size_t c = 0; c < cases[i].chunks.size(); c++)
      EXPECT_EQ(section.view.chunk_summary(i, c), cases[i].chunks[c]) << i << ", " << c;
  }
  EXPECT_EQ(section.view.block_checksum(2), 33u);
  expect_error(Status::kCorrupt, [&] { section.view.block_checksum(3); });
  expect_error(Status::kCorrupt, [&] { section.view.chunk_summary(1, 100); });
  expect_error(Status::kCorrupt, [&] { section.view.chunk_summary(1, UINT64_MAX); });
}

TEST(ExtensionSections, ForgetBoundsThatAreTooLong) {
  ExtensionWriter writer;
  Summary just = summary_of_texts("a", std::string((1 << 24) - 1, 'x'), 1),
          over = summary_of_texts("a", std::string(1 << 24, 'x'), 1);
  writer.add_array("just", just, {});
  writer.add_array("over", over, {});
  Section section(writer);
  EXPECT_EQ(section.view.array_summary(0), just);
  EXPECT_EQ(section.view.array_summary(1), std::nullopt);
}

TEST(ExtensionSections, HaveAChecksumForEachPage) {
  ExtensionWriter writer;
  std::string footer(200000, 'f');
  Section section(writer, {}, footer);
  EXPECT_EQ(section.head.page_checksums.size(),
            (16 + 200000 + 12 + MetadataBytes::kPageSize - 1) / MetadataBytes::kPageSize);
}

TEST(ExtensionHeads, AnyChangeIsSeen) {
  ExtensionWriter writer;
  writer.add_array("a", Summary{}, {});
  std::string footer(96, 'f');
  std::vector<LayerId> absorbed{id_of(5)};
  std::vector<std::byte> section =
      writer.finish(id_of(1), id_of(2), absorbed, 0, std::vector{as_bytes(footer)});
  uint64_t length = section.size(), file_size = section.size() + 96 + 12;
  uint64_t head_length = extension_head_length(section, length);
  auto read = [&](const std::vector<std::byte>& bytes, uint64_t size) {
    return read_extension_head(ByteView(bytes).first(extension_head_length(bytes, length)), length, 96, size);
  };
  EXPECT_EQ(read(section, file_size).absorbed, absorbed);
  for (uint64_t at = 0; at < head_length; at++) {
    for (int bit = 0; bit < 8; bit++) {
      std::vector<std::byte> bad = section;
      bad[at] ^= static_cast<std::byte>(1 << bit);
      expect_error(Status::kCorrupt, [&] { read(bad, file_size); });
    }
  }
  expect_error(
      Status::kCorrupt, [&] { read(section, file_size + 1); }, "file");
}

// Whoever can make a checksum can say anything: it must still lie within the file.
TEST(ExtensionHeads, WithTrueChecksumsMayNotSayTooMuch) {
  ExtensionWriter writer;
  writer.add_array("a", Summary{}, {});
  std::string footer(96, 'f');
  std::vector<std::byte> section = writer.finish(id_of(1), id_of(2), {}, 0, std::vector{as_bytes(footer)});
  uint64_t length = section.size(), file_size = section.size() + 96 + 12,
           head_length = extension_head_length(section, length);
  auto say = [&](uint64_t at, auto value) {
    std::vector<std::byte> lie = section;
    store(lie.data() + at, value);
    ByteView head = ByteView(lie).first(head_length);
    store(lie.data() + 8, checksum(head.subspan(16)));
    read_extension_head(head, length, 96, file_size);
  };
  for (uint64_t at : {80, 84}) expect_error(Status::kCorrupt, [&] { say(at, UINT32_MAX); });
  expect_error(Status::kCorrupt, [&] { say(80, uint32_t{4}); });
  for (uint64_t pages : {uint64_t{0}, uint64_t{2}, UINT64_MAX})
    expect_error(Status::kCorrupt, [&] { say(88, pages); });
  for (uint64_t part = 0; part < 5; part++) {
    expect_error(Status::kCorrupt, [&] { say(96 + part * 16, uint64_t{1} << 40); });
    expect_error(Status::kCorrupt, [&] { say(96 + part * 16 + 8, UINT64_MAX); });
  }
  EXPECT_NO_THROW(say(48, uint64_t{7})) << "another id is as good";
}

TEST(ExtensionTails, MustFitTheFile) {
  std::string tail = from_hex("0001 6 x 00") + "AFXTAIL1";
  EXPECT_EQ(extension_length(as_bytes(tail), 256), 256u);
  expect_error(Status::kCorrupt, [&] { extension_length(as_bytes(tail), 255); });
  for (const char* length : {"8 x 00", "6f 7 x 00", "8 x ff"})
    expect_error(Status::kCorrupt,
                 [&] { extension_length(as_bytes(from_hex(length) + "AFXTAIL1"), 1 << 20); });
  expect_error(Status::kCorrupt,
               [&] { extension_length(as_bytes(from_hex("0001 6 x 00") + "AFXTAIL2"), 256); });
}

TEST(ExtensionMarks, WithOneByteDamagedAreKnown) {
  EXPECT_FALSE(is_damaged_mark(0));
  EXPECT_FALSE(is_damaged_mark(kExtensionMark));
  EXPECT_FALSE(is_damaged_mark(0x12345678));
  for (int byte = 0; byte < 4; byte++)
    for (uint32_t change = 1; change < 256; change++)
      EXPECT_TRUE(is_damaged_mark(kExtensionMark ^ change << (8 * byte)));
}

}  // namespace
}  // namespace af
