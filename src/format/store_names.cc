#include "format/store_names.h"

#include "core/bytes.h"

namespace af {
namespace {

constexpr std::string_view kEscaped = "/\\{^}%`]\">[~<#|*?";
constexpr char kHex[] = "0123456789ABCDEF";

bool needs_escape(unsigned char c) {
  return c < 0x20 || c >= 0x7f || kEscaped.find(static_cast<char>(c)) != kEscaped.npos;
}

void check_name(const char* what, std::string_view name) {
  const char* why = name.empty()                               ? "is empty"
                    : name == "." || name == ".."              ? "is no name for a folder"
                    : name.find('/') != std::string_view::npos ? "has a '/'"
                    : name.front() == '_'                      ? "begins with '_'"
                    : !is_utf8(name)                           ? "is not UTF-8"
                                                               : nullptr;
  if (why) fail(Status::kInvalidName, what, " name ", quoted(utf8_lossy(name)), " ", why);
}

int hex_digit(char c) {
  size_t at = std::string_view(kHex, 16).find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

void check_dataset_name(std::string_view name) { check_name("dataset", name); }
void check_variable_name(std::string_view name) { check_name("variable", name); }

std::string folder_of_variable(std::string_view name) {
  if (name == "." || name == "..") return name == "." ? "%2E" : "%2E%2E";
  std::string folder;
  for (unsigned char c : name) {
    if (needs_escape(c)) {
      folder += '%';
      folder += kHex[c >> 4];
      folder += kHex[c & 15];
    } else {
      folder += static_cast<char>(c);
    }
  }
  return folder;
}

std::string twice_escaped_folder(std::string_view name) {
  return folder_of_variable(folder_of_variable(name));
}

std::optional<std::string> variable_of_folder(std::string_view folder) {
  std::string name;
  for (size_t i = 0; i < folder.size(); i++) {
    if (folder[i] != '%') {
      name += folder[i];
      continue;
    }
    if (folder.size() - i < 3) return std::nullopt;
    int high = hex_digit(folder[i + 1]), low = hex_digit(folder[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    name += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return folder_of_variable(name) == folder && is_utf8(name) ? std::optional(name) : std::nullopt;
}

}  // namespace af
