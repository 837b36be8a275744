#include "format/archive.h"

#include <gtest/gtest.h>

#include "support/expect_error.h"
#include "support/hex.h"

namespace af {
namespace {

// An archive of hand-written bytes.
class Archive {
 public:
  explicit Archive(std::string bytes) : bytes_(std::move(bytes)), metadata_(as_bytes(bytes_)) {}
  ArchiveReader reader() const { return ArchiveReader(&metadata_, 0, bytes_.size()); }
  std::string text(uint64_t at) const { return std::string(reader().text(at)); }

 private:
  std::string bytes_;
  MetadataBytes metadata_;
};

std::string written_text(std::string_view text) {
  ArchiveWriter writer;
  uint64_t target = writer.child_text(text);
  writer.align(8);
  uint64_t at = writer.append_zeros(16);
  writer.put_text(at, text, target);
  return std::string(as_text(writer.bytes()));
}

TEST(ArchiveTexts, UpToSixteenBytesAreInline) {
  EXPECT_EQ(written_text(""), from_hex("16 x ff"));
  EXPECT_EQ(written_text("lz4"), from_hex("6c7a34 13 x ff"));
  EXPECT_EQ(written_text("exactly sixteen."), "exactly sixteen.");
}

TEST(ArchiveTexts, LongerOnesAreElsewhere) {
  // 17 = 0x11: the length's low six bits with the top bit set, then how far back the text lies.
  EXPECT_EQ(written_text("seventeen letters"), "seventeen letters" + from_hex("7 x 00 91 7 x 00 e8 7 x ff"));
  // 300 = 4 * 64 + 44: the higher bits are moved up by two.
  EXPECT_EQ(written_text(std::string(300, 'a')),
            std::string(300, 'a') + from_hex("4 x 00 ac04 6 x 00 d0fe 6 x ff"));
}

TEST(ArchiveTexts, OfEveryLengthComeBack) {
  for (size_t length : {0, 1, 15, 16, 17, 18, 63, 64, 65, 127, 128, 255, 256, 4095, 4096, 100000}) {
    std::string text(length, 'x');
    Archive archive(written_text(text));
    EXPECT_EQ(archive.text(archive.reader().size() - 16), text);
  }
}

TEST(ArchiveTexts, JunkAfterTheEndOfAnInlineTextIsIgnored) {
  EXPECT_EQ(Archive(from_hex("6162 ff 13 x 00")).text(0), "ab");
}

TEST(ArchiveTexts, MustBeUtf8) {
  for (std::string bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82", "\xfe"}) {
    std::string padding(16 - bad.size(), '\xff');
    // 0x80..0xbf in front would make it one that lies elsewhere.
    expect_error(
        Status::kCorrupt, [&] { Archive(bad + padding).text(0); }, "UTF-8");
    std::string longer = "more than sixteen " + bad;
    Archive archive(written_text(longer));
    expect_error(
        Status::kCorrupt, [&] { archive.text(archive.reader().size() - 16); }, "UTF-8");
    EXPECT_EQ(archive.reader().text_bytes(archive.reader().size() - 16), longer)
        << "for comparing it need not be";
  }
  EXPECT_EQ(Archive(from_hex("e2 98 83 13 x ff")).text(0), "\u2603");
}

TEST(ArchiveTexts, ElsewhereMustBeWhereTheArchiveIs) {
  auto elsewhere = [](uint64_t length, int64_t rel) {
    std::string bytes(16, '\0');
    auto out = std::as_writable_bytes(std::span(bytes));
    store<uint64_t>(out.data(), (length & 0x3f) | 0x80 | ((length & ~uint64_t{0x3f}) << 2));
    store<int64_t>(out.data() + 8, rel);
    return std::string(32, 't') + bytes;
  };
  EXPECT_EQ(Archive(elsewhere(17, -32)).text(32), std::string(17, 't'));
  EXPECT_EQ(Archive(elsewhere(32, -32)).text(32), std::string(32, 't'));
  constexpr int64_t kMost = INT64_MAX;
  for (auto [length, rel] : std::vector<std::pair<uint64_t, int64_t>>{{0, -32},
                                                                      {16, -32},
                                                                      {17, -33},
                                                                      {17, 0},
                                                                      {17, 16},
                                                                      {49, -32},
                                                                      {uint64_t{1} << 61, -32},
                                                                      {17, kMost},
                                                                      {17, -kMost - 1}})
    expect_error(Status::kCorrupt,
                 [&, length = length, rel = rel] { Archive(elsewhere(length, rel)).text(32); });
}

TEST(ArchiveVectors, PointRelativeToThemselves) {
  ArchiveWriter writer;
  uint64_t target = writer.child_numbers<uint32_t>(std::vector<int>{7, 8, 9});
  writer.align(8);
  uint64_t at = writer.append_zeros(16);
  writer.put_vec(at, target, 3);
  EXPECT_EQ(std::string(as_text(writer.bytes())),
            from_hex("07000000 08000000 09000000 00000000 f0 7 x ff 03 7 x 00"));
  Archive archive(std::string(as_text(writer.bytes())));
  ArchivedVec vec = archive.reader().vec(at, 4, 4);
  EXPECT_EQ(vec.at, 0u);
  EXPECT_EQ(vec.count, 3u);
}

TEST(ArchiveVectors, MustLieInTheArchiveAndBeAligned) {
  auto vector = [](int64_t rel, uint64_t count) {
    std::string bytes(32, '\0');
    auto out = std::as_writable_bytes(std::span(bytes));
    store(out.data() + 16, rel);
    store(out.data() + 24, count);
    return bytes;
  };
  auto read = [&](int64_t rel, uint64_t count, uint64_t size, uint64_t alignment) {
    return Archive(vector(rel, count)).reader().vec(16, size, alignment);
  };
  EXPECT_EQ(read(-16, 4, 4, 4).count, 4u);
  EXPECT_EQ(read(-16, 8, 4, 4).count, 8u) << "what lies there is not looked at";
  EXPECT_EQ(read(16, 0, 4, 4).at, 32u) << "nothing may lie at the very end";
  for (auto [rel, count] : std::vector<std::pair<int64_t, uint64_t>>{{-17, 1},
                                                                     {-16, 9},
                                                                     {-15, 1},
                                                                     {-14, 1},
                                                                     {17, 0},
                                                                     {20, 0},
                                                                     {-20, 0},
                                                                     {INT64_MIN, 0},
                                                                     {INT64_MAX, 1},
                                                                     {-16, uint64_t{1} << 62},
                                                                     {-16, UINT64_MAX}})
    expect_error(Status::kCorrupt, [&, rel = rel, count = count] { read(rel, count, 4, 4); });
}

TEST(ArchiveNumbers, EndWithTheArchive) {
  Archive archive(from_hex("0102030405060708"));
  EXPECT_EQ(archive.reader().number<uint64_t>(0), 0x0807060504030201u);
  EXPECT_EQ(archive.reader().number<uint16_t>(6), 0x0807u);
  for (uint64_t at : {uint64_t{1}, uint64_t{8}, uint64_t{1} << 40, UINT64_MAX, UINT64_MAX - 6})
    expect_error(Status::kCorrupt, [&] { archive.reader().number<uint64_t>(at); });
  EXPECT_EQ(archive.reader().tag(2, 3, "tag"), 3);
  expect_error(
      Status::kCorrupt, [&] { archive.reader().tag(3, 3, "kind"); }, "kind");
}

// Each page is prepared once, when it is first looked at, and no page that nobody looks at.
TEST(MetadataPages, ArePreparedOnFirstTouch) {
  constexpr uint64_t kPage = MetadataBytes::kPageSize;
  std::string bytes(3 * kPage + 10, 'x');
  std::vector<uint64_t> prepared;
  MetadataBytes metadata(as_bytes(bytes), [&](uint64_t page) { prepared.push_back(page); });
  metadata.at(kPage - 1, 1);
  EXPECT_EQ(prepared, (std::vector<uint64_t>{0}));
  metadata.at(kPage - 1, 2);
  metadata.at(5, 100);
  EXPECT_EQ(prepared, (std::vector<uint64_t>{0, 1}));
  metadata.at(3 * kPage + 9, 1);
  metadata.at(3 * kPage + 10, 0);
  EXPECT_EQ(prepared, (std::vector<uint64_t>{0, 1, 3}));
  expect_error(Status::kCorrupt, [&] { metadata.at(3 * kPage + 10, 1); });
  expect_error(Status::kCorrupt, [&] { metadata.at(0, UINT64_MAX); });
}

TEST(MetadataPages, ThatCannotBePreparedAreTriedAgain) {
  std::string bytes(10, 'x');
  int tries = 0;
  MetadataBytes metadata(as_bytes(bytes), [&](uint64_t) {
    if (++tries == 1) fail(Status::kIo, "not now");
  });
  expect_error(Status::kIo, [&] { metadata.at(0, 1); });
  metadata.at(0, 1);
  metadata.at(0, 1);
  EXPECT_EQ(tries, 2);
}

}  // namespace
}  // namespace af
