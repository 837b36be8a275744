// How the command fails: one exception, one exit code, one line on standard error.
#pragma once

#include <arrayformat/arrayformat.h>

#include <charconv>
#include <concepts>
#include <stdexcept>
#include <string>
#include <string_view>

namespace af::cli {

// Documented in the man page and in --help. Do not renumber; all stay below 100.
enum ExitCode : int {
  kOk = 0,
  kProblems = 1,     // finished, but found damage or had to leave something out
  kUsage = 2,        // a command line that makes no sense
  kNotFound = 3,     // no such file, array or attribute
  kExists = 4,       // the target is there already
  kMismatch = 5,     // a region outside the array, a dtype that does not fit
  kCorrupt = 6,      // the bytes are not what the format says
  kUnsupported = 7,  // valid, but not known or not expressible
  kLimit = 8,        // a limit of the format, or not enough memory
  kPermission = 9,   // read-only, or not allowed
  kConflict = 10,    // another writer was faster
  kCancelled = 11,   // interrupted or timed out
  kIo = 12,          // the operating system failed: reading, writing, standard output
  kInternal = 13,    // a defect in the program or the library
};

ExitCode exit_code_of(af_status status);

class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

namespace detail {
inline void add_piece(std::string& text, std::string_view piece) { text += piece; }
template <std::integral T>
void add_piece(std::string& text, T number) {
  char digits[24];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}
}  // namespace detail

// Joins text and integers.
template <typename... Pieces>
std::string text_of(const Pieces&... pieces) {
  std::string text;
  (detail::add_piece(text, pieces), ...);
  return text;
}

template <typename... Pieces>
[[noreturn]] void fail(ExitCode code, const Pieces&... pieces) {
  throw Failure(code, text_of(pieces...));
}

// One line on standard error: "af: <message>".
void complain(std::string_view message);

}  // namespace af::cli
