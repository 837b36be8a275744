// Who asks, for S3: from options, the environment, the files of Amazon's tools, a web identity, a container's
// or an instance's metadata.
#pragma once

#include <memory>
#include <string>

#include "store/credentials/outside.h"
#include "store/signing/sigv4.h"

namespace af {

// Safe for many threads at once.
class S3Credentials {
 public:
  virtual ~S3Credentials() = default;
  // Good now; got anew before they expire. Throws kUnauthenticated, and what the sources throw.
  virtual AccessKey get() = 0;
  // After the service refused them: looks for others. Answers whether there are.
  virtual bool renew() = 0;
};

struct S3CredentialOptions {
  AccessKey key;        // with an id: these and no others
  std::string profile;  // "": AWS_PROFILE, then "default"
  std::string region;   // of the token service; "": as s3_settings says
};

// What Amazon's variables and the profile say of the service itself; "" where they say nothing.
struct S3Settings {
  std::string region;
  std::string endpoint;
  std::string ca_file;
};
S3Settings s3_settings(const Outside& outside, const std::string& profile);

// The first source that has any, in the order of Amazon's own tools. Nothing is asked of anybody before
// `get`, which throws kUnauthenticated where no source has any: anonymous access has to be asked for.
std::shared_ptr<S3Credentials> find_s3_credentials(S3CredentialOptions options, Outside outside);

}  // namespace af
