#include "store/signing/sigv4.h"

#include <algorithm>

#include "store/signing/crypto.h"

namespace af {
namespace {

std::string canonical_query(std::string_view query) {
  auto pairs = split_query(query);
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const auto& [name, value] : pairs) add_query(text, text_of(name, "=", value));
  return text;
}

// Runs of blanks count as one.
std::string folded(std::string_view value) {
  std::string text;
  for (char c : value)
    if (c != ' ' || !text.ends_with(' ')) text += c;
  return text;
}

HttpHeaders headers_to_sign(const Signable& request) {
  HttpHeaders headers = request.headers;
  headers.emplace_back("host", request.host);
  return canonical_headers(headers);
}

std::string names_of(const HttpHeaders& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names.append(names.empty() ? "" : ";").append(name);
  return names;
}

std::string canonical_request(const Signable& request, const HttpHeaders& headers) {
  std::string lines;
  for (const auto& [name, value] : headers) lines += text_of(name, ":", folded(value), "\n");
  return text_of(request.method, "\n", request.path, "\n", canonical_query(request.query), "\n", lines, "\n",
                 names_of(headers), "\n", request.body_hash);
}

std::string scope_text(const Sigv4Scope& scope, std::string_view date) {
  return text_of(date, "/", scope.region, "/", scope.service, "/", scope.dialect->terminator);
}

std::string signature_of(const Signable& request, const HttpHeaders& headers, const AccessKey& key,
                         const Sigv4Scope& scope, Seconds now) {
  std::string time = basic_time(now);
  std::string_view date = std::string_view(time).substr(0, 8);
  std::string text = text_of(scope.dialect->algorithm, "\n", time, "\n", scope_text(scope, date), "\n",
                             hex_of(sha256(as_bytes(canonical_request(request, headers)))));
  Secret start(std::string(scope.dialect->key_prefix) + key.secret.reveal());
  Sha256Digest derived = hmac_sha256(as_bytes(start.reveal()), date);
  for (std::string_view step : {std::string_view(scope.region), std::string_view(scope.service),
                                scope.dialect->terminator, std::string_view(text)})
    derived = hmac_sha256(derived, step);
  return hex_of(derived);
}

}  // namespace

std::string sigv4_authorization(const Signable& request, const AccessKey& key, const Sigv4Scope& scope,
                                Seconds now) {
  HttpHeaders headers = headers_to_sign(request);
  std::string signature = signature_of(request, headers, key, scope, now);
  return text_of(scope.dialect->algorithm, " Credential=", key.id, "/",
                 scope_text(scope, basic_time(now).substr(0, 8)), ", SignedHeaders=", names_of(headers),
                 ", Signature=", signature);
}

void sign_s3(Signable& request, const AccessKey& key, const Sigv4Scope& scope, Seconds now) {
  auto add = [&](std::string_view name, std::string value) {
    request.headers.emplace_back(text_of(scope.dialect->headers, name), std::move(value));
  };
  add("date", basic_time(now));
  add("content-sha256", request.body_hash);
  if (!key.session_token.empty()) add("security-token", key.session_token.reveal());
  request.headers.emplace_back("authorization", sigv4_authorization(request, key, scope, now));
}

std::string presigned_query(const Signable& request, const AccessKey& key, const Sigv4Scope& scope,
                            Seconds now, std::chrono::seconds expires) {
  Signable signed_request = request;
  signed_request.body_hash = kUnsignedPayload;
  HttpHeaders headers = headers_to_sign(request);
  std::string time = basic_time(now);
  auto add = [&](std::string_view name, std::string_view value) {
    add_query(signed_request.query, text_of(scope.dialect->parameters, name, "=", url_escape(value, false)));
  };
  add("Algorithm", scope.dialect->algorithm);
  add("Credential", text_of(key.id, "/", scope_text(scope, std::string_view(time).substr(0, 8))));
  add("Date", time);
  add("Expires", text_of(expires.count()));
  if (!key.session_token.empty()) add("Security-Token", key.session_token.reveal());
  add("SignedHeaders", names_of(headers));
  std::string signature = signature_of(signed_request, headers, key, scope, now);
  add("Signature", signature);
  return signed_request.query;
}

}  // namespace af
