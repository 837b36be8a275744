// The spellings of bytes and of times that signatures are made of, whatever the locale.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace af {

using Seconds = std::chrono::sys_seconds;

std::string hex_of(ByteView bytes);  // lower case
std::string base64_of(ByteView bytes);
std::string base64url_of(ByteView bytes);  // without '=' at the end
// Nothing for what is not base64.
std::optional<std::string> from_base64(std::string_view text);

std::string url_unescape(std::string_view text);

std::string basic_time(Seconds time);  // 20130524T000000Z
std::string http_time(Seconds time);   // Fri, 24 May 2013 00:00:00 GMT
// Of 2013-05-24T00:00:00Z, with or without parts of a second; in UTC only. Nothing for anything else.
std::optional<Seconds> parse_iso_time(std::string_view text);

std::string lower_case(std::string_view text);  // ASCII only
std::string_view trimmed(std::string_view text);

}  // namespace af
