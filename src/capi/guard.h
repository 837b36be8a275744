// The boundary: no exception passes it, and no call fails without saying so.
#pragma once

#include "arrayformat/arrayformat.h"
#include "core/error.h"

namespace af {

// Turns the exception in flight into its status and, unless `err` is null, into an af_error. Also works
// without memory.
af_status report_exception(af_error** err) noexcept;

// Runs an exported function's body. Everything it throws becomes a status.
template <typename Body>
af_status guard(af_error** err, Body&& body) noexcept {
  if (err != nullptr) *err = nullptr;
  try {
    body();
    return AF_OK;
  } catch (...) {
    return report_exception(err);
  }
}

[[noreturn]] inline void fail_null(const char* name) { fail(Status::kInvalidArgument, name, " is NULL"); }

// An argument that must not be null. (Living handles: `acquire` of handles.h.)
template <typename T>
T& required(T* argument, const char* name) {
  if (argument == nullptr) fail_null(name);
  return *argument;
}

// An out-parameter, cleared. Ask for it before anything else can fail, set it after everything else has
// succeeded.
template <typename T>
T& cleared(T* out, const char* name) {
  required(out, name) = T{};
  return *out;
}

}  // namespace af
