#include "format/archived_stats.h"

namespace af {
namespace {

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

uint64_t child_bound(ArchiveWriter& out, const std::optional<StatValue>& value) {
  return value && value->kind == StatValue::Kind::kBytes ? out.append(as_bytes(value->bytes)) : 0;
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

void shift_bound(ArchiveWriter& out, uint64_t at, uint64_t distance) {
  const std::byte* bound = out.bytes().data() + at;
  if (load<uint8_t>(bound) == 1 && load<StatValue::Kind>(bound + 8) == StatValue::Kind::kBytes)
    out.shift(at + 16, distance);
}

}  // namespace

ArrayStats read_archived_stats(const ArchiveReader& archive, uint64_t at) {
  return {read_bound(archive, at + kStatsMin), read_bound(archive, at + kStatsMax),
          archive.number<uint64_t>(at + kStatsNulls), archive.number<uint64_t>(at + kStatsRows)};
}

StatsChildren child_stats(ArchiveWriter& out, std::string_view name, const ArrayStats& stats) {
  uint64_t name_at = out.child_text(name), min = child_bound(out, stats.min);
  return {name_at, min, child_bound(out, stats.max)};
}

void put_stats(ArchiveWriter& out, uint64_t at, std::string_view name, const ArrayStats& stats,
               const StatsChildren& children) {
  out.put_text(at, name, children.name);
  put_bound(out, at + kStatsMin, stats.min, children.min);
  put_bound(out, at + kStatsMax, stats.max, children.max);
  out.put<uint64_t>(at + kStatsNulls, stats.null_count);
  out.put<uint64_t>(at + kStatsRows, stats.row_count);
}

void shift_stats(ArchiveWriter& out, uint64_t at, uint64_t distance) {
  out.shift_text(at, distance);
  shift_bound(out, at + kStatsMin, distance);
  shift_bound(out, at + kStatsMax, distance);
}

}  // namespace af
