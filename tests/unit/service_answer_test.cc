// What is read out of the answers of any service, and how its failures are told.
#include "store/service_answer.h"

#include <gtest/gtest.h>

namespace af {
namespace {

HttpResponse answer_with(int status, HttpHeaders headers) {
  HttpResponse answer;
  answer.status = status;
  answer.headers = std::move(headers);
  return answer;
}

TEST(AServicesAnswer, TellsTheSizeOfTheWholeObject) {
  EXPECT_EQ(object_size_in(answer_with(200, {{"content-length", "0"}})), 0);
  EXPECT_EQ(object_size_in(answer_with(206, {{"content-length", "10"}, {"content-range", "bytes 0-9/1234"}})),
            1234);
  EXPECT_EQ(object_size_in(answer_with(200, {{"content-length", "9223372036854775807"}})), INT64_MAX);
}

TEST(AServicesAnswer, ThatTellsNoSizeOrNonsenseHasNone) {
  EXPECT_EQ(object_size_in(answer_with(200, {})), -1);
  for (const char* nonsense :
       {"", "-1", "+1", " 1", "1 ", "1e3", "0x10", "9223372036854775808", "18446744073709551616", "12\n"})
    EXPECT_EQ(size_in_text(nonsense), -1) << nonsense;
  EXPECT_EQ(object_size_in(answer_with(206, {{"content-range", "bytes 0-9/18446744073709551615"}})), -1);
}

TEST(AServicesAnswer, HasItsTagWithoutQuotes) {
  EXPECT_EQ(version_of_tag("\"abc\""), "abc");
  EXPECT_EQ(version_of_tag("W/\"abc\""), "W/\"abc\"");
  EXPECT_EQ(version_of_tag("\""), "\"");
  EXPECT_EQ(version_of_tag(""), "");
}

TEST(AServicesAnswer, ThatIsAFailureIsToldWithAllThatHelpsToFindIt) {
  HttpRequest request;
  request.subject = "s3://bucket/key";
  request.url = "https://host/bucket/key?signature=secret";
  HttpResponse answer = answer_with(503, {});
  answer.attempts = 8;
  Error error = failure_told(request, answer, status_of_failure(503), "SlowDown", "17");
  EXPECT_EQ(error.message(), "GET s3://bucket/key: HTTP 503 SlowDown, request 17, after 8 attempts");
  EXPECT_EQ(error.status(), Status::kIo);
  EXPECT_EQ(error.http_status(), 503);
  EXPECT_EQ(failure_told(request, answer_with(404, {}), status_of_failure(404), "", "").message(),
            "GET s3://bucket/key: HTTP 404");
  EXPECT_EQ(status_of_failure(401), Status::kUnauthenticated);
  EXPECT_EQ(status_of_failure(412), Status::kConflict);
}

}  // namespace
}  // namespace af
