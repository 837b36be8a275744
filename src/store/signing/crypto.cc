#include "store/signing/crypto.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <limits>
#include <memory>

namespace af {
namespace {

using MdContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const char* text) { return reinterpret_cast<const unsigned char*>(text); }

MdContext new_context() { return {EVP_MD_CTX_new(), EVP_MD_CTX_free}; }

void must(bool done, std::string_view what) {
  if (done) return;
  ERR_clear_error();
  fail(Status::kInternal, what, " is not to be had from OpenSSL");
}

int no_password(char*, int, int, void*) { return 0; }

PrivateKey parse_private_key(const Secret& pem) {
  const std::string& text = pem.reveal();
  PrivateKey key{nullptr, EVP_PKEY_free};
  if (text.size() <= size_t{std::numeric_limits<int>::max()}) {
    std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                  BIO_free};
    // Without the callback OpenSSL would ask at the terminal for the password of an encrypted key.
    if (bio) key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  }
  ERR_clear_error();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    fail(Status::kInvalidArgument, "the private key is not an RSA key in PEM without a password");
  return key;
}

}  // namespace

Sha256Digest sha256(std::span<const ByteView> parts) {
  MdContext context = new_context();
  must(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1, "SHA-256");
  for (ByteView part : parts) must(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1, "SHA-256");
  Sha256Digest digest;
  must(EVP_DigestFinal_ex(context.get(), raw(digest.data()), nullptr) == 1, "SHA-256");
  return digest;
}

Sha256Digest hmac_sha256(ByteView key, std::string_view text) {
  Sha256Digest digest;
  must(key.size() <= size_t{std::numeric_limits<int>::max()} &&
           HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(text.data()), text.size(),
                raw(digest.data()), nullptr) != nullptr,
       "HMAC");
  return digest;
}

std::string sign_rs256(const Secret& private_key, std::string_view text) {
  PrivateKey key = parse_private_key(private_key);
  MdContext context = new_context();
  size_t size = 0;
  must(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
           EVP_DigestSign(context.get(), nullptr, &size, raw(text.data()), text.size()) == 1,
       "RS256");
  std::string signature(size, '\0');
  must(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                      raw(text.data()), text.size()) == 1,
       "RS256");
  signature.resize(size);
  return signature;
}

}  // namespace af
