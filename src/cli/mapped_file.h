// An open mapped array and what it is.
#pragma once

#include <string>

#include "cli/commands.h"
#include "cli/handles.h"

namespace af::cli {

using Mapped = std::unique_ptr<af_mmap, Freer<af_mmap_close>>;

struct MappedFile {
  Mapped array;
  af_data_type dtype = AF_FLOAT64;
  Extents shape;
};

// Throws Failure(kUsage) where layers are asked for: a mapped array has none.
MappedFile open_mapped(const Source& source);
// What a mapped array is called where arrays have names: its file's name without the ending.
std::string name_of_mapped(const std::string& path);
// The dtype as the format calls it: f32, f64, i32, i64.
std::string short_type_name(af_data_type dtype);

}  // namespace af::cli
