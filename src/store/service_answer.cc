#include "store/service_answer.h"

namespace af {

Status status_of_failure(int http_status) {
  switch (http_status) {
    case 401: return Status::kUnauthenticated;
    case 403: return Status::kPermissionDenied;
    case 404: return Status::kNotFound;
    case 405:
    case 501: return Status::kUnsupported;
    case 408:
    case 504: return Status::kTimedOut;
    case 409:
    case 412: return Status::kConflict;
    default: return Status::kIo;
  }
}

Error failure_told(const HttpRequest& request, const HttpResponse& answer, Status status,
                   std::string_view code, std::string_view request_id) {
  Text text;
  text << request.method << " " << request.subject << ": HTTP " << answer.status;
  if (!code.empty()) text << " " << code;
  if (!request_id.empty()) text << ", request " << request_id;
  if (answer.attempts > 1) text << ", after " << answer.attempts << " attempts";
  return Error(status, std::move(text).take(), 0, answer.status);
}

int64_t object_size_in(const HttpResponse& answer) {
  if (std::optional<ContentRange> range = content_range_of(answer))
    return range->total <= INT64_MAX ? static_cast<int64_t>(range->total) : -1;
  return size_in_text(answer.header("Content-Length"));
}

int64_t size_in_text(std::string_view digits) {
  std::optional<uint64_t> size = parse_number(digits);
  return size && *size <= INT64_MAX ? static_cast<int64_t>(*size) : -1;
}

std::string version_of_tag(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  return std::string(tag);
}

}  // namespace af
