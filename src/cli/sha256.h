// SHA-256. sha256.cc is the only file that knows OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace af::cli {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  // 64 lower-case hex digits. Nothing may be added afterwards.
  std::string digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace af::cli
