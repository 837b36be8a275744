#include "store/signing/encoding.h"

#include <array>
#include <charconv>

namespace af {
namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Three bytes become four digits; of one or two bytes at the end two or three.
std::string base64(ByteView bytes, const char* digits) {
  std::string text;
  text.reserve(bytes.size() / 3 * 4 + 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; j++)
      group = group << 8 | (j < count ? std::to_integer<uint32_t>(bytes[i + j]) : 0);
    for (size_t j = 0; j <= count; j++) text += digits[group >> (18 - 6 * j) & 63];
  }
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string digits_of(int64_t number, size_t width) {
  std::string digits = text_of(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

struct Civil {
  explicit Civil(Seconds time)
      : days(std::chrono::floor<std::chrono::days>(time)), date(days), clock(time - days) {}

  std::string year() const { return digits_of(int{date.year()}, 4); }
  std::string month() const { return digits_of(unsigned{date.month()}, 2); }
  std::string day() const { return digits_of(unsigned{date.day()}, 2); }
  std::string time(std::string_view between) const {
    return text_of(digits_of(clock.hours().count(), 2), between, digits_of(clock.minutes().count(), 2),
                   between, digits_of(clock.seconds().count(), 2));
  }

  std::chrono::sys_days days;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> clock;
};

// The number that is `length` digits from `at` on; -1 if they are not.
int number_at(std::string_view text, size_t at, size_t length) {
  int number = -1;
  std::string_view digits = text.substr(at, length);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + length && digits[0] != '-' ? number : -1;
}

bool is_fraction(std::string_view text) {
  return text.empty() ||
         (text[0] == '.' && text.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

}  // namespace

std::string hex_of(ByteView bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (std::byte byte : bytes) {
    text += kHex[std::to_integer<int>(byte) >> 4];
    text += kHex[std::to_integer<int>(byte) & 15];
  }
  return text;
}

std::string base64_of(ByteView bytes) {
  std::string text = base64(bytes, kBase64);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string base64url_of(ByteView bytes) { return base64(bytes, kBase64Url); }

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return {};
  for (int i = 0; i < 2 && text.ends_with('='); i++) text.remove_suffix(1);
  if (text.size() % 4 == 1) return {};
  std::string bytes;
  uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    size_t digit = std::string_view(kBase64).find(c);
    if (digit == std::string_view::npos) return {};
    group = group << 6 | static_cast<uint32_t>(digit);
    if ((bits += 6) < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xff);
  }
  return bytes;
}

std::string url_unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); i++) {
    int high = i + 2 < text.size() && text[i] == '%' ? hex_digit(text[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      plain += text[i];
    } else {
      plain += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return plain;
}

std::string basic_time(Seconds time) {
  Civil civil(time);
  return text_of(civil.year(), civil.month(), civil.day(), "T", civil.time(""), "Z");
}

std::string http_time(Seconds time) {
  Civil civil(time);
  std::string_view weekday = kDays[std::chrono::weekday(civil.days).c_encoding()];
  std::string_view month = kMonths[unsigned{civil.date.month()} - 1];
  return text_of(weekday, ", ", civil.day(), " ", month, " ", civil.year(), " ", civil.time(":"), " GMT");
}

std::optional<Seconds> parse_iso_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size() || (text.back() != 'Z' && text.back() != 'z')) return {};
  for (size_t i = 0; i < kForm.size(); i++)
    if (kForm[i] != '0' && text[i] != kForm[i]) return {};
  if (!is_fraction(text.substr(kForm.size(), text.size() - kForm.size() - 1))) return {};
  int year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
  int hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return {};
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return {};
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace af
