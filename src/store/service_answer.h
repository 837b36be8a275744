// What the answers of all services have in common: how failures are told, and what objects they speak of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "store/http_client.h"

namespace af {

// Of an HTTP status that is a failure; kIo for those that say nothing more.
Status status_of_failure(int http_status);

// "GET s3://bucket/key: HTTP 503 SlowDown, request 17, after 8 attempts". `code` and `request_id` are the
// service's own words, each "" where it has none.
Error failure_told(const HttpRequest& request, const HttpResponse& answer, Status status,
                   std::string_view code, std::string_view request_id);

// The bytes of the whole object that an answer speaks of, -1 where it does not say. Of a range it is the
// total.
int64_t object_size_in(const HttpResponse& answer);
// Digits in a listing, as bytes; -1 for anything else.
int64_t size_in_text(std::string_view digits);

// An entity tag without its quotes; weak ones as they are.
std::string version_of_tag(std::string_view tag);

}  // namespace af
