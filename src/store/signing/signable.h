// What signatures are made over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/http_client.h"

namespace af {

// A request as it will be sent: path and query are escaped and used as they are. All headers in it are signed
// and have to be sent with these values; what is sent besides them is not signed.
struct Signable {
  std::string method = "GET";
  std::string host;  // with the port, unless it is the scheme's own
  std::string path = "/";
  std::string query;  // without the '?'
  HttpHeaders headers;
  std::string body_hash;  // lower-case hex SHA-256, or kUnsignedPayload
  uint64_t body_size = 0;
};

// The parts of an absolute URL that are signed.
struct UrlParts {
  std::string_view scheme;
  std::string_view host;
  std::string_view path;
  std::string_view query;
};
// Throws kInvalidArgument, without naming the URL, which may hold secrets.
UrlParts split_url(std::string_view url);

// The pairs of a query, escaped as they are; a name without '=' gets the value "".
std::vector<std::pair<std::string_view, std::string_view>> split_query(std::string_view query);

// Adds a query's text to another.
void add_query(std::string& query, std::string_view more);

// Names in lower case, values without blanks around them; of one name all values, between commas; sorted.
HttpHeaders canonical_headers(const HttpHeaders& headers);

}  // namespace af
