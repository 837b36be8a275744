// The structs of DLPack 1.x, laid out as its ABI wants them.
#pragma once

#include <cstdint>

namespace af::dlpack {

inline constexpr uint32_t kMajor = 1;
inline constexpr uint32_t kMinor = 0;

// Device types.
inline constexpr int32_t kCpu = 1;
inline constexpr int32_t kCudaHost = 3;  // the processor's memory, pinned for a GPU
inline constexpr int32_t kRocmHost = 11;

// Codes of element types.
inline constexpr uint8_t kInt = 0;
inline constexpr uint8_t kUInt = 1;
inline constexpr uint8_t kFloat = 2;
inline constexpr uint8_t kBool = 6;

inline constexpr uint64_t kFlagReadOnly = 1;
inline constexpr uint64_t kFlagIsCopied = 2;

struct Version {
  uint32_t major;
  uint32_t minor;
};

struct Device {
  int32_t type;
  int32_t id;
};

struct ElementType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};

struct Tensor {
  void* data;
  Device device;
  int32_t rank;
  ElementType dtype;
  int64_t* shape;
  int64_t* strides;  // in elements; NULL for C order
  uint64_t byte_offset;
};

}  // namespace af::dlpack

struct DLManagedTensorVersioned {
  af::dlpack::Version version;
  void* manager;
  void (*deleter)(DLManagedTensorVersioned* self);
  uint64_t flags;
  af::dlpack::Tensor tensor;
};
