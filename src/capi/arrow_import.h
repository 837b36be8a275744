// Arrow columns as arrays of files.
#pragma once

#include <string_view>

#include "arrayformat/arrayformat.h"
#include "file/array_file.h"

namespace af {

// Elements `first` to first + count of a column. One that is not there yet is defined, one that is there
// written whole or, with `appends`, lengthened. Throws kUnsupported for types that no array has, and for
// nulls.
void write_arrow_column(ArrayFile& file, std::string_view name, const ArrowSchema& schema,
                        const ArrowArray& array, int64_t first, int64_t count, bool appends);

}  // namespace af
