// Bytes: views, little-endian loads and stores, overflow-checked arithmetic.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace af {

static_assert(std::endian::native == std::endian::little, "the formats are little-endian");

using ByteView = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <typename T>
void store(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

// Answers false, and leaves `out` alone, when the result does not fit.
template <typename T>
bool add_fits(T a, T b, T* out) {
  T sum;
  if (__builtin_add_overflow(a, b, &sum)) return false;
  *out = sum;
  return true;
}
template <typename T>
bool multiply_fits(T a, T b, T* out) {
  T product;
  if (__builtin_mul_overflow(a, b, &product)) return false;
  *out = product;
  return true;
}

// Whether [offset, offset + length) lies within `size` bytes.
inline bool within(uint64_t offset, uint64_t length, uint64_t size) {
  return offset <= size && length <= size - offset;
}

// An owned block of bytes that is not cleared when it is made: a std::vector would write every buffer twice.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t size) : data_(new std::byte[size]), size_(size) {}
  Buffer(Buffer&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Gives up the end; the memory stays.
  void shrink(size_t size) { size_ = size; }
  MutableBytes span() { return {data_.get(), size_}; }
  ByteView view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> data_;
  size_t size_ = 0;
};

// Bytes in several parts, one after the other: long ones are not copied together.
class Pieces {
 public:
  Pieces() = default;
  Pieces(std::vector<std::byte> only) { add(std::move(only)); }  // NOLINT: what is in one part
  Pieces(Pieces&&) = default;
  Pieces& operator=(Pieces&&) = default;
  void add(std::vector<std::byte> part) {
    views_.push_back(part);
    parts_.push_back(std::move(part));
  }
  void add(Pieces other) {
    for (std::vector<std::byte>& part : other.parts_) add(std::move(part));
  }
  uint64_t size() const {
    uint64_t size = 0;
    for (ByteView view : views_) size += view.size();
    return size;
  }
  std::span<const ByteView> views() const { return views_; }
  std::vector<std::byte> joined() const {
    std::vector<std::byte> bytes;
    bytes.reserve(size());
    for (ByteView view : views_) bytes.insert(bytes.end(), view.begin(), view.end());
    return bytes;
  }

 private:
  std::vector<std::vector<std::byte>> parts_;
  std::vector<ByteView> views_;
};

// Whether the text is well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

// The text with each maximal ill-formed part replaced by U+FFFD, as Rust's from_utf8_lossy does.
std::string utf8_lossy(std::string_view text);

}  // namespace af
