#include "core/bytes.h"

namespace af {
namespace {

struct Step {
  size_t length;  // bytes taken
  bool valid;
};

// The scalar value or the maximal ill-formed part that begins at text[0] (Unicode's "substitution of maximal
// subparts").
Step next_scalar(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto in = [&](size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                  : lead >= 0xe0 && lead <= 0xef ? 3
                  : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                 : 0;
  if (length == 0) return {1, false};
  unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (!in(1, low, high)) return {1, false};
  for (size_t i = 2; i < length; i++)
    if (!in(i, 0x80, 0xbf)) return {i, false};
  return {length, true};
}

size_t ascii_prefix(std::string_view text) {
  size_t i = 0;
  while (i + 8 <= text.size()) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080u) break;
    i += 8;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) i++;
  return i;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (true) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty()) return true;
    Step step = next_scalar(text);
    if (!step.valid) return false;
    text.remove_prefix(step.length);
  }
}

std::string utf8_lossy(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    Step step = next_scalar(text);
    out += step.valid ? text.substr(0, step.length) : std::string_view("\xef\xbf\xbd");
    text.remove_prefix(step.length);
  }
  return out;
}

}  // namespace af
