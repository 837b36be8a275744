// Arrays of files to and from the Arrow C Data Interface, and to DLPack.
#include <cerrno>
#include <string>
#include <vector>

#include "capi/arguments.h"
#include "capi/arrow_export.h"
#include "capi/arrow_import.h"
#include "capi/dlpack.h"
#include "capi/guard.h"
#include "capi/handles.h"

using af::acquire;
using af::ArrayFile;
using af::cleared;
using af::fail;
using af::guard;
using af::name_argument;
using af::region_argument;
using af::required;
using af::Status;
using af::TypeId;

namespace dlpack = af::dlpack;

namespace {

// -- a stream of columns

class ColumnStream {
 public:
  ColumnStream(std::shared_ptr<ArrayFile> file, std::vector<std::string> names, int64_t limit)
      : file_(std::move(file)), names_(std::move(names)), limit_(limit) {
    for (const std::string& name : names_) {
      const af::Extents shape = file_->schema(name).shape;
      const int64_t rows = shape.rank() == 0 ? 1 : shape[0];
      if (&name != &names_.front() && rows != rows_)
        fail(Status::kInvalidArgument, "array ", af::quoted(name), " has ", rows, " rows, ",
             af::quoted(names_.front()), " has ", rows_);
      rows_ = rows;
    }
  }

  int get_schema(ArrowSchema* out) noexcept {
    return answer([&] { af::export_arrow_schema(batch(0, 0), out); });
  }
  int get_next(ArrowArray* out) noexcept {
    *out = {};
    if (next_ == rows_) return 0;
    return answer([&] {
      const int64_t count = std::min(limit_, rows_ - next_);
      af::export_arrow_array(batch(next_, count), out);
      next_ += count;
    });
  }
  const char* last_error() const { return error_.empty() ? nullptr : error_.c_str(); }

 private:
  af::ArrowNode batch(int64_t first, int64_t count) const {
    af::ArrowNode node;
    node.format = "+s";
    node.name = "";
    node.length = count;
    node.buffers = {nullptr};
    for (const std::string& name : names_) {
      af::Extents shape = file_->schema(name).shape, start(shape.rank());
      if (shape.rank() > 0) start[0] = first, shape[0] = count;
      node.children.push_back(af::arrow_column(*file_, name, start.span(), shape.span()));
    }
    return node;
  }
  template <typename Body>
  int answer(Body body) noexcept {
    try {
      error_.clear();
      body();
      return 0;
    } catch (const af::Error& error) {
      return told(error.what(), error.os_errno() != 0 ? error.os_errno() : EIO);
    } catch (const std::exception& error) {
      return told(error.what(), ENOMEM);
    }
  }
  int told(const char* what, int code) noexcept {
    try {
      error_ = what;
    } catch (...) {
      error_.clear();
    }
    return code;
  }

  std::shared_ptr<ArrayFile> file_;
  std::vector<std::string> names_;
  int64_t limit_;
  int64_t rows_ = 0, next_ = 0;
  std::string error_;
};

ColumnStream& columns_of(ArrowArrayStream* stream) {
  return *static_cast<ColumnStream*>(stream->private_data);
}

void fill_stream(std::unique_ptr<ColumnStream> columns, ArrowArrayStream* out) {
  out->get_schema = [](ArrowArrayStream* stream, ArrowSchema* schema) {
    return columns_of(stream).get_schema(schema);
  };
  out->get_next = [](ArrowArrayStream* stream, ArrowArray* array) {
    return columns_of(stream).get_next(array);
  };
  out->get_last_error = [](ArrowArrayStream* stream) { return columns_of(stream).last_error(); };
  out->release = [](ArrowArrayStream* stream) {
    delete &columns_of(stream);
    stream->release = nullptr;
  };
  out->private_data = columns.release();
}

// -- what a stream of somebody else's gives

struct FreeStruct {
  template <typename Struct>
  void operator()(Struct* exported) const {
    if (exported->release != nullptr) exported->release(exported);
  }
};
template <typename Struct>
using Owned = std::unique_ptr<Struct, FreeStruct>;

void expect_answer(ArrowArrayStream& stream, int code) {
  if (code == 0) return;
  const char* why = stream.get_last_error == nullptr ? nullptr : stream.get_last_error(&stream);
  throw af::Error(Status::kIo,
                  af::text_of("the Arrow stream failed: ", why == nullptr ? "it does not say why" : why),
                  code);
}

void append_stream(ArrayFile& file, ArrowArrayStream& stream) {
  ArrowSchema schema{};
  expect_answer(stream, stream.get_schema(&stream, &schema));
  const Owned<ArrowSchema> schema_owner(&schema);
  if (schema.format == nullptr || std::string_view(schema.format) != "+s")
    fail(Status::kUnsupported, "the Arrow stream has no columns: its items are no structs");
  while (true) {
    ArrowArray batch{};
    expect_answer(stream, stream.get_next(&stream, &batch));
    const Owned<ArrowArray> batch_owner(&batch);
    if (batch.release == nullptr) return;
    if (batch.n_children != schema.n_children)
      fail(Status::kInvalidArgument, "a batch of the Arrow stream has other columns than its schema");
    for (int64_t i = 0; i < batch.n_children; i++) {
      const ArrowSchema& column = *schema.children[i];
      af::write_arrow_column(file, name_argument(&required(column.name, "a column's name"), -1), column,
                             *batch.children[i], batch.offset, batch.length, true);
    }
  }
}

// -- DLPack

dlpack::ElementType element_type(TypeId type) {
  const auto bits = static_cast<uint8_t>(af::element_size(type) * 8);
  if (type == TypeId::kBool) return {dlpack::kBool, bits, 1};
  if (type == TypeId::kFloat32 || type == TypeId::kFloat64) return {dlpack::kFloat, bits, 1};
  if (type >= TypeId::kUInt8 && type <= TypeId::kUInt64) return {dlpack::kUInt, bits, 1};
  return {dlpack::kInt, bits, 1};
}

struct ExportedElements {
  af::SharedElements elements;
  af::Extents shape;
  af::Extents strides;
  DLManagedTensorVersioned managed{};
};

DLManagedTensorVersioned* export_tensor(const ArrayFile& file, std::string_view name,
                                        const af::RegionArgument& given) {
  const af::ArraySchema schema = file.schema(name);
  const af::Region region = af::checked_region(given.start, given.shape, schema.shape);
  auto exported = std::make_unique<ExportedElements>();
  exported->elements = file.read_shared(name, region.start.span(), region.shape.span());
  const int64_t count = af::element_count(region.shape), width = af::element_size(schema.dtype.id);
  if (exported->elements.bytes.size() != static_cast<uint64_t>(count * width))
    fail(Status::kConflict, "array ", af::quoted(name), " was changed while it was exported");
  exported->shape = region.shape;
  exported->strides = af::c_strides(region.shape, 1);
  DLManagedTensorVersioned& managed = exported->managed;
  managed.version = {dlpack::kMajor, dlpack::kMinor};
  managed.manager = exported.get();
  managed.deleter = [](DLManagedTensorVersioned* tensor) {
    delete static_cast<ExportedElements*>(tensor->manager);
  };
  managed.flags = exported->elements.is_copy ? dlpack::kFlagIsCopied : dlpack::kFlagReadOnly;
  managed.tensor.data = const_cast<std::byte*>(exported->elements.bytes.data());
  managed.tensor.device = {dlpack::kCpu, 0};
  managed.tensor.rank = exported->shape.rank();
  managed.tensor.dtype = element_type(schema.dtype.id);
  managed.tensor.shape = &exported->shape[0];
  managed.tensor.strides = &exported->strides[0];
  return &exported.release()->managed;
}

}  // namespace

af_status af_file_export_arrow(const af_file* file, const char* name, int64_t name_len, const int64_t* start,
                               const int64_t* shape, int32_t rank, ArrowSchema* schema, ArrowArray* array,
                               af_error** err) {
  if (schema != nullptr) *schema = {};
  if (array != nullptr) *array = {};
  return guard(err, [&] {
    required(schema, "schema");
    required(array, "array");
    const auto held = acquire(file);
    const auto region = region_argument(start, shape, rank);
    af::export_arrow_column(
        af::arrow_column(*held, name_argument(name, name_len), region.start, region.shape), schema, array);
  });
}

af_status af_file_write_arrow(af_file* file, const char* name, int64_t name_len, const ArrowSchema* schema,
                              const ArrowArray* array, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const auto column = name_argument(name, name_len);
    required(schema, "schema");
    required(array, "array");
    if (schema->release == nullptr || array->release == nullptr)
      fail(Status::kInvalidArgument, "the Arrow structs are released already");
    af::write_arrow_column(*held, column, *schema, *array, 0, array->length, false);
  });
}

af_status af_file_export_arrow_stream(const af_file* file, const char* names, const int64_t* name_offsets,
                                      int64_t count, int64_t limit, ArrowArrayStream* stream,
                                      af_error** err) {
  if (stream != nullptr) *stream = {};
  return guard(err, [&] {
    required(stream, "stream");
    const auto held = acquire(file);
    std::vector<std::string> columns;
    for (std::string_view name : af::names_argument(names, name_offsets, count)) columns.emplace_back(name);
    if (columns.empty()) fail(Status::kInvalidArgument, "no array is named");
    if (limit < 1) fail(Status::kInvalidArgument, "limit is ", limit);
    fill_stream(std::make_unique<ColumnStream>(held.shared(), std::move(columns), limit), stream);
  });
}

af_status af_file_write_arrow_stream(af_file* file, ArrowArrayStream* stream, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    if (required(stream, "stream").release == nullptr)
      fail(Status::kInvalidArgument, "the Arrow stream is released already");
    append_stream(*held, *stream);
  });
}

af_status af_file_export_dlpack(const af_file* file, const char* name, int64_t name_len, const int64_t* start,
                                const int64_t* shape, int32_t rank, DLManagedTensorVersioned** out,
                                af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    result = export_tensor(*held, array, region_argument(start, shape, rank));
  });
}
