// The one way to fail inside the library: an exception of type Error, turned into an af_status at the
// boundary.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace af {

// Mirrors AF_* of arrayformat.h; src/capi checks that the numbers agree. Do not renumber.
enum class Status : int32_t {
  kOk = 0,
  kNotFound = 1,
  kAlreadyExists = 2,
  kArrayNotFound = 3,
  kArrayAlreadyExists = 4,
  kDatasetNotFound = 5,
  kDatasetAlreadyExists = 6,
  kAttributeNotFound = 7,
  kInvalidName = 8,
  kInvalidArgument = 9,
  kDtypeMismatch = 10,
  kOutOfBounds = 11,
  kLimitExceeded = 12,
  kCorrupt = 13,
  kUnsupported = 14,
  kReadOnly = 15,
  kConflict = 16,
  kStale = 17,
  kCancelled = 18,
  kTimedOut = 19,
  kUnauthenticated = 20,
  kPermissionDenied = 21,
  kIo = 22,
  kOutOfMemory = 23,
  kForked = 24,
  kInternal = 25,
};

// What went wrong, in one line: what, where, expected and found. Never holds a credential.
class Error : public std::exception {
 public:
  Error(Status status, std::string message, int os_errno = 0, int http_status = 0)
      : status_(status), message_(std::move(message)), os_errno_(os_errno), http_status_(http_status) {}

  const char* what() const noexcept override { return message_.c_str(); }
  Status status() const { return status_; }
  const std::string& message() const { return message_; }
  int os_errno() const { return os_errno_; }
  int http_status() const { return http_status_; }

 private:
  Status status_;
  std::string message_;
  int os_errno_;
  int http_status_;
};

// Joins text and integers, whatever the locale.
class Text {
 public:
  Text& operator<<(std::string_view piece) {
    text_ += piece;
    return *this;
  }
  template <std::integral T>
  Text& operator<<(T number) {
    char digits[24];
    auto [end, ec] = std::to_chars(digits, digits + sizeof digits, +number);
    text_.append(digits, end);
    return *this;
  }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

template <typename... Pieces>
std::string text_of(const Pieces&... pieces) {
  Text text;
  (text << ... << pieces);
  return std::move(text).take();
}

template <typename... Pieces>
[[noreturn]] void fail(Status status, const Pieces&... pieces) {
  throw Error(status, text_of(pieces...));
}

// A failed system call: `error` is its errno, `what` names the call and the file.
[[noreturn]] void fail_os(int error, std::string_view what);

// A name as it appears in an error: quoted, control characters escaped, cut after 200 bytes.
std::string quoted(std::string_view name);

}  // namespace af
