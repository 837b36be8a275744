// Who asks, for Google Cloud Storage.
#pragma once

#include <memory>
#include <string>

#include "store/credentials/token.h"

namespace af {

struct GoogleCredentialOptions {
  Secret token;          // an access token: this and nothing else
  Secret key;            // the text of a credentials file
  std::string key_file;  // its path; "": GOOGLE_APPLICATION_CREDENTIALS, then where gcloud puts it
};

// A service account's key, an authorised user, or the account of the machine this runs on, in the order of
// Google's own tools. Nothing is asked of anybody before `get`, which throws kUnauthenticated where there is
// none: anonymous access has to be asked for.
std::shared_ptr<TokenSource> find_google_credentials(GoogleCredentialOptions options, Outside outside);

}  // namespace af
