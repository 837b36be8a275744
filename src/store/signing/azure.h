// Azure Storage's Shared Key.
#pragma once

#include <string>

#include "store/secret.h"
#include "store/signing/encoding.h"
#include "store/signing/signable.h"

namespace af {

struct AccountKey {
  std::string account;
  Secret key;  // as it is given out: base64
};

// Adds x-ms-date and the Authorization. The request must have an x-ms-version from 2015-02-21 on, and no
// Date. Throws kInvalidArgument for a key that is not base64.
void sign_shared_key(Signable& request, const AccountKey& key, Seconds now);

}  // namespace af
