// What callers pass, checked and turned into views.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "capi/guard.h"
#include "core/bytes.h"

namespace af {

// Pointer and length of memory that a caller gave. No address space has more than 2^47 bytes: a greater
// length is garbage.
inline constexpr int64_t kLongestBuffer = int64_t{1} << 47;

void check_length(const void* data, int64_t length, const char* name);

inline ByteView bytes_argument(const void* data, int64_t length, const char* name) {
  check_length(data, length, name);
  return {static_cast<const std::byte*>(data), static_cast<size_t>(length)};
}
inline MutableBytes mutable_bytes_argument(void* data, int64_t length, const char* name) {
  check_length(data, length, name);
  return {static_cast<std::byte*>(data), static_cast<size_t>(length)};
}

// UTF-8; a negative length means that it ends at the first NUL. Throws `malformed` when it is not UTF-8.
std::string_view text_argument(const char* text, int64_t length, const char* name,
                               Status malformed = Status::kInvalidName);

// The path of a file or folder: text without NUL. Throws kInvalidName.
std::string_view path_argument(const char* path, int64_t length, const char* name);

// `rank` numbers, of which there are 0 to AF_MAX_RANK.
std::span<const int64_t> extents_argument(const int64_t* extents, int32_t rank, const char* name);

inline std::string_view name_argument(const char* name, int64_t name_len) {
  return text_argument(name, name_len, "name");
}
inline std::string_view key_argument(const char* key, int64_t key_len) {
  return text_argument(key, key_len, "key");
}

// Back to back texts, each a name.
std::vector<std::string_view> names_argument(const char* names, const int64_t* name_offsets, int64_t count);

// A caller's region: both spans empty for the whole array.
struct RegionArgument {
  std::span<const int64_t> start;
  std::span<const int64_t> shape;
  std::span<const int64_t> strides;
};
RegionArgument region_argument(const int64_t* start, const int64_t* shape, int32_t rank);
RegionArgument region_argument(const int64_t* start, const int64_t* shape, int32_t rank,
                               const int64_t* strides);

// count + 1 offsets that rise from 0. Their last one is the length of what they divide.
std::span<const int64_t> offsets_argument(const int64_t* offsets, int64_t count, const char* name);

}  // namespace af
