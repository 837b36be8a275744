#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "file/array_file.h"

using af::acquire;
using af::cleared;
using af::guard;
using af::name_argument;
using af::region_argument;

struct af_lists {
  af::ListData data;
};

namespace {

bool has_level(const af_lists* lists, int32_t level) {
  return lists != nullptr && level >= 0 && level < lists->data.levels();
}

}  // namespace

void af_lists_free(af_lists* lists) { delete lists; }

int64_t af_lists_count(const af_lists* lists, int32_t level) {
  return has_level(lists, level) ? lists->data.count(level) : 0;
}

const int64_t* af_lists_offsets(const af_lists* lists, int32_t level) {
  if (!has_level(lists, level) || lists->data.offsets(level).empty()) return nullptr;
  return lists->data.offsets(level).data();
}

const void* af_lists_data(const af_lists* lists) {
  return lists == nullptr ? nullptr : lists->data.values().data();
}

int64_t af_lists_data_len(const af_lists* lists) {
  return lists == nullptr ? 0 : static_cast<int64_t>(lists->data.values().size());
}

af_status af_file_read_lists(const af_file* file, const char* name, int64_t name_len, const int64_t* start,
                             const int64_t* shape, int32_t rank, af_lists** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank);
    result = new af_lists{held->read_lists(array, region.start, region.shape)};
  });
}

af_status af_file_write_lists(af_file* file, const char* name, int64_t name_len, const int64_t* start,
                              const int64_t* shape, int32_t rank, const int64_t* offsets, int64_t count,
                              const void* src, int64_t src_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto region = region_argument(start, shape, rank);
    const auto bytes = af::bytes_argument(src, src_len, "src");
    if (count < 0 || count > af::kLongestBuffer / 8)
      af::fail(af::Status::kInvalidArgument, "count is ", count);
    if (count > 0) af::required(offsets, "offsets");
    held->write_lists(array, region.start, region.shape, {offsets, static_cast<size_t>(count)}, bytes);
  });
}
