#include "capi/arrow_import.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "capi/guard.h"

namespace af {
namespace {

// About so many bytes, or elements of variable length, are a chunk of what is defined here.
constexpr int64_t kChunkBytes = 1 << 20;
constexpr int64_t kChunkElements = 1 << 14;

std::string_view format_of(const ArrowSchema& schema) {
  return &required(schema.format, "the format of an Arrow schema");
}

[[noreturn]] void refuse(std::string_view format) {
  fail(Status::kUnsupported, "Arrow type ", quoted(format), " is none that an array has");
}

std::optional<TypeId> leaf_type(std::string_view format) {
  constexpr std::pair<std::string_view, TypeId> kKnown[] = {
      {"b", TypeId::kBool},   {"c", TypeId::kInt8},    {"s", TypeId::kInt16},   {"i", TypeId::kInt32},
      {"l", TypeId::kInt64},  {"C", TypeId::kUInt8},   {"S", TypeId::kUInt16},  {"I", TypeId::kUInt32},
      {"L", TypeId::kUInt64}, {"f", TypeId::kFloat32}, {"g", TypeId::kFloat64}, {"u", TypeId::kString},
      {"U", TypeId::kString}, {"z", TypeId::kBinary},  {"Z", TypeId::kBinary}};
  for (const auto& [known, type] : kKnown)
    if (known == format) return type;
  if (format.starts_with("tsn:")) return TypeId::kTimestampNs;
  return {};
}

bool is_fixed_list(std::string_view format) { return format.starts_with("+w:"); }
bool is_variable_list(std::string_view format) { return format == "+l" || format == "+L"; }
bool has_wide_offsets(std::string_view format) { return format == "+L" || format == "U" || format == "Z"; }

int64_t list_size(std::string_view format) {
  int64_t size = 0;
  const auto digits = format.substr(3);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error != std::errc() || end != digits.data() + digits.size() || size < 0) refuse(format);
  return size;
}

const ArrowSchema& child_of(const ArrowSchema& schema) {
  if (schema.n_children != 1 || schema.children == nullptr)
    fail(Status::kInvalidArgument, "an Arrow list has ", schema.n_children, " children, not one");
  return required(schema.children[0], "the child of an Arrow schema");
}

const ArrowArray& child_of(const ArrowArray& array) {
  if (array.n_children != 1 || array.children == nullptr)
    fail(Status::kInvalidArgument, "an Arrow list has ", array.n_children, " children, not one");
  return required(array.children[0], "the child of an Arrow array");
}

DType dtype_of(const ArrowSchema& schema, int depth = 0) {
  const std::string_view format = format_of(schema);
  if (schema.dictionary != nullptr)
    fail(Status::kUnsupported, "dictionaries are no arrays: decode them first");
  if (const auto leaf = leaf_type(format)) return *leaf;
  if (depth == DType::kMaxDepth)
    fail(Status::kLimitExceeded, "lists are nested over ", DType::kMaxDepth, " deep");
  if (!is_fixed_list(format) && !is_variable_list(format)) refuse(format);
  DType dtype(is_fixed_list(format) ? TypeId::kFixedSizeList : TypeId::kList);
  if (is_fixed_list(format)) dtype.list_size = static_cast<uint32_t>(list_size(format));
  dtype.child = std::make_shared<const DType>(dtype_of(child_of(schema), depth + 1));
  return dtype;
}

// The value of a key of Arrow's metadata.
std::string_view metadata_of(const ArrowSchema& schema, std::string_view key) {
  const char* at = schema.metadata;
  if (at == nullptr) return {};
  const auto next_number = [&] {
    int32_t number;
    std::memcpy(&number, at, sizeof number);
    at += sizeof number;
    return number;
  };
  const auto next_text = [&] {
    const int32_t length = next_number();
    const std::string_view text(at, static_cast<size_t>(length));
    at += length;
    return text;
  };
  for (int32_t left = next_number(); left > 0; left--) {
    const std::string_view found = next_text(), value = next_text();
    if (found == key) return value;
  }
  return {};
}

// The numbers after a key in a tensor's description.
std::vector<int64_t> numbers_of(std::string_view json, std::string_view key) {
  size_t at = json.find(key);
  at = at == std::string_view::npos ? at : json.find('[', at);
  std::vector<int64_t> shape;
  while (at < json.size() && json[at] != ']') {
    at++;
    while (at < json.size() && json[at] == ' ') at++;
    int64_t extent = 0;
    const auto [end, error] = std::from_chars(json.data() + at, json.data() + json.size(), extent);
    if (error != std::errc() || extent < 0) break;
    shape.push_back(extent);
    at = static_cast<size_t>(end - json.data());
    while (at < json.size() && json[at] == ' ') at++;
  }
  if (at >= json.size() || json[at] != ']')
    fail(Status::kInvalidArgument, "a tensor's description cannot be read: ", quoted(json));
  return shape;
}

std::vector<int64_t> tensor_shape(std::string_view json) {
  if (json.find("\"permutation\"") != std::string_view::npos) {
    const std::vector<int64_t> axes = numbers_of(json, "\"permutation\"");
    for (size_t i = 0; i < axes.size(); i++)
      if (axes[i] != static_cast<int64_t>(i))
        fail(Status::kUnsupported, "tensors of permuted axes are not taken: give them in C order");
  }
  return numbers_of(json, "\"shape\"");
}

// Part of a column, on its way down to the elements.
struct Part {
  const ArrowSchema* schema;
  const ArrowArray* array;
  int64_t first;
  int64_t count;
  std::vector<int64_t> row;  // the axes after the first
};

const void* buffer_of(const ArrowArray& array, int64_t i, int64_t count) {
  if (array.n_buffers <= i || array.buffers == nullptr)
    fail(Status::kInvalidArgument, "an Arrow array has ", array.n_buffers, " buffers, expected ", i + 1);
  if (array.buffers[i] == nullptr && count > 0) fail_null("a buffer of an Arrow array");
  return array.buffers[i];
}

void refuse_nulls(const Part& part) {
  if (part.array->null_count == 0 || part.array->n_buffers == 0 || part.array->buffers[0] == nullptr) return;
  const auto* valid = static_cast<const uint8_t*>(part.array->buffers[0]);
  for (int64_t i = part.first + part.array->offset; i < part.first + part.array->offset + part.count; i++)
    if ((valid[i / 8] >> (i % 8) & 1) == 0)
      fail(Status::kUnsupported, "Arrow array: element ", i, " is null; give nulls a value first");
}

void step_into_list(Part& part, int64_t size) {
  refuse_nulls(part);
  part.first = (part.first + part.array->offset) * size;
  if (!multiply_fits(part.count, size, &part.count))
    fail(Status::kLimitExceeded, "the lists hold over 2^63-1 elements");
  part.schema = &child_of(*part.schema);
  part.array = &child_of(*part.array);
}

// Lists of fixed size at the top are axes.
void take_axes(Part& part) {
  if (metadata_of(*part.schema, "ARROW:extension:name") == "arrow.fixed_shape_tensor") {
    part.row = tensor_shape(metadata_of(*part.schema, "ARROW:extension:metadata"));
    int64_t size = 1;
    for (int64_t extent : part.row)
      if (!multiply_fits(size, extent, &size)) fail(Status::kLimitExceeded, "the tensor is too large");
    if (!is_fixed_list(format_of(*part.schema)) || list_size(format_of(*part.schema)) != size)
      fail(Status::kInvalidArgument, "a tensor's shape is not that of its lists");
    step_into_list(part, size);
    return;
  }
  while (is_fixed_list(format_of(*part.schema))) {
    const int64_t size = list_size(format_of(*part.schema));
    part.row.push_back(size);
    step_into_list(part, size);
  }
}

// The offsets of a part's elements, from 0, after those that are there; answers where their bytes or elements
// begin.
int64_t add_offsets(const Part& part, std::vector<int64_t>* offsets) {
  const void* buffer = buffer_of(*part.array, 1, part.count);
  const bool is_wide = has_wide_offsets(format_of(*part.schema));
  const int64_t at = part.first + part.array->offset;
  const auto offset = [&](int64_t i) {
    if (buffer == nullptr) return int64_t{0};
    return is_wide ? static_cast<const int64_t*>(buffer)[at + i]
                   : int64_t{static_cast<const int32_t*>(buffer)[at + i]};
  };
  const int64_t begin = offset(0);
  for (int64_t i = 0; i <= part.count; i++) offsets->push_back(offset(i) - begin);
  return begin;
}

struct Elements {
  std::vector<int64_t> offsets;
  std::vector<std::byte> unpacked;  // bools
  ByteView values;
};

void take_values(const Part& part, TypeId type, Elements* out) {
  refuse_nulls(part);
  const int64_t at = part.first + part.array->offset;
  if (is_variable(type)) {
    const int64_t begin = add_offsets(part, &out->offsets);
    const int64_t length = out->offsets.back();
    if (length < 0) fail(Status::kInvalidArgument, "the offsets of an Arrow array do not rise");
    const auto* bytes = static_cast<const std::byte*>(buffer_of(*part.array, 2, length));
    out->values = length == 0 ? ByteView() : ByteView(bytes + begin, static_cast<size_t>(length));
    return;
  }
  const auto* bytes = static_cast<const std::byte*>(buffer_of(*part.array, 1, part.count));
  if (part.count == 0) return;
  if (type != TypeId::kBool) {
    const int64_t width = element_size(type);
    out->values = {bytes + at * width, static_cast<size_t>(part.count * width)};
    return;
  }
  out->unpacked.resize(static_cast<size_t>(part.count));
  for (int64_t i = at; i < at + part.count; i++)
    out->unpacked[static_cast<size_t>(i - at)] = bytes[i / 8] >> (i % 8) & std::byte{1};
  out->values = out->unpacked;
}

Elements take_elements(Part part, const DType* dtype) {
  Elements elements;
  for (; is_list(dtype->id); dtype = dtype->child.get()) {
    if (dtype->id == TypeId::kFixedSizeList) {
      step_into_list(part, dtype->list_size);
      continue;
    }
    refuse_nulls(part);
    const int64_t begin = add_offsets(part, &elements.offsets);
    part.first = begin;
    part.count = elements.offsets.back();
    if (part.count < 0) fail(Status::kInvalidArgument, "the offsets of an Arrow array do not rise");
    part.schema = &child_of(*part.schema);
    part.array = &child_of(*part.array);
  }
  take_values(part, dtype->id, &elements);
  return elements;
}

ArraySchema new_schema(const DType& dtype, const Extents& shape) {
  ArraySchema schema = make_schema(dtype, shape);
  int64_t row = 1;
  for (int axis = 1; axis < shape.rank(); axis++) row *= std::max<int64_t>(shape[axis], 1);
  const int64_t most = is_fixed_width(dtype.id) ? kChunkBytes / element_size(dtype.id) : kChunkElements;
  for (int axis = 0; axis < shape.rank(); axis++)
    schema.chunk_shape[axis] = std::max<int64_t>(shape[axis], 1);
  schema.chunk_shape[0] = std::max<int64_t>(most / row, 1);
  return schema;
}

void write_elements(ArrayFile& file, std::string_view name, const DType& dtype, const Elements& elements) {
  if (is_list(dtype.id))
    file.write_lists(name, {}, {}, elements.offsets, elements.values);
  else if (is_variable(dtype.id))
    file.write_variable(name, {}, {}, elements.values.data(), elements.offsets);
  else
    file.write(name, {}, {}, {elements.values, {}});
}

void append_elements(ArrayFile& file, std::string_view name, const DType& dtype, const Extents& shape,
                     const Elements& elements) {
  if (is_list(dtype.id)) fail(Status::kUnsupported, "array ", quoted(name), ": lists cannot be appended to");
  if (is_variable(dtype.id))
    file.append_variable(name, 0, shape.span(), elements.values.data(), elements.offsets);
  else
    file.append(name, 0, shape.span(), {elements.values, {}});
}

}  // namespace

void write_arrow_column(ArrayFile& file, std::string_view name, const ArrowSchema& schema,
                        const ArrowArray& array, int64_t first, int64_t count, bool appends) {
  if (first < 0 || count < 0) fail(Status::kInvalidArgument, "an Arrow array has a length of ", count);
  Part part{&schema, &array, first, count, {}};
  take_axes(part);
  const DType dtype = dtype_of(*part.schema);
  Extents shape(1, count);
  for (int64_t extent : part.row) {
    if (shape.rank() == kMaxRank) fail(Status::kLimitExceeded, "the rank is over ", kMaxRank);
    shape.push_back(extent);
  }
  for (int64_t extent : shape.span())
    if (extent > kMaxExtent) fail(Status::kLimitExceeded, "an extent of ", extent, " is over 2^32-1");
  const Elements elements = take_elements(part, &dtype);
  const bool is_new = !file.contains(name);
  if (is_new) {
    file.define(name, new_schema(dtype, shape));
  } else {
    const ArraySchema present = file.schema(name);
    if (!(present.dtype == dtype))
      fail(Status::kDtypeMismatch, "array ", quoted(name), " is ", type_name(present.dtype.id),
           ", the Arrow array ", type_name(dtype.id));
    if (!appends && !(present.shape == shape) &&
        !(present.shape.rank() == 0 && count == 1 && part.row.empty()))
      fail(Status::kInvalidArgument, "array ", quoted(name), " has another shape than the Arrow array");
  }
  if (is_new || !appends)
    write_elements(file, name, dtype, elements);
  else
    append_elements(file, name, dtype, shape, elements);
}

}  // namespace af
