#include "cli/sha256.h"

#include <openssl/evp.h>

#include "cli/failure.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void must(int answer) {
  if (answer != 1) fail(kInternal, "SHA-256 is not to be had from OpenSSL");
}

}  // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  must(state_->context != nullptr && EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
  must(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Sha256::digest() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  must(EVP_DigestFinal_ex(state_->context.get(), bytes, &size));
  return hex({reinterpret_cast<const char*>(bytes), size});
}

}  // namespace af::cli
