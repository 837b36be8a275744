#include "file/stack_name.h"

#include "core/error.h"

namespace af {
namespace {

constexpr std::string_view kSuffix = ".af";

// As Rust parses a u32: an optional plus sign, then decimal digits.
std::optional<uint32_t> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return {};
  uint64_t number = 0;
  for (char digit : text) {
    if (digit < '0' || digit > '9') return {};
    number = number * 10 + static_cast<uint64_t>(digit - '0');
    if (number > UINT32_MAX) return {};
  }
  if (number == 0) return {};
  return static_cast<uint32_t>(number);
}

}  // namespace

StackName::StackName(std::string_view base_key, std::string_view twin)
    : base_(base_key), stem_(stem_of(base_key)), twin_(twin) {}

std::string StackName::stem_of(std::string_view base_key) {
  size_t name_at = base_key.rfind('/') + 1;  // npos + 1 is 0
  if (!base_key.ends_with(kSuffix) || base_key.size() - name_at <= kSuffix.size())
    fail(Status::kInvalidName, quoted(base_key), " does not end in '.af' after a name");
  return std::string(base_key.substr(0, base_key.size() - kSuffix.size()));
}

std::string StackName::sidecar(uint32_t number) const { return text_of(stem_, ".", number, kSuffix); }

std::string_view StackName::base_name() const {
  std::string_view base = base_;
  return base.substr(base.rfind('/') + 1);
}

std::optional<uint32_t> StackName::sidecar_number(std::string_view key) const {
  if (!key.starts_with(stem_) || !key.ends_with(kSuffix)) return {};
  key.remove_prefix(stem_.size());
  if (key.size() < kSuffix.size() + 2 || key[0] != '.') return {};
  return parse_number(key.substr(1, key.size() - 1 - kSuffix.size()));
}

std::optional<std::string> StackName::would_be_sidecar_of() const {
  size_t dot = stem_.rfind('.');
  size_t name_at = stem_.rfind('/') + 1;
  if (dot == std::string::npos || dot <= name_at || !parse_number(std::string_view(stem_).substr(dot + 1)))
    return {};
  return stem_.substr(0, dot) + std::string(kSuffix);
}

}  // namespace af
