// Points in time as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace af {

// RFC 3339 in UTC, "2023-11-14T22:13:20.120Z", with 0, 3, 6 or 9 digits after the second: as few as tell all.
std::string timestamp_text(int64_t unix_ns);

// What the reference takes for a timestamp, any offset and any number of digits, or nothing: for other text,
// and for times that do not fit (before 1677 or after 2262).
std::optional<int64_t> parse_timestamp(std::string_view text);

}  // namespace af
