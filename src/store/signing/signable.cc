#include "store/signing/signable.h"

#include <map>

#include "store/signing/encoding.h"

namespace af {

UrlParts split_url(std::string_view url) {
  size_t colon = url.find("://");
  if (colon == 0 || colon == std::string_view::npos)
    fail(Status::kInvalidArgument, "a URL of a service has no scheme such as https://");
  UrlParts parts{.scheme = url.substr(0, colon)};
  std::string_view rest = url.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  size_t question = rest.find('?');
  if (question != std::string_view::npos) parts.query = rest.substr(question + 1);
  rest = rest.substr(0, question);
  size_t slash = rest.find('/');
  parts.host = rest.substr(0, slash);
  parts.path = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
  if (parts.host.empty() || parts.host.find('@') != std::string_view::npos)
    fail(Status::kInvalidArgument, "a URL of a service has no host, or a user before it");
  return parts;
}

std::vector<std::pair<std::string_view, std::string_view>> split_query(std::string_view query) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    size_t equals = pair.find('=');
    std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    pairs.emplace_back(pair.substr(0, equals), value);
  }
  return pairs;
}

void add_query(std::string& query, std::string_view more) {
  if (!query.empty() && !more.empty()) query += '&';
  query += more;
}

HttpHeaders canonical_headers(const HttpHeaders& headers) {
  std::map<std::string, std::string> sorted;
  for (const auto& [name, value] : headers) {
    auto [at, is_new] = sorted.try_emplace(lower_case(name), trimmed(value));
    if (!is_new) at->second.append(",").append(trimmed(value));
  }
  return {sorted.begin(), sorted.end()};
}

}  // namespace af
