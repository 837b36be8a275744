// Requests that are signed: the vectors that Amazon and the RFCs publish, and for the others what OpenSSL's
// and Python's own HMAC and RSA say.
#include <gtest/gtest.h>

#include "store/signing/azure.h"
#include "store/signing/crc32c.h"
#include "store/signing/crypto.h"
#include "store/signing/google.h"
#include "store/signing/sigv4.h"
#include "support/expect_error.h"
#include "support/published_key.h"

namespace af {
namespace {

constexpr char kEmptyHash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Seconds at(int64_t unix_time) { return Seconds(std::chrono::seconds(unix_time)); }

// The last word of an Authorization.
std::string signature_in(std::string_view authorization) {
  return std::string(authorization.substr(authorization.find("Signature=") + 10));
}

// -- Amazon's test suite for Signature Version 4

const AccessKey kSuiteKey{"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};
const Seconds kSuiteTime = at(1440938160);  // 2015-08-30T12:36:00Z

struct SuiteCase {
  const char* name;
  const char* method;
  const char* path;
  const char* query;
  HttpHeaders headers;
  const char* signature;
};

TEST(Sigv4, AnswersWhatAmazonsTestSuitePublishes) {
  const std::string unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string token =
      "AQoDYXdzEPT//////////"
      "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7"
      "mSEI/qkPpKPi/"
      "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6"
      "d"
      "+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/"
      "oLxBA==";
  const std::string both = unreserved + "=" + unreserved, unreserved_path = "/" + unreserved;
  const SuiteCase cases[] = {
      {"get-vanilla", "GET", "/", "", {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"post-vanilla",
       "POST",
       "/",
       "",
       {},
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/",
       "Param2=value2&Param1=value1",
       {},
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-order-value",
       "GET",
       "/",
       "Param1=value2&Param1=value1",
       {},
       "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
      {"get-vanilla-query-order-encoded",
       "GET",
       "/",
       "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
       {},
       "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
      {"get-vanilla-utf8-query",
       "GET",
       "/",
       "%E1%88%B4=bar",
       {},
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-vanilla-query-unreserved",
       "GET",
       "/",
       both.c_str(),
       {},
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"post-vanilla-query",
       "POST",
       "/",
       "Param1=value1",
       {},
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"get-unreserved",
       "GET",
       unreserved_path.c_str(),
       "",
       {},
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-utf8",
       "GET",
       "/%E1%88%B4",
       "",
       {},
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-header-key-duplicate",
       "GET",
       "/",
       "",
       {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-order",
       "GET",
       "/",
       "",
       {{"My-Header1", "value4"},
        {"My-Header1", "value1"},
        {"My-Header1", "value3"},
        {"My-Header1", "value2"}},
       "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
      {"get-header-value-trim",
       "GET",
       "/",
       "",
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-header-key-sort",
       "POST",
       "/",
       "",
       {{"My-Header1", "value1"}},
       "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
      {"post-header-value-case",
       "POST",
       "/",
       "",
       {{"My-Header1", "VALUE1"}},
       "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
      {"post-sts-header-before",
       "POST",
       "/",
       "",
       {{"X-Amz-Security-Token", token}},
       "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
  };
  for (const SuiteCase& given : cases) {
    Signable request{given.method, "example.amazonaws.com", given.path,
                     given.query,  given.headers,           kEmptyHash};
    request.headers.emplace_back("X-Amz-Date", "20150830T123600Z");
    std::string authorization = sigv4_authorization(request, kSuiteKey, {"us-east-1", "service"}, kSuiteTime);
    EXPECT_EQ(signature_in(authorization), given.signature) << given.name;
  }
}

TEST(Sigv4, SpellsTheWholeHeader) {
  Signable request{"GET", "example.amazonaws.com", "/", "", {{"X-Amz-Date", "20150830T123600Z"}}, kEmptyHash};
  EXPECT_EQ(sigv4_authorization(request, kSuiteKey, {"us-east-1", "service"}, kSuiteTime),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

// -- The examples of Amazon S3's documentation

const AccessKey kS3Key{"AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), {}};
const Seconds kS3Time = at(1369353600);  // 2013-05-24T00:00:00Z
constexpr char kS3Host[] = "examplebucket.s3.amazonaws.com";

std::string s3_signature(Signable request) {
  sign_s3(request, kS3Key, {"us-east-1"}, kS3Time);
  EXPECT_EQ(header_of(request.headers, "x-amz-date"), "20130524T000000Z");
  EXPECT_EQ(header_of(request.headers, "x-amz-content-sha256"), request.body_hash);
  return signature_in(header_of(request.headers, "authorization"));
}

TEST(Sigv4, SignsAsTheExamplesOfS3) {
  EXPECT_EQ(s3_signature({"GET", kS3Host, "/test.txt", "", {{"Range", "bytes=0-9"}}, kEmptyHash}),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  std::string body_hash = hex_of(sha256(as_bytes("Welcome to Amazon S3.")));
  EXPECT_EQ(body_hash, "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  EXPECT_EQ(s3_signature(
                {"PUT",
                 kS3Host,
                 "/" + url_escape("test$file.text", true),
                 "",
                 {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                 body_hash}),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  EXPECT_EQ(s3_signature({"GET", kS3Host, "/", "lifecycle", {}, kEmptyHash}),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(s3_signature({"GET", kS3Host, "/", "prefix=J&max-keys=2", {}, kEmptyHash}),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(Sigv4, PresignsAsTheExampleOfS3) {
  Signable request{"GET", kS3Host, "/test.txt"};
  EXPECT_EQ(presigned_query(request, kS3Key, {"us-east-1"}, kS3Time, std::chrono::hours(24)),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(Sigv4, SendsAndSignsTheTokenOfASession) {
  AccessKey key = kS3Key;
  key.session_token = Secret("the/token+==");
  Signable request{"GET", kS3Host, "/", "", {}, std::string(kUnsignedPayload)};
  sign_s3(request, key, {"us-east-1"}, kS3Time);
  EXPECT_EQ(header_of(request.headers, "x-amz-security-token"), "the/token+==");
  EXPECT_EQ(header_of(request.headers, "x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
  EXPECT_NE(header_of(request.headers, "authorization").find(";x-amz-date;x-amz-security-token,"),
            std::string_view::npos);
  std::string query =
      presigned_query({"GET", kS3Host, "/"}, key, {"us-east-1"}, kS3Time, std::chrono::minutes(1));
  EXPECT_NE(query.find("&X-Amz-Security-Token=the%2Ftoken%2B%3D%3D&"), std::string::npos);
}

TEST(Sigv4, TellsApartWhateverIsSigned) {
  const Signable base{"GET", "h", "/b/k", "a=1", {{"x-amz-meta-a", "1"}}, kEmptyHash};
  std::vector<Signable> others(6, base);
  others[0].method = "PUT";
  others[1].host = "g";
  others[2].path = "/b/K";
  others[3].query = "a=2";
  others[4].headers[0].second = "2";
  others[5].body_hash = kUnsignedPayload;
  std::string signature = s3_signature(base);
  for (const Signable& other : others) EXPECT_NE(s3_signature(other), signature);
  EXPECT_EQ(s3_signature(base), signature);
}

TEST(Sigv4, SignsInTheWordsOfGoogle) {
  Signable request{"PUT",
                   "storage.googleapis.com",
                   "/bucket/" + url_escape("a b+c", true),
                   "",
                   {{"x-goog-if-generation-match", "0"}},
                   hex_of(sha256(as_bytes("abc")))};
  sign_s3(request, {"GOOG1E", Secret("google-secret"), {}}, {"auto", "storage", &kGoogle}, at(1795199400));
  EXPECT_EQ(header_of(request.headers, "authorization"),
            "GOOG4-HMAC-SHA256 Credential=GOOG1E/20261120/auto/storage/goog4_request, "
            "SignedHeaders=host;x-goog-content-sha256;x-goog-date;x-goog-if-generation-match, "
            "Signature=cf8c9f92cce850b73369cecf3f364ecb16ecde370dc1b0e6061ea838cac5cdf0");
}

// -- Azure

const AccountKey kAzureKey{"acct", Secret("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")};

TEST(SharedKey, SignsABlockThatIsPut) {
  Signable request{"PUT",
                   "acct.blob.core.windows.net",
                   "/stacks/a%20b%2Bc",
                   "comp=block&blockid=AAAA",
                   {{"Content-Type", "application/octet-stream"},
                    {"If-None-Match", "*"},
                    {"x-ms-version", "2021-08-06"},
                    {"x-ms-blob-type", "BlockBlob"}}};
  request.body_size = 3;
  sign_shared_key(request, kAzureKey, at(1795199400));
  EXPECT_EQ(header_of(request.headers, "x-ms-date"), "Fri, 20 Nov 2026 18:30:00 GMT");
  EXPECT_EQ(header_of(request.headers, "authorization"),
            "SharedKey acct:MOfofGHsOmFyDSa+MikOQwxiegSmT7IW8gI7ivwIrPc=");
}

TEST(SharedKey, SignsTheMeaningOfAQuery) {
  Signable request{"GET",
                   "acct.blob.core.windows.net",
                   "/stacks",
                   "restype=container&comp=list&prefix=a%20b%2F%2B%C3%A9&delimiter=%2F",
                   {{"Range", "bytes=0-9"}, {"x-ms-version", "2021-08-06"}}};
  sign_shared_key(request, kAzureKey, at(1795199400));
  EXPECT_EQ(header_of(request.headers, "authorization"),
            "SharedKey acct:i+HxAgk31hqcU0k98ri22/M8aSUOwd3AU012E1Js1jM=");
}

TEST(SharedKey, RefusesAKeyThatIsNotBase64WithoutShowingIt) {
  Signable request;
  for (const char* key : {"canary-key!", "canary=", "", "Y2FuYXJ5Y"}) {
    try {
      sign_shared_key(request, {"acct", Secret(key)}, at(0));
      ADD_FAILURE() << "a key of " << strlen(key) << " characters was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kInvalidArgument);
      EXPECT_EQ(error.message().find("anary"), std::string::npos);
    }
  }
}

// -- Google

TEST(Rs256, SignsAsTheExampleOfRfc7515) {
  std::string text =
      "eyJhbGciOiJSUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  EXPECT_EQ(base64url_of(as_bytes(sign_rs256(Secret(kPublishedKey), text))),
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
            "O8W2Fp5jujGbds9uJdbF9CUAr7t"
            "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"
            "eSN9383LcOLn6_dO--xi12j"
            "zDwusC-"
            "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
            "IoypGlUPQ"
            "Ge77Rw");
}

TEST(Rs256, RefusesWhatIsNotAKeyWithoutShowingIt) {
  for (std::string pem : {std::string(), std::string("canary"), std::string(kPublishedKey).substr(0, 500),
                          std::string("-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n")}) {
    expect_error(
        Status::kInvalidArgument, [&] { sign_rs256(Secret(pem), "text"); },
        "the private key is not an RSA key in PEM without a password");
  }
}

TEST(ServiceAccount, ClaimsWhatOpensslSigns) {
  ServiceAccount account{"robot@project.iam.gserviceaccount.com", "key-1", Secret(kPublishedKey),
                         "https://oauth2.googleapis.com/token"};
  Secret claim =
      service_account_claim(account, "https://www.googleapis.com/auth/devstorage.read_write", at(1795199400));
  EXPECT_EQ(claim.reveal(),
            "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImtleS0xIn0."
            "eyJpc3MiOiJyb2JvdEBwcm9qZWN0LmlhbS5nc2VydmljZWFjY291bnQuY2"
            "9tIiwic2NvcGUiOiJodHRwczovL3d3dy5nb29nbGVhcGlzLmNvbS9hdXRoL2RldnN0b3JhZ2UucmVhZF93cml0ZSIsImF1ZC"
            "I6Imh0dHBzOi8vb2F1"
            "dGgyLmdvb2dsZWFwaXMuY29tL3Rva2VuIiwiaWF0IjoxNzk1MTk5NDAwLCJleHAiOjE3OTUyMDMwMDB9."
            "dD0idVPPMvDbzV4qzzPlGJC9d7-6h4k9F"
            "TsXVSnOcr1skxuha4nt33mxxx9WdQmMDi2kzYXr6SAIcB5-4p6WfEJeiMs2Nt2C35wEbquRCHcTf9adqSii7_"
            "OG3OfV80idXyVvIdCjftobP3kFk0U"
            "RfUyapJO7UAt3HuAaD4m652OEgNFNvPNj548Tsst5rlHKMfkssRt_5WB1i7h6welDFcVntBqcRqgsYM7SsDYXjV-n0a-"
            "Fwyy7PQNDpEjtYHhdzT9A"
            "RGEkVPPiPLiu046WOOVHvMsEjtsBdTSvDW_9Zjcyu226_EyeRKc4-o4CM9F2Tp069-Y3xy0KgtXV6b7DLw");
}

// -- Spellings

TEST(Spelling, OfBytes) {
  EXPECT_EQ(base64_of(as_bytes("")), "");
  EXPECT_EQ(base64_of(as_bytes("f")), "Zg==");
  EXPECT_EQ(base64_of(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(base64_of(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(base64url_of(as_bytes("\xfb\xff")), "-_8");
  EXPECT_EQ(hex_of(as_bytes("\x01\xab")), "01ab");
  for (const char* text : {"", "f", "fo", "foo", "\xff\xfe\xfd\xfc"})
    EXPECT_EQ(from_base64(base64_of(as_bytes(text))), text);
  for (const char* text : {"Zg=", "Z", "Z===", "Zm9v\n", "Zm 9", "====", "Z=g="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Spelling, OfTimes) {
  EXPECT_EQ(basic_time(kS3Time), "20130524T000000Z");
  EXPECT_EQ(http_time(at(951827696)), "Tue, 29 Feb 2000 12:34:56 GMT");
  EXPECT_EQ(parse_iso_time("2013-05-24T00:00:00Z"), kS3Time);
  EXPECT_EQ(parse_iso_time("2000-02-29T12:34:56.789Z"), at(951827696));
  for (const char* text :
       {"", "Z", "2013-05-24", "2013-05-24T00:00:00", "2013-05-24T00:00:00+01:00", "2013-02-30T00:00:00Z",
        "2013-05-24T24:00:00Z", "2013-05-24T00:00:00.xZ", "2013-05-2-T00:00:00Z"})
    EXPECT_FALSE(parse_iso_time(text)) << text;
}

TEST(Spelling, OfOddKeysInUrls) {
  EXPECT_EQ(url_escape("a b+c%d=e&f?g#h~i/\xc3\xa9", true), "a%20b%2Bc%25d%3De%26f%3Fg%23h~i/%C3%A9");
  EXPECT_EQ(url_escape("a/b", false), "a%2Fb");
  EXPECT_EQ(url_unescape("a%20b%2bc%/%zz%4"), "a b+c%/%zz%4");
  std::string all;
  for (int c = 0; c < 256; c++) all += static_cast<char>(c);
  EXPECT_EQ(url_unescape(url_escape(all, false)), all);
}

TEST(Crc32c, IsThatOfRfc3720) {
  auto of = [](const std::string& text) {
    ByteView bytes = as_bytes(text);
    return crc32c(std::span(&bytes, 1));
  };
  std::string rising, falling;
  for (int i = 0; i < 32; i++) rising += static_cast<char>(i), falling += static_cast<char>(31 - i);
  EXPECT_EQ(of(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(of(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(of(rising), 0x46dd794eu);
  EXPECT_EQ(of(falling), 0x113fdb5cu);
  EXPECT_EQ(of("123456789"), 0xe3069283u);
  EXPECT_EQ(of(""), 0u);
}

TEST(Crc32c, IsTheSameInWhateverParts) {
  std::string text = "The quick brown fox jumps over the lazy dog";
  for (size_t cut = 0; cut <= text.size(); cut++) {
    std::vector<ByteView> parts{as_bytes(text).first(cut), as_bytes(text).subspan(cut)};
    EXPECT_EQ(crc32c_text(parts), "ImIEBA==") << cut;
  }
}

TEST(Url, IsTakenApart) {
  UrlParts parts = split_url("https://host:9000/a%20b/c?x=1&y#z");
  EXPECT_EQ(parts.scheme, "https");
  EXPECT_EQ(parts.host, "host:9000");
  EXPECT_EQ(parts.path, "/a%20b/c");
  EXPECT_EQ(parts.query, "x=1&y");
  EXPECT_EQ(split_url("http://host?q").path, "/");
  for (const char* url : {"", "host/path", "://host", "https://", "https://canary:canary@host/"})
    expect_error(
        Status::kInvalidArgument, [&] { split_url(url); }, "a URL of a service has no");
}

TEST(Secret, IsWipedWhenItIsMoved) {
  Secret first("canary"), second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT: that is what is tested
  EXPECT_EQ(second.reveal(), "canary");
  first = second;
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace af
