// Mapped arrays to and from DLPack, and to the Arrow C Data Interface.
#include <algorithm>
#include <string>

#include "capi/arguments.h"
#include "capi/dlpack.h"
#include "capi/guard.h"
#include "capi/mmap_view.h"

using af::cleared;
using af::fail;
using af::guard;
using af::required;
using af::Status;
using af::TypeId;

namespace dlpack = af::dlpack;

namespace {

// -- DLPack

struct KnownType {
  TypeId id;
  uint8_t code;
  uint8_t bits;
};
constexpr KnownType kKnownTypes[] = {{TypeId::kFloat32, dlpack::kFloat, 32},
                                     {TypeId::kFloat64, dlpack::kFloat, 64},
                                     {TypeId::kInt32, dlpack::kInt, 32},
                                     {TypeId::kInt64, dlpack::kInt, 64}};

dlpack::ElementType type_of(TypeId id) {
  const KnownType& known = *std::ranges::find(kKnownTypes, id, &KnownType::id);
  return {known.code, known.bits, 1};
}

TypeId type_of(dlpack::ElementType type) {
  for (const KnownType& known : kKnownTypes)
    if (known.code == type.code && known.bits == type.bits && type.lanes == 1) return known.id;
  fail(Status::kUnsupported, "tensor: element type (code ", type.code, ", ", type.bits, " bits, ", type.lanes,
       " lanes) is not one of a mapped array");
}

// A tensor and what it points to.
struct ExportedTensor {
  af_mmap_view view;
  af::Extents shape;
  af::Extents element_strides;
  DLManagedTensorVersioned managed{};

  explicit ExportedTensor(const af_mmap_view& source) : view(source), shape(source.layout().shape()) {
    for (int64_t stride : view.strides.span())
      element_strides.push_back(stride / view.layout().element_size());
  }
};

void delete_tensor(DLManagedTensorVersioned* managed) {
  delete static_cast<ExportedTensor*>(managed->manager);
}

DLManagedTensorVersioned* export_tensor(const af_mmap_view& view) {
  auto exported = std::make_unique<ExportedTensor>(view);
  DLManagedTensorVersioned& managed = exported->managed;
  managed.version = {dlpack::kMajor, dlpack::kMinor};
  managed.manager = exported.get();
  managed.deleter = delete_tensor;
  managed.flags = view.mutable_data == nullptr ? dlpack::kFlagReadOnly : 0;
  managed.tensor.data = const_cast<std::byte*>(view.data);
  managed.tensor.device = {dlpack::kCpu, 0};
  managed.tensor.rank = exported->shape.rank();
  managed.tensor.dtype = type_of(view.layout().dtype());
  managed.tensor.shape = &exported->shape[0];
  managed.tensor.strides = &exported->element_strides[0];
  return &exported.release()->managed;
}

const dlpack::Tensor& readable(const DLManagedTensorVersioned& managed) {
  if (managed.version.major != dlpack::kMajor)
    fail(Status::kUnsupported, "tensor: DLPack version must be 1, found ", managed.version.major);
  const dlpack::Tensor& tensor = managed.tensor;
  const int32_t device = tensor.device.type;
  if (device != dlpack::kCpu && device != dlpack::kCudaHost && device != dlpack::kRocmHost)
    fail(Status::kUnsupported, "tensor: it lies on a device of type ", device,
         ", not in the processor's memory");
  if (tensor.rank > AF_MMAP_MAX_RANK)
    fail(Status::kLimitExceeded, "tensor: rank is ", tensor.rank, ", the most is ", AF_MMAP_MAX_RANK);
  return tensor;
}

// A tensor says where it begins, not how long its memory is: the strides are taken at their word.
af::StridedBox<const std::byte> box_of(const dlpack::Tensor& tensor, const af::MmapLayout& layout) {
  const af::Extents dense = c_strides(layout.shape(), layout.element_size());
  if (layout.element_count() == 0) return {nullptr, dense};
  if (tensor.data == nullptr) af::fail_null("tensor->data");
  const auto* first = static_cast<const std::byte*>(tensor.data) + tensor.byte_offset;
  if (tensor.strides == nullptr) return {first, dense};
  af::Extents strides(tensor.rank);
  for (int axis = 0; axis < tensor.rank; axis++)
    if (!af::multiply_fits(tensor.strides[axis], layout.element_size(), &strides[axis]))
      fail(Status::kInvalidArgument, "tensor: the stride of axis ", axis, " is ", tensor.strides[axis]);
  return {first, strides};
}

// -- Arrow

const char* arrow_format(TypeId id) {
  switch (id) {
    case TypeId::kFloat32: return "f";
    case TypeId::kFloat64: return "g";
    case TypeId::kInt32: return "i";
    default: return "l";
  }
}

// The struct of one level of nesting owns that of the next. A consumer may move any of them elsewhere: each
// has what it needs to be released by itself.
struct SchemaLevel {
  std::string format;
  ArrowSchema child{};
  ArrowSchema* children[1] = {&child};

  ~SchemaLevel() {
    if (child.release != nullptr) child.release(&child);
  }
};

struct ArrayLevel {
  std::shared_ptr<af::MappedArray> mapping;
  const void* buffers[2] = {nullptr, nullptr};
  ArrowArray child{};
  ArrowArray* children[1] = {&child};

  ~ArrayLevel() {
    if (child.release != nullptr) child.release(&child);
  }
};

template <typename Level, typename Struct>
void release_level(Struct* exported) {
  delete static_cast<Level*>(exported->private_data);
  exported->release = nullptr;
}

// The axes whose indices are entries of lists: all but the first.
int list_depth(const af::MmapLayout& layout) { return std::max(layout.shape().rank() - 1, 0); }

void export_schema(const af::MmapLayout& layout, int depth, ArrowSchema* out) {
  auto level = std::make_unique<SchemaLevel>();
  const bool is_list = depth < list_depth(layout);
  if (is_list) export_schema(layout, depth + 1, &level->child);
  level->format =
      is_list ? af::text_of("+w:", layout.shape()[depth + 1]) : std::string(arrow_format(layout.dtype()));
  *out = {};
  out->format = level->format.c_str();
  out->name = depth == 0 ? "" : "item";
  out->n_children = is_list ? 1 : 0;
  out->children = is_list ? level->children : nullptr;
  out->release = release_level<SchemaLevel, ArrowSchema>;
  out->private_data = level.release();
}

void export_array(const af_mmap_view& view, int depth, int64_t length, ArrowArray* out) {
  auto level = std::make_unique<ArrayLevel>();
  const bool is_list = depth < list_depth(view.layout());
  if (is_list) export_array(view, depth + 1, length * view.layout().shape()[depth + 1], &level->child);
  level->mapping = view.array;
  level->buffers[1] = view.data;
  *out = {};
  out->length = length;
  out->n_buffers = is_list ? 1 : 2;
  out->buffers = level->buffers;
  out->n_children = is_list ? 1 : 0;
  out->children = is_list ? level->children : nullptr;
  out->release = release_level<ArrayLevel, ArrowArray>;
  out->private_data = level.release();
}

void check_list_sizes(const af::Extents& shape) {
  for (int axis = 1; axis < shape.rank(); axis++)
    if (shape[axis] > INT32_MAX)
      fail(Status::kLimitExceeded, "axis ", axis, ": Arrow's lists have at most 2^31-1 entries, not ",
           shape[axis]);
}

}  // namespace

af_status af_mmap_view_export_dlpack(const af_mmap_view* view, DLManagedTensorVersioned** out,
                                     af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = export_tensor(required(view, "view"));
  });
}

af_status af_mmap_create_from_dlpack(const char* path, int64_t path_len,
                                     const DLManagedTensorVersioned* tensor, const af_mmap_options* options,
                                     af_mmap** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const std::string place(af::path_argument(path, path_len, "path"));
    const dlpack::Tensor& source = readable(required(tensor, "tensor"));
    const af::MmapLayout layout(type_of(source.dtype),
                                af::extents_argument(source.shape, source.rank, "tensor->shape"));
    result = af::open_handle<af_mmap>(
        af::MappedArray::create(place, layout, box_of(source, layout), af::mmap_create_options(options)));
  });
}

af_status af_mmap_view_export_arrow(const af_mmap_view* view, ArrowSchema* schema, ArrowArray* array,
                                    af_error** err) {
  if (schema != nullptr) *schema = {};
  if (array != nullptr) *array = {};
  return guard(err, [&] {
    const af_mmap_view& source = required(view, "view");
    required(schema, "schema");
    required(array, "array");
    const af::Extents& shape = source.layout().shape();
    check_list_sizes(shape);
    ArrowSchema exported;
    export_schema(source.layout(), 0, &exported);
    try {
      export_array(source, 0, shape.rank() == 0 ? 1 : shape[0], array);
    } catch (...) {
      exported.release(&exported);
      throw;
    }
    *schema = exported;
  });
}
