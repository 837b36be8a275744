#include "store/credentials/token.h"

namespace af {

IssuedToken token_of(const Outside& outside, const HttpRequest& request, const HttpResponse& answer) {
  Json json = json_of(request, answer);
  Secret token(json["access_token"].text());
  std::optional<int64_t> lasts = json["expires_in"].integer();
  constexpr int64_t kLongest = 10 * 365 * 24 * 3600;
  if (token.empty() || !lasts || *lasts <= 0 || *lasts > kLongest)
    fail(Status::kUnauthenticated, request.subject, ": the answer lacks a token or how long it lasts");
  return {std::move(token), outside.now() + std::chrono::seconds(*lasts)};
}

}  // namespace af
