#include "format/stats_file.h"

#include <cstring>

#include "format/archived_stats.h"
#include "format/checksum.h"

namespace af {
namespace {

constexpr uint64_t kEntrySize = kArchivedStatsSize, kTrailer = 12, kGap = 16;
constexpr char kMagic[] = "ARST";
constexpr char kGapMagic[] = "AFSTATS1";

std::vector<StatsEntry> read_entries(const ArchiveReader& archive, uint64_t root) {
  ArchivedVec stored = archive.vec(archive.size() - 16, kEntrySize, 8);
  // A version 0 file whose last row count is 1 looks like a root of version 1, but then its entries reach
  // into that root.
  if (stored.at + stored.count * kEntrySize > root)
    fail(Status::kCorrupt, "statistics: entries overlap the root");
  std::vector<StatsEntry> entries;
  for (uint64_t i = 0; i < stored.count; i++) {
    uint64_t at = stored.at + i * kEntrySize;
    entries.push_back({std::string(archive.text(at)), read_archived_stats(archive, at)});
  }
  return entries;
}

// Version 1 has a root of 24 bytes that begins with its number, version 0 one of 16. A root of the one never
// passes for the other's.
StatsFile read_archive(const ArchiveReader& archive) {
  uint64_t size = archive.size();
  if (size >= 24 && size % 8 == 0 && archive.number<uint32_t>(size - 24) == 1) {
    try {
      return {1, read_entries(archive, size - 24)};
    } catch (const Error&) {
    }
  }
  if (size < 16 || size % 8 != 0) fail(Status::kCorrupt, "statistics: ", size, " bytes hold no root");
  return {0, read_entries(archive, size - 16)};
}

}  // namespace

StatsFile read_stats(ByteView file) {
  if (file.size() < kTrailer || std::memcmp(file.data() + file.size() - 4, kMagic, 4) != 0)
    fail(Status::kCorrupt, "statistics: the last 4 bytes are not 'ARST'");
  uint64_t length = load<uint64_t>(file.data() + file.size() - kTrailer);
  if (length > file.size() - kTrailer)
    fail(Status::kCorrupt, "statistics: a length of ", length, " in ", file.size(), " bytes");
  ByteView archive = file.subspan(file.size() - kTrailer - length, length);
  if (length >= kGap && std::memcmp(archive.data(), kGapMagic, 8) == 0 &&
      load<uint64_t>(archive.data() + 8) != checksum(archive.subspan(kGap)))
    fail(Status::kCorrupt, "statistics: the checksum does not match");
  MetadataBytes bytes(archive);
  return read_archive(ArchiveReader(&bytes, 0, archive.size()));
}

std::vector<std::byte> write_stats(const StatsFile& stats, bool with_checksum) {
  ArchiveWriter out;
  if (with_checksum) out.append_zeros(kGap);
  std::vector<StatsChildren> children;
  children.reserve(stats.entries.size());
  for (const StatsEntry& entry : stats.entries) children.push_back(child_stats(out, entry.name, entry.stats));
  out.align(8);
  uint64_t table = out.append_zeros(stats.entries.size() * kEntrySize);
  for (size_t i = 0; i < stats.entries.size(); i++)
    put_stats(out, table + i * kEntrySize, stats.entries[i].name, stats.entries[i].stats, children[i]);
  uint64_t root = out.append_zeros(stats.version == 1 ? 24 : 16);
  if (stats.version == 1) {
    out.put<uint32_t>(root, 1);
    root += 8;
  }
  out.put_vec(root, table, stats.entries.size());
  if (with_checksum) {
    out.put<uint64_t>(0, load<uint64_t>(as_bytes(kGapMagic).data()));
    out.put<uint64_t>(8, checksum(ByteView(out.bytes()).subspan(kGap)));
  }
  uint64_t length = out.size();
  uint64_t trailer = out.append_zeros(kTrailer);
  out.put<uint64_t>(trailer, length);
  for (uint64_t i = 0; i < 4; i++) out.put<char>(trailer + 8 + i, kMagic[i]);
  return out.take();
}

}  // namespace af
