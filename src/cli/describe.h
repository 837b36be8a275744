// Arrays as af dump describes them in text, in the manner of ncdump -h.
#pragma once

#include <string>
#include <string_view>

#include "cli/handles.h"

namespace af::cli {

// Declaration, chunks, fill value and statistics, a line each.
std::string description_of(std::string_view name, const af_schema* schema, const af_stats* stats);
// A line for each attribute; `name` is empty for those of a whole dataset.
std::string attribute_lines(std::string_view name, const af_value_map* attributes);

}  // namespace af::cli
