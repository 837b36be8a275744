// The region that af get is asked for.
#pragma once

#include "cli/commands.h"
#include "cli/handles.h"

namespace af::cli {

// What --region, --start and --shape say of an array of this shape; all of it if they say nothing. Throws
// Failure(kUsage) for words it cannot read, kMismatch for a region outside the array.
Region region_of(const GetCommand& command, const Extents& shape);

}  // namespace af::cli
