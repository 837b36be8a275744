// Mapped arrays from and to arrays of a stack, a few chunks at a time.
#include <algorithm>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/mmap_view.h"
#include "file/array_file.h"

using af::acquire;
using af::ArrayFile;
using af::cleared;
using af::Extents;
using af::fail;
using af::guard;
using af::MappedArray;
using af::Region;
using af::Status;

namespace {

// Bytes that are moved at a time, unless one chunk is larger.
constexpr int64_t kSlabBytes = 32 << 20;
// Bytes of a chunk of an array that is defined here.
constexpr int64_t kChunkBytes = 1 << 20;

// The largest box of whole units that stays within a budget, or one unit: axes are filled from the last on.
Extents grow(const Extents& unit, const Extents& limit, int64_t element_size, int64_t budget) {
  Extents box(limit.rank(), 1);
  int64_t bytes = element_size;
  for (int axis = 0; axis < limit.rank(); axis++) {
    box[axis] = std::clamp<int64_t>(unit[axis], 1, std::max<int64_t>(limit[axis], 1));
    bytes *= box[axis];
  }
  for (int axis = limit.rank() - 1; axis >= 0; axis--) {
    const int64_t most = (std::max<int64_t>(limit[axis], 1) - 1) / box[axis] + 1;
    const int64_t times = std::clamp<int64_t>(budget / bytes, 1, most);
    box[axis] *= times;
    bytes *= times;
    if (times < most) break;
  }
  return box;
}

// The bytes of a mapped array from a region's first element to its last.
struct ByteRange {
  int64_t offset;
  int64_t length;
};

ByteRange bytes_of(const MappedArray& array, const Region& region) {
  const Extents strides = array.strides();
  ByteRange range{0, array.layout().element_size()};
  for (int axis = 0; axis < strides.rank(); axis++) {
    range.offset += region.start[axis] * strides[axis];
    range.length += (region.shape[axis] - 1) * strides[axis];
  }
  return range;
}

// Does something to each slab of whole chunks, and gives its pages back.
template <typename Action>
void for_each_slab(const MappedArray& array, const Extents& chunk_shape, Action action) {
  const Extents& shape = array.layout().shape();
  const af::Grid slabs(shape, grow(chunk_shape, shape, array.layout().element_size(), kSlabBytes));
  for (af::Odometer at(slabs.chunks_of({Extents(shape.rank()), shape})); !at.done(); at.next()) {
    const Region region = slabs.chunk_region(at.at());
    const ByteRange bytes = bytes_of(array, region);
    action(region, bytes);
    array.advise(af::Advice::kDontNeed, bytes.offset, bytes.length);
  }
}

void fill_from(const ArrayFile& file, std::string_view name, const Extents& chunk_shape, MappedArray& array) {
  const Extents strides = array.strides();
  for_each_slab(array, chunk_shape, [&](const Region& region, ByteRange bytes) {
    const af::MutableBytes dst(array.mutable_data() + bytes.offset, static_cast<size_t>(bytes.length));
    file.read(name, region.start.span(), region.shape.span(), {dst, strides.span()});
  });
}

void copy_to(const MappedArray& array, const Extents& chunk_shape, ArrayFile& file, std::string_view name) {
  const Extents strides = array.strides();
  for_each_slab(array, chunk_shape, [&](const Region& region, ByteRange bytes) {
    const af::ByteView src(array.data() + bytes.offset, static_cast<size_t>(bytes.length));
    file.write(name, region.start.span(), region.shape.span(), {src, strides.span()});
  });
}

af::ArraySchema schema_for(const af::MmapLayout& layout) {
  for (int64_t extent : layout.shape().span())
    if (extent > af::kMaxExtent)
      fail(Status::kLimitExceeded, "an extent of an array in a stack is at most 2^32 - 1, not ", extent);
  af::ArraySchema schema = af::make_schema(layout.dtype(), layout.shape());
  schema.chunk_shape =
      grow(Extents(layout.shape().rank(), 1), layout.shape(), layout.element_size(), kChunkBytes);
  return schema;
}

void check_fits(const af::ArraySchema& schema, const af::MmapLayout& layout, std::string_view name) {
  if (schema.dtype.id != layout.dtype())
    fail(Status::kDtypeMismatch, "array ", af::quoted(name), " holds ", af::type_name(schema.dtype.id),
         ", the mapped array ", af::type_name(layout.dtype()));
  if (schema.shape != layout.shape())
    fail(Status::kInvalidArgument, "array ", af::quoted(name), " has another shape than the mapped array");
}

// The array's schema; it is defined if it is not there.
af::ArraySchema prepared(ArrayFile& file, std::string_view name, const af::MmapLayout& layout) {
  if (!file.contains(name)) file.define(name, schema_for(layout));
  af::ArraySchema schema = file.schema(name);
  check_fits(schema, layout, name);
  return schema;
}

}  // namespace

af_status af_mmap_create_from_file(const char* path, int64_t path_len, const af_file* file, const char* name,
                                   int64_t name_len, const af_mmap_options* options, af_mmap** out,
                                   af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const std::string place(af::path_argument(path, path_len, "path"));
    const auto held = acquire(file);
    const auto array_name = af::text_argument(name, name_len, "name");
    const af::ArraySchema schema = held->schema(array_name);
    const af::MmapLayout layout(schema.dtype.id, schema.shape.span());
    result = af::open_handle<af_mmap>(MappedArray::create(
        place, layout, [&](MappedArray& array) { fill_from(*held, array_name, schema.chunk_shape, array); },
        af::mmap_create_options(options)));
  });
}

af_status af_mmap_copy_to_file(const af_mmap* mmap, af_file* file, const char* name, int64_t name_len,
                               af_error** err) {
  return guard(err, [&] {
    const auto array = acquire(mmap);
    const auto held = acquire(file);
    const auto array_name = af::text_argument(name, name_len, "name");
    const af::ArraySchema schema = prepared(*held, array_name, array->layout());
    copy_to(*array, schema.chunk_shape, *held, array_name);
  });
}
