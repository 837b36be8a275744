// Where credentials for S3 come from, and how they are renewed.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/credentials/renewable.h"
#include "store/credentials/s3.h"
#include "support/expect_error.h"
#include "support/pretended_outside.h"

namespace af {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class S3CredentialsTest : public testing::Test {
 protected:
  std::shared_ptr<S3Credentials> find(S3CredentialOptions options = {}) {
    return find_s3_credentials(std::move(options), world.outside());
  }
  // id/secret/token of what is found
  std::string found(S3CredentialOptions options = {}) {
    AccessKey key = find(std::move(options))->get();
    return text_of(key.id, "/", key.secret.reveal(), "/", key.session_token.reveal());
  }
  void have_instance_role(std::string_view id, std::string_view expires) {
    world.answer("PUT http://169.254.169.254/latest/api/token", 200, "session");
    world.answer("GET http://169.254.169.254/latest/meta-data/iam/security-credentials/", 200, "role\n");
    world.answer("GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role", 200,
                 text_of(R"({"Code":"Success","AccessKeyId":")", id,
                         R"(","SecretAccessKey":"s","Token":"t","Expiration":")", expires, R"("})"));
  }
  std::string role_answer(std::string_view id) {
    return text_of("<R xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><Credentials><AccessKeyId>", id,
                   "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t+/=</SessionToken>"
                   "<Expiration>2026-11-20T19:30:00Z</Expiration></Credentials></R>");
  }

  PretendedOutside world;
};

TEST_F(S3CredentialsTest, OptionsGoBeforeEverything) {
  world.variables["AWS_ACCESS_KEY_ID"] = "env";
  world.variables["AWS_SECRET_ACCESS_KEY"] = "s";
  EXPECT_EQ(found({.key = {"mine", Secret("x"), Secret("y")}}), "mine/x/y");
}

TEST_F(S3CredentialsTest, TheEnvironmentGoesBeforeProfiles) {
  world.variables["AWS_ACCESS_KEY_ID"] = "env";
  world.variables["AWS_SECRET_ACCESS_KEY"] = "s";
  world.variables["AWS_SESSION_TOKEN"] = "t";
  world.files["/home/me/.aws/credentials"] = "[default]\naws_access_key_id=file\naws_secret_access_key=s\n";
  EXPECT_EQ(found(), "env/s/t");
  EXPECT_EQ(found({.profile = "default"}), "file/s/");
}

TEST_F(S3CredentialsTest, AreReadFromProfiles) {
  world.files["/home/me/.aws/credentials"] =
      "# comment\n[default]\naws_access_key_id = a\naws_secret_access_key = s=1\n\n"
      "[ other ]\nAWS_ACCESS_KEY_ID=b\r\naws_secret_access_key=s\naws_session_token=t # why\n";
  world.files["/home/me/.aws/config"] =
      "[default]\nregion = eu-west-1\n[profile other]\nregion = eu-north-1\ns3 =\n  region = nested\n"
      "endpoint_url = http://localhost:9000\naws_access_key_id = not this\n";
  EXPECT_EQ(found(), "a/s=1/");
  EXPECT_EQ(s3_settings(world.outside(), "").region, "eu-west-1");
  world.variables["AWS_PROFILE"] = "other";
  EXPECT_EQ(found(), "b/s/t");
  S3Settings settings = s3_settings(world.outside(), "");
  EXPECT_EQ(settings.region, "eu-north-1");
  EXPECT_EQ(settings.endpoint, "http://localhost:9000");
  world.variables["AWS_PROFILE"] = "third";
  expect_error(
      Status::kUnauthenticated, [&] { found(); }, "profile 'third' is neither in");
}

TEST_F(S3CredentialsTest, FilesMayLieElsewhere) {
  world.variables["AWS_SHARED_CREDENTIALS_FILE"] = "/etc/keys";
  world.variables["AWS_CONFIG_FILE"] = "/etc/config";
  world.files["/etc/keys"] = "[default]\naws_access_key_id=a\naws_secret_access_key=s";
  world.files["/etc/config"] = "[default]\nregion=r";
  EXPECT_EQ(found(), "a/s/");
  EXPECT_EQ(s3_settings(world.outside(), "").region, "r");
}

TEST_F(S3CredentialsTest, TheEnvironmentSaysWhereTheServiceIs) {
  world.variables["AWS_DEFAULT_REGION"] = "r2";
  world.variables["AWS_ENDPOINT_URL"] = "http://all";
  world.variables["AWS_CA_BUNDLE"] = "/ca.pem";
  S3Settings settings = s3_settings(world.outside(), "");
  EXPECT_EQ(settings.region + settings.endpoint + settings.ca_file, "r2http://all/ca.pem");
  world.variables["AWS_REGION"] = "r1";
  world.variables["AWS_ENDPOINT_URL_S3"] = "http://s3";
  settings = s3_settings(world.outside(), "");
  EXPECT_EQ(settings.region + settings.endpoint, "r1http://s3");
}

TEST_F(S3CredentialsTest, AWebIdentityIsExchanged) {
  world.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  world.variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  world.variables["AWS_REGION"] = "eu-west-1";
  world.files["/token"] = "to.ken\n";
  world.answer("POST https://sts.eu-west-1.amazonaws.com", 200, role_answer("web"));
  EXPECT_EQ(found(), "web/s/t+/=");
  EXPECT_EQ(world.sent.at(0).body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
            "&RoleSessionName=arrayformat&WebIdentityToken=to.ken");
  EXPECT_FALSE(world.sent.at(0).near);
}

TEST_F(S3CredentialsTest, AProfileMayTakeOnARole) {
  world.files["/home/me/.aws/config"] =
      "[default]\nrole_arn=arn\nsource_profile=base\nexternal_id=x\n"
      "[profile base]\naws_access_key_id=base\naws_secret_access_key=s\n[profile half]\nrole_arn=arn\n";
  world.answer("POST https://sts.amazonaws.com", 200, role_answer("role"));
  EXPECT_EQ(found(), "role/s/t+/=");
  EXPECT_EQ(world.sent.at(0).body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn&RoleSessionName=arrayformat&ExternalId=x");
  std::string_view authorization = header_of(world.sent.at(0).headers, "authorization");
  EXPECT_TRUE(
      authorization.starts_with("AWS4-HMAC-SHA256 Credential=base/20261120/us-east-1/sts/aws4_request,"));
  expect_error(
      Status::kUnauthenticated, [&] { found({.profile = "half"}); }, "names a role, but neither");
}

TEST_F(S3CredentialsTest, SaysWhatOfAProfileIsNotSupported) {
  world.files["/home/me/.aws/config"] = "[default]\ncredential_process=/bin/canary --secret\n";
  expect_error(
      Status::kUnsupported, [&] { found(); }, "has credential_process, which is not supported");
}

TEST_F(S3CredentialsTest, AContainerGivesThem) {
  world.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/x";
  world.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "let-me";
  world.answer(
      "GET http://169.254.170.2/v2/x", 200,
      R"({"AccessKeyId":"c","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-20T19:30:00Z"})");
  EXPECT_EQ(found(), "c/s/t");
  EXPECT_TRUE(world.sent.at(0).near);
  EXPECT_EQ(header_of(world.sent.at(0).headers, "Authorization"), "let-me");
}

TEST_F(S3CredentialsTest, AContainersServiceMustBeNear) {
  for (const char* url :
       {"http://example.com/x", "http://169.254.170.2.example.com/x", "http://localhost.example.com/"}) {
    world.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    expect_error(
        Status::kUnauthenticated, [&] { found(); }, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    EXPECT_TRUE(world.sent.empty());
  }
}

TEST_F(S3CredentialsTest, AnInstanceGivesThem) {
  have_instance_role("i", "2026-11-20T19:30:00Z");
  EXPECT_EQ(found(), "i/s/t");
  ASSERT_EQ(world.sent.size(), 3u);
  EXPECT_EQ(header_of(world.sent[0].headers, "X-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(header_of(world.sent[2].headers, "X-aws-ec2-metadata-token"), "session");
  for (const auto& request : world.sent) EXPECT_TRUE(request.near);
}

TEST_F(S3CredentialsTest, TheInstanceIsNotAskedWhereThatIsForbidden) {
  world.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  expect_error(
      Status::kUnauthenticated, [&] { found(); }, "anonymous access has to be asked for");
  EXPECT_TRUE(world.sent.empty());
}

TEST_F(S3CredentialsTest, NoneAreFoundWhereNobodyAnswers) {
  expect_error(
      Status::kUnauthenticated, [&] { found(); }, "S3: no credentials");
  EXPECT_EQ(world.sent.size(), 1u);
}

TEST_F(S3CredentialsTest, FailuresShowNothingOfAnAnswer) {
  world.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://localhost:1/canary-path";
  for (auto [status, body] : std::vector<std::pair<int, std::string>>{{500, "canary"},
                                                                      {200, "canary"},
                                                                      {200, R"({"AccessKeyId":"canary"})"},
                                                                      {200, R"({"Expiration":"canary"})"}}) {
    world.answer("GET http://localhost:1/canary-path", status, body);
    try {
      found();
      ADD_FAILURE() << "this was taken: " << body;
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
      EXPECT_NE(error.message().find("S3 credentials of a container"), std::string::npos) << error.message();
    }
  }
}

TEST_F(S3CredentialsTest, AreRenewedBeforeTheyExpire) {
  have_instance_role("first", "2026-11-20T19:30:00Z");
  auto credentials = find();
  EXPECT_EQ(credentials->get().id, "first");
  have_instance_role("second", "2026-11-20T21:30:00Z");
  world.now += minutes(54);
  EXPECT_EQ(credentials->get().id, "first");
  world.now += minutes(2);
  EXPECT_EQ(credentials->get().id, "second");
}

TEST_F(S3CredentialsTest, AreUsedToTheirEndWhileTheSourceFails) {
  have_instance_role("first", "2026-11-20T19:30:00Z");
  auto credentials = find();
  credentials->get();
  world.answer("PUT http://169.254.169.254/latest/api/token", 500, "");
  world.now += minutes(57);
  size_t asked = world.sent.size();
  for (int i = 0; i < 10; i++) EXPECT_EQ(credentials->get().id, "first");
  EXPECT_EQ(world.sent.size(), asked + 1);  // then a pause
  world.now += minutes(4);
  expect_error(Status::kUnauthenticated, [&] { credentials->get(); });
}

TEST_F(S3CredentialsTest, AreLookedForAgainWhenTheServiceRefusesThem) {
  world.files["/home/me/.aws/credentials"] = "[default]\naws_access_key_id=a\naws_secret_access_key=s\n";
  auto credentials = find();
  EXPECT_EQ(credentials->get().id, "a");
  EXPECT_FALSE(credentials->renew());
  world.files["/home/me/.aws/credentials"] = "[default]\naws_access_key_id=b\naws_secret_access_key=s\n";
  EXPECT_EQ(credentials->get().id, "a");
  EXPECT_TRUE(credentials->renew());
  EXPECT_EQ(credentials->get().id, "b");
}

TEST(Renewable, AsksOnceForManyThreads) {
  std::atomic<int64_t> now{1000};
  std::atomic<int> asked{0};
  Renewable<int> number(
      [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return Issued<int>{++asked, Seconds(seconds(now + 3600))};
      },
      [&] { return Seconds(seconds(now.load())); });
  auto all_get = [&](int least) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; i++) threads.emplace_back([&] { EXPECT_GE(number.get(), least); });
  };
  all_get(1);
  EXPECT_EQ(asked, 1);
  now += 3400;  // due, but good: one asks, the others take the old one
  all_get(1);
  EXPECT_EQ(asked, 2);
  now += 3700;  // expired: all wait for the new one
  all_get(3);
  EXPECT_EQ(asked, 3);
}

TEST(Renewable, HalvesAShortLife) {
  int64_t now = 0;
  int asked = 0;
  Renewable<int> number(
      [&] {
        return Issued<int>{++asked, Seconds(seconds(now + 60))};
      },
      [&] { return Seconds(seconds(now)); });
  EXPECT_EQ(number.get(), 1);
  now = 29;
  EXPECT_EQ(number.get(), 1);
  now = 30;
  EXPECT_EQ(number.get(), 2);
}

}  // namespace
}  // namespace af
