#include "store/signing/azure.h"

#include <map>

#include "store/signing/crypto.h"

namespace af {
namespace {

// What has a line of its own, in this order; Content-Length is between the second and the third.
constexpr std::string_view kBeforeLength[] = {"content-encoding", "content-language"};
constexpr std::string_view kAfterLength[] = {"content-md5",         "content-type", "date",
                                             "if-modified-since",   "if-match",     "if-none-match",
                                             "if-unmodified-since", "range"};

// The account, the path as it is sent, and a line for each parameter.
std::string canonical_resource(const Signable& request, std::string_view account) {
  std::map<std::string, std::string> parameters;
  for (const auto& [name, value] : split_query(request.query)) {
    auto [at, is_new] = parameters.try_emplace(lower_case(url_unescape(name)), url_unescape(value));
    if (!is_new) at->second.append(",").append(url_unescape(value));
  }
  std::string text = text_of("/", account, request.path);
  for (const auto& [name, value] : parameters) text += text_of("\n", name, ":", value);
  return text;
}

std::string text_to_sign(const Signable& request, std::string_view account) {
  HttpHeaders headers = canonical_headers(request.headers);
  std::string text = request.method + "\n";
  for (std::string_view name : kBeforeLength) text += text_of(header_of(headers, name), "\n");
  text += request.body_size == 0 ? "\n" : text_of(request.body_size, "\n");
  for (std::string_view name : kAfterLength) text += text_of(header_of(headers, name), "\n");
  for (const auto& [name, value] : headers)
    if (name.starts_with("x-ms-")) text += text_of(name, ":", value, "\n");
  return text + canonical_resource(request, account);
}

}  // namespace

void sign_shared_key(Signable& request, const AccountKey& key, Seconds now) {
  std::optional<std::string> decoded = from_base64(key.key.reveal());
  if (!decoded || decoded->empty())
    fail(Status::kInvalidArgument, "the key of an Azure storage account is not base64");
  Secret bytes(std::move(*decoded));
  request.headers.emplace_back("x-ms-date", http_time(now));
  Sha256Digest signature = hmac_sha256(as_bytes(bytes.reveal()), text_to_sign(request, key.account));
  request.headers.emplace_back("authorization",
                               text_of("SharedKey ", key.account, ":", base64_of(signature)));
}

}  // namespace af
