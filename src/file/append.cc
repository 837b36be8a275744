// Appending along a dimension: a change of shape and a write in one.
#include "file/array_file_impl.h"

namespace af {
namespace {

void check_part(const ArrayInUse& array, int axis, std::span<const int64_t> part) {
  int rank = array.shape.rank();
  if (axis < 0 || axis >= rank)
    fail(Status::kOutOfBounds, "array ", quoted(array.name), " of rank ", rank, " has no axis ", axis);
  if (static_cast<int>(part.size()) != rank)
    fail(Status::kInvalidArgument, "array ", quoted(array.name), " has rank ", rank, ", what is appended ",
         part.size());
  for (int i = 0; i < rank; i++) {
    if (part[static_cast<size_t>(i)] < 0)
      fail(Status::kInvalidArgument, "an extent of ", part[static_cast<size_t>(i)], " is negative");
    if (i != axis && part[static_cast<size_t>(i)] != array.shape[i])
      fail(Status::kInvalidArgument, "axis ", i, ": what is appended has ", part[static_cast<size_t>(i)],
           " elements, array ", quoted(array.name), " has ", array.shape[i]);
  }
  int64_t length;
  if (!add_fits(array.shape[axis], part[static_cast<size_t>(axis)], &length) || length > kMaxExtent)
    fail(Status::kLimitExceeded, "array ", quoted(array.name), ": axis ", axis,
         " would be longer than 2^32-1");
}

}  // namespace

int64_t ArrayFile::Impl::append(const ArrayInUse& array, int axis, const Extents& part,
                                const std::function<void(const ArrayInUse&, const Region&)>& write_part) {
  Extents before = array.shape, after = before;
  after[axis] += part[axis];
  if (part[axis] == 0) return before[axis];
  Region region{Extents(part.rank()), part};
  region.start[axis] = before[axis];
  resize(array, after);
  try {
    write_part(require(array.name), region);
  } catch (...) {
    resize(require(array.name), before);
    throw;
  }
  return before[axis];
}

int64_t ArrayFile::append(std::string_view name, int axis, std::span<const int64_t> shape,
                          Strided<ByteView> src) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  check_part(array, axis, shape);
  Extents part(shape);
  StridedPlace place = checked_source(array, part, src);
  const std::byte* first = src.bytes.data() + place.first;
  return impl_->append(array, axis, part, [&](const ArrayInUse& grown, const Region& region) {
    impl_->write(grown, region, place.strides, first);
  });
}

int64_t ArrayFile::append_variable(std::string_view name, int axis, std::span<const int64_t> shape,
                                   const std::byte* bytes, std::span<const int64_t> offsets) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  check_part(array, axis, shape);
  Extents part(shape);
  check_texts(array, part, bytes, offsets);
  return impl_->append(array, axis, part, [&](const ArrayInUse& grown, const Region& region) {
    impl_->write_variable(grown, region, bytes, offsets);
  });
}

}  // namespace af
