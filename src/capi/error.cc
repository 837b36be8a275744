#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>

#include "capi/guard.h"

struct af_error {
  af_status code = AF_INTERNAL;
  int32_t os_errno = 0;
  int32_t http_status = 0;
  // Whether it was allocated, and its message with it.
  bool owned = false;
  const char* message = "";
};

namespace af {
namespace {

#define SAME_NUMBER(name, ours) static_assert(AF_##name == static_cast<int32_t>(Status::ours))
SAME_NUMBER(OK, kOk);
SAME_NUMBER(NOT_FOUND, kNotFound);
SAME_NUMBER(ALREADY_EXISTS, kAlreadyExists);
SAME_NUMBER(ARRAY_NOT_FOUND, kArrayNotFound);
SAME_NUMBER(ARRAY_ALREADY_EXISTS, kArrayAlreadyExists);
SAME_NUMBER(DATASET_NOT_FOUND, kDatasetNotFound);
SAME_NUMBER(DATASET_ALREADY_EXISTS, kDatasetAlreadyExists);
SAME_NUMBER(ATTRIBUTE_NOT_FOUND, kAttributeNotFound);
SAME_NUMBER(INVALID_NAME, kInvalidName);
SAME_NUMBER(INVALID_ARGUMENT, kInvalidArgument);
SAME_NUMBER(DTYPE_MISMATCH, kDtypeMismatch);
SAME_NUMBER(OUT_OF_BOUNDS, kOutOfBounds);
SAME_NUMBER(LIMIT_EXCEEDED, kLimitExceeded);
SAME_NUMBER(CORRUPT, kCorrupt);
SAME_NUMBER(UNSUPPORTED, kUnsupported);
SAME_NUMBER(READ_ONLY, kReadOnly);
SAME_NUMBER(CONFLICT, kConflict);
SAME_NUMBER(STALE, kStale);
SAME_NUMBER(CANCELLED, kCancelled);
SAME_NUMBER(TIMED_OUT, kTimedOut);
SAME_NUMBER(UNAUTHENTICATED, kUnauthenticated);
SAME_NUMBER(PERMISSION_DENIED, kPermissionDenied);
SAME_NUMBER(IO, kIo);
SAME_NUMBER(OUT_OF_MEMORY, kOutOfMemory);
SAME_NUMBER(FORKED, kForked);
SAME_NUMBER(INTERNAL, kInternal);
#undef SAME_NUMBER

constexpr const char* kStatusNames[] = {"ok",
                                        "not-found",
                                        "already-exists",
                                        "array-not-found",
                                        "array-already-exists",
                                        "dataset-not-found",
                                        "dataset-already-exists",
                                        "attribute-not-found",
                                        "invalid-name",
                                        "invalid-argument",
                                        "dtype-mismatch",
                                        "out-of-bounds",
                                        "limit-exceeded",
                                        "corrupt",
                                        "unsupported",
                                        "read-only",
                                        "conflict",
                                        "stale",
                                        "cancelled",
                                        "timed-out",
                                        "unauthenticated",
                                        "permission-denied",
                                        "io",
                                        "out-of-memory",
                                        "forked",
                                        "internal"};
constexpr int32_t kStatusCount = AF_INTERNAL + 1;
static_assert(std::size(kStatusNames) == kStatusCount);

// What is handed out when there is no memory left to say more: one for each status.
struct LastResorts {
  af_error errors[kStatusCount];
  constexpr LastResorts() {
    for (int32_t code = 0; code < kStatusCount; code++) {
      errors[code].code = code;
      errors[code].message =
          code == AF_OUT_OF_MEMORY ? "out of memory" : "no memory left to describe what failed";
    }
  }
};
constinit LastResorts last_resorts;

af_error* make_error(af_status code, std::string_view message, int os_errno, int http_status) {
  void* memory = std::malloc(sizeof(af_error) + message.size() + 1);
  if (memory == nullptr) return &last_resorts.errors[code];
  char* text = static_cast<char*>(memory) + sizeof(af_error);
  message.copy(text, message.size());
  text[message.size()] = 0;
  return new (memory) af_error{code, os_errno, http_status, true, text};
}

af_status report(af_error** err, Status status, std::string_view message, int os_errno = 0,
                 int http_status = 0) {
  auto code = static_cast<af_status>(status);
  // A call that failed must not answer AF_OK, whatever was thrown.
  if (code <= AF_OK || code >= kStatusCount) code = AF_INTERNAL;
  if (err != nullptr) *err = make_error(code, message, os_errno, http_status);
  return code;
}

}  // namespace

af_status report_exception(af_error** err) noexcept {
  try {
    throw;
  } catch (const Error& error) {
    return report(err, error.status(), error.message(), error.os_errno(), error.http_status());
  } catch (const std::bad_alloc&) {
    if (err != nullptr) *err = &last_resorts.errors[AF_OUT_OF_MEMORY];
    return AF_OUT_OF_MEMORY;
  } catch (const std::length_error& error) {
    return report(err, Status::kOutOfMemory, error.what());
  } catch (const std::system_error& error) {
    return report(err, Status::kIo, error.what(), error.code().value());
  } catch (const std::exception& error) {
    return report(err, Status::kInternal, error.what());
  } catch (...) {
    return report(err, Status::kInternal, "an exception of unknown type");
  }
}

}  // namespace af

void af_error_free(af_error* error) {
  if (error != nullptr && error->owned) std::free(error);
}

af_status af_error_code(const af_error* error) { return error == nullptr ? AF_OK : error->code; }

const char* af_error_message(const af_error* error) { return error == nullptr ? "" : error->message; }

int32_t af_error_os_errno(const af_error* error) { return error == nullptr ? 0 : error->os_errno; }

int32_t af_error_http_status(const af_error* error) { return error == nullptr ? 0 : error->http_status; }

const char* af_status_name(af_status status) {
  return status < 0 || status >= af::kStatusCount ? "unknown" : af::kStatusNames[status];
}
