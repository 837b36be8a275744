#include "format/timestamp.h"

#include <chrono>
#include <limits>

#include "core/error.h"

namespace af {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr int64_t kSecond = 1'000'000'000;

// Takes one piece after the other from the front of a text; after a piece that is not there all fail.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Exactly `count` digits.
  int digits(int count) {
    int number = 0;
    for (int i = 0; i < count; i++) number = number * 10 + digit();
    return number;
  }
  // One of these characters.
  char one_of(std::string_view choices) {
    if (ok_ && !rest_.empty() && choices.find(rest_.front()) != choices.npos) return take();
    ok_ = false;
    return 0;
  }
  bool next_is(std::string_view text) const { return ok_ && rest_.starts_with(text); }
  bool next_is_digit() const { return ok_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  void skip(size_t count) { rest_.remove_prefix(count); }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }

  int digit() { return next_is_digit() ? take() - '0' : fail(); }

 private:
  char take() {
    char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  int fail() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// What follows the seconds: nanoseconds. Digits beyond the ninth are passed over.
int64_t fraction(Scanner& text) {
  if (!text.next_is(".")) return 0;
  text.skip(1);
  int64_t value = text.digit();
  int count = 1;
  for (; text.next_is_digit(); count++) {
    int digit = text.digit();
    if (count < 9) value = value * 10 + digit;
  }
  for (; count < 9; count++) value *= 10;
  return value;
}

// Seconds east of UTC, or nothing when they are a day or more.
std::optional<int64_t> offset(Scanner& text) {
  constexpr std::string_view kMinusSign = "\xe2\x88\x92";
  bool minus_sign = text.next_is(kMinusSign);
  if (minus_sign) text.skip(kMinusSign.size());
  char sign = minus_sign ? '-' : text.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return 0;
  int hours = text.digits(2);
  text.one_of(":");
  int minutes = text.digits(2);
  if (hours > 23 || minutes > 59) return std::nullopt;
  int64_t east = hours * 3600 + minutes * 60;
  return sign == '-' ? -east : east;
}

}  // namespace

std::string timestamp_text(int64_t unix_ns) {
  int64_t fraction = (unix_ns % kSecond + kSecond) % kSecond;
  // Apart, as the first day's begin does not fit into nanoseconds.
  sys_seconds time{seconds(unix_ns / kSecond - (unix_ns % kSecond < 0))};
  sys_days day = floor<days>(time);
  year_month_day date(day);
  std::chrono::hh_mm_ss clock(time - day);
  std::string text;
  auto add = [&](char before, int64_t number, size_t width) {
    std::string digits = text_of(number);
    if (before) text += before;
    text.append(width - digits.size(), '0');
    text += digits;
  };
  add(0, static_cast<int>(date.year()), 4);
  add('-', static_cast<unsigned>(date.month()), 2);
  add('-', static_cast<unsigned>(date.day()), 2);
  add('T', clock.hours().count(), 2);
  add(':', clock.minutes().count(), 2);
  add(':', clock.seconds().count(), 2);
  if (fraction % 1000 != 0)
    add('.', fraction, 9);
  else if (fraction % 1'000'000 != 0)
    add('.', fraction / 1000, 6);
  else if (fraction != 0)
    add('.', fraction / 1'000'000, 3);
  return text + 'Z';
}

std::optional<int64_t> parse_timestamp(std::string_view text) {
  // Most text is told apart by this.
  if (text.size() < 20 || text[4] != '-') return std::nullopt;
  Scanner scan(text);
  std::chrono::year year(scan.digits(4));
  scan.one_of("-");
  std::chrono::month month(static_cast<unsigned>(scan.digits(2)));
  scan.one_of("-");
  std::chrono::day day(static_cast<unsigned>(scan.digits(2)));
  scan.one_of("Tt ");
  int hour = scan.digits(2);
  scan.one_of(":");
  int minute = scan.digits(2);
  scan.one_of(":");
  int second = scan.digits(2);  // 60 is a leap second: the first of the next minute
  int64_t nanos = fraction(scan);
  std::optional<int64_t> east = offset(scan);
  year_month_day date(year, month, day);
  if (!scan.finished() || !east || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  int64_t unix_seconds =
      sys_days(date).time_since_epoch().count() * int64_t{86400} + hour * 3600 + minute * 60 + second - *east;
  __int128 unix_ns = static_cast<__int128>(unix_seconds) * kSecond + nanos;
  bool fits =
      unix_ns >= std::numeric_limits<int64_t>::min() && unix_ns <= std::numeric_limits<int64_t>::max();
  return fits ? std::optional(static_cast<int64_t>(unix_ns)) : std::nullopt;
}

}  // namespace af
