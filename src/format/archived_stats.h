// An array's statistics as they stand in an archive: in a statistics file, and in a footer of version 6.
#pragma once

#include <string_view>

#include "format/archive.h"
#include "format/statistics.h"

namespace af {

inline constexpr uint64_t kArchivedStatsSize = 96;  // the array's name, then the four of ArrayStats
inline constexpr uint64_t kStatsMin = 16, kStatsMax = 48, kStatsNulls = 80, kStatsRows = 88;

ArrayStats read_archived_stats(const ArchiveReader& archive, uint64_t at);

// Where the out-of-line parts of a record were put.
struct StatsChildren {
  uint64_t name = 0, min = 0, max = 0;
};
StatsChildren child_stats(ArchiveWriter& out, std::string_view name, const ArrayStats& stats);
void put_stats(ArchiveWriter& out, uint64_t at, std::string_view name, const ArrayStats& stats,
               const StatsChildren& children);
// Moves the record's relative pointers, which were put as if it stood `distance` bytes further to the front.
void shift_stats(ArchiveWriter& out, uint64_t at, uint64_t distance);

}  // namespace af
