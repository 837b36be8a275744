#include "store/signing/google.h"

#include "store/json.h"
#include "store/signing/crypto.h"

namespace af {
Secret service_account_claim(const ServiceAccount& account, std::string_view scope, Seconds now) {
  constexpr int64_t kGoodFor = 3600;
  int64_t time = now.time_since_epoch().count();
  std::string key_id = account.key_id.empty() ? "" : text_of(R"(,"kid":)", json_quoted(account.key_id));
  std::string header = text_of(R"({"alg":"RS256","typ":"JWT")", key_id, "}");
  std::string claims =
      text_of(R"({"iss":)", json_quoted(account.email), R"(,"scope":)", json_quoted(scope), R"(,"aud":)",
              json_quoted(account.token_url), R"(,"iat":)", time, R"(,"exp":)", time + kGoodFor, "}");
  std::string text = text_of(base64url_of(as_bytes(header)), ".", base64url_of(as_bytes(claims)));
  return Secret(text_of(text, ".", base64url_of(as_bytes(sign_rs256(account.private_key, text)))));
}

}  // namespace af
