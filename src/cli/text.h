// Text for people and from them: escaped names, shortest numbers, sizes. Nothing here looks at the locale.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.h"

namespace af::cli {

// The text with what could disturb a terminal or break a line (control characters, direction marks, the
// backslash and `quote` if it is not 0) as backslash escapes: \n, \t, \\, \x1b, \u{202e}. Bytes that are not
// UTF-8 become \xff.
std::string escaped(std::string_view text, char quote = 0);
// "escaped", in double quotes.
std::string in_quotes(std::string_view text);

// The shortest digits that read back as the same number; NaN, Infinity, -Infinity.
std::string number_text(double number);
std::string number_text(float number);
std::string number_text(int64_t number);
std::string number_text(uint64_t number);

// 2023-11-14T22:13:20.123456789Z, with as many digits of the second as are needed.
std::string timestamp_text(int64_t nanoseconds);

// Lower-case hex digits.
std::string hex(std::string_view bytes);
// "0x" and the IEEE bits as 16 or 8 hex digits.
std::string bits_text(double number);
std::string bits_text(float number);

// Whether it names something that is not in a file system of this machine: "s3://bucket/x.af".
bool is_url(std::string_view path);

// 1,234 bytes as "1.2 kB"; what is negative as an unknown size.
std::string size_text(int64_t bytes);
// "[40, 6, 8]"
std::string shape_text(const int64_t* shape, size_t rank);
inline std::string shape_text(const std::vector<int64_t>& shape) {
  return shape_text(shape.data(), shape.size());
}
// "1 layer", "2 layers"
template <std::integral T>
std::string counted(T count, std::string_view noun) {
  return text_of(count, " ", noun, count == 1 ? "" : "s");
}

// A whole decimal number; `what` names the option in the Failure otherwise thrown.
int64_t parse_integer(std::string_view text, std::string_view what);
// A number of bytes with an optional K, M or G (of 1024).
int64_t parse_size(std::string_view text, std::string_view what);
std::vector<std::string_view> split(std::string_view text, char separator);

bool is_utf8(std::string_view text);

}  // namespace af::cli
