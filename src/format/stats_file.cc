#include "format/stats_file.h"

#include <cstring>

#include "format/archive.h"
#include "format/checksum.h"

namespace af {
namespace {

constexpr uint64_t kEntrySize = 96, kTrailer = 12, kGap = 16;
constexpr uint64_t kMin = 16, kMax = 48, kNulls = 80, kRows = 88;
constexpr char kMagic[] = "ARST";
constexpr char kGapMagic[] = "AFSTATS1";

std::optional<StatValue> read_bound(const ArchiveReader& archive, uint64_t at) {
  if (archive.tag(at, 1, "option") == 0) return {};
  StatValue value;
  value.kind = static_cast<StatValue::Kind>(archive.tag(at + 8, 4, "statistic"));
  if (value.kind == StatValue::Kind::kBytes) {
    ArchivedVec blob = archive.vec(at + 16, 1, 1);
    value.bytes = as_text({archive.raw(blob.at, blob.count), blob.count});
  } else {
    value.bits = archive.number<uint64_t>(at + 16);
  }
  return value;
}

std::vector<StatsEntry> read_entries(const ArchiveReader& archive, uint64_t root) {
  ArchivedVec stored = archive.vec(archive.size() - 16, kEntrySize, 8);
  // A version 0 file whose last row count is 1 looks like a root of version 1, but then its entries reach
  // into that root.
  if (stored.at + stored.count * kEntrySize > root)
    fail(Status::kCorrupt, "statistics: entries overlap the root");
  std::vector<StatsEntry> entries;
  for (uint64_t i = 0; i < stored.count; i++) {
    uint64_t at = stored.at + i * kEntrySize;
    entries.push_back({std::string(archive.text(at)),
                       {read_bound(archive, at + kMin), read_bound(archive, at + kMax),
                        archive.number<uint64_t>(at + kNulls), archive.number<uint64_t>(at + kRows)}});
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

void put_bound(ArchiveWriter& out, uint64_t at, const std::optional<StatValue>& value, uint64_t target) {
  if (!value) return;
  out.put<uint8_t>(at, 1);
  out.put<uint8_t>(at + 8, static_cast<uint8_t>(value->kind));
  if (value->kind == StatValue::Kind::kBytes)
    out.put_vec(at + 16, target, value->bytes.size());
  else
    out.put<uint64_t>(at + 16, value->bits);
}

uint64_t child_bound(ArchiveWriter& out, const std::optional<StatValue>& value) {
  return value && value->kind == StatValue::Kind::kBytes ? out.append(as_bytes(value->bytes)) : 0;
}

struct Targets {
  uint64_t name, min, max;
};

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
  std::vector<Targets> targets;
  targets.reserve(stats.entries.size());
  for (const StatsEntry& entry : stats.entries) {
    uint64_t name = out.child_text(entry.name), min = child_bound(out, entry.stats.min);
    targets.push_back({name, min, child_bound(out, entry.stats.max)});
  }
  out.align(8);
  uint64_t table = out.append_zeros(stats.entries.size() * kEntrySize);
  for (size_t i = 0; i < stats.entries.size(); i++) {
    const StatsEntry& entry = stats.entries[i];
    uint64_t at = table + i * kEntrySize;
    out.put_text(at, entry.name, targets[i].name);
    put_bound(out, at + kMin, entry.stats.min, targets[i].min);
    put_bound(out, at + kMax, entry.stats.max, targets[i].max);
    out.put<uint64_t>(at + kNulls, entry.stats.null_count);
    out.put<uint64_t>(at + kRows, entry.stats.row_count);
  }
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
