// Services that take conditional requests and do as they like, and large objects whose parts get lost.
#include "file/story.h"
#include "stores/faults.h"

namespace af {
namespace {

class FaultsOfConditions : public testing::Test {
 protected:
  // A bucket of its own: what is found out about a service is remembered.
  static std::string new_bucket() {
    static int count = 0;
    return "s3://careless-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  }
  Stack make(const std::string& options) {
    Stack stack(ArrayFile::create(open_store_url(url_, options), "x.af", {}));
    stack.define<double>("numbers", {10});
    stack.write<double>("numbers", std::vector<double>(10, 1.0));
    stack->flush();
    stack.write<double>("numbers", {0}, {1}, {2.0});
    stack->flush();
    return stack;
  }

  Faults faults_;
  std::string url_ = new_bucket();
};

TEST_F(FaultsOfConditions, OverwritingAllTheSameIsFoundOutBeforeAnythingIsWritten) {
  faults_.expect({R"({"unconditional": true, "times": -1})"});
  expect_error(
      Status::kUnsupported, [&] { make(""); }, "single_writer");
  EXPECT_TRUE(open_store_url(url_, "")->list("", 100).empty());
}

TEST_F(FaultsOfConditions, RemovingAllTheSameRulesOutCompacting) {
  faults_.expect({R"({"method": "DELETE", "unconditional": true, "times": -1})"});
  Stack stack = make("");
  expect_error(
      Status::kUnsupported, [&] { stack->compact(); }, "single_writer");
  Stack found(ArrayFile::open(open_store_url(url_, ""), "x.af", {}));
  EXPECT_EQ(found.read<double>("numbers", {0}, {2}), (std::vector<double>{2, 1}));
}

TEST_F(FaultsOfConditions, OneWriterMayWorkAllTheSame) {
  faults_.expect({R"({"unconditional": true, "times": -1})"});
  Stack stack = make("single_writer=1");
  stack->compact();
  expect_error(Status::kAlreadyExists, [&] { make("single_writer=1"); });
  EXPECT_EQ(stack.read<double>("numbers", {0}, {2}), (std::vector<double>{2, 1}));
  EXPECT_EQ(stack->layer_count(), 1);
}

class FaultsOfUploads : public testing::Test {
 protected:
  FaultsOfUploads() {
    for (size_t i = 0; i < body_.size(); i += 1000) body_[i] = static_cast<char>('a' + i / 1000 % 26);
  }
  std::optional<std::string> put(const Condition& condition) {
    std::unique_ptr<Upload> upload = store_->start_upload("large");
    upload->append(as_bytes(body_));
    return upload->finish("large", as_bytes("tail"), condition);
  }
  std::string found() {
    std::unique_ptr<Object> object = store_->open("large");
    std::string text(static_cast<size_t>(object->info().size), '?');
    object->read(0, std::as_writable_bytes(std::span(text)));
    return text;
  }

  std::shared_ptr<ObjectStore> store_ =
      open_store_url(new_remote_url(),
                     "multipart_size=5242880\npart_size=5242880\nupload_memory=1000000\nretry_base_ms=1\n"
                     "retry_cap_ms=4");
  std::string body_ = std::string(12 << 20, 'x');
  Faults faults_;
};

TEST_F(FaultsOfUploads, PartsThatGotLostAreSentAgain) {
  faults_.expect({R"({"method": "PUT", "query": "partNumber", "lost": true, "after": true, "times": 2})",
                  R"({"method": "PUT", "query": "partNumber", "status": 500})"});
  EXPECT_TRUE(put(Condition::if_absent()));
  EXPECT_TRUE(found() == body_ + "tail");
  EXPECT_FALSE(put(Condition::if_absent()));
  // Nothing is left of the one that lost.
  EXPECT_EQ(store_->abort_uploads("", INT64_MAX), 0);
}

TEST_F(FaultsOfUploads, ACompletionWhoseAnswerGotLostIsASuccess) {
  faults_.expect({R"({"method": "POST", "query": "uploadId", "lost": true, "after": true})"});
  std::optional<std::string> version = put(Condition::if_absent());
  ASSERT_TRUE(version);
  EXPECT_EQ(version, store_->stat("large")->version);
}

TEST_F(FaultsOfUploads, ACompletionThatFailsAfterItsAnswerBeganIsNoSuccess) {
  faults_.expect({R"({"method": "POST", "query": "uploadId", "status": 200, "times": -1,
                      "body": "<Error><Code>AccessDenied</Code></Error>"})"});
  expect_error(
      Status::kIo, [&] { put(Condition::if_absent()); }, "AccessDenied");
  EXPECT_FALSE(store_->stat("large"));
  EXPECT_EQ(store_->abort_uploads("", INT64_MAX), 0);
}

TEST_F(FaultsOfUploads, WhatDeadWritersLeftIsThrownAwayOnceItIsOld) {
  // Neither the upload nor its being aborted gets through: as if the process had died.
  faults_.expect({R"({"method": "POST", "query": "uploadId", "status": 403, "times": -1})",
                  R"({"method": "DELETE", "query": "uploadId", "status": 403, "times": -1})"});
  expect_error(Status::kPermissionDenied, [&] { put(Condition::if_absent()); });
  faults_.expect({});
  EXPECT_EQ(store_->abort_uploads("", 0), 0);
  EXPECT_EQ(store_->abort_uploads("", INT64_MAX), 1);
  EXPECT_EQ(store_->abort_uploads("", INT64_MAX), 0);
}

class FaultsAndPatience : public testing::Test {
 protected:
  Faults faults_;
};

TEST_F(FaultsAndPatience, WaitingEndsWhenTheCallerHasHadEnough) {
  std::string url = new_remote_url();
  FileOptions plain;
  plain.codec = {"", 0};
  Stack stack(ArrayFile::create(open_store_url(url, ""), "x.af", plain));
  stack.define<double>("numbers", {20000});
  stack.write<double>("numbers", std::vector<double>(20000, 1.0));
  stack->flush();
  Stack reader(ArrayFile::open(open_store_url(url, ""), "x.af", {}));
  reader->set_progress([](int64_t, int64_t) { return true; });
  faults_.expect({R"({"method": "GET", "delay": 20, "times": -1})"});
  expect_error(
      Status::kCancelled, [&] { reader.read<double>("numbers"); }, "x.af");
}

}  // namespace
}  // namespace af
