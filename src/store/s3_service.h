// Amazon S3 and what speaks like it; in its own words also Google Cloud Storage, for keys of its HMAC kind.
#pragma once

#include <memory>
#include <string>

#include "store/credentials/s3.h"
#include "store/object_service.h"

namespace af {

struct S3Options {
  std::string bucket;
  std::string endpoint;  // "https://host:port"; "": Amazon's of the region
  std::string region;
  bool path_style = false;  // the bucket in the path, not in the host's name
  bool requester_pays = false;
  std::string encryption;      // x-amz-server-side-encryption: "AES256", "aws:kms", ...
  std::string encryption_key;  // the id of a key of theirs
  bool checksums = true;       // CRC-32C with what is put at once
  // Google's words: x-goog-* headers, generations for versions and conditions, and no parts.
  bool google = false;
};

// `keys` null: nothing is signed.
std::shared_ptr<const ObjectService> create_s3_service(const S3Options& options,
                                                       std::shared_ptr<HttpClient> client,
                                                       std::shared_ptr<S3Credentials> keys);

}  // namespace af
