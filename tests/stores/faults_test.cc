// Everything that may go wrong between here and a service, in the middle of everything that is done there:
// what comes of it is right, or an error that says what went wrong; and nothing is lost.
#include "stores/faults.h"

#include "file/story.h"

namespace af {
namespace {

struct Fault {
  std::string name;
  std::vector<std::string> rules;
  // Empty: it is got over. Otherwise one of these statuses may be answered instead.
  std::set<Status> statuses;
  // Whether there is no way to get over it.
  bool surely = false;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

// What a message may say, and what it must not.
void expect_fit_to_be_shown(const Error& error) {
  EXPECT_NE(error.message().find("x."), std::string::npos) << "no key in: " << error.message();
  for (const char* variable : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
    const char* secret = std::getenv(variable);
    ASSERT_TRUE(secret && *secret);
    EXPECT_EQ(error.message().find(secret), std::string::npos) << error.message();
  }
  for (const char* sign : {"Signature=", "Credential=", "X-Amz", "list-type", "?"})
    EXPECT_EQ(error.message().find(sign), std::string::npos) << error.message();
}

std::vector<Fault> faults() {
  const std::string slow_down = R"("status": 503, "body": "<Error><Code>SlowDown</Code></Error>")";
  const std::string conflict =
      R"("status": 409, "body": "<Error><Code>ConditionalRequestConflict</Code></Error>")";
  return {
      {"InternalErrorOnce", {R"({"status": 500})"}, {}},
      {"SlowDownThrice", {"{" + slow_down + R"(, "times": 3})"}, {}},
      {"SlowDownForEver", {"{" + slow_down + R"(, "times": -1})"}, {Status::kIo}, true},
      {"TooManyRequests", {R"({"status": 429, "headers": {"Retry-After": "0"}})"}, {}},
      {"ConflictingPut", {R"({"method": "PUT", )" + conflict + "}"}, {}},
      {"ConflictingPutsForEver",
       {R"({"method": "PUT", "times": -1, )" + conflict + "}"},
       {Status::kConflict}},
      {"ResetBeforeAnything", {R"({"lost": true})"}, {}},
      {"ResetWithoutAnswer", {R"({"lost": true, "after": true, "times": 2})"}, {}},
      {"LostAnswerToAPut", {R"({"method": "PUT", "lost": true, "after": true, "times": 1})"}, {}},
      {"LostAnswerToTheSecondPut", {R"({"method": "PUT", "skip": 1, "lost": true, "after": true})"}, {}},
      {"FailureAfterAPut", {R"({"method": "PUT", "status": 500, "after": true, "times": 2})"}, {}},
      {"FailureAfterADelete", {R"({"method": "DELETE", "status": 503, "after": true})"}, {}},
      {"ResetInTheBody", {R"({"method": "GET", "reset": 10, "times": 3})"}, {}},
      {"BodyCutShort", {R"({"method": "GET", "cut": 10, "times": 3})"}, {}},
      {"SlowBody", {R"({"method": "GET", "slow": 0.02, "times": -1})"}, {}},
      {"StalledBody", {R"({"method": "GET", "stall": 0.7})"}, {}},
      {"NoAnswerInTime", {R"({"delay": 0.7})"}, {}},
      {"NeverAnyAnswer", {R"({"delay": 0.7, "times": -1})"}, {Status::kTimedOut}, true},
      {"AnotherObjectsTag",
       {R"({"method": "GET", "query": "^$", "set": {"ETag": "\"another\""}})"},
       {Status::kStale}},
      {"RangeNotLookedAt", {R"({"method": "GET", "query": "^$", "whole": true})"}, {Status::kIo}},
      {"AnotherRegion", {R"({"status": 301, "headers": {"x-amz-bucket-region": "eu-west-1"}})"}, {}},
      {"AnotherRegionInTheBody",
       {R"({"status": 400, "body": "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-2</Region></Error>"})"},
       {}},
      {"AccessDenied",
       {R"({"status": 403, "body": "<Error><Code>AccessDenied</Code></Error>", "times": -1})"},
       {Status::kPermissionDenied},
       true},
      {"KeyExpired",
       {R"({"status": 400, "body": "<Error><Code>ExpiredToken</Code></Error>", "times": -1})"},
       {Status::kUnauthenticated},
       true},
      {"NoSuchMethod", {R"({"status": 501, "times": -1})"}, {Status::kUnsupported}, true},
      {"NonsenseForALongTime",
       {R"({"status": 200, "body": "what?", "times": -1})"},
       {Status::kIo, Status::kCorrupt, Status::kStale, Status::kNotFound},
       true},
  };
}

enum class Deed { kOpen, kRead, kCommit, kCompact };

std::string name_of(Deed deed) {
  switch (deed) {
    case Deed::kOpen: return "Open";
    case Deed::kRead: return "Read";
    case Deed::kCommit: return "Commit";
    case Deed::kCompact: return "Compact";
  }
  __builtin_unreachable();
}

class FaultsAtDeeds : public testing::TestWithParam<std::tuple<Fault, Deed>> {
 protected:
  static constexpr int64_t kLength = 20000;

  FaultsAtDeeds() {
    FileOptions plain;
    plain.codec = {"", 0};
    Stack stack(ArrayFile::create(store(), "x.af", plain));
    stack.define<double>("numbers", {kLength});
    for (int64_t i = 0; i < kLength; i++) numbers_.push_back(static_cast<double>(i) / 7);
    stack.write<double>("numbers", numbers_);
    stack->flush();
    for (int64_t i : {0, 1}) {
      numbers_[static_cast<size_t>(i)] = -1;
      stack.write<double>("numbers", {i}, {1}, {-1.0});
      stack->flush();
    }
  }

  std::shared_ptr<ObjectStore> store() const {
    return open_store_url(url_,
                          "retry_base_ms=1\nretry_cap_ms=4\nfirst_byte_timeout_ms=300\nstall_timeout_ms=300\n"
                          "max_attempts=5\ncall_timeout_ms=1200");
  }
  Stack open() const {
    FileOptions options;
    options.writable = true;
    return Stack(ArrayFile::open(store(), "x.af", options));
  }

  // What is there afterwards, seen by somebody who has had no trouble.
  void expect_whole(bool committed, bool perhaps) {
    faults_.expect({});
    Stack stack = open();
    std::vector<double> found = stack.read<double>("numbers");
    if (committed || (perhaps && found.back() == -2)) numbers_.back() = -2;
    EXPECT_EQ(found, numbers_);
    EXPECT_EQ(stack.problems(), Texts{});
    // And work goes on.
    stack.write<double>("numbers", {5}, {1}, {-3.0});
    stack->flush();
    stack->compact();
    numbers_[5] = -3;
    EXPECT_EQ(open().read<double>("numbers"), numbers_);
  }

  Faults faults_;
  std::string url_ = new_remote_url();
  std::vector<double> numbers_;
};

TEST_P(FaultsAtDeeds, IsGotOverOrSaid) {
  auto [fault, deed] = GetParam();
  Stack stack = open();
  if (deed == Deed::kCommit) stack.write<double>("numbers", {kLength - 1}, {1}, {-2.0});
  faults_.expect(fault.rules);
  bool done = false;
  try {
    switch (deed) {
      case Deed::kOpen: EXPECT_EQ(open()->layer_count(), 4); break;
      case Deed::kRead: EXPECT_EQ(stack.read<double>("numbers"), numbers_); break;
      case Deed::kCommit: stack->flush(); break;
      case Deed::kCompact: stack->compact(); break;
    }
    done = true;
    EXPECT_FALSE(fault.surely) << "it cannot have been done";
  } catch (const Error& error) {
    EXPECT_TRUE(fault.statuses.contains(error.status()))
        << "status " << static_cast<int>(error.status()) << ": " << error.message();
    expect_fit_to_be_shown(error);
  }
  expect_whole(done && deed == Deed::kCommit, deed == Deed::kCommit);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultsAtDeeds,
    testing::Combine(testing::ValuesIn(faults()),
                     testing::Values(Deed::kOpen, Deed::kRead, Deed::kCommit, Deed::kCompact)),
    [](const auto& info) { return std::get<0>(info.param).name + "At" + name_of(std::get<1>(info.param)); });

}  // namespace
}  // namespace af
