#include "format/checksum.h"

#include <xxhash.h>

namespace af {

uint64_t checksum(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::array<uint8_t, 16> fingerprint(ByteView bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  std::array<uint8_t, 16> id;
  std::memcpy(id.data(), canonical.digest, id.size());
  return id;
}

}  // namespace af
