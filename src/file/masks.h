// Masks: chunks that hide what older layers hold from readers that look through every layer.
#pragma once

#include <map>
#include <vector>

#include "file/array_file_impl.h"

namespace af {

// The masks of the pending arrays, packed.
struct MaskPlan {
  // Masks cannot do it: the rank changed, or they would be too large. The stack must be rewritten.
  bool needs_rewrite = false;
  std::map<const PendingArray*, std::vector<ChunkRecord>> chunks;
};

// Coordinates that older layers hold and that an array's pending state hides without writing them.
std::vector<Extents> masked_coords(const Snapshot& snapshot, const PendingArray& array);

// Packs the masks that the pending changes need. `anyway`: also where rewriting the stack should follow, as
// far as they go.
MaskPlan plan_masks(const Snapshot& snapshot, Pending& pending, bool anyway = false);

}  // namespace af
