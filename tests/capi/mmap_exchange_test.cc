// Mapped arrays exchanged with others through DLPack and Arrow, both sides played by structs as their
// specifications have them.
#include <functional>

#include "support/mmap_api.h"

// dlpack.h, version 1.0.
struct DLManagedTensorVersioned {
  uint32_t version[2];
  void* manager_ctx;
  void (*deleter)(DLManagedTensorVersioned*);
  uint64_t flags;
  struct {
    void* data;
    int32_t device[2];
    int32_t ndim;
    struct {
      uint8_t code;
      uint8_t bits;
      uint16_t lanes;
    } dtype;
    int64_t* shape;
    int64_t* strides;
    uint64_t byte_offset;
  } dl_tensor;
};

namespace {

using mmap_api::Array;
using mmap_api::create;
using mmap_api::elements;
using mmap_api::ExpectOk;
using mmap_api::mutable_view_of;
using mmap_api::Numbers;
using mmap_api::open;
using mmap_api::View;
using mmap_api::view_of;
using mmap_files::counting;
using mmap_files::Folder;

class MmapExchange : public testing::Test {
 protected:
  Folder folder_;
  const std::string path_ = folder_ / "a.mmap";
};

// -- DLPack

struct Delete {
  void operator()(DLManagedTensorVersioned* tensor) const { tensor->deleter(tensor); }
};
using Tensor = std::unique_ptr<DLManagedTensorVersioned, Delete>;

Tensor exported(const View& view) {
  DLManagedTensorVersioned* tensor = nullptr;
  af_mmap_view_export_dlpack(view.get(), &tensor, ExpectOk());
  return Tensor(tensor);
}

TEST_F(MmapExchange, ATensorShowsTheElementsInPlace) {
  const Array array = create<float>(path_, {2, 3}, counting<float>(6));
  const View view = view_of(array);
  const Tensor tensor = exported(view);
  const auto& dl = tensor->dl_tensor;
  EXPECT_EQ(tensor->version[0], 1u);
  EXPECT_EQ(dl.data, af_mmap_view_data(view.get()));
  EXPECT_EQ(dl.device[0], 1);
  EXPECT_EQ(dl.ndim, 2);
  EXPECT_EQ(dl.dtype.code, 2);
  EXPECT_EQ(dl.dtype.bits, 32);
  EXPECT_EQ(dl.dtype.lanes, 1);
  EXPECT_EQ(Numbers(dl.shape, dl.shape + 2), (Numbers{2, 3}));
  EXPECT_EQ(Numbers(dl.strides, dl.strides + 2), (Numbers{3, 1}));
  EXPECT_EQ(dl.byte_offset, 0u);
}

TEST_F(MmapExchange, ATensorIsReadOnlyAsItsViewIs) {
  const Array array = create<float>(path_, {2}, {1, 2});
  EXPECT_EQ(exported(view_of(array))->flags, 1u);
  EXPECT_EQ(exported(mutable_view_of(array))->flags, 0u);
}

TEST_F(MmapExchange, ATensorOutlivesEverythingElse) {
  Array array = create<int64_t>(path_, {1000}, counting<int64_t>(1000));
  View view = view_of(array);
  const Tensor tensor = exported(view);
  view.reset();
  array.reset();
  const auto* first = static_cast<const int64_t*>(tensor->dl_tensor.data);
  EXPECT_EQ(std::vector<int64_t>(first, first + 1000), counting<int64_t>(1000));
}

template <typename T>
void expect_type(const std::string& path, uint8_t code, uint8_t bits) {
  const Array array = create<T>(path, {1}, {T{1}});
  const Tensor tensor = exported(view_of(array));
  EXPECT_EQ(tensor->dl_tensor.dtype.code, code);
  EXPECT_EQ(tensor->dl_tensor.dtype.bits, bits);
}

TEST_F(MmapExchange, TensorsHaveAllFourTypes) {
  expect_type<float>(folder_ / "f32", 2, 32);
  expect_type<double>(folder_ / "f64", 2, 64);
  expect_type<int32_t>(folder_ / "i32", 0, 32);
  expect_type<int64_t>(folder_ / "i64", 0, 64);
}

// A tensor of someone else's: 2 x 3 doubles at `data`.
struct Foreign {
  Numbers shape{2, 3};
  Numbers strides{3, 1};
  DLManagedTensorVersioned tensor{};

  explicit Foreign(const std::vector<double>& data) {
    tensor.version[0] = 1;
    tensor.dl_tensor.data = const_cast<double*>(data.data());
    tensor.dl_tensor.device[0] = 1;
    tensor.dl_tensor.ndim = 2;
    tensor.dl_tensor.dtype = {2, 64, 1};
    tensor.dl_tensor.shape = shape.data();
    tensor.dl_tensor.strides = strides.data();
  }

  af_status create(const std::string& path, af_mmap** out) const {
    return af_mmap_create_from_dlpack(path.c_str(), -1, &tensor, nullptr, out, nullptr);
  }
};

TEST_F(MmapExchange, AnArrayIsCreatedFromATensor) {
  const auto data = counting<double>(20);
  Foreign foreign(data);
  af_mmap* array = nullptr;
  ASSERT_EQ(foreign.create(path_, &array), AF_OK);
  EXPECT_EQ(elements<double>(Array(array)), counting<double>(6));

  foreign.strides = {1, 2};
  foreign.tensor.dl_tensor.byte_offset = 8;
  ASSERT_EQ(foreign.create(folder_ / "columns_first", &array), AF_OK);
  EXPECT_EQ(elements<double>(Array(array)), (std::vector<double>{1, 3, 5, 2, 4, 6}));

  foreign.strides = {-3, -1};
  foreign.tensor.dl_tensor.byte_offset = 8 * 19;
  ASSERT_EQ(foreign.create(folder_ / "backwards", &array), AF_OK);
  EXPECT_EQ(elements<double>(Array(array)), (std::vector<double>{19, 18, 17, 16, 15, 14}));

  foreign.tensor.dl_tensor.strides = nullptr;
  foreign.tensor.dl_tensor.byte_offset = 0;
  ASSERT_EQ(foreign.create(folder_ / "no_strides", &array), AF_OK);
  EXPECT_EQ(elements<double>(Array(array)), counting<double>(6));
}

TEST_F(MmapExchange, AnEmptyTensorMayHaveNoData) {
  Foreign foreign({});
  foreign.shape = {0, 3};
  foreign.tensor.dl_tensor.byte_offset = 8;
  af_mmap* array = nullptr;
  ASSERT_EQ(foreign.create(path_, &array), AF_OK);
  EXPECT_EQ(elements<double>(Array(array)), std::vector<double>{});
}

TEST_F(MmapExchange, ATensorThatCannotBeStoredIsRefused) {
  const auto data = counting<double>(6);
  const auto status_of = [&](const std::function<void(DLManagedTensorVersioned&)>& change) {
    Foreign foreign(data);
    change(foreign.tensor);
    af_mmap* array = nullptr;
    const af_status status = foreign.create(path_, &array);
    af_mmap_close(array);
    return status;
  };
  int64_t many[7] = {1, 1, 1, 1, 1, 1, 1}, huge[2] = {INT64_MAX, INT64_MAX};
  EXPECT_EQ(status_of([](auto& t) { t.version[0] = 2; }), AF_UNSUPPORTED);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.device[0] = 2; }), AF_UNSUPPORTED);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.dtype = {1, 64, 1}; }), AF_UNSUPPORTED);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.dtype = {2, 16, 1}; }), AF_UNSUPPORTED);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.dtype = {2, 64, 2}; }), AF_UNSUPPORTED);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.data = nullptr; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.shape = nullptr; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.shape[0] = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([](auto& t) { t.dl_tensor.ndim = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([&](auto& t) { t.dl_tensor.strides = huge; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(status_of([&](auto& t) { t.dl_tensor.ndim = 7, t.dl_tensor.shape = many; }), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(status_of([&](auto& t) { t.dl_tensor.shape = huge; }), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(folder_.names().size(), 0u);
  af_mmap* array = nullptr;
  EXPECT_EQ(af_mmap_create_from_dlpack(path_.c_str(), -1, nullptr, nullptr, &array, nullptr),
            AF_INVALID_ARGUMENT);
}

// -- Arrow

struct Arrow {
  ArrowSchema schema{};
  ArrowArray array{};

  explicit Arrow(const View& view) { af_mmap_view_export_arrow(view.get(), &schema, &array, ExpectOk()); }
  ~Arrow() {
    if (schema.release != nullptr) schema.release(&schema);
    if (array.release != nullptr) array.release(&array);
  }
};

TEST_F(MmapExchange, AVectorIsAnArrowArrayInPlace) {
  const View view = view_of(create<double>(path_, {5}, counting<double>(5)));
  const Arrow arrow(view);
  EXPECT_STREQ(arrow.schema.format, "g");
  EXPECT_EQ(arrow.schema.n_children, 0);
  EXPECT_EQ(arrow.schema.flags, 0);
  EXPECT_EQ(arrow.array.length, 5);
  EXPECT_EQ(arrow.array.null_count, 0);
  ASSERT_EQ(arrow.array.n_buffers, 2);
  EXPECT_EQ(arrow.array.buffers[0], nullptr);
  EXPECT_EQ(arrow.array.buffers[1], af_mmap_view_data(view.get()));
}

TEST_F(MmapExchange, AxesAreListsOfFixedSizeInArrow) {
  const View view = view_of(create<int32_t>(path_, {2, 3, 4}, counting<int32_t>(24)));
  const Arrow arrow(view);
  EXPECT_STREQ(arrow.schema.format, "+w:3");
  EXPECT_STREQ(arrow.schema.children[0]->format, "+w:4");
  EXPECT_STREQ(arrow.schema.children[0]->children[0]->format, "i");
  EXPECT_EQ(arrow.array.length, 2);
  EXPECT_EQ(arrow.array.n_buffers, 1);
  EXPECT_EQ(arrow.array.children[0]->length, 6);
  const ArrowArray* leaf = arrow.array.children[0]->children[0];
  EXPECT_EQ(leaf->length, 24);
  EXPECT_EQ(leaf->buffers[1], af_mmap_view_data(view.get()));
}

TEST_F(MmapExchange, AScalarIsAnArrowArrayOfOne) {
  const View view = view_of(create<int64_t>(path_, {}, {42}));
  const Arrow arrow(view);
  EXPECT_STREQ(arrow.schema.format, "l");
  EXPECT_EQ(arrow.array.length, 1);
}

TEST_F(MmapExchange, ArrowArraysOutliveEverythingElseAndTheirParents) {
  View view = view_of(create<float>(path_, {2, 3}, counting<float>(6)));
  Arrow arrow(view);
  view.reset();
  // A consumer moves the child out and lets the parent go.
  ArrowArray child = *arrow.array.children[0];
  arrow.array.children[0]->release = nullptr;
  arrow.array.release(&arrow.array);
  EXPECT_EQ(arrow.array.release, nullptr);
  const auto* first = static_cast<const float*>(child.buffers[1]);
  EXPECT_EQ(std::vector<float>(first, first + 6), counting<float>(6));
  child.release(&child);
}

TEST_F(MmapExchange, ArrowHasListsOf31BitsOnly) {
  const Numbers shape{0, int64_t{1} << 31};
  af_mmap* array = nullptr;
  af_mmap_create_zeros(path_.c_str(), -1, AF_FLOAT32, shape.data(), 2, nullptr, &array, ExpectOk());
  const View view = view_of(Array(array));
  ArrowSchema schema;
  ArrowArray arrow;
  EXPECT_EQ(af_mmap_view_export_arrow(view.get(), &schema, &arrow, nullptr), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(schema.release, nullptr);
  EXPECT_EQ(arrow.release, nullptr);
  EXPECT_EQ(af_mmap_view_export_arrow(view.get(), nullptr, &arrow, nullptr), AF_INVALID_ARGUMENT);
  EXPECT_EQ(af_mmap_view_export_arrow(nullptr, &schema, &arrow, nullptr), AF_INVALID_ARGUMENT);
}

}  // namespace
