// Tokens that a service gives out for a while, and that are sent as they are.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "store/credentials/outside.h"
#include "store/credentials/renewable.h"
#include "store/secret.h"

namespace af {

using IssuedToken = Issued<Secret>;

// Safe for many threads at once.
class TokenSource {
 public:
  TokenSource(std::function<IssuedToken()> source, std::function<Seconds()> now)
      : token_(std::move(source), std::move(now)) {}

  // Good now; got anew before it expires. Throws kUnauthenticated, and what the source throws.
  Secret get() { return token_.get(); }
  // After the service refused it: gets another. Answers whether there is one.
  bool renew() { return token_.renew(); }

 private:
  Renewable<Secret> token_;
};

// The answer of a service of OAuth 2: access_token and the seconds it lasts. Throws kUnauthenticated for one
// without.
IssuedToken token_of(const Outside& outside, const HttpRequest& request, const HttpResponse& answer);

}  // namespace af
