// Mapped arrays: handles, data, views.
#include <algorithm>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/mmap_view.h"
#include "capi/sized.h"

using af::acquire;
using af::cleared;
using af::fail;
using af::guard;
using af::MappedArray;
using af::Status;

static_assert(AF_MMAP_MAX_RANK == af::kMmapMaxRank);
static_assert(AF_MMAP_READ_ONLY == static_cast<int>(af::MapMode::kReadOnly));
static_assert(AF_MMAP_READ_WRITE == static_cast<int>(af::MapMode::kReadWrite));
static_assert(AF_MMAP_COPY_ON_WRITE == static_cast<int>(af::MapMode::kCopyOnWrite));
static_assert(AF_ADVICE_NORMAL == static_cast<int>(af::Advice::kNormal));
static_assert(AF_ADVICE_SEQUENTIAL == static_cast<int>(af::Advice::kSequential));
static_assert(AF_ADVICE_RANDOM == static_cast<int>(af::Advice::kRandom));
static_assert(AF_ADVICE_WILL_NEED == static_cast<int>(af::Advice::kWillNeed));
static_assert(AF_ADVICE_DONT_NEED == static_cast<int>(af::Advice::kDontNeed));

template <>
inline constexpr uint32_t af::kFirstSize<af_mmap_options> = 16;

namespace {

int32_t in_range(int32_t value, int32_t least, int32_t most, const char* name) {
  if (value < least || value > most)
    fail(Status::kInvalidArgument, name, " is ", value, ", expected ", least, " to ", most);
  return value;
}

bool flag(uint8_t value, const char* name) { return in_range(value, 0, 1, name) == 1; }

// Every field is checked, whether or not the call at hand uses it: a wrong one is never right.
struct Options {
  af::MmapOpenOptions open;
  af::MmapCreateOptions create;
};

Options options_argument(const af_mmap_options* options) {
  Options result;
  if (options == nullptr) return result;
  const af_mmap_options given = af::sized_copy(options, "options");
  const int32_t mode = in_range(given.mode, AF_MMAP_READ_ONLY, AF_MMAP_COPY_ON_WRITE, "options->mode");
  result.open.mode = static_cast<af::MapMode>(mode);
  result.open.check =
      flag(given.strict, "options->strict") ? af::HeaderCheck::kExact : af::HeaderCheck::kReadable;
  result.open.lock = result.create.lock = flag(given.lock, "options->lock");
  result.create.replace = flag(given.replace, "options->replace");
  result.create.reserve = flag(given.reserve, "options->reserve");
  result.create.durable = in_range(given.durability, AF_DURABILITY_FULL, AF_DURABILITY_NONE,
                                   "options->durability") == AF_DURABILITY_FULL;
  return result;
}

std::string path_argument(const char* path, int64_t path_len) {
  return std::string(af::path_argument(path, path_len, "path"));
}

af::MmapLayout layout_argument(af_data_type dtype, const int64_t* shape, int32_t rank) {
  if (dtype < 0 || dtype >= af::kTypeCount) fail(Status::kInvalidArgument, "unknown dtype ", dtype);
  if (rank > AF_MMAP_MAX_RANK)
    fail(Status::kLimitExceeded, "rank is ", rank, ", the most is ", AF_MMAP_MAX_RANK);
  return {static_cast<af::TypeId>(dtype), af::extents_argument(shape, rank, "shape")};
}

// A caller's region and strides: empty spans for the whole array in C order.
struct RegionArgument {
  std::span<const int64_t> start;
  std::span<const int64_t> shape;
  std::span<const int64_t> strides;
};

RegionArgument region_argument(const MappedArray& array, const int64_t* start, const int64_t* shape,
                               int32_t rank, const int64_t* strides) {
  RegionArgument region;
  if (start != nullptr || shape != nullptr || strides == nullptr) {
    region.start = af::extents_argument(start, rank, "start");
    region.shape = af::extents_argument(shape, rank, "shape");
  }
  if (strides == nullptr) return region;
  // Without a region nothing else would tell how many strides there are.
  if (const int actual = array.layout().shape().rank(); rank != actual)
    fail(Status::kInvalidArgument, "rank is ", rank, ", the array's is ", actual);
  region.strides = af::extents_argument(strides, rank, "strides");
  return region;
}

template <typename T, typename Get>
af_status get(const af_mmap* mmap, T* out, af_error** err, Get value_of) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = value_of(*acquire(mmap));
  });
}

// One number for each axis, `value_of` saying which; zeros when the call fails.
template <typename Get>
af_status get_for_axes(const af_mmap* mmap, int64_t* out, int32_t rank, const char* name, af_error** err,
                       Get value_of) {
  return guard(err, [&] {
    std::fill_n(out, af::extents_argument(out, rank, name).size(), 0);
    const auto held = acquire(mmap);
    if (const int actual = held->layout().shape().rank(); rank != actual)
      fail(Status::kInvalidArgument, "rank is ", rank, ", the array's is ", actual);
    for (int axis = 0; axis < rank; axis++) out[axis] = value_of(*held, axis);
  });
}

}  // namespace

namespace af {

MmapCreateOptions mmap_create_options(const af_mmap_options* options) {
  return options_argument(options).create;
}

}  // namespace af

af_status af_mmap_options_init(af_mmap_options* options, int64_t struct_size, af_error** err) {
  return guard(err, [&] {
    af::required(options, "options");
    af::check_struct_size(struct_size, af::kFirstSize<af_mmap_options>, "options");
    std::memset(options, 0, static_cast<size_t>(struct_size));
    options->struct_size = static_cast<uint32_t>(struct_size);
  });
}

af_status af_mmap_create(const char* path, int64_t path_len, af_data_type dtype, const int64_t* shape,
                         int32_t rank, const int64_t* strides, const void* src, int64_t src_len,
                         const af_mmap_options* options, af_mmap** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const std::string place = path_argument(path, path_len);
    const af::MmapLayout layout = layout_argument(dtype, shape, rank);
    const auto steps =
        strides == nullptr ? std::span<const int64_t>{} : af::extents_argument(strides, rank, "strides");
    const auto source = af::strided_box(layout.shape(), layout.element_size(), steps,
                                        af::bytes_argument(src, src_len, "src"));
    result = af::open_handle<af_mmap>(
        MappedArray::create(place, layout, source, options_argument(options).create));
  });
}

af_status af_mmap_create_zeros(const char* path, int64_t path_len, af_data_type dtype, const int64_t* shape,
                               int32_t rank, const af_mmap_options* options, af_mmap** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const std::string place = path_argument(path, path_len);
    const af::MmapLayout layout = layout_argument(dtype, shape, rank);
    result = af::open_handle<af_mmap>(MappedArray::create(place, layout, options_argument(options).create));
  });
}

af_status af_mmap_open(const char* path, int64_t path_len, const af_mmap_options* options, af_mmap** out,
                       af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const std::string place = path_argument(path, path_len);
    result = af::open_handle<af_mmap>(MappedArray::open(place, options_argument(options).open));
  });
}

void af_mmap_close(af_mmap* mmap) { af::close_handle(mmap); }

// -- what it is

af_status af_mmap_data_type(const af_mmap* mmap, af_data_type* out, af_error** err) {
  return get(mmap, out, err,
             [](const MappedArray& array) { return static_cast<af_data_type>(array.layout().dtype()); });
}

af_status af_mmap_rank(const af_mmap* mmap, int32_t* out, af_error** err) {
  return get(mmap, out, err, [](const MappedArray& array) { return array.layout().shape().rank(); });
}

af_status af_mmap_shape(const af_mmap* mmap, int64_t* shape, int32_t rank, af_error** err) {
  return get_for_axes(mmap, shape, rank, "shape", err,
                      [](const MappedArray& array, int axis) { return array.layout().shape()[axis]; });
}

af_status af_mmap_strides(const af_mmap* mmap, int64_t* strides, int32_t rank, af_error** err) {
  return get_for_axes(mmap, strides, rank, "strides", err,
                      [](const MappedArray& array, int axis) { return array.strides()[axis]; });
}

af_status af_mmap_element_strides(const af_mmap* mmap, int64_t* strides, int32_t rank, af_error** err) {
  return get_for_axes(mmap, strides, rank, "strides", err, [](const MappedArray& array, int axis) {
    return array.strides()[axis] / array.layout().element_size();
  });
}

af_status af_mmap_element_count(const af_mmap* mmap, int64_t* out, af_error** err) {
  return get(mmap, out, err, [](const MappedArray& array) { return array.layout().element_count(); });
}

af_status af_mmap_is_empty(const af_mmap* mmap, uint8_t* out, af_error** err) {
  return get(mmap, out, err, [](const MappedArray& array) { return array.layout().element_count() == 0; });
}

af_status af_mmap_mode(const af_mmap* mmap, int32_t* out, af_error** err) {
  return get(mmap, out, err, [](const MappedArray& array) { return static_cast<int32_t>(array.mode()); });
}

af_status af_mmap_path(const af_mmap* mmap, const char** out, int64_t* out_len, af_error** err) {
  if (out_len != nullptr) *out_len = 0;
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(mmap);
    result = held->path().c_str();
    if (out_len != nullptr) *out_len = static_cast<int64_t>(held->path().size());
  });
}

// -- data

af_status af_mmap_read(const af_mmap* mmap, const int64_t* start, const int64_t* shape, int32_t rank,
                       const int64_t* strides, void* dst, int64_t dst_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(mmap);
    const auto region = region_argument(*held, start, shape, rank, strides);
    const auto bytes = af::mutable_bytes_argument(dst, dst_len, "dst");
    held->read(region.start, region.shape, region.strides, bytes);
  });
}

af_status af_mmap_write(af_mmap* mmap, const int64_t* start, const int64_t* shape, int32_t rank,
                        const int64_t* strides, const void* src, int64_t src_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(mmap);
    const auto region = region_argument(*held, start, shape, rank, strides);
    const auto bytes = af::bytes_argument(src, src_len, "src");
    held->write(region.start, region.shape, region.strides, bytes);
  });
}

af_status af_mmap_flush(const af_mmap* mmap, af_error** err) {
  return guard(err, [&] { acquire(mmap)->flush(); });
}

af_status af_mmap_flush_range(const af_mmap* mmap, int64_t offset, int64_t length, uint8_t wait,
                              af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(mmap);
    held->flush_range(offset, length, flag(wait, "wait") ? af::FlushWait::kUntilOnDisk : af::FlushWait::kNo);
  });
}

af_status af_mmap_advise(const af_mmap* mmap, int32_t advice, int64_t offset, int64_t length,
                         af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(mmap);
    const int32_t known = in_range(advice, AF_ADVICE_NORMAL, AF_ADVICE_DONT_NEED, "advice");
    held->advise(static_cast<af::Advice>(known), offset, length);
  });
}

// -- views

af_status af_mmap_get_view(const af_mmap* mmap, af_mmap_view** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(mmap);
    result = new af_mmap_view{held.shared(), held->data(), nullptr, held->strides()};
  });
}

af_status af_mmap_get_mutable_view(af_mmap* mmap, af_mmap_view** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(mmap);
    std::byte* data = held->mutable_data();
    result = new af_mmap_view{held.shared(), data, data, held->strides()};
  });
}

void af_mmap_view_free(af_mmap_view* view) { delete view; }

const void* af_mmap_view_data(const af_mmap_view* view) { return view == nullptr ? nullptr : view->data; }

void* af_mmap_view_mutable_data(af_mmap_view* view) { return view == nullptr ? nullptr : view->mutable_data; }

int64_t af_mmap_view_data_len(const af_mmap_view* view) {
  return view == nullptr ? 0 : view->layout().data_size();
}

af_data_type af_mmap_view_data_type(const af_mmap_view* view) {
  return view == nullptr ? 0 : static_cast<af_data_type>(view->layout().dtype());
}

int32_t af_mmap_view_rank(const af_mmap_view* view) {
  return view == nullptr ? 0 : view->layout().shape().rank();
}

const int64_t* af_mmap_view_shape(const af_mmap_view* view) {
  return view == nullptr ? nullptr : view->layout().shape().data();
}

const int64_t* af_mmap_view_strides(const af_mmap_view* view) {
  return view == nullptr ? nullptr : view->strides.data();
}

int64_t af_mmap_view_element_count(const af_mmap_view* view) {
  return view == nullptr ? 0 : view->layout().element_count();
}
