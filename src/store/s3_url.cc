// s3://bucket/prefix
#include <algorithm>

#include "store/remote_schemes.h"
#include "store/s3_service.h"

namespace af {
namespace {

std::shared_ptr<S3Credentials> credentials_of(const StoreOptions& options, const S3Options& s3,
                                              const std::string& profile, const Outside& outside) {
  S3CredentialOptions asked;
  asked.key.id = options.text("access_key_id", "");
  asked.key.secret = Secret(options.text("secret_access_key", ""));
  asked.key.session_token = Secret(options.text("session_token", ""));
  asked.profile = profile;
  asked.region = s3.region;
  if (options.flag("anonymous").value_or(false)) return nullptr;
  return find_s3_credentials(std::move(asked), outside);
}

// Whether it can be a part of a host's name that a certificate for *.host covers.
bool is_host_label(std::string_view bucket) {
  return std::ranges::all_of(
      bucket, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

std::shared_ptr<ObjectStore> open_s3_url(const StoreUrl& url, const StoreOptions& options) {
  S3Options s3;
  s3.bucket = url.authority;
  HttpOptions http = http_options(options);
  Outside outside = real_outside(http);
  std::string profile = options.text("profile", "");
  S3Settings settings = s3_settings(outside, profile);
  s3.endpoint = options.text("endpoint", settings.endpoint);
  while (s3.endpoint.ends_with('/')) s3.endpoint.pop_back();
  if (!s3.endpoint.empty()) split_url(s3.endpoint);  // throws when it is none
  s3.region = options.text("region", settings.region.empty() ? "us-east-1" : settings.region);
  s3.path_style = options.flag("path_style").value_or(!s3.endpoint.empty() || !is_host_label(s3.bucket));
  s3.requester_pays = options.flag("requester_pays").value_or(false);
  s3.checksums = options.flag("checksums").value_or(true);
  s3.encryption = options.text("encryption", "");
  s3.encryption_key = options.text("encryption_key", "");
  if (http.ca_file.empty()) http.ca_file = settings.ca_file;
  auto credentials = credentials_of(options, s3, profile, outside);
  auto service = create_s3_service(s3, create_http_client(http), std::move(credentials));
  return create_remote_store(std::move(service), url.path.empty() ? "" : url.path + "/",
                             remote_options(options));
}

}  // namespace af
