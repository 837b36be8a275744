#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/results.h"

using af::cleared;
using af::fail;
using af::guard;
using af::required;
using af::Status;
using af::TypeId;

namespace {

void check_extent(int64_t extent, int64_t least, int axis, const char* name) {
  if (extent < least)
    fail(Status::kInvalidArgument, name, "[", axis, "] is ", extent, ", the least is ", least);
  if (extent > af::kMaxExtent)
    fail(Status::kLimitExceeded, name, "[", axis, "] is ", extent, ", the most is 2^32 - 1");
}

TypeId element_type(af_data_type dtype) {
  if (dtype < 0 || dtype >= af::kTypeCount) fail(Status::kInvalidArgument, "unknown dtype ", dtype);
  const auto type = static_cast<TypeId>(dtype);
  if (af::is_list(type)) fail(Status::kInvalidArgument, "a list is made by af_schema_wrap_list");
  return type;
}

af::Extents array_shape(const int64_t* shape, int32_t rank) {
  if (rank > af::kMaxRank) fail(Status::kLimitExceeded, "rank is ", rank, ", the most is ", af::kMaxRank);
  const af::Extents extents(af::extents_argument(shape, rank, "shape"));
  for (int axis = 0; axis < rank; axis++) check_extent(extents[axis], 0, axis, "shape");
  return extents;
}

af::Extents chunk_shape(const int64_t* shape, int32_t rank, const af::Extents& array_shape) {
  af::Extents extents(af::extents_argument(shape, rank, "shape"));
  if (rank != array_shape.rank())
    fail(Status::kInvalidArgument, "rank is ", rank, ", the schema's is ", array_shape.rank());
  for (int axis = 0; axis < rank; axis++) {
    if (extents[axis] == 0 && array_shape[axis] == 0) extents[axis] = 1;
    check_extent(extents[axis], 1, axis, "shape");
  }
  return extents;
}

int list_depth(const af::DType& dtype) {
  int depth = 0;
  for (const af::DType* level = &dtype; af::is_list(level->id); level = level->child.get()) depth++;
  return depth;
}

// The type at a level of nesting, nullptr below the last.
const af::DType* type_at(const af_schema* schema, int32_t level) {
  if (schema == nullptr || level < 0) return nullptr;
  const af::DType* dtype = &schema->schema.dtype;
  for (; level > 0 && dtype != nullptr; level--) dtype = dtype->child.get();
  return dtype;
}

af::DType list_of(const af::DType& child, af_data_type list_dtype, int64_t size) {
  if (list_dtype != AF_LIST && list_dtype != AF_FIXED_SIZE_LIST)
    fail(Status::kInvalidArgument, "dtype ", list_dtype, " is not a list");
  if (list_depth(child) >= af::DType::kMaxDepth)
    fail(Status::kInvalidArgument, "more than ", af::DType::kMaxDepth, " levels of lists");
  af::DType list(static_cast<TypeId>(list_dtype));
  if (list_dtype == AF_FIXED_SIZE_LIST) {
    if (size < 0 || size > UINT32_MAX)
      fail(Status::kInvalidArgument, "size is ", size, ", expected 0 to 2^32 - 1");
    list.list_size = static_cast<uint32_t>(size);
  }
  list.child = std::make_shared<const af::DType>(child);
  return list;
}

}  // namespace

namespace af {

af_schema* new_schema(ArraySchema schema) {
  auto result = std::make_unique<af_schema>();
  if (schema.fill) result->fill = af_value{value_of(*schema.fill)};
  result->schema = std::move(schema);
  return result.release();
}

}  // namespace af

af_status af_schema_create(af_data_type dtype, const int64_t* shape, int32_t rank, af_schema** out,
                           af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_schema(af::make_schema(element_type(dtype), array_shape(shape, rank)));
  });
}

af_status af_schema_wrap_list(af_schema* schema, af_data_type list_dtype, int64_t size, af_error** err) {
  return guard(err, [&] {
    af::DType& dtype = required(schema, "schema").schema.dtype;
    dtype = list_of(dtype, list_dtype, size);
  });
}

af_status af_schema_set_chunk_shape(af_schema* schema, const int64_t* shape, int32_t rank, af_error** err) {
  return guard(err, [&] {
    af::ArraySchema& ours = required(schema, "schema").schema;
    ours.chunk_shape = chunk_shape(shape, rank, ours.shape);
  });
}

af_status af_schema_set_dimension_name(af_schema* schema, int32_t axis, const char* name, int64_t name_len,
                                       af_error** err) {
  return guard(err, [&] {
    auto& names = required(schema, "schema").schema.dimension_names;
    const auto text = af::text_argument(name, name_len, "name");
    if (axis < 0 || static_cast<size_t>(axis) >= names.size())
      fail(Status::kOutOfBounds, "axis is ", axis, ", the rank is ", names.size());
    names[static_cast<size_t>(axis)] = text;
  });
}

af_status af_schema_set_fill(af_schema* schema, const af_value* fill, af_error** err) {
  return guard(err, [&] {
    af_schema& ours = required(schema, "schema");
    std::optional<af::FillValue> stored;
    std::optional<af_value> shown;
    if (fill != nullptr) {
      stored = af::fill_of(fill->value);
      shown = af_value{af::value_of(*stored)};
    }
    ours.schema.fill = std::move(stored);
    ours.fill = std::move(shown);
  });
}

void af_schema_free(af_schema* schema) { delete schema; }

af_data_type af_schema_data_type(const af_schema* schema) {
  return schema == nullptr ? 0 : static_cast<af_data_type>(schema->schema.dtype.id);
}

int32_t af_schema_list_depth(const af_schema* schema) {
  return schema == nullptr ? 0 : list_depth(schema->schema.dtype);
}

af_data_type af_schema_list_data_type(const af_schema* schema, int32_t level) {
  if (schema == nullptr) return 0;
  const af::DType* dtype = type_at(schema, level);
  return dtype == nullptr ? -1 : static_cast<af_data_type>(dtype->id);
}

int64_t af_schema_list_size(const af_schema* schema, int32_t level) {
  const af::DType* dtype = type_at(schema, level);
  return dtype != nullptr && dtype->id == TypeId::kFixedSizeList ? dtype->list_size : 0;
}

int32_t af_schema_rank(const af_schema* schema) {
  return schema == nullptr ? 0 : schema->schema.shape.rank();
}

const int64_t* af_schema_shape(const af_schema* schema) {
  return schema == nullptr ? nullptr : schema->schema.shape.data();
}

const int64_t* af_schema_chunk_shape(const af_schema* schema) {
  return schema == nullptr ? nullptr : schema->schema.chunk_shape.data();
}

int64_t af_schema_element_count(const af_schema* schema) {
  if (schema == nullptr) return 0;
  const auto shape = schema->schema.shape.span();
  int64_t count = 1;
  bool fits = true;
  for (int64_t extent : shape) {
    if (extent == 0) return 0;
    fits = fits && af::multiply_fits(count, extent, &count);
  }
  return fits ? count : INT64_MAX;
}

const char* af_schema_dimension_name(const af_schema* schema, int32_t axis, int64_t* name_len) {
  if (name_len != nullptr) *name_len = 0;
  if (schema == nullptr || axis < 0 || static_cast<size_t>(axis) >= schema->schema.dimension_names.size())
    return nullptr;
  const std::string& name = schema->schema.dimension_names[static_cast<size_t>(axis)];
  if (name_len != nullptr) *name_len = static_cast<int64_t>(name.size());
  return name.c_str();
}

const af_value* af_schema_fill(const af_schema* schema) {
  return schema == nullptr || !schema->fill ? nullptr : &*schema->fill;
}
