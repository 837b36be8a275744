// Bytes written out for people to check.
#pragma once

#include <cctype>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace af {

// Bytes from hexadecimal digits; spaces are ignored, and "16 x ff" stands for sixteen bytes of ff.
inline std::string from_hex(std::string_view text) {
  std::string bytes;
  size_t at = 0;
  auto digit = [&](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  auto byte = [&] {
    char value = static_cast<char>(digit(text[at]) << 4 | digit(text[at + 1]));
    at += 2;
    return value;
  };
  while (at < text.size()) {
    if (isspace(static_cast<unsigned char>(text[at]))) {
      at++;
    } else if (size_t times = text.find(" x ", at); times != std::string_view::npos && times - at <= 3) {
      size_t count = static_cast<size_t>(std::stoi(std::string(text.substr(at, times - at))));
      at = times + 3;
      bytes += std::string(count, byte());
    } else {
      bytes += byte();
    }
  }
  return bytes;
}

// For messages: sixteen bytes a line, each line with its offset.
inline std::string hex_dump(std::string_view bytes) {
  std::string text;
  char piece[32];
  for (size_t i = 0; i < bytes.size(); i++) {
    if (i % 16 == 0) snprintf(piece, sizeof piece, "%s%04zx ", i ? "\n" : "", i), text += piece;
    snprintf(piece, sizeof piece, " %02x", static_cast<unsigned char>(bytes[i]));
    text += piece;
  }
  return text;
}
inline std::string hex_dump(ByteView bytes) { return hex_dump(as_text(bytes)); }

}  // namespace af
