// Every footer and every statistics file of the goldens, read into records and written again: the same bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "format/footer_writer.h"
#include "format/stats_file.h"
#include "support/hex.h"

namespace af {
namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::filesystem::path> goldens(const char* extension) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(AF_GOLDEN))
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

std::vector<ChunkRecord> chunks_of(const ArrayView& array) {
  std::vector<ChunkRecord> chunks;
  for (uint64_t i = 0; i < array.chunk_count(); i++)
    chunks.push_back({array.chunk_coord(i, array.rank()).value(), array.chunk_address(i)});
  return chunks;
}

std::vector<AttributeEntry> attributes_of(const ArrayView& array) {
  std::vector<AttributeEntry> attributes;
  for (uint64_t i = 0; i < array.attribute_count(); i++) attributes.push_back(array.attribute(i));
  return attributes;
}

std::string written_again(const FooterView& footer) {
  std::vector<BlockRecord> blocks;
  std::vector<std::string> keys;
  std::vector<Value> values;
  for (uint64_t i = 0; i < footer.block_count(); i++) blocks.push_back(footer.block(i));
  for (uint64_t i = 0; i < footer.key_count(); i++) keys.emplace_back(footer.key(i));
  for (uint64_t i = 0; i < footer.value_count(); i++) values.push_back(footer.value(i));
  std::vector<std::byte> archive;
  if (footer.version() == 6) {
    FooterWriter6 writer(blocks, keys, values, footer.array_count());
    for (uint64_t i = 0; i < footer.array_count(); i++) {
      ArrayView array = footer.array(i);
      writer.add_array(array.name(), array.schema(), chunks_of(array), attributes_of(array),
                       array.stats().value());
    }
    archive = writer.finish().joined();
  } else {
    FooterWriter writer(footer.version(), blocks, footer.array_count());
    for (uint64_t i = 0; i < footer.array_count(); i++) {
      ArrayView array = footer.array(i);
      writer.add_array(array.name(), array.schema(), chunks_of(array), array.deleted(), attributes_of(array));
    }
    archive = writer.finish(keys, values, footer.overlay_index(), footer.base_hint(), footer.mark()).joined();
  }
  return std::string(as_text(archive));
}

TEST(GoldenBytes, FootersAreWrittenAsTheReferenceWritesThem) {
  // Made by hand with entries wider than they need be, which no writer does.
  const std::set<std::string> wider = {"attr_widths_made.af"};
  int same = 0;
  for (const std::filesystem::path& path : goldens(".af")) {
    // Some of these cannot be read.
    if (path.filename().string().starts_with("hand_")) continue;
    std::string file = bytes_of(path);
    ByteView bytes = as_bytes(file);
    uint64_t length = footer_length(bytes.last(kTrailerSize), file.size());
    ByteView archive = bytes.subspan(file.size() - kTrailerSize - length, length);
    MetadataBytes metadata(archive);
    std::string again = written_again(FooterView(ArchiveReader(&metadata, 0, length)));
    if (wider.contains(path.filename().string())) {
      EXPECT_NE(again, as_text(archive)) << path;
      continue;
    }
    EXPECT_EQ(hex_dump(again), hex_dump(archive)) << path;
    same++;
  }
  printf("[   CASES  ] %d golden footers written again byte for byte\n", same);
  EXPECT_GE(same, 150);
}

TEST(GoldenBytes, StatisticsAreWrittenAsTheReferenceWritesThem) {
  int same = 0, entries = 0;
  for (const std::filesystem::path& path : goldens(".stats")) {
    std::string file = bytes_of(path);
    StatsFile stats = read_stats(as_bytes(file));
    EXPECT_EQ(hex_dump(write_stats(stats, false)), hex_dump(file)) << path;
    same++;
    entries += static_cast<int>(stats.entries.size());
  }
  printf("[   CASES  ] %d golden statistics files written again byte for byte, %d entries\n", same, entries);
  EXPECT_GE(same, 60);
}

}  // namespace
}  // namespace af
