// Structs that begin with struct_size: the caller may have been built with an earlier or a later header.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "capi/guard.h"

namespace af {

// The size that each struct had when it was first published. It is never changed.
template <typename Struct>
inline constexpr uint32_t kFirstSize = 0;
template <>
inline constexpr uint32_t kFirstSize<af_file_options> = 80;
template <>
inline constexpr uint32_t kFirstSize<af_atlas_options> = 96;
template <>
inline constexpr uint32_t kFirstSize<af_atlas_info> = 64;
template <>
inline constexpr uint32_t kFirstSize<af_store_callbacks> = 64;
template <>
inline constexpr uint32_t kFirstSize<af_layer_info> = 56;
template <>
inline constexpr uint32_t kFirstSize<af_io_stats> = 64;

// A greater one is not taken for a struct of a later header, but for garbage.
inline constexpr uint32_t kLargestStruct = 4096;

inline void check_struct_size(int64_t size, uint32_t first, const char* name) {
  if (size < first || size > kLargestStruct)
    fail(Status::kInvalidArgument, name, "->struct_size is ", size, ", expected ", first,
         " or more: use its INIT macro");
}

// The caller's struct as this library knows it: fields it does not have are 0. Throws kUnsupported for a
// field set that we do not have.
template <typename Struct>
Struct sized_copy(const Struct* from, const char* name) {
  const uint32_t size = required(from, name).struct_size;
  check_struct_size(size, kFirstSize<Struct>, name);
  const auto* bytes = reinterpret_cast<const unsigned char*>(from);
  for (uint32_t i = sizeof(Struct); i < size; i++)
    if (bytes[i] != 0)
      fail(Status::kUnsupported, name, " has a field set that this version does not know, at byte ", i);
  Struct copy{};
  std::memcpy(&copy, from, size < sizeof copy ? size : sizeof copy);
  return copy;
}

// Clears all but struct_size, as far as the caller's struct goes.
template <typename Struct>
void clear_sized(Struct* out, const char* name) {
  const uint32_t size = required(out, name).struct_size;
  check_struct_size(size, kFirstSize<Struct>, name);
  std::memset(reinterpret_cast<unsigned char*>(out) + sizeof size, 0, size - sizeof size);
}

// Fills a struct that was cleared.
template <typename Struct>
void fill_sized(Struct* out, Struct values) {
  values.struct_size = out->struct_size;
  std::memcpy(out, &values, out->struct_size < sizeof values ? out->struct_size : sizeof values);
}

}  // namespace af
