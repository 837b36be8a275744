// What lets files grow: appending, and arrays that go from one file to another.
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "file/array_file.h"

using af::acquire;
using af::fail;
using af::guard;
using af::name_argument;
using af::Status;

namespace {

af::IfPresent present_argument(int32_t if_present, bool may_skip) {
  switch (if_present) {
    case AF_PRESENT_REFUSE: return af::IfPresent::kRefuse;
    case AF_PRESENT_REPLACE: return af::IfPresent::kReplace;
    case AF_PRESENT_SKIP:
      if (may_skip) return af::IfPresent::kSkip;
      break;
    default: break;
  }
  fail(Status::kInvalidArgument, "if_present is ", if_present, ", not one of AF_PRESENT_* for this call");
}

bool replaces(int32_t if_present) { return present_argument(if_present, false) == af::IfPresent::kReplace; }

// Sets *position, which may be NULL, to what `append` answers.
template <typename Append>
af_status append_part(int64_t* position, af_error** err, Append append) {
  return guard(err, [&] {
    if (position != nullptr) *position = 0;
    const int64_t first = append();
    if (position != nullptr) *position = first;
  });
}

std::string_view new_name_argument(const char* new_name, int64_t new_name_len) {
  return af::text_argument(new_name, new_name_len, "new_name");
}

}  // namespace

af_status af_file_append(af_file* file, const char* name, int64_t name_len, int32_t axis,
                         const int64_t* shape, int32_t rank, const int64_t* strides, const void* src,
                         int64_t src_len, int64_t* position, af_error** err) {
  return append_part(position, err, [&] {
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto part = af::extents_argument(shape, rank, "shape");
    const std::span<const int64_t> steps(strides, strides == nullptr ? 0 : part.size());
    return held->append(array, axis, part, {af::bytes_argument(src, src_len, "src"), steps});
  });
}

af_status af_file_append_variable(af_file* file, const char* name, int64_t name_len, int32_t axis,
                                  const int64_t* shape, int32_t rank, const void* bytes,
                                  const int64_t* offsets, int64_t count, int64_t* position, af_error** err) {
  return append_part(position, err, [&] {
    const auto held = acquire(file);
    const auto array = name_argument(name, name_len);
    const auto part = af::extents_argument(shape, rank, "shape");
    const auto ends = af::offsets_argument(offsets, count, "offsets");
    const auto elements = af::bytes_argument(bytes, ends.back(), "bytes");
    return held->append_variable(array, axis, part, elements.data(), ends);
  });
}

af_status af_file_rename(af_file* file, const char* name, int64_t name_len, const char* new_name,
                         int64_t new_name_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    held->move_array(*held, {name_argument(name, name_len), new_name_argument(new_name, new_name_len)},
                     false);
  });
}

af_status af_file_copy_array(af_file* file, const af_file* source, const char* name, int64_t name_len,
                             const char* new_name, int64_t new_name_len, int32_t if_present, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file), from = acquire(source);
    const af::ArrayCopy copy{name_argument(name, name_len), new_name_argument(new_name, new_name_len)};
    held->copy_arrays(*from, {&copy, 1}, replaces(if_present));
  });
}

af_status af_file_copy_arrays(af_file* file, const af_file* source, const char* names,
                              const int64_t* name_offsets, int64_t count, int32_t if_present,
                              af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file), from = acquire(source);
    std::vector<af::ArrayCopy> copies;
    for (std::string_view name : af::names_argument(names, name_offsets, count))
      copies.push_back({name, name});
    held->copy_arrays(*from, copies, replaces(if_present));
  });
}

af_status af_file_move_array(af_file* file, af_file* source, const char* name, int64_t name_len,
                             const char* new_name, int64_t new_name_len, int32_t if_present, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file), from = acquire(source);
    held->move_array(*from, {name_argument(name, name_len), new_name_argument(new_name, new_name_len)},
                     replaces(if_present));
  });
}

af_status af_file_merge(af_file* file, const af_file* source, int32_t if_present, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file), from = acquire(source);
    held->merge(*from, present_argument(if_present, true));
  });
}
