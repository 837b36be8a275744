#include "store/signing/google.h"

#include "store/signing/crypto.h"

namespace af {
namespace {

// A text as a JSON string.
std::string json(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00").append({kHex[c >> 4], kHex[c & 15]});
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

Secret service_account_claim(const ServiceAccount& account, std::string_view scope, Seconds now) {
  constexpr int64_t kGoodFor = 3600;
  int64_t time = now.time_since_epoch().count();
  std::string key_id = account.key_id.empty() ? "" : text_of(R"(,"kid":)", json(account.key_id));
  std::string header = text_of(R"({"alg":"RS256","typ":"JWT")", key_id, "}");
  std::string claims =
      text_of(R"({"iss":)", json(account.email), R"(,"scope":)", json(scope), R"(,"aud":)",
              json(account.token_url), R"(,"iat":)", time, R"(,"exp":)", time + kGoodFor, "}");
  std::string text = text_of(base64url_of(as_bytes(header)), ".", base64url_of(as_bytes(claims)));
  return Secret(text_of(text, ".", base64url_of(as_bytes(sign_rs256(account.private_key, text)))));
}

}  // namespace af
