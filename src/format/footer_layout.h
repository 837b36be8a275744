// Where the fields of a footer's archived structs stand. Bytes: docs/format.md, "Archived layouts".
#pragma once

#include <cstdint>

namespace af::footer_layout {

inline constexpr uint64_t kBlockSize = 56, kChunkSize = 32, kStringSize = 16, kValueSize = 24,
                          kDtypeSize = 24;

// An array of versions 4 and 5, and of version 6.
inline constexpr uint64_t kArraySize = 168, kArraySize6 = 256;
inline constexpr uint64_t kDtype = 16, kShape = 40, kDims = 56, kChunkShape = 72, kChunks = 88, kFill = 104;
inline constexpr uint64_t kDeleted = 136, kAttributes = 144;
inline constexpr uint64_t kAttributes6 = 136, kStats6 = 152;

// The root of version 6.
inline constexpr uint64_t kBlocks6 = 8, kStrings6 = 24, kValues6 = 40, kArrays6 = 56;

// Attribute value tags above 10. Tags 0 to 10 are the fixed-width types' own numbers; lists follow in the
// order of the scalars from 13 on.
inline constexpr uint8_t kTagString = 11, kTagBinary = 12, kTagBoolList = 13, kTagStringList = 24,
                         kTagBinaryList = 25;

}  // namespace af::footer_layout
