// Checksums and hashes. checksum.cc is the only file that knows xxHash.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/bytes.h"

namespace af {

// XXH3, 64 bits: of blocks, pages of metadata and names, as docs/format.md says.
uint64_t checksum(ByteView bytes);
inline uint64_t name_hash(std::string_view name) { return checksum(as_bytes(name)); }

// XXH3, 128 bits, in canonical (big-endian) order: the identity of a layer that carries none.
std::array<uint8_t, 16> fingerprint(ByteView bytes);

}  // namespace af
