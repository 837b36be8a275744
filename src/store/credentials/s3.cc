#include "store/credentials/s3.h"

#include "store/credentials/aws_sources.h"

namespace af {
namespace {

IssuedKey find_key(const S3CredentialOptions& options, const Outside& outside) {
  if (!options.key.id.empty()) return {options.key, {}};
  // A profile that was asked for by name goes before the environment.
  bool is_named = !options.profile.empty();
  std::optional<IssuedKey> key;
  std::string region = options.region;
  if (!is_named && (key = key_of_environment(outside))) return *key;
  if (region.empty()) region = s3_settings(outside, options.profile).region;
  if (!is_named && (key = key_of_web_identity(outside, region))) return *key;
  if ((key = key_of_profile(outside, AwsProfile::load(outside, options.profile), region))) return *key;
  if (!is_named && (key = key_of_container(outside))) return *key;
  if (!is_named && (key = key_of_instance(outside))) return *key;
  if (is_named)
    fail(Status::kUnauthenticated, "S3: profile ", quoted(options.profile), " has no credentials");
  fail(Status::kUnauthenticated,
       "S3: no credentials in the options, the environment, the profile, a container's or an instance's "
       "metadata; "
       "anonymous access has to be asked for");
}

class FoundCredentials : public S3Credentials {
 public:
  FoundCredentials(S3CredentialOptions options, Outside outside)
      : key_([options = std::move(options), outside] { return find_key(options, outside); }, outside.now) {}

  AccessKey get() override { return key_.get(); }
  bool renew() override { return key_.renew(); }

 private:
  Renewable<AccessKey> key_;
};

}  // namespace

S3Settings s3_settings(const Outside& outside, const std::string& profile) {
  AwsProfile settings = AwsProfile::load(outside, profile);
  S3Settings found{first_variable(outside, {"AWS_REGION", "AWS_DEFAULT_REGION"}),
                   first_variable(outside, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}),
                   outside.variable("AWS_CA_BUNDLE")};
  if (found.region.empty()) found.region = settings["region"];
  if (lower_case(outside.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) == "true")
    found.endpoint.clear();
  else if (found.endpoint.empty())
    found.endpoint = settings["endpoint_url"];
  if (found.ca_file.empty()) found.ca_file = settings["ca_bundle"];
  return found;
}

std::shared_ptr<S3Credentials> find_s3_credentials(S3CredentialOptions options, Outside outside) {
  return std::make_shared<FoundCredentials>(std::move(options), std::move(outside));
}

}  // namespace af
