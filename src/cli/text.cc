#include "cli/text.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace af::cli {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t length = 0;  // 0: not UTF-8
};

// How many bytes the sequence that begins with this byte has; 0 if none does.
size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

CodePoint decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t size = sequence_length(first);
  if (size == 0 || size > text.size()) return {};
  if (size == 1) return {first, 1};
  uint32_t value = first & (0x7fu >> size);
  for (size_t i = 1; i < size; i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return {};
    value = value << 6 | (byte & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return {};
  return {value, size};
}

bool disturbs(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void append_hex(std::string& out, uint64_t bits, int digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  while (digits-- > 0) out += kDigits[bits >> (4 * digits) & 15];
}

void append_escape(std::string& out, uint32_t code) {
  switch (code) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (code < 0x100) {
    out += "\\x";
    append_hex(out, code, 2);
  } else {
    out += "\\u{";
    append_hex(out, code, 4);
    out += '}';
  }
}

template <typename Number>
std::string shortest(Number number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  char digits[40];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Days since 1970-01-01 to a date of the proleptic Gregorian calendar, counted in eras of 400 years from 1
// March of year 0.
void append_date(std::string& out, int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  out += text_of(year, month < 10 ? "-0" : "-", month, day < 10 ? "-0" : "-", day);
}

void append_padded(std::string& out, int64_t number, int digits) {
  const std::string text = text_of(number);
  out.append(static_cast<size_t>(digits) - text.size(), '0');
  out += text;
}

}  // namespace

std::string escaped(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    if (point.length == 0) {
      append_escape(out, static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (disturbs(point.value)) {
      append_escape(out, point.value);
    } else {
      if (text[0] == '\\' || (quote != 0 && text[0] == quote)) out += '\\';
      out += text.substr(0, point.length);
    }
    text.remove_prefix(point.length);
  }
  return out;
}

std::string in_quotes(std::string_view text) { return text_of("\"", escaped(text, '"'), "\""); }

std::string number_text(double number) { return shortest(number); }
std::string number_text(float number) { return shortest(number); }
std::string number_text(int64_t number) { return text_of(number); }
std::string number_text(uint64_t number) { return text_of(number); }

std::string timestamp_text(int64_t nanoseconds) {
  constexpr int64_t kSecond = 1'000'000'000;
  int64_t seconds = nanoseconds / kSecond;
  int64_t fraction = nanoseconds % kSecond;
  if (fraction < 0) {
    fraction += kSecond;
    seconds--;
  }
  int64_t days = seconds / 86400;
  int64_t in_day = seconds % 86400;
  if (in_day < 0) {
    in_day += 86400;
    days--;
  }
  std::string out;
  append_date(out, days);
  for (const auto& [mark, part] :
       {std::pair('T', in_day / 3600), {':', in_day / 60 % 60}, {':', in_day % 60}}) {
    out += mark;
    append_padded(out, part, 2);
  }
  if (fraction != 0) {
    out += '.';
    append_padded(out, fraction, 9);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out += 'Z';
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char byte : bytes) append_hex(out, static_cast<unsigned char>(byte), 2);
  return out;
}

std::string bits_text(double number) {
  std::string out = "0x";
  append_hex(out, std::bit_cast<uint64_t>(number), 16);
  return out;
}

std::string bits_text(float number) {
  std::string out = "0x";
  append_hex(out, std::bit_cast<uint32_t>(number), 8);
  return out;
}

bool is_url(std::string_view path) {
  const size_t colon = path.find("://");
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return colon != std::string_view::npos && colon > 0 &&
         std::all_of(path.begin(), path.begin() + static_cast<ptrdiff_t>(colon), is_letter);
}

std::string size_text(int64_t bytes) {
  if (bytes < 0) return "unknown size";
  constexpr const char* kUnits[] = {" bytes", " kB", " MB", " GB", " TB", " PB"};
  if (bytes < 1000) return counted(bytes, "byte");
  double size = static_cast<double>(bytes);
  int unit = 0;
  while (size >= 999.95 && unit < 5) {
    size /= 1000;
    unit++;
  }
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, size, std::chars_format::fixed, 1).ptr;
  return text_of(std::string_view(digits, end), kUnits[unit]);
}

std::string shape_text(const int64_t* shape, size_t rank) {
  std::string out = "[";
  for (size_t i = 0; i < rank; i++) out += text_of(i == 0 ? "" : ", ", shape[i]);
  return out += ']';
}

int64_t parse_integer(std::string_view text, std::string_view what) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    fail(kUsage, what, ": expected a whole number, found ", in_quotes(text));
  return number;
}

int64_t parse_size(std::string_view text, std::string_view what) {
  constexpr std::string_view kSuffixes = "KMG";
  int64_t factor = 1;
  const size_t suffix = text.empty() ? std::string_view::npos : kSuffixes.find(text.back());
  if (suffix != std::string_view::npos) {
    factor = int64_t{1} << (10 * (suffix + 1));
    text.remove_suffix(1);
  }
  const int64_t number = parse_integer(text, what);
  int64_t bytes = 0;
  if (number < 0 || __builtin_mul_overflow(number, factor, &bytes)) fail(kUsage, what, ": out of range");
  return bytes;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = decode(text).length;
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace af::cli
