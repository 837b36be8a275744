// Where credentials for Google Cloud Storage and Azure come from.
#include <gtest/gtest.h>

#include "store/credentials/azure.h"
#include "store/credentials/google.h"
#include "support/expect_error.h"
#include "support/pretended_outside.h"
#include "support/published_key.h"

namespace af {
namespace {

using std::chrono::minutes;

constexpr char kToken[] = R"({"access_token":"tok","expires_in":3600,"token_type":"Bearer"})";

// Nothing of it may be in the message.
void expect_no_canary(const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "nothing failed";
  } catch (const Error& error) {
    EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
  }
}

class GoogleCredentialsTest : public testing::Test {
 protected:
  std::string found(GoogleCredentialOptions options = {}) {
    return find_google_credentials(std::move(options), world.outside())->get().reveal();
  }
  std::string service_account() {
    std::string key = kPublishedKey, escaped;
    for (char c : key) escaped += c == '\n' ? "\\n" : std::string(1, c);
    return R"({"type":"service_account","client_email":"robot@p","private_key_id":"k","private_key":")" +
           escaped + R"(","token_uri":"https://token.example/x"})";
  }

  PretendedOutside world;
};

TEST_F(GoogleCredentialsTest, AServiceAccountSignsAClaim) {
  world.variables["GOOGLE_APPLICATION_CREDENTIALS"] = "/key.json";
  world.files["/key.json"] = service_account();
  world.answer("POST https://token.example/x", 200, kToken);
  EXPECT_EQ(found(), "tok");
  EXPECT_TRUE(
      world.sent.at(0).body.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&"
                                        "assertion=eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCI"));
  EXPECT_EQ(found({.key = Secret(service_account())}), "tok");
}

TEST_F(GoogleCredentialsTest, AUserIsRefreshed) {
  world.files["/home/me/.config/gcloud/application_default_credentials.json"] =
      R"({"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r/1"})";
  world.answer("POST https://oauth2.googleapis.com/token", 200, kToken);
  EXPECT_EQ(found(), "tok");
  EXPECT_EQ(world.sent.at(0).body,
            "grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=r%2F1");
}

TEST_F(GoogleCredentialsTest, TheMachineHasAnAccount) {
  world.answer(
      "GET http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token", 200,
      kToken);
  EXPECT_EQ(found(), "tok");
  EXPECT_TRUE(world.sent.at(0).near);
  EXPECT_EQ(header_of(world.sent.at(0).headers, "Metadata-Flavor"), "Google");
}

TEST_F(GoogleCredentialsTest, NothingIsAskedForAGivenToken) {
  EXPECT_EQ(found({.token = Secret("mine")}), "mine");
  EXPECT_TRUE(world.sent.empty());
}

TEST_F(GoogleCredentialsTest, TokensAreRenewed) {
  world.files["/k"] = service_account();
  world.answer("POST https://token.example/x", 200, kToken);
  auto credentials = find_google_credentials({.key_file = "/k"}, world.outside());
  EXPECT_EQ(credentials->get().reveal(), "tok");
  world.answer("POST https://token.example/x", 200, R"({"access_token":"new","expires_in":"3600"})");
  world.now += minutes(54);
  EXPECT_EQ(credentials->get().reveal(), "tok");
  world.now += minutes(2);
  EXPECT_EQ(credentials->get().reveal(), "new");
  EXPECT_FALSE(credentials->renew());
}

TEST_F(GoogleCredentialsTest, FailuresSayWhatAndShowNothing) {
  expect_error(
      Status::kUnauthenticated, [&] { found(); }, "GCS: no credentials");
  expect_error(
      Status::kUnauthenticated, [&] { found({.key_file = "/none"}); }, "there is no file '/none'");
  expect_error(
      Status::kUnsupported, [&] { found({.key = Secret(R"({"type":"external_account"})")}); },
      "'external_account'");
  expect_no_canary([&] { found({.key = Secret("canary")}); });
  expect_no_canary([&] { found({.key = Secret(R"({"type":"service_account","private_key":"canary"})")}); });
  for (const char* body :
       {"canary", "{}", R"({"access_token":"canary"})", R"({"access_token":"canary","expires_in":-1})"}) {
    world.answer("POST https://token.example/x", 200, body);
    expect_no_canary([&] { found({.key = Secret(service_account())}); });
  }
  world.answer("POST https://token.example/x", 401, "canary");
  expect_no_canary([&] { found({.key = Secret(service_account())}); });
}

class AzureCredentialsTest : public testing::Test {
 protected:
  AzureAccount find(AzureCredentialOptions options = {}) {
    return find_azure_account(std::move(options), world.outside());
  }
  std::string token() { return std::get<std::shared_ptr<TokenSource>>(find().credentials)->get().reveal(); }

  PretendedOutside world;
};

TEST_F(AzureCredentialsTest, AConnectionStringSaysAll) {
  world.variables["AZURE_STORAGE_CONNECTION_STRING"] =
      "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5==;EndpointSuffix=core.example";
  AzureAccount account = find();
  EXPECT_EQ(account.name, "acct");
  EXPECT_EQ(account.endpoint, "https://acct.blob.core.example");
  EXPECT_EQ(std::get<AccountKey>(account.credentials).key.reveal(), "a2V5==");
  account = find({.connection_string = Secret("UseDevelopmentStorage=true")});
  EXPECT_EQ(account.endpoint, "http://127.0.0.1:10000/devstoreaccount1");
  expect_no_canary([&] { find({.connection_string = Secret("canary")}); });
}

TEST_F(AzureCredentialsTest, TheEnvironmentNamesAccountAndKey) {
  world.variables["AZURE_STORAGE_ACCOUNT"] = "acct";
  world.variables["AZURE_STORAGE_KEY"] = "a2V5";
  AzureAccount account = find();
  EXPECT_EQ(account.endpoint, "https://acct.blob.core.windows.net");
  EXPECT_EQ(std::get<AccountKey>(account.credentials).key.reveal(), "a2V5");
  account = find({.account = "other", .endpoint = "http://localhost/x/", .sas = Secret("?sv=1&sig=s")});
  EXPECT_EQ(account.name + account.endpoint, "otherhttp://localhost/x");
  EXPECT_EQ(std::get<SharedAccessSignature>(account.credentials).query.reveal(), "sv=1&sig=s");
  EXPECT_TRUE(std::holds_alternative<Anonymous>(find({.anonymous = true}).credentials));
}

TEST_F(AzureCredentialsTest, AnAccountHasToBeNamed) {
  expect_error(
      Status::kInvalidArgument, [&] { find(); }, "no storage account");
}

TEST_F(AzureCredentialsTest, AManagedIdentityGivesATokenOnceItIsNeeded) {
  world.variables["AZURE_STORAGE_ACCOUNT"] = "acct";
  find();
  EXPECT_TRUE(world.sent.empty());
  expect_error(
      Status::kUnauthenticated, [&] { token(); }, "Azure: no credentials");
  world.answer("GET http://169.254.169.254/metadata/identity/oauth2/token", 200,
               R"({"access_token":"mi","expires_in":"3599"})");
  EXPECT_EQ(token(), "mi");
  EXPECT_TRUE(world.sent.back().near);
  EXPECT_EQ(header_of(world.sent.back().headers, "Metadata"), "true");
  world.variables["IDENTITY_ENDPOINT"] = "http://localhost:42/msi";
  world.variables["IDENTITY_HEADER"] = "h";
  world.answer("GET http://localhost:42/msi", 200, R"({"access_token":"app","expires_in":3599})");
  EXPECT_EQ(token(), "app");
  EXPECT_EQ(header_of(world.sent.back().headers, "X-IDENTITY-HEADER"), "h");
}

TEST_F(AzureCredentialsTest, AClientGivesAToken) {
  world.variables = {{"AZURE_STORAGE_ACCOUNT", "acct"},
                     {"AZURE_TENANT_ID", "t"},
                     {"AZURE_CLIENT_ID", "c"},
                     {"AZURE_CLIENT_SECRET", "s&"}};
  world.answer("POST https://login.microsoftonline.com/t/oauth2/v2.0/token", 200, kToken);
  EXPECT_EQ(token(), "tok");
  EXPECT_EQ(world.sent.back().body,
            "grant_type=client_credentials&client_id=c"
            "&scope=https%3A%2F%2Fstorage.azure.com%2F.default&client_secret=s%26");
  world.variables["AZURE_FEDERATED_TOKEN_FILE"] = "/fed";
  world.files["/fed"] = "jwt\n";
  EXPECT_EQ(token(), "tok");
  EXPECT_TRUE(world.sent.back().body.ends_with("&client_assertion=jwt"));
}

}  // namespace
}  // namespace af
