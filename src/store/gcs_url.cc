// gs://bucket/prefix
#include "store/credentials/google.h"
#include "store/gcs_service.h"
#include "store/remote_schemes.h"
#include "store/s3_service.h"

namespace af {
namespace {

// Where Google's own tools look for a server in place of the service; its scheme may be left out.
std::string emulator(const Outside& outside) {
  std::string host = outside.variable("STORAGE_EMULATOR_HOST");
  if (host.empty() || host.find("://") != std::string::npos) return host;
  return "http://" + host;
}

// For keys of the HMAC kind, which the JSON API does not take.
std::shared_ptr<const ObjectService> hmac_service(const GcsOptions& gcs, const HttpOptions& http,
                                                  AccessKey key, const Outside& outside) {
  if (key.id.empty() || key.secret.empty())
    fail(Status::kInvalidArgument,
         "the store options hmac_id and hmac_secret are given together or not at all");
  S3Options s3;
  s3.bucket = gcs.bucket;
  s3.endpoint = gcs.endpoint;
  s3.path_style = s3.google = true;
  return create_s3_service(s3, create_http_client(http),
                           find_s3_credentials({.key = std::move(key)}, outside));
}

std::shared_ptr<const ObjectService> service_of(const StoreOptions& options, const std::string& bucket) {
  HttpOptions http = http_options(options);
  Outside outside = real_outside(http);
  std::string instead = emulator(outside);
  GcsOptions gcs;
  gcs.bucket = bucket;
  gcs.endpoint = options.text("endpoint", instead.empty() ? gcs.endpoint : instead);
  while (gcs.endpoint.ends_with('/')) gcs.endpoint.pop_back();
  split_url(gcs.endpoint);  // throws when it is none
  gcs.user_project = options.text("user_project", "");
  AccessKey hmac{options.text("hmac_id", ""), Secret(options.text("hmac_secret", "")), {}};
  GoogleCredentialOptions credentials;
  credentials.token = Secret(options.text("token", outside.variable("GOOGLE_OAUTH_ACCESS_TOKEN")));
  credentials.key = Secret(options.text("service_account_key", ""));
  credentials.key_file = options.text("credentials_file", "");
  bool is_given = !credentials.token.empty() || !credentials.key.empty() || !credentials.key_file.empty();
  // Nobody asks an emulator in the name of an account.
  bool anonymous = options.flag("anonymous").value_or(!instead.empty() && !is_given);
  if (!hmac.id.empty() || !hmac.secret.empty()) return hmac_service(gcs, http, std::move(hmac), outside);
  return create_gcs_service(gcs, create_http_client(http),
                            anonymous ? nullptr : find_google_credentials(std::move(credentials), outside));
}

}  // namespace

std::shared_ptr<ObjectStore> open_gcs_url(const StoreUrl& url, const StoreOptions& options) {
  return create_remote_store(service_of(options, url.authority), url.path.empty() ? "" : url.path + "/",
                             remote_options(options));
}

}  // namespace af
