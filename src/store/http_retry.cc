#include "store/http_retry.h"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace af {

Verdict common_verdict(int status) {
  bool transient = status == 408 || status == 429 || (status >= 500 && status != 501);
  return transient ? Verdict::kRetry : Verdict::kFinal;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale; the names of months as the standard has them.
std::optional<int64_t> parse_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT")) return {};
  auto number = [&](size_t at, size_t size) {
    int value = -1;
    auto [end, failed] = std::from_chars(text.data() + at, text.data() + at + size, value);
    return failed == std::errc() && end == text.data() + at + size ? value : -1;
  };
  size_t month = kMonths.find(text.substr(8, 3));
  std::tm date{};
  date.tm_mday = number(5, 2);
  date.tm_mon = static_cast<int>(month / 3);
  date.tm_year = number(12, 4) - 1900;
  date.tm_hour = number(17, 2);
  date.tm_min = number(20, 2);
  date.tm_sec = number(23, 2);
  bool well_formed = month != std::string_view::npos && month % 3 == 0 && date.tm_mday > 0 &&
                     date.tm_year >= 0 && date.tm_hour >= 0 && date.tm_min >= 0 && date.tm_sec >= 0;
  if (!well_formed) return {};
  return timegm(&date);
}

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, int64_t now_unix) {
  // A week: what is longer is no pause that anybody waits for, and cannot overflow.
  constexpr int64_t kLongest = 7 * 86400;
  int64_t seconds = -1;
  auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (failed != std::errc() || end != value.data() + value.size()) {
    std::optional<int64_t> date = parse_http_date(value);
    if (!date) return {};
    seconds = *date - now_unix;
  }
  return std::chrono::seconds(std::clamp<int64_t>(seconds, 0, kLongest));
}

std::chrono::milliseconds retry_pause(const HttpOptions& options, int failed,
                                      std::optional<std::chrono::milliseconds> asked,
                                      std::minstd_rand& random) {
  int64_t cap = options.retry_cap.count(), longest = options.retry_base.count();
  for (int i = 1; i < failed && longest < cap; i++) longest *= 2;
  int64_t pause =
      std::uniform_int_distribution<int64_t>(0, std::max<int64_t>(0, std::min(longest, cap)))(random);
  return std::max(std::chrono::milliseconds(pause), asked.value_or(std::chrono::milliseconds(0)));
}

bool RetryBudget::take() {
  int left = left_.load();
  while (left >= kRetry)
    if (left_.compare_exchange_weak(left, left - kRetry)) return true;
  return false;
}

void RetryBudget::earn() {
  int left = left_.load();
  while (left < kFull && !left_.compare_exchange_weak(left, left + 1)) {
  }
}

}  // namespace af
