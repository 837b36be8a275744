#include "core/error.h"

#include <cerrno>
#include <cstring>

namespace af {
namespace {

Status status_of_errno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Status::kNotFound;
    case EEXIST: return Status::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS: return Status::kPermissionDenied;
    case ENOMEM: return Status::kOutOfMemory;
    case ENAMETOOLONG:
    case EILSEQ: return Status::kInvalidName;
    default: return Status::kIo;
  }
}

}  // namespace

void fail_os(int error, std::string_view what) {
  // strerror_r's GNU form: it never fails and does not touch shared state.
  char buffer[128];
  const char* reason = strerror_r(error, buffer, sizeof buffer);
  throw Error(status_of_errno(error), text_of(what, ": ", reason), error);
}

std::string quoted(std::string_view name) {
  constexpr size_t kLongest = 200;
  std::string out = "'";
  for (unsigned char c : name.substr(0, kLongest)) {
    if (c < 0x20 || c == 0x7f) {
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\x";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  out += name.size() > kLongest ? "'..." : "'";
  return out;
}

}  // namespace af
