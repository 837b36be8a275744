// The checksum by which object stores find out that a body was changed on its way.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/bytes.h"

namespace af {

// CRC-32C (Castagnoli) of the parts, one after another.
uint32_t crc32c(std::span<const ByteView> parts);

// As it is sent: base64 of its four bytes, the highest first.
std::string crc32c_text(std::span<const ByteView> parts);

}  // namespace af
