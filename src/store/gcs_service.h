// Google Cloud Storage, by its JSON API. Versions are generations.
#pragma once

#include <memory>
#include <string>

#include "store/credentials/token.h"
#include "store/object_service.h"

namespace af {

struct GcsOptions {
  std::string bucket;
  std::string endpoint = "https://storage.googleapis.com";  // without '/' at the end
  std::string user_project;                                 // who pays, of buckets where the reader does
};

// `token` null: anonymous.
std::shared_ptr<const ObjectService> create_gcs_service(const GcsOptions& options,
                                                        std::shared_ptr<HttpClient> client,
                                                        std::shared_ptr<TokenSource> token);

}  // namespace af
