#include "capi/arguments.h"

#include <cstring>

#include "core/shape.h"

namespace af {

void check_length(const void* data, int64_t length, const char* name) {
  if (length < 0) fail(Status::kInvalidArgument, name, "_len is negative: ", length);
  if (length > kLongestBuffer)
    fail(Status::kInvalidArgument, name, "_len is more than memory can hold: ", length);
  if (data == nullptr && length > 0) fail_null(name);
}

std::string_view text_argument(const char* text, int64_t length, const char* name, Status malformed) {
  if (text == nullptr && length != 0) fail_null(name);
  // The format counts text in 32 bits.
  if (length > INT32_MAX) fail(Status::kLimitExceeded, name, "_len is more than 2^31 - 1: ", length);
  const std::string_view view(text, length < 0 ? std::strlen(text) : static_cast<size_t>(length));
  if (!is_utf8(view)) fail(malformed, name, " is not UTF-8: ", quoted(view));
  return view;
}

std::string_view path_argument(const char* path, int64_t length, const char* name) {
  const std::string_view view = text_argument(path, length, name);
  if (view.empty()) fail(Status::kInvalidName, name, " is empty");
  if (view.find('\0') != std::string_view::npos)
    fail(Status::kInvalidName, name, " has a NUL in it: ", quoted(view));
  return view;
}

std::span<const int64_t> extents_argument(const int64_t* extents, int32_t rank, const char* name) {
  if (rank < 0) fail(Status::kInvalidArgument, "rank is negative: ", rank);
  if (rank > kMaxRank) fail(Status::kInvalidArgument, "rank is ", rank, ", the most is ", kMaxRank);
  if (rank > 0) required(extents, name);
  return {extents, static_cast<size_t>(rank)};
}

RegionArgument region_argument(const int64_t* start, const int64_t* shape, int32_t rank) {
  return {extents_argument(start, rank, "start"), extents_argument(shape, rank, "shape"), {}};
}

RegionArgument region_argument(const int64_t* start, const int64_t* shape, int32_t rank,
                               const int64_t* strides) {
  if (strides == nullptr) return region_argument(start, shape, rank);
  const auto steps = extents_argument(strides, rank, "strides");
  if (start == nullptr && shape == nullptr) return {{}, {}, steps};
  RegionArgument region = region_argument(start, shape, rank);
  region.strides = steps;
  return region;
}

std::span<const int64_t> offsets_argument(const int64_t* offsets, int64_t count, const char* name) {
  constexpr int64_t kMost = kLongestBuffer / static_cast<int64_t>(sizeof(int64_t));
  if (count < 0 || count >= kMost) fail(Status::kInvalidArgument, "count is ", count);
  if (required(offsets, name) != 0)
    fail(Status::kInvalidArgument, name, "[0] is ", offsets[0], ", expected 0");
  for (int64_t i = 0; i < count; i++)
    if (offsets[i + 1] < offsets[i])
      fail(Status::kInvalidArgument, name, "[", i + 1, "] is less than the one before it");
  if (offsets[count] > kLongestBuffer) fail(Status::kInvalidArgument, name, " end at ", offsets[count]);
  return {offsets, static_cast<size_t>(count) + 1};
}

std::vector<std::string_view> names_argument(const char* names, const int64_t* name_offsets, int64_t count) {
  const auto offsets = offsets_argument(name_offsets, count, "name_offsets");
  const auto bytes = as_text(bytes_argument(names, offsets.back(), "names"));
  std::vector<std::string_view> result;
  result.reserve(static_cast<size_t>(count));
  for (size_t i = 0; i + 1 < offsets.size(); i++)
    result.push_back(name_argument(bytes.data() + offsets[i], offsets[i + 1] - offsets[i]));
  return result;
}

}  // namespace af
