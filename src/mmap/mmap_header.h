// The 64 bytes at the start of a mapped array: what it is made of, and how long the file must be.
#pragma once

#include <array>
#include <string_view>

#include "core/bytes.h"
#include "core/dtype.h"
#include "core/shape.h"

namespace af {

inline constexpr int kMmapMaxRank = 6;
inline constexpr int64_t kMmapHeaderSize = 64;

// Whether elements of this type can be stored: Float32, Float64, Int32 and Int64 can.
bool is_mmap_type(TypeId dtype);

// The dtype and shape of an array whose bytes, header included, number at most 2^63-1.
class MmapLayout {
 public:
  // A caller's array. Throws kUnsupported (dtype), kLimitExceeded (rank, size), kInvalidArgument (a negative
  // extent).
  MmapLayout(TypeId dtype, std::span<const int64_t> shape);

  TypeId dtype() const { return dtype_; }
  const Extents& shape() const { return shape_; }
  int64_t element_size() const { return af::element_size(dtype_); }
  int64_t element_count() const { return count_; }
  // Bytes of the elements, without the header.
  int64_t data_size() const { return count_ * element_size(); }
  int64_t file_size() const { return kMmapHeaderSize + data_size(); }

 private:
  TypeId dtype_;
  Extents shape_;
  int64_t count_;
};

// How much of a header is held against what a writer puts there.
enum class HeaderCheck {
  kReadable,  // what decides where elements lie; the element count, the unused slots and bytes after the data
              // may hold anything
  kExact,     // every byte, and the file's length
};

std::array<std::byte, kMmapHeaderSize> encode_mmap_header(const MmapLayout& layout);

// Reads a file's header. `head` is its first 64 bytes, or all of it if it is shorter. Throws kCorrupt or
// kUnsupported (another version or dtype), also when the file is shorter than its shape needs.
MmapLayout decode_mmap_header(ByteView head, int64_t file_size, std::string_view path, HeaderCheck check);

}  // namespace af
