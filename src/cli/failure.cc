#include "cli/failure.h"

#include <cstdio>

namespace af::cli {

ExitCode exit_code_of(af_status status) {
  switch (status) {
    case AF_OK: return kOk;
    case AF_NOT_FOUND:
    case AF_ARRAY_NOT_FOUND:
    case AF_DATASET_NOT_FOUND:
    case AF_ATTRIBUTE_NOT_FOUND: return kNotFound;
    case AF_ALREADY_EXISTS:
    case AF_ARRAY_ALREADY_EXISTS:
    case AF_DATASET_ALREADY_EXISTS: return kExists;
    case AF_INVALID_NAME:
    case AF_INVALID_ARGUMENT: return kUsage;
    case AF_DTYPE_MISMATCH:
    case AF_OUT_OF_BOUNDS: return kMismatch;
    case AF_CORRUPT: return kCorrupt;
    case AF_UNSUPPORTED: return kUnsupported;
    case AF_LIMIT_EXCEEDED:
    case AF_OUT_OF_MEMORY: return kLimit;
    case AF_READ_ONLY:
    case AF_UNAUTHENTICATED:
    case AF_PERMISSION_DENIED: return kPermission;
    case AF_CONFLICT:
    case AF_STALE: return kConflict;
    case AF_CANCELLED:
    case AF_TIMED_OUT: return kCancelled;
    case AF_IO: return kIo;
    default: return kInternal;
  }
}

void complain(std::string_view message) {
  const std::string line = text_of("af: ", message, "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace af::cli
