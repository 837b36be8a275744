// When a request is sent again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

#include "store/http_client.h"

namespace af {

// Unix time of "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::optional<int64_t> parse_http_date(std::string_view text);

// How long a service asks to wait: seconds or a date. Nothing where it says neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, int64_t now_unix);

// The pause after the `failed`-th attempt failed, counted from 1: all of it random, so that those who failed
// together do not come back together. Never shorter than what the service asks for.
std::chrono::milliseconds retry_pause(const HttpOptions& options, int failed,
                                      std::optional<std::chrono::milliseconds> asked,
                                      std::minstd_rand& random);

// Keeps a client from answering an outage with a flood: retries are spent, successes earn some back.
class RetryBudget {
 public:
  bool take();
  void earn();

 private:
  static constexpr int kFull = 1000, kRetry = 10;
  std::atomic<int> left_{kFull};
};

}  // namespace af
