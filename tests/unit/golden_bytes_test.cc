// Every footer and every statistics file of the goldens, read into records and written again: the same bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "format/footer.h"
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

std::string written_again(const FooterView& footer) {
  std::vector<BlockRecord> blocks;
  for (uint64_t i = 0; i < footer.block_count(); i++) blocks.push_back(footer.block(i));
  FooterWriter writer(footer.version(), blocks, footer.array_count());
  for (uint64_t i = 0; i < footer.array_count(); i++) {
    ArrayView array = footer.array(i);
    ArraySchema schema = array.schema();
    std::vector<ChunkRecord> chunks;
    for (uint64_t c = 0; c < array.chunk_count(); c++)
      chunks.push_back({array.chunk_coord(c, array.rank()).value(), array.chunk_address(c)});
    std::vector<AttributeEntry> attributes;
    for (uint64_t a = 0; a < array.attribute_count(); a++) attributes.push_back(array.attribute(a));
    writer.add_array(array.name(), schema, chunks, array.deleted(), attributes);
  }
  std::vector<std::string> keys;
  std::vector<Value> values;
  for (uint64_t i = 0; i < footer.key_count(); i++) keys.emplace_back(footer.key(i));
  for (uint64_t i = 0; i < footer.value_count(); i++) values.push_back(footer.value(i));
  return std::string(
      as_text(writer.finish(keys, values, footer.overlay_index(), footer.base_hint(), footer.mark())));
}

TEST(GoldenBytes, FootersAreWrittenAsTheReferenceWritesThem) {
  // Made by hand with entries wider than they need be, which no writer does.
  const std::set<std::string> wider = {"attr_widths_made.af"};
  int same = 0;
  for (const std::filesystem::path& path : goldens(".af")) {
    if (path.parent_path().filename() == "v6") continue;
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
