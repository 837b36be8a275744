// The parts of remote stores that need no network.
#include <gtest/gtest.h>

#include "store/http_retry.h"
#include "store/spool.h"
#include "store/store_options.h"
#include "store/url.h"
#include "support/expect_error.h"

namespace af {
namespace {

using std::chrono::milliseconds;

TEST(HttpText, FindsHeadersInWhateverCase) {
  HttpHeaders headers{{"content-LENGTH", "5"}, {"ETag", "\"x\""}};
  EXPECT_EQ(header_of(headers, "Content-Length"), "5");
  EXPECT_EQ(header_of(headers, "Content-Len"), "");
}

TEST(HttpText, TakesContentRangesApart) {
  HttpResponse answer;
  answer.headers = {{"Content-Range", "bytes 5-9/20"}};
  auto range = content_range_of(answer);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, 5u);
  EXPECT_EQ(range->length, 5u);
  EXPECT_EQ(range->total, 20u);
  for (const char* nonsense : {"", "bytes */20", "bytes 9-5/20", "bytes 5-20/20", "5-9/20", "bytes 5-9/*",
                               "bytes 5-99999999999999999999/20", "bytes 5/20-9", "bytes -5-9/20"}) {
    answer.headers = {{"Content-Range", nonsense}};
    EXPECT_FALSE(content_range_of(answer)) << nonsense;
  }
}

TEST(HttpRetry, WaitsAsLongAsItIsAsked) {
  EXPECT_EQ(parse_retry_after("3", 0), milliseconds(3000));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111770), milliseconds(7000));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111800), milliseconds(0));
  for (const char* nonsense :
       {"", "soon", "1.5", "Sun, 06 Xyz 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"})
    EXPECT_FALSE(parse_retry_after(nonsense, 0)) << nonsense;
  EXPECT_LE(parse_retry_after("9223372036854775807", 0), milliseconds(7LL * 86400 * 1000));
}

TEST(HttpRetry, PausesGrowAndAreRandom) {
  HttpOptions options;
  options.retry_base = milliseconds(100);
  options.retry_cap = milliseconds(1000);
  std::minstd_rand random(1);
  std::set<int64_t> seen;
  milliseconds longest[3]{};
  for (int i = 0; i < 1000; i++) {
    for (int failed : {1, 2, 20}) {
      milliseconds pause = retry_pause(options, failed, {}, random);
      EXPECT_LE(pause, milliseconds(failed == 1 ? 100 : failed == 2 ? 200 : 1000));
      auto& most = longest[failed == 20 ? 2 : failed - 1];
      most = std::max(most, pause);
      seen.insert(pause.count());
    }
  }
  EXPECT_GT(longest[0], milliseconds(90));
  EXPECT_GT(longest[1], milliseconds(180));
  EXPECT_GT(longest[2], milliseconds(900));
  EXPECT_GT(seen.size(), 300u);
  EXPECT_EQ(retry_pause(options, 1, milliseconds(5000), random), milliseconds(5000));
}

TEST(HttpRetry, AnOutageIsNotAnsweredWithAFlood) {
  RetryBudget budget;
  int taken = 0;
  while (taken < 10000 && budget.take()) taken++;
  EXPECT_EQ(taken, 100);
  for (int i = 0; i < 10; i++) budget.earn();
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
}

TEST(StoreOptions, AreLinesOfNamesAndValues) {
  StoreOptions options("a=1\n\nb=x=y\r\na=2\nheader=X: 1\nheader=Y: 2");
  EXPECT_EQ(options.number("a", 0, 9), 2);
  EXPECT_EQ(options.text("b"), "x=y");
  EXPECT_EQ(options.text("c", "else"), "else");
  EXPECT_EQ(http_options(options).headers, (HttpHeaders{{"X", "1"}, {"Y", "2"}}));
  options.expect_no_others();
}

TEST(StoreOptions, RefuseWhatTheyDoNotKnowWithoutShowingIt) {
  expect_error(Status::kInvalidArgument, [] { StoreOptions("no equals sign"); });
  expect_error(Status::kInvalidArgument, [] { StoreOptions("=value"); });
  StoreOptions options("max_attempts=many-secrets\nunknown=canary");
  for (auto ask : {+[](const StoreOptions& given) { http_options(given); },
                   +[](const StoreOptions& given) { given.expect_no_others(); }})
    try {
      ask(options);
      ADD_FAILURE() << "nothing failed";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kInvalidArgument);
      EXPECT_EQ(error.message().find("secret"), std::string::npos) << error.message();
      EXPECT_EQ(error.message().find("canary"), std::string::npos) << error.message();
    }
}

TEST(StoreUrls, AreToldFromPaths) {
  for (const char* url : {"s3://b/k", "s3a://b", "http://h/x.af", "https://h"})
    EXPECT_TRUE(is_store_url(url));
  for (const char* path : {"x.af", "/s3://b", "s3:/b", "ftp://h/x", "S3", ""})
    EXPECT_FALSE(is_store_url(path));
}

TEST(StoreUrls, HaveKeysAsTheyAre) {
  StoreUrl url = parse_store_url("s3://bucket/a b/100%25?.af");
  EXPECT_EQ(url.authority, "bucket");
  EXPECT_EQ(url.path, "a b/100%25?.af");
  EXPECT_EQ(url.query, "");
  url = parse_store_url("https://host:8080/a%20b/x.af?token=1");
  EXPECT_EQ(url.authority, "host:8080");
  EXPECT_EQ(url.path, "a b/x.af");
  EXPECT_EQ(url.query, "token=1");
  expect_error(Status::kInvalidName, [] { parse_store_url("s3:///key"); });
  try {
    parse_store_url("https://user:canary@host/x.af");
    ADD_FAILURE() << "a password is no part of a URL";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kInvalidName);
    EXPECT_EQ(error.message().find("canary"), std::string::npos);
  }
}

TEST(Spools, GiveBackWhatWasAppendedFromMemoryAndFromAFile) {
  for (uint64_t memory : {0, 10, 1 << 20}) {
    Spool spool(memory);
    std::string all;
    for (int i = 0; i < 200; i++) {
      std::string piece(static_cast<size_t>(i), static_cast<char>('a' + i % 26));
      spool.append(as_bytes(piece));
      all += piece;
      if (i % 50 == 3) {
        EXPECT_EQ(as_text(spool.view()), all);
      }
    }
    std::string part(100, '?');
    spool.read(1000, {reinterpret_cast<std::byte*>(part.data()), part.size()});
    EXPECT_EQ(part, all.substr(1000, 100));
    EXPECT_EQ(spool.size(), all.size());
    EXPECT_EQ(as_text(spool.view()), all);
    expect_error(Status::kInternal, [&] {
      spool.read(all.size(), {reinterpret_cast<std::byte*>(part.data()), 1});
    });
  }
}

}  // namespace
}  // namespace af
