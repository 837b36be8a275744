#include "format/schema.h"

#include <algorithm>

namespace af {

ArraySchema make_schema(DType dtype, const Extents& shape) {
  ArraySchema schema{std::move(dtype), shape, shape, {}, {}};
  for (int axis = 0; axis < shape.rank(); axis++) {
    schema.chunk_shape[axis] = std::max<int64_t>(shape[axis], 1);
    schema.dimension_names.push_back(text_of("dim", axis));
  }
  return schema;
}

}  // namespace af
