// How imported arrays are cut into chunks.
#pragma once

#include <cstdint>

#include "cli/handles.h"

namespace af::cli {

// The chunk shape of an array of `shape` with elements of about `element_size` bytes. `given`: the source's
// own chunk shape, empty if it has none. It is kept, but that chunks of a few bytes (a record of one number
// each) are joined by whole multiples; without one, chunks of at most 4 MiB are cut off the first axes.
Extents choose_chunk_shape(const Extents& shape, const Extents& given, int64_t element_size);

}  // namespace af::cli
