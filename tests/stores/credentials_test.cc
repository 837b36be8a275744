// Credentials on their whole way: from where they come from, over HTTP, into requests that a server checks;
// and what becomes of them when they expire, are exchanged for others, or are wrong. Each is a text that can
// be recognised, and no message may hold it.
#include <fstream>

#include "store/signing/crypto.h"
#include "store/signing/encoding.h"
#include "stores/faults.h"
#include "support/expect_error.h"
#include "support/published_key.h"
#include "support/temp_folder.h"

namespace af {
namespace {

// A variable of the environment, until the test is over.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* old = std::getenv(name_.c_str())) old_ = old;
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { old_ ? setenv(name_.c_str(), old_->c_str(), 1) : unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> old_;
};

class Credentials : public testing::Test {
 protected:
  Credentials() {
    set("AWS_ACCESS_KEY_ID", "");
    set("AWS_SECRET_ACCESS_KEY", "");
    set("AWS_SHARED_CREDENTIALS_FILE", folder_ / "credentials");
    set("AWS_CONFIG_FILE", folder_ / "config");
    set("AWS_EC2_METADATA_SERVICE_ENDPOINT", place_);
    let_in("role", "t1");
  }
  ~Credentials() override { tell("clock", "0"); }

  void set(std::string name, const std::string& value) {
    variables_.push_back(std::make_unique<Variable>(std::move(name), value));
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  void tell(const std::string& what, const std::string& body) {
    HttpRequest request{.method = "PUT", .url = place_ + "/-/" + what, .body = {as_bytes(body)}};
    ASSERT_TRUE(create_http_client({})->send(request).ok()) << what;
  }
  // Who may ask from now on, and nobody else.
  void let_in(std::string_view id, std::string_view token) {
    tell("keys", text_of("{", json_quoted(id), R"(:{"secret":"canary-secret-)", id, R"(","token":)",
                         json_quoted(token.empty() ? "" : text_of("canary-", token)), "}}"));
  }
  static std::string document(std::string_view path, std::string_view body, int times = -1) {
    return text_of(R"({"path":)", json_quoted(path), R"(,"times":)", times, R"(,"status":200,"body":)",
                   json_quoted(body), "}");
  }
  static std::string key_document(std::string_view id, std::string_view token) {
    return text_of(R"({"AccessKeyId":")", id, R"(","SecretAccessKey":"canary-secret-)", id,
                   R"(","Token":"canary-)", token, R"(","Expiration":"2100-01-01T00:00:00Z"})");
  }
  void have_instance_role(std::string_view id, std::string_view token) {
    faults_.expect({document("^/latest/api/token$", "canary-session"),
                    document("security-credentials/$", "my-role"),
                    document("security-credentials/my-role$", key_document(id, token))});
  }

  std::shared_ptr<ObjectStore> open(const std::string& options = "") {
    return open_store_url(url_, "retry_base_ms=1\n" + options);
  }
  static void put(ObjectStore& store, std::string_view text) {
    EXPECT_TRUE(store.put("key", as_bytes(text), Condition::always()));
  }
  void expect_works(const std::string& options = "") {
    std::shared_ptr<ObjectStore> store = open(options);
    put(*store, "text");
    EXPECT_EQ(store->stat("key")->size, 4);
  }
  // Fails so, and shows nothing.
  void expect_refused(Status status, const std::string& options = "") {
    try {
      put(*open(options), "text");
      ADD_FAILURE() << "nothing failed";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), status) << error.message();
      EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
      EXPECT_EQ(error.message().find("Signature="), std::string::npos) << error.message();
    }
  }

  Faults faults_;
  std::string place_ = std::getenv("AF_TEST_FAULTS");
  TempFolder folder_;
  std::vector<std::unique_ptr<Variable>> variables_;
  std::string url_ = new_remote_url();
};

TEST_F(Credentials, OfAnInstance) {
  have_instance_role("role", "t1");
  expect_works();
}

TEST_F(Credentials, OfAContainer) {
  write("token", "canary-let-me-in\n");
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", place_ + "/credentials");
  set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", folder_ / "token");
  faults_.expect({document("^/credentials$", key_document("role", "t1"))});
  expect_works();
}

TEST_F(Credentials, OfAWebIdentity) {
  write("token", "canary-identity\n");
  set("AWS_WEB_IDENTITY_TOKEN_FILE", folder_ / "token");
  set("AWS_ROLE_ARN", "arn:aws:iam::1:role/r");
  set("AWS_ENDPOINT_URL_STS", place_ + "/sts");
  faults_.expect(
      {document("^/sts$",
                "<A><AccessKeyId>role</AccessKeyId><SecretAccessKey>canary-secret-role</SecretAccessKey>"
                "<SessionToken>canary-t1</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></A>")});
  expect_works();
}

TEST_F(Credentials, OfAProfile) {
  write("credentials",
        "[mine]\naws_access_key_id=role\naws_secret_access_key=canary-secret-role\naws_session_token=canary-"
        "t1\n");
  expect_works("profile=mine");
  expect_refused(Status::kUnauthenticated, "profile=another");
}

TEST_F(Credentials, OfOptions) {
  expect_works("access_key_id=role\nsecret_access_key=canary-secret-role\nsession_token=canary-t1");
}

TEST_F(Credentials, ThatAreExchangedMeanwhileAreLookedForAgain) {
  have_instance_role("role", "t1");
  std::shared_ptr<ObjectStore> store = open();
  put(*store, "before");
  let_in("role", "t2");
  have_instance_role("role", "t2");
  put(*store, "after");
  let_in("another", "t3");
  have_instance_role("another", "t3");
  put(*store, "again");
  EXPECT_EQ(store->stat("key")->size, 5);
}

TEST_F(Credentials, OfAFileThatIsRewrittenMeanwhile) {
  write("credentials",
        "[default]\naws_access_key_id=role\naws_secret_access_key=canary-secret-role\naws_session_token="
        "canary-t1\n");
  std::shared_ptr<ObjectStore> store = open();
  put(*store, "before");
  let_in("role", "t2");
  write("credentials",
        "[default]\naws_access_key_id=role\naws_secret_access_key=canary-secret-role\naws_session_token="
        "canary-t2\n");
  put(*store, "after");
}

TEST_F(Credentials, ThatHaveExpiredAndHaveNoSuccessorsAreSaidToHave) {
  have_instance_role("role", "t1");
  tell("keys", R"({"role":{"secret":"canary-secret-role","token":"canary-t1","expired":true}})");
  expect_refused(Status::kUnauthenticated);
}

TEST_F(Credentials, ThatAreWrongAreRefused) {
  expect_refused(Status::kUnauthenticated,
                 "access_key_id=role\nsecret_access_key=canary-wrong\nsession_token=canary-t1");
  expect_refused(Status::kUnauthenticated, "access_key_id=canary-nobody\nsecret_access_key=canary-wrong");
  expect_refused(Status::kPermissionDenied, "anonymous=1");
}

TEST_F(Credentials, ThatNobodyHasAreMissed) {
  set("AWS_EC2_METADATA_DISABLED", "true");
  expect_refused(Status::kUnauthenticated);
}

TEST_F(Credentials, AreSignedAtTheTimeOfTheService) {
  have_instance_role("role", "t1");
  for (const char* ahead : {"7200", "-7200"}) {
    tell("clock", ahead);
    expect_works();
  }
}

// What a service answers may repeat what it was sent.
TEST_F(Credentials, AreNotShownWhateverTheServiceSays) {
  const std::string key =
      "access_key_id=role\nsecret_access_key=canary-secret-role\nsession_token=canary-t1\nmax_attempts=2";
  for (int status : {301, 400, 403, 404, 405, 409, 412, 418, 500, 503}) {
    faults_.expect({text_of(
        R"({"times":-1,"status":)", status,
        R"(,"body":"<Error><Code>X</Code><Message>canary Signature=1</Message><RequestId>R</RequestId></Error>"})")});
    try {
      put(*open(key), "text");
      ADD_FAILURE() << status << " was taken for success";
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
      EXPECT_EQ(error.message().find("Signature="), std::string::npos) << error.message();
    }
  }
  for (const char* rule : {R"({"times":-1,"lost":true})", R"({"times":-1,"delay":2})"}) {
    faults_.expect({rule});
    try {
      put(*open(key + "\nfirst_byte_timeout_ms=100\ncall_timeout_ms=500"), "text");
      ADD_FAILURE() << rule << " was taken for success";
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
    }
  }
}

TEST_F(Credentials, InOptionsThatAreWrongAreNotShown) {
  for (const char* options :
       {"canary", "=canary", "max_attempts=canary", "anonymous=canary", "header=canary", "endpoint=canary",
        "endpoint=http://canary:canary@host", "secret_access_key=canary\npath_style=x"}) {
    try {
      put(*open(options), "text");
      ADD_FAILURE() << "these options were taken: " << options;
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
    }
  }
}

// ---------------------------------------------------------------- Google Cloud Storage

class GcsTokens : public Credentials {
 protected:
  GcsTokens() { set("HOME", folder_.path()); }

  std::string key_file() {
    std::string token_url = json_quoted(place_ + "/token"), key = json_quoted(kPublishedKey);
    return R"({"type":"service_account","client_email":"robot","private_key":)" + key + R"(,"token_uri":)" +
           token_url + "}";
  }
  static std::string token(std::string_view text, int times = -1) {
    return document("^/token$", text_of(R"({"access_token":"canary-)", text, R"(","expires_in":3600})"),
                    times);
  }
};

TEST_F(GcsTokens, AreGotOnceForManyRequests) {
  write("key.json", key_file());
  set("GOOGLE_APPLICATION_CREDENTIALS", folder_ / "key.json");
  faults_.expect({token("a")});
  std::shared_ptr<ObjectStore> store = open("anonymous=0");
  for (int i = 0; i < 3; i++) put(*store, "text");
  EXPECT_EQ(faults_.summary(), "4 POST");
}

TEST_F(GcsTokens, ThatAreRefusedAreGotAnew) {
  write("key.json", key_file());
  faults_.expect({token("a", 1), token("b"), R"({"path":"^/upload","status":401})"});
  std::shared_ptr<ObjectStore> store = open("credentials_file=" + (folder_ / "key.json"));
  put(*store, "text");
  EXPECT_EQ(faults_.summary(), "4 POST");
}

TEST_F(GcsTokens, AreNotShown) {
  write("key.json", key_file());
  std::string options = "max_attempts=2\ncredentials_file=" + (folder_ / "key.json");
  for (const char* path : {"^/token$", "^/upload"}) {
    faults_.expect(
        {text_of(R"({"path":")", path, R"(","times":-1,"status":403,"body":"canary"})"), token("a")});
    try {
      put(*open(options), "text");
      ADD_FAILURE() << path << " was taken for success";
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
      EXPECT_EQ(error.message().find("eyJ"), std::string::npos) << error.message();
    }
  }
  expect_refused(Status::kInvalidArgument, "hmac_secret=canary");
}

// ---------------------------------------------------------------- Azure

class AzureCredentialsOnServer : public testing::Test {
 protected:
  std::string key = std::getenv("AZURE_STORAGE_KEY"), account = std::getenv("AZURE_STORAGE_ACCOUNT");
  Variable none{"AZURE_STORAGE_KEY", ""};
  std::string url = new_remote_url();

  void expect_works(const std::string& options) {
    std::shared_ptr<ObjectStore> store = open_store_url(url, options);
    EXPECT_TRUE(store->put("a b+c", as_bytes("text"), Condition::always()));
    EXPECT_EQ(store->list("", 10).size(), 1u);
  }
  void expect_refused(const std::string& options) {
    try {
      expect_works(options);
      ADD_FAILURE() << "nothing failed";
    } catch (const Error& error) {
      EXPECT_TRUE(error.status() == Status::kPermissionDenied || error.status() == Status::kUnauthenticated)
          << error.message();
      EXPECT_EQ(error.message().find("sig="), std::string::npos) << error.message();
      EXPECT_EQ(error.message().find(key), std::string::npos) << error.message();
    }
  }
  // A shared access signature for the container, as the service's documentation describes it.
  std::string sas(const std::string& rights, const std::string& until) {
    std::string text =
        text_of(rights, "\n\n", until, "\n/blob/", account, "/stacks\n\n\n\n2021-08-06\nc\n\n\n\n\n\n\n");
    std::string signature = base64_of(hmac_sha256(as_bytes(*from_base64(key)), text));
    return text_of("sas_token=?sv=2021-08-06&sr=c&sp=", rights, "&se=", url_escape(until, false),
                   "&sig=", url_escape(signature, false));
  }
};

TEST_F(AzureCredentialsOnServer, KeysAndSignaturesAreTaken) {
  expect_works("account_key=" + key);
  expect_works(sas("racwdl", "2100-01-01T00:00:00Z"));
  std::string endpoint = std::getenv("AZURE_STORAGE_BLOB_ENDPOINT");
  expect_works(
      text_of("connection_string=AccountName=", account, ";AccountKey=", key, ";BlobEndpoint=", endpoint));
}

TEST_F(AzureCredentialsOnServer, WrongOnesAreRefusedAndNotShown) {
  expect_refused("account_key=" + base64_of(as_bytes("wrong")));
  expect_refused(sas("r", "2100-01-01T00:00:00Z"));
  expect_refused(sas("racwdl", "2001-01-01T00:00:00Z"));
  expect_refused(sas("racwdl", "2100-01-01T00:00:00Z") + "x");
  expect_refused("anonymous=1");
}

}  // namespace
}  // namespace af
