// gs://bucket/prefix
#include "store/credentials/google.h"
#include "store/gcs_service.h"
#include "store/remote_schemes.h"
#include "store/signing/signable.h"

namespace af {
namespace {

// Where Google's own tools look for a server in place of the service; its scheme may be left out.
std::string emulator(const Outside& outside) {
  std::string host = outside.variable("STORAGE_EMULATOR_HOST");
  if (host.empty() || host.find("://") != std::string::npos) return host;
  return "http://" + host;
}

}  // namespace

std::shared_ptr<ObjectStore> open_gcs_url(const StoreUrl& url, const StoreOptions& options) {
  HttpOptions http = http_options(options);
  Outside outside = real_outside(http);
  std::string instead = emulator(outside);
  GcsOptions gcs;
  gcs.bucket = url.authority;
  gcs.endpoint = options.text("endpoint", instead.empty() ? gcs.endpoint : instead);
  while (gcs.endpoint.ends_with('/')) gcs.endpoint.pop_back();
  split_url(gcs.endpoint);  // throws when it is none
  gcs.user_project = options.text("user_project", "");
  GoogleCredentialOptions credentials;
  credentials.token = Secret(options.text("token", outside.variable("GOOGLE_OAUTH_ACCESS_TOKEN")));
  credentials.key = Secret(options.text("service_account_key", ""));
  credentials.key_file = options.text("credentials_file", "");
  bool is_given = !credentials.token.empty() || !credentials.key.empty() || !credentials.key_file.empty();
  // Nobody asks an emulator in the name of an account.
  bool anonymous = options.flag("anonymous").value_or(!instead.empty() && !is_given);
  auto service =
      create_gcs_service(gcs, create_http_client(http),
                         anonymous ? nullptr : find_google_credentials(std::move(credentials), outside));
  return create_remote_store(std::move(service), url.path.empty() ? "" : url.path + "/",
                             remote_options(options));
}

}  // namespace af
