// af_mmap and its views, as the files of the C ABI that work on them see them.
#pragma once

#include <memory>

#include "arrayformat/arrayformat.h"
#include "capi/handles.h"
#include "mmap/mapped_array.h"

namespace af {

template <>
struct Living<af_mmap> {
  using Object = MappedArray;
  static constexpr const char* kName = "af_mmap";
};

// NULL: the defaults. Throws kInvalidArgument naming the field, kUnsupported for fields of a later version.
MmapCreateOptions mmap_create_options(const af_mmap_options* options);

}  // namespace af

struct af_mmap_view {
  std::shared_ptr<af::MappedArray> array;  // keeps the mapping alive
  const std::byte* data;
  std::byte* mutable_data;  // nullptr: for reading only
  af::Extents strides;

  const af::MmapLayout& layout() const { return array->layout(); }
};
