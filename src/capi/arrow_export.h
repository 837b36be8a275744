// Arrays of files as Arrow columns.
#pragma once

#include <span>
#include <string_view>

#include "capi/arrow_tree.h"
#include "file/array_file.h"

namespace af {

// A region of an array, one entry for each index of the first axis; both spans empty for the whole array.
ArrowNode arrow_column(const ArrayFile& file, std::string_view name, std::span<const int64_t> start,
                       std::span<const int64_t> shape);

// Fills both structs, or neither.
void export_arrow_column(const ArrowNode& node, ArrowSchema* schema, ArrowArray* array);

}  // namespace af
