// Requests that carry a token.
#pragma once

#include <memory>

#include "store/credentials/token.h"
#include "store/http_client.h"

namespace af {

class BearerSigner : public RequestSigner {
 public:
  // `token` null: nothing is added.
  explicit BearerSigner(std::shared_ptr<TokenSource> token) : token_(std::move(token)) {}

  void sign(HttpRequest& request) override {
    if (token_) request.headers.emplace_back("authorization", "Bearer " + token_->get().reveal());
  }
  bool renew() override { return token_ && token_->renew(); }

 private:
  std::shared_ptr<TokenSource> token_;
};

}  // namespace af
