#include "capi/arrow_export.h"

#include "capi/guard.h"

namespace af {
namespace {

// Where no byte is, Arrow's consumers still want an address.
constexpr std::byte kNothing[8] = {};
const void* address_of(ByteView bytes) { return bytes.data() == nullptr ? kNothing : bytes.data(); }

const char* format_of(TypeId type) {
  switch (type) {
    case TypeId::kBool: return "b";
    case TypeId::kInt8: return "c";
    case TypeId::kInt16: return "s";
    case TypeId::kInt32: return "i";
    case TypeId::kInt64: return "l";
    case TypeId::kUInt8: return "C";
    case TypeId::kUInt16: return "S";
    case TypeId::kUInt32: return "I";
    case TypeId::kUInt64: return "L";
    case TypeId::kFloat32: return "f";
    case TypeId::kFloat64: return "g";
    case TypeId::kString: return "U";
    case TypeId::kBinary: return "Z";
    case TypeId::kTimestampNs: return "tsn:UTC";
    default: return "";
  }
}

ArrowNode leaf(TypeId type, int64_t length) {
  ArrowNode node;
  node.format = format_of(type);
  node.length = length;
  return node;
}

// A byte for each becomes a bit.
ArrowNode bool_node(ByteView bytes) {
  auto bits = std::make_shared<std::vector<uint8_t>>(bytes.size() / 8 + 8);
  for (size_t i = 0; i < bytes.size(); i++)
    if (bytes[i] != std::byte{0}) (*bits)[i / 8] |= static_cast<uint8_t>(1U << (i % 8));
  ArrowNode node = leaf(TypeId::kBool, static_cast<int64_t>(bytes.size()));
  node.buffers = {nullptr, bits->data()};
  node.owner = std::move(bits);
  return node;
}

ArrowNode fixed_node(TypeId type, ByteView bytes, std::shared_ptr<const void> owner) {
  if (type == TypeId::kBool) return bool_node(bytes);
  ArrowNode node = leaf(type, static_cast<int64_t>(bytes.size() / element_size(type)));
  node.buffers = {nullptr, address_of(bytes)};
  node.owner = std::move(owner);
  return node;
}

ArrowNode variable_node(TypeId type, const std::vector<int64_t>& offsets, std::string_view bytes,
                        std::shared_ptr<const void> owner) {
  ArrowNode node = leaf(type, static_cast<int64_t>(offsets.size()) - 1);
  node.buffers = {nullptr, offsets.data(), address_of(as_bytes(bytes))};
  node.owner = std::move(owner);
  return node;
}

std::string list_format(int64_t size) {
  if (size > INT32_MAX)
    fail(Status::kLimitExceeded, "Arrow's lists of fixed size have at most 2^31-1 elements, not ", size);
  return text_of("+w:", size);
}

ArrowNode list_node(const std::shared_ptr<const ListData>& lists, int level) {
  const TypeId type = lists->type(level);
  if (is_variable(type)) return variable_node(type, lists->offsets(level), lists->values(), lists);
  if (!is_list(type)) return fixed_node(type, as_bytes(lists->values()), lists);
  ArrowNode node;
  node.length = lists->count(level);
  node.children.push_back(list_node(lists, level + 1));
  node.owner = lists;
  node.buffers = {nullptr};
  node.format = "+L";
  if (type == TypeId::kFixedSizeList)
    node.format = list_format(lists->size(level));
  else
    node.buffers.push_back(lists->offsets(level).data());
  return node;
}

ArrowNode elements(const ArrayFile& file, std::string_view name, TypeId type, const Region& region) {
  const auto start = region.start.span(), shape = region.shape.span();
  if (is_list(type))
    return list_node(std::make_shared<const ListData>(file.read_lists(name, start, shape)), 0);
  if (is_variable(type)) {
    const auto data = std::make_shared<const VariableData>(file.read_variable(name, start, shape));
    return variable_node(type, data->offsets, data->bytes, data);
  }
  SharedElements shared = file.read_shared(name, start, shape);
  return fixed_node(type, shared.bytes, std::move(shared.owner));
}

std::string json_text(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      out += text_of("\\u00", std::string(1, kHex[c >> 4]), std::string(1, kHex[c & 15]));
    else
      out += c;
  }
  return out + "\"";
}

// The extension type for dense arrays.
std::string tensor_metadata(const ArraySchema& schema, const Extents& shape) {
  std::string extents, names;
  for (int axis = 1; axis < shape.rank(); axis++) {
    const char* comma = axis == 1 ? "" : ",";
    extents += text_of(comma, shape[axis]);
    names += text_of(comma, json_text(schema.dimension_names[static_cast<size_t>(axis)]));
  }
  return arrow_metadata(
      {{"ARROW:extension:name", "arrow.fixed_shape_tensor"},
       {"ARROW:extension:metadata", text_of("{\"shape\":[", extents, "],\"dim_names\":[", names, "]}")}});
}

ArrowNode in_list(ArrowNode child, int64_t size, int64_t length) {
  ArrowNode node;
  node.format = list_format(size);
  node.length = length;
  node.buffers = {nullptr};
  node.children.push_back(std::move(child));
  return node;
}

// The elements with the axes after the first as lists of fixed size.
ArrowNode with_axes(ArrowNode node, const ArraySchema& schema, const Extents& shape) {
  if (shape.rank() < 2) return node;
  if (is_fixed_width(schema.dtype.id)) {
    Extents row(shape.span().subspan(1));
    node = in_list(std::move(node), element_count(row), shape[0]);
    node.metadata = tensor_metadata(schema, shape);
    return node;
  }
  for (int axis = shape.rank() - 1; axis > 0; axis--)
    node = in_list(std::move(node), shape[axis],
                   element_count(Extents(shape.span().first(static_cast<size_t>(axis)))));
  return node;
}

}  // namespace

ArrowNode arrow_column(const ArrayFile& file, std::string_view name, std::span<const int64_t> start,
                       std::span<const int64_t> shape) {
  const ArraySchema schema = file.schema(name);
  const Region region = checked_region(start, shape, schema.shape);
  ArrowNode node = elements(file, name, schema.dtype.id, region);
  if (node.length != element_count(region.shape))
    fail(Status::kConflict, "array ", quoted(name), " was changed while it was exported");
  node = with_axes(std::move(node), schema, region.shape);
  node.name = name;
  return node;
}

void export_arrow_column(const ArrowNode& node, ArrowSchema* schema, ArrowArray* array) {
  ArrowSchema exported;
  export_arrow_schema(node, &exported);
  try {
    export_arrow_array(node, array);
  } catch (...) {
    exported.release(&exported);
    throw;
  }
  *schema = exported;
}

}  // namespace af
