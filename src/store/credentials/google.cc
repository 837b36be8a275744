#include "store/credentials/google.h"

#include "store/signing/google.h"

namespace af {
namespace {

constexpr char kScope[] = "https://www.googleapis.com/auth/devstorage.read_write";
constexpr char kTokenUrl[] = "https://oauth2.googleapis.com/token";

IssuedToken post(const Outside& outside, const std::string& url, const std::string& form, std::string what) {
  HttpRequest request = form_request(url, form, std::move(what));
  return token_of(outside, request, outside.fetch(request));
}

IssuedToken token_of_service_account(const Outside& outside, const Json& file) {
  std::string url = file["token_uri"].text().empty() ? kTokenUrl : file["token_uri"].text();
  ServiceAccount account{file["client_email"].text(), file["private_key_id"].text(),
                         Secret(file["private_key"].text()), url};
  Secret claim = service_account_claim(account, kScope, outside.now());
  return post(
      outside, url,
      form_of({{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", claim.reveal()}}),
      "GCS token of a service account");
}

IssuedToken token_of_user(const Outside& outside, const Json& file) {
  return post(outside, kTokenUrl,
              form_of({{"grant_type", "refresh_token"},
                       {"client_id", file["client_id"].text()},
                       {"client_secret", file["client_secret"].text()},
                       {"refresh_token", file["refresh_token"].text()}}),
              "GCS token of a user");
}

IssuedToken token_of_file(const Outside& outside, const std::string& text) {
  constexpr char kWhat[] = "GCS credentials file";
  Json file = Json::parse(text, kWhat);
  const std::string& type = file["type"].text();
  if (type == "service_account") return token_of_service_account(outside, file);
  if (type == "authorized_user") return token_of_user(outside, file);
  fail(Status::kUnsupported, kWhat, ": its type is ", quoted(type),
       "; supported are service_account and authorized_user");
}

// Where gcloud leaves the credentials of the user.
std::optional<std::string> file_of_gcloud(const Outside& outside) {
  constexpr char kName[] = "application_default_credentials.json";
  std::string folder = outside.variable("CLOUDSDK_CONFIG");
  if (folder.empty()) folder = home_path(outside, ".config/gcloud");
  return outside.file(folder + "/" + kName);
}

IssuedToken token_of_machine(const Outside& outside) {
  std::string host = outside.variable("GCE_METADATA_HOST");
  if (host.empty()) host = "metadata.google.internal";
  HttpRequest request{
      .url = text_of("http://", host, "/computeMetadata/v1/instance/service-accounts/default/token?scopes=",
                     url_escape(kScope, false)),
      .headers = {{"Metadata-Flavor", "Google"}},
      .subject = "GCS token of this machine"};
  HttpResponse answer;
  try {
    answer = outside.fetch_near(request);
  } catch (const Error&) {
    fail(Status::kUnauthenticated,
         "GCS: no credentials in the options, GOOGLE_APPLICATION_CREDENTIALS, gcloud's folder or this "
         "machine's "
         "metadata; anonymous access has to be asked for");
  }
  return token_of(outside, request, answer);
}

IssuedToken find_token(const GoogleCredentialOptions& options, const Outside& outside) {
  if (!options.token.empty()) return {options.token, {}};
  if (!options.key.empty()) return token_of_file(outside, options.key.reveal());
  std::string path = options.key_file;
  if (path.empty()) path = outside.variable("GOOGLE_APPLICATION_CREDENTIALS");
  if (!path.empty()) return token_of_file(outside, needed_file(outside, path, "GCS credentials"));
  if (std::optional<std::string> text = file_of_gcloud(outside)) return token_of_file(outside, *text);
  return token_of_machine(outside);
}

}  // namespace

std::shared_ptr<TokenSource> find_google_credentials(GoogleCredentialOptions options, Outside outside) {
  return std::make_shared<TokenSource>(
      [options = std::move(options), outside] { return find_token(options, outside); }, outside.now);
}

}  // namespace af
