#include "store/credentials/azure.h"

namespace af {
namespace {

constexpr char kResource[] = "https://storage.azure.com/";

// The account that Azure's emulators are documented to have.
constexpr char kDevelopment[] =
    "AccountName=devstoreaccount1;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;AccountKey="
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

template <typename T>
void fill(T& option, std::string value) {
  if (option.empty()) option = T(std::move(value));
}

// Takes from "Name=value;Name=value" what is not set yet.
void read_connection_string(std::string_view text, AzureCredentialOptions& options) {
  std::string protocol = "https", suffix = "core.windows.net";
  while (!text.empty()) {
    std::string_view pair = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    pair = trimmed(pair);
    if (pair.empty()) continue;
    size_t equals = pair.find('=');
    if (equals == std::string_view::npos)
      fail(Status::kInvalidArgument, "the connection string of an Azure account is not made of name=value;");
    std::string name = lower_case(pair.substr(0, equals)), value(pair.substr(equals + 1));
    if (name == "accountname") fill(options.account, value);
    if (name == "accountkey") fill(options.key, value);
    if (name == "sharedaccesssignature") fill(options.sas, value);
    if (name == "blobendpoint") fill(options.endpoint, value);
    if (name == "defaultendpointsprotocol") protocol = value;
    if (name == "endpointsuffix") suffix = value;
    if (name == "usedevelopmentstorage" && lower_case(value) == "true")
      read_connection_string(kDevelopment, options);
  }
  if (!options.account.empty())
    fill(options.endpoint, text_of(protocol, "://", options.account, ".blob.", suffix));
}

void fill_from_environment(const Outside& outside, AzureCredentialOptions& options) {
  bool has_credentials =
      !options.key.empty() || !options.sas.empty() || !options.token.empty() || options.anonymous;
  fill(options.account, first_variable(outside, {"AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"}));
  fill(options.endpoint, first_variable(outside, {"AZURE_STORAGE_BLOB_ENDPOINT", "AZURE_STORAGE_ENDPOINT"}));
  if (has_credentials) return;
  options.key = Secret(first_variable(outside, {"AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY"}));
  options.sas = Secret(outside.variable("AZURE_STORAGE_SAS_TOKEN"));
  options.token = Secret(outside.variable("AZURE_STORAGE_TOKEN"));
}

IssuedToken ask_directory(const Outside& outside,
                          std::initializer_list<std::pair<std::string_view, std::string_view>> who) {
  std::string host = outside.variable("AZURE_AUTHORITY_HOST");
  if (host.empty()) host = "https://login.microsoftonline.com";
  while (host.ends_with('/')) host.pop_back();
  std::string form = form_of({{"grant_type", "client_credentials"},
                              {"client_id", outside.variable("AZURE_CLIENT_ID")},
                              {"scope", std::string(kResource) + ".default"}});
  form += "&" + form_of(who);
  HttpRequest request = form_request(
      text_of(host, "/", url_escape(outside.variable("AZURE_TENANT_ID"), false), "/oauth2/v2.0/token"), form,
      "Azure token of a client");
  return token_of(outside, request, outside.fetch(request));
}

HttpRequest managed_identity_request(const Outside& outside) {
  std::string endpoint = outside.variable("IDENTITY_ENDPOINT");
  HttpRequest request{.subject = "Azure token of a managed identity"};
  std::string version = "2019-08-01";
  if (endpoint.empty()) {
    endpoint = outside.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    endpoint = (endpoint.empty() ? "http://169.254.169.254" : endpoint) + "/metadata/identity/oauth2/token";
    version = "2018-02-01";
    request.headers = {{"Metadata", "true"}};
  } else {
    request.headers = {{"X-IDENTITY-HEADER", outside.variable("IDENTITY_HEADER")}};
  }
  request.url = text_of(endpoint, "?", form_of({{"api-version", version}, {"resource", kResource}}));
  return request;
}

IssuedToken ask_managed_identity(const Outside& outside, const std::string& client_id) {
  HttpRequest request = managed_identity_request(outside);
  std::string client = client_id.empty() ? outside.variable("AZURE_CLIENT_ID") : client_id;
  if (!client.empty()) request.url += "&" + form_of({{"client_id", client}});
  HttpResponse answer;
  try {
    answer = outside.fetch_near(request);
  } catch (const Error&) {
    fail(Status::kUnauthenticated,
         "Azure: no credentials in the options, the environment or a managed identity; anonymous access has "
         "to be "
         "asked for");
  }
  return token_of(outside, request, answer);
}

IssuedToken find_token(const Outside& outside, const std::string& client_id) {
  bool has_client =
      !outside.variable("AZURE_TENANT_ID").empty() && !outside.variable("AZURE_CLIENT_ID").empty();
  std::string file = outside.variable("AZURE_FEDERATED_TOKEN_FILE"),
              secret = outside.variable("AZURE_CLIENT_SECRET");
  if (has_client && !file.empty()) {
    std::string assertion(trimmed(needed_file(outside, file, "Azure workload identity")));
    return ask_directory(outside,
                         {{"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                          {"client_assertion", assertion}});
  }
  if (has_client && !secret.empty()) return ask_directory(outside, {{"client_secret", secret}});
  return ask_managed_identity(outside, client_id);
}

AzureCredentials credentials_of(const AzureCredentialOptions& options, const Outside& outside) {
  if (options.anonymous) return Anonymous{};
  if (!options.key.empty()) return AccountKey{options.account, options.key};
  if (!options.sas.empty()) {
    std::string_view query = options.sas.reveal();
    return SharedAccessSignature{Secret(std::string(query.substr(query.starts_with('?') ? 1 : 0)))};
  }
  if (!options.token.empty())
    return std::make_shared<TokenSource>(
        [token = options.token] {
          return IssuedToken{token, {}};
        },
        outside.now);
  return std::make_shared<TokenSource>([outside, id = options.client_id] { return find_token(outside, id); },
                                       outside.now);
}

}  // namespace

AzureAccount find_azure_account(AzureCredentialOptions options, const Outside& outside) {
  fill(options.connection_string, outside.variable("AZURE_STORAGE_CONNECTION_STRING"));
  bool is_complete = !options.account.empty() && (!options.key.empty() || !options.sas.empty() ||
                                                  !options.token.empty() || options.anonymous);
  if (!is_complete) read_connection_string(options.connection_string.reveal(), options);
  fill_from_environment(outside, options);
  if (options.account.empty())
    fail(Status::kInvalidArgument,
         "Azure: no storage account in the URL, the options or AZURE_STORAGE_ACCOUNT");
  fill(options.endpoint, text_of("https://", options.account, ".blob.core.windows.net"));
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  return {options.account, options.endpoint, credentials_of(options, outside)};
}

}  // namespace af
