// Hashes and signatures. crypto.cc is the only file of the library that knows OpenSSL.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "store/secret.h"

namespace af {

using Sha256Digest = std::array<std::byte, 32>;

// Of the parts, one after another.
Sha256Digest sha256(std::span<const ByteView> parts);
inline Sha256Digest sha256(ByteView bytes) { return sha256(std::span(&bytes, 1)); }

Sha256Digest hmac_sha256(ByteView key, std::string_view text);

// RSASSA-PKCS1-v1_5 over SHA-256 with a private key in PEM. Throws kInvalidArgument for what is not such a
// key.
std::string sign_rs256(const Secret& private_key, std::string_view text);

}  // namespace af
