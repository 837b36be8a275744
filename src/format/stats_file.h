// The .stats file beside a stack: for the reference's readers, and ours where a layer of another writer is
// the newest. Bytes: docs/format.md.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"
#include "format/statistics.h"

namespace af {

struct StatsEntry {
  std::string name;
  ArrayStats stats;

  friend bool operator==(const StatsEntry&, const StatsEntry&) = default;
};

struct StatsFile {
  int version = 1;  // 0 or 1
  std::vector<StatsEntry> entries;
};

// Throws kCorrupt, also when a checksum of ours does not match.
StatsFile read_stats(ByteView file);

// `with_checksum` puts a checksum into a leading gap of the archive, where no reader of the reference looks.
std::vector<std::byte> write_stats(const StatsFile& stats, bool with_checksum);

}  // namespace af
