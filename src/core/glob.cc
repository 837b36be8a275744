#include "core/glob.h"

#include <cstddef>

namespace af {
namespace {

size_t character_at(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end++;
  return end - at;
}

// A set in brackets that begins at pattern[at]; length 0 if it is never closed.
struct Set {
  size_t length = 0;
  bool holds = false;
};

Set read_set(std::string_view pattern, size_t at, char wanted) {
  size_t i = at + 1;
  bool negated = i < pattern.size() && pattern[i] == '!';
  if (negated) i++;
  bool found = false;
  for (size_t first = i; i < pattern.size(); i++) {
    if (pattern[i] == ']' && i != first) return {i + 1 - at, found != negated};
    char low = pattern[i], high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    found = found || (low <= wanted && wanted <= high);
  }
  return {};
}

// How much of the pattern and of the name one step takes; nothing of the pattern if it does not match.
struct Step {
  size_t pattern = 0;
  size_t name = 0;
};

Step match_one(std::string_view pattern, size_t p, std::string_view name, size_t n) {
  if (n == name.size()) return {};
  if (pattern[p] == '?') return {1, character_at(name, n)};
  if (pattern[p] == '[') {
    Set set = read_set(pattern, p, name[n]);
    if (set.length != 0) return set.holds ? Step{set.length, character_at(name, n)} : Step{};
  }
  size_t escape = pattern[p] == '\\' && p + 1 < pattern.size() ? 1 : 0;
  return pattern[p + escape] == name[n] ? Step{escape + 1, 1} : Step{};
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view name) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  size_t p = 0, n = 0, star = kNone, taken = 0;
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
      continue;
    }
    if (p == pattern.size() && n == name.size()) return true;
    Step step = p < pattern.size() ? match_one(pattern, p, name, n) : Step{};
    if (step.pattern != 0) {
      p += step.pattern;
      n += step.name;
      continue;
    }
    // The last star takes one byte more.
    if (star == kNone || taken == name.size()) return false;
    p = star + 1;
    n = ++taken;
  }
}

}  // namespace af
