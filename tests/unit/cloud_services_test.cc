// What Google Cloud Storage and Azure are asked, and what their answers mean. The servers of tests/servers
// say whether they understand it; here is what those do not do.
#ifdef AF_WITH_CURL
#include <gtest/gtest.h>

#include "store/azure_service.h"
#include "store/gcs_service.h"
#include "support/expect_error.h"
#include "support/pretended_outside.h"

namespace af {
namespace {

constexpr char kOddKey[] = "a b/+%=&?#~\xc3\xa9";
constexpr char kOddPath[] = "a%20b/%2B%25%3D%26%3F%23~%C3%A9";

// The request as it is sent: signed, where there is something to sign with.
HttpRequest sent(HttpRequest request) {
  if (request.signer) request.signer->sign(request);
  return request;
}

std::string body_text(const HttpRequest& request) {
  std::string text;
  for (ByteView part : request.body) text += as_text(part);
  return text;
}

class GcsServiceTest : public testing::Test {
 protected:
  std::shared_ptr<TokenSource> token = std::make_shared<TokenSource>(
      [] {
        return IssuedToken{Secret("canary-token"), {}};
      },
      [] { return Seconds(); });
  std::shared_ptr<const ObjectService> service = create_gcs_service(
      {.bucket = "bucket", .endpoint = "https://gcs", .user_project = "payer"}, nullptr, token);
};

TEST_F(GcsServiceTest, AsksForRangesOfAGeneration) {
  HttpRequest get = sent(service->get(kOddKey, ByteRange::of(10, 5), "1234"));
  EXPECT_EQ(get.url,
            "https://gcs/storage/v1/b/bucket/o/a%20b%2F%2B%25%3D%26%3F%23~%C3%A9"
            "?alt=media&ifGenerationMatch=1234&userProject=payer");
  EXPECT_EQ(header_of(get.headers, "range"), "bytes=10-14");
  EXPECT_EQ(header_of(get.headers, "authorization"), "Bearer canary-token");
  EXPECT_EQ(header_of(service->get("k", ByteRange::last(7), "").headers, "range"), "bytes=-7");
}

TEST_F(GcsServiceTest, PutsWhatAnObjectIsAndItsBytesAtOnce) {
  ByteView body = as_bytes("bytes");
  HttpRequest put = service->put("a\"b", std::span(&body, 1), {Condition::if_absent(), "id2,id1"});
  EXPECT_EQ(put.url,
            "https://gcs/upload/storage/v1/b/bucket/o?uploadType=multipart&fields=generation,size"
            "&ifGenerationMatch=0&userProject=payer");
  std::string text = body_text(put);
  EXPECT_NE(text.find(R"({"name":"a\"b","crc32c":"0G6ckg==","metadata":{"af-writes":"id2,id1"}})"),
            std::string::npos);
  EXPECT_NE(text.find("octet-stream\r\n\r\nbytes\r\n--"), std::string::npos);
}

TEST_F(GcsServiceTest, AVersionThatIsNoGenerationMatchesNothing) {
  for (const char* version : {"no such version", "0", "-1", "99999999999999999999", ""}) {
    HttpRequest remove = service->remove("k", version);
    EXPECT_NE(remove.url.find("?ifGenerationMatch=1&"), std::string::npos) << version;
  }
}

TEST_F(GcsServiceTest, KnowsAnswersOfBothKinds) {
  HttpResponse bytes{.status = 206,
                     .headers = {{"X-Goog-Generation", "7"},
                                 {"Content-Range", "bytes 0-4/1000"},
                                 {"X-Goog-Meta-Af-Writes", "id"}},
                     .body = "{\"a\":"};
  EXPECT_EQ(service->info_of("k", bytes).version, "7");
  EXPECT_EQ(service->info_of("k", bytes).size, 1000);
  EXPECT_EQ(service->writes_of(bytes), "id");
  HttpResponse resource{.status = 200,
                        .headers = {},
                        .body = R"({"generation":"8","size":"12","metadata":{"af-writes":"id"}})"};
  EXPECT_EQ(service->info_of("k", resource).version, "8");
  EXPECT_EQ(service->info_of("k", resource).size, 12);
  EXPECT_EQ(service->writes_of(resource), "id");
}

TEST_F(GcsServiceTest, FailuresNameTheReasonAndNothingSecret) {
  HttpRequest request = sent(service->head("k"));
  HttpResponse answer{
      .status = 403,
      .headers = {{"X-GUploader-UploadID", "up-1"}},
      .body = R"({"error":{"message":"canary","errors":[{"reason":"forbidden","message":"canary"}]}})"};
  Error error = service->failure_of(request, answer);
  EXPECT_EQ(error.status(), Status::kPermissionDenied);
  EXPECT_EQ(error.message(), "GET gs://bucket/k: HTTP 403 'forbidden', request up-1");
  EXPECT_EQ(service->outcome_of({.status = 412}), Outcome::kConditionFailed);
  EXPECT_EQ(service->outcome_of({.status = 404}), Outcome::kAbsent);
  EXPECT_EQ(request.judge({.status = 401}), Verdict::kRenew);
  EXPECT_EQ(request.judge({.status = 429}), Verdict::kRetry);
  EXPECT_EQ(request.judge({.status = 412}), Verdict::kFinal);
  EXPECT_EQ(request.judge(answer), Verdict::kFinal);
  answer.body = R"({"error":{"errors":[{"reason":"userRateLimitExceeded"}]}})";
  EXPECT_EQ(request.judge(answer), Verdict::kRetry);
}

TEST_F(GcsServiceTest, NonsenseIsAFailureOfTheServiceNotOfTheObject) {
  HttpResponse nonsense{.status = 200, .headers = {}, .body = "what?"};
  expect_error(
      Status::kIo, [&] { service->info_of("k", nonsense); }, "gs://bucket/k: the answer: not JSON");
  expect_error(
      Status::kIo, [&] { service->page_of(nonsense); }, "gs://bucket: the answer");
  EXPECT_EQ(service->failure_of(service->head("k"), {.status = 503, .body = "what?"}).status(), Status::kIo);
}

class AzureServiceTest : public testing::Test {
 protected:
  std::shared_ptr<const ObjectService> with(AzureCredentials credentials) {
    return create_azure_service({"acct", "https://acct.blob", std::move(credentials)}, "box", nullptr);
  }
  std::shared_ptr<const ObjectService> service = with(AccountKey{"acct", Secret("Y2FuYXJ5")});
};

TEST_F(AzureServiceTest, AsksForRangesOfAVersion) {
  HttpRequest get = sent(service->get(kOddKey, ByteRange::of(10, 5), "0x1"));
  EXPECT_EQ(get.url, std::string("https://acct.blob/box/") + kOddPath);
  EXPECT_EQ(header_of(get.headers, "range"), "bytes=10-14");
  EXPECT_EQ(header_of(get.headers, "if-match"), "\"0x1\"");
  EXPECT_TRUE(header_of(get.headers, "authorization").starts_with("SharedKey acct:"));
  EXPECT_FALSE(service->has_suffix_ranges());
}

TEST_F(AzureServiceTest, ASignatureOrATokenIsAdded) {
  HttpRequest get = sent(with(SharedAccessSignature{Secret("sv=1&sig=x%2B")})->list("p/", ""));
  EXPECT_EQ(get.url,
            "https://acct.blob/box?restype=container&comp=list&delimiter=%2F&prefix=p%2F&sv=1&sig=x%2B");
  get = sent(with(SharedAccessSignature{Secret("sv=1")})->head("k"));
  EXPECT_EQ(get.url, "https://acct.blob/box/k?sv=1");
  auto token = std::make_shared<TokenSource>(
      [] {
        return IssuedToken{Secret("tok"), {}};
      },
      [] { return Seconds(); });
  EXPECT_EQ(header_of(sent(with(token)->head("k")).headers, "authorization"), "Bearer tok");
  EXPECT_EQ(header_of(sent(with(Anonymous{})->head("k")).headers, "authorization"), "");
}

TEST_F(AzureServiceTest, BlocksBelongToOneUpload) {
  ByteView body = as_bytes("bytes");
  auto part = [&](std::string_view upload, int number) {
    return service->put_part("k", upload, number, std::span(&body, 1)).url;
  };
  EXPECT_EQ(part("id", 1), "https://acct.blob/box/k?comp=block&blockid=aWQtMDAwMDAwMDE%3D");
  EXPECT_EQ(part("id", 12345).size(), part("id", 1).size());
  EXPECT_NE(part("other", 1), part("id", 1));
  std::string document;
  std::vector<StoredPart> parts{{1, ""}, {2, ""}};
  HttpRequest complete =
      service->complete_upload("k", "id", parts, {Condition::if_match("0x1"), "id"}, &document);
  EXPECT_TRUE(
      document.ends_with("<BlockList><Uncommitted>aWQtMDAwMDAwMDE=</Uncommitted>"
                         "<Uncommitted>aWQtMDAwMDAwMDI=</Uncommitted></BlockList>"));
  EXPECT_EQ(header_of(complete.headers, "if-match"), "\"0x1\"");
}

TEST_F(AzureServiceTest, ABlobThatIsThereIsALostRace) {
  auto failed = [](int status, std::string code) {
    return HttpResponse{.status = status, .headers = {{"x-ms-error-code", std::move(code)}}};
  };
  EXPECT_EQ(service->outcome_of(failed(409, "BlobAlreadyExists")), Outcome::kConditionFailed);
  EXPECT_EQ(service->outcome_of(failed(412, "ConditionNotMet")), Outcome::kConditionFailed);
  EXPECT_EQ(service->outcome_of(failed(409, "LeaseIdMissing")), Outcome::kFailed);
  EXPECT_EQ(service->outcome_of(failed(404, "BlobNotFound")), Outcome::kAbsent);
  EXPECT_EQ(service->outcome_of(failed(404, "ContainerNotFound")), Outcome::kFailed);
}

TEST_F(AzureServiceTest, LearnsTheTimeOfTheServiceOnce) {
  HttpRequest request = service->head("k");
  HttpResponse refused{
      .status = 403,
      .headers = {{"x-ms-error-code", "AuthenticationFailed"}, {"Date", "Fri, 20 Nov 2099 18:30:00 GMT"}}};
  EXPECT_EQ(request.judge(refused), Verdict::kAtOnce);
  EXPECT_EQ(request.judge(refused), Verdict::kFinal);
  EXPECT_TRUE(header_of(sent(request).headers, "x-ms-date").find("2099") != std::string_view::npos);
  EXPECT_EQ(service->failure_of(request, refused).status(), Status::kUnauthenticated);
}

TEST_F(AzureServiceTest, TakesListsApart) {
  HttpResponse answer{
      .status = 200,
      .body =
          "<?xml version='1.0'?><EnumerationResults><Blobs><Blob><Name>a &amp; b</Name><Properties>"
          "<Etag>0x8D</Etag><Content-Length>5</Content-Length></Properties></Blob>"
          "<BlobPrefix><Name>deeper/</Name></BlobPrefix></Blobs><NextMarker>m</NextMarker></"
          "EnumerationResults>"};
  ListPage page = service->page_of(answer);
  ASSERT_EQ(page.objects.size(), 1u);
  EXPECT_EQ(page.objects[0].key, "a & b");
  EXPECT_EQ(page.objects[0].size, 5);
  EXPECT_EQ(page.objects[0].version, "0x8D");
  EXPECT_EQ(page.next, "m");
}

}  // namespace
}  // namespace af
#endif
