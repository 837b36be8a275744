// The names of a stack's files: `x.af`, `x.1.af`, `x.2.af`, ..., `x.stats`, `x.lock`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace af {

class StackName {
 public:
  // Throws kInvalidName unless the key ends in ".af" after at least one character. `twin`: another such key
  // whose sidecars belong to the stack too, and whose statistics are its own; "" for none.
  explicit StackName(std::string_view base_key, std::string_view twin = {});

  const std::string& base() const { return base_; }
  const std::string& stem() const { return stem_; }
  std::string sidecar(uint32_t number) const;
  std::string stats() const { return (twin_.empty() ? stem_ : stem_of(twin_)) + ".stats"; }
  const std::string& twin() const { return twin_; }
  std::string lock() const { return stem_ + ".lock"; }
  // The base's name without its folder: what the reference writes as a hint.
  std::string_view base_name() const;
  // The number of a sidecar of this stack, as the reference's discovery reads it: "7", "007" and "+7" are 7;
  // 0 is none.
  std::optional<uint32_t> sidecar_number(std::string_view key) const;
  // If this base would itself be read as a sidecar of another stack: that stack's base.
  std::optional<std::string> would_be_sidecar_of() const;

 private:
  static std::string stem_of(std::string_view base_key);

  std::string base_;
  std::string stem_;
  std::string twin_;
};

}  // namespace af
