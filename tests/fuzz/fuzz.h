// What all fuzz targets share: a target is a function that takes any bytes and may fail with an Error only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

#include "core/bytes.h"

namespace af::fuzz {

// The ceiling that targets give as a caller's, and what the library may need besides for a single buffer.
inline constexpr int64_t kAllowed = 1 << 20;
inline constexpr size_t kLargestAllocation = 8 << 20;

// While it lives allocations of this thread are watched: none may be larger than kLargestAllocation, and the
// `failing`-th fails, once; negative: none does.
class WatchedAllocations {
 public:
  explicit WatchedAllocations(int64_t failing);
  ~WatchedAllocations();
  WatchedAllocations(const WatchedAllocations&) = delete;
  WatchedAllocations& operator=(const WatchedAllocations&) = delete;
};

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline ByteView view_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

// Runs the body, which may fail, but not with an internal error.
template <typename Body>
bool attempt(const Body& body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    require(error.status() != Status::kInternal && error.status() != Status::kOk && *error.what() != '\0');
  } catch (const std::bad_alloc&) {
  }
  return false;
}

// Runs a target on the bytes, then, for some of them, once more with an allocation failing that the bytes
// choose.
template <typename Target>
int run(const uint8_t* data, size_t size, const Target& target) {
  {
    WatchedAllocations none_fails(-1);
    target(view_of(data, size));
  }
  uint64_t hash = size;
  for (size_t i = 0; i < size; i++) hash = (hash ^ data[i]) * 0x100000001b3;
  if ((hash >> 32) % 4 != 0) return 0;
  WatchedAllocations one_fails(static_cast<int64_t>((hash >> 40) % ((hash >> 34) % 2 ? 16 : 512)));
  attempt([&] { target(view_of(data, size)); });
  return 0;
}

// Takes numbers and texts off the front of the bytes; at their end all is zero and empty.
class Input {
 public:
  explicit Input(ByteView bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  template <typename T>
  T take() {
    T value{};
    size_t size = std::min(sizeof value, bytes_.size());
    if (size != 0) std::memcpy(&value, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return value;
  }
  // Up to 255 bytes, the first one saying how many.
  std::string_view text() {
    size_t wanted = take<uint8_t>();
    size_t size = std::min(wanted, bytes_.size());
    std::string_view text = as_text(bytes_.first(size));
    bytes_ = bytes_.subspan(size);
    return text;
  }
  ByteView rest() const { return bytes_; }

 private:
  ByteView bytes_;
};

}  // namespace af::fuzz
