// The signed claim by which a Google service account asks for an access token.
#pragma once

#include <string>

#include "store/secret.h"
#include "store/signing/encoding.h"

namespace af {

struct ServiceAccount {
  std::string email;
  std::string key_id;  // "": not told
  Secret private_key;  // PEM
  std::string token_url;
};

// A JSON Web Token, signed by RS256, that asks `token_url` for `scope` and is good for an hour.
Secret service_account_claim(const ServiceAccount& account, std::string_view scope, Seconds now);

}  // namespace af
