// s3://bucket/prefix
#include <algorithm>

#include "store/remote_schemes.h"
#include "store/s3_service.h"

namespace af {
namespace {

class FixedKey : public AccessKeySource {
 public:
  explicit FixedKey(AccessKey key) : key_(std::move(key)) {}
  AccessKey current() override { return key_; }

 private:
  AccessKey key_;
};

std::string first_of(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts)
    if (!text.empty()) return text;
  return {};
}

std::shared_ptr<AccessKeySource> access_keys(const StoreOptions& options) {
  AccessKey key;
  key.id = options.text("access_key_id", environment("AWS_ACCESS_KEY_ID"));
  key.secret = Secret(options.text("secret_access_key", environment("AWS_SECRET_ACCESS_KEY")));
  key.session_token = Secret(options.text("session_token", environment("AWS_SESSION_TOKEN")));
  if (options.flag("anonymous").value_or(false)) return nullptr;
  if (key.id.empty() || key.secret.empty())
    fail(Status::kUnauthenticated, "there are no credentials for S3: expected AWS_ACCESS_KEY_ID and ",
         "AWS_SECRET_ACCESS_KEY, or the option anonymous=1");
  return std::make_shared<FixedKey>(std::move(key));
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
  s3.endpoint = options.text("endpoint",
                             first_of({environment("AWS_ENDPOINT_URL_S3"), environment("AWS_ENDPOINT_URL")}));
  while (s3.endpoint.ends_with('/')) s3.endpoint.pop_back();
  if (!s3.endpoint.empty()) split_url(s3.endpoint);  // throws when it is none
  s3.region = options.text(
      "region", first_of({environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), "us-east-1"}));
  s3.path_style = options.flag("path_style").value_or(!s3.endpoint.empty() || !is_host_label(s3.bucket));
  s3.requester_pays = options.flag("requester_pays").value_or(false);
  s3.encryption = options.text("encryption", "");
  s3.encryption_key = options.text("encryption_key", "");
  HttpOptions http = http_options(options);
  if (http.ca_file.empty()) http.ca_file = environment("AWS_CA_BUNDLE");
  auto service = create_s3_service(s3, create_http_client(http), access_keys(options));
  return create_remote_store(std::move(service), url.path.empty() ? "" : url.path + "/",
                             remote_options(options));
}

}  // namespace af
