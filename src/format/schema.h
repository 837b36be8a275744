// What an array is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/dtype.h"
#include "core/shape.h"
#include "core/value.h"

namespace af {

struct ArraySchema {
  DType dtype;
  Extents shape;
  Extents chunk_shape;                       // of the same rank; extents of at least 1
  std::vector<std::string> dimension_names;  // one for each axis
  std::optional<FillValue> fill;

  friend bool operator==(const ArraySchema&, const ArraySchema&) = default;
};

// One chunk for the whole array, dimensions dim0, dim1, ..., no fill value.
ArraySchema make_schema(DType dtype, const Extents& shape);

}  // namespace af
