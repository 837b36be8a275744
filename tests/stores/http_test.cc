// Reading from any server that answers ranges.
#include "file/story.h"
#include "stores/faults.h"

namespace af {
namespace {

class HttpPlace : public testing::Test {
 protected:
  HttpPlace() {
    Stack stack(ArrayFile::create(open_store_url(s3_url_, ""), "x y.af", {}));
    stack.define<double>("numbers", {1000});
    stack.write<double>("numbers", std::vector<double>(1000, 1.5));
    stack->flush();
    stack.write<double>("numbers", {7}, {1}, {2.5});
    stack->flush();
    faults_.let_everybody_in();
  }
  ~HttpPlace() override { faults_.let_owner_in(); }

  // "s3://bucket/folder" at the server's own address.
  std::string http_url() const { return faults_.place() + s3_url_.substr(std::string("s3:/").size()); }

  Faults faults_;
  std::string s3_url_ = new_remote_url();
};

TEST_F(HttpPlace, AStackIsReadWithAllItsLayers) {
  UrlPlace place = open_url_place(http_url() + "/x%20y.af?token=canary");
  Stack stack(ArrayFile::open(place.store, place.key, {}));
  EXPECT_EQ(stack->layer_count(), 3);
  EXPECT_EQ(stack.read<double>("numbers", {6}, {3}), (std::vector<double>{1.5, 2.5, 1.5}));
  EXPECT_EQ(place.store->describe().find("canary"), std::string::npos);
}

TEST_F(HttpPlace, NothingIsWritten) {
  auto store = open_store_url(http_url(), "");
  expect_error(Status::kReadOnly, [&] { store->put("new", as_bytes("x"), Condition::always()); });
  expect_error(Status::kReadOnly, [&] { store->remove("x y.af"); });
  expect_error(Status::kReadOnly, [&] { ArrayFile::create(store, "new.af", {}); });
}

TEST_F(HttpPlace, WhatIsMissingAndWhatIsForbiddenAreTold) {
  auto store = open_store_url(http_url(), "");
  expect_error(
      Status::kNotFound, [&] { store->open("gone"); }, "gone");
  faults_.expect({R"({"status": 403, "times": -1})"});
  expect_error(
      Status::kPermissionDenied, [&] { store->open("x y.af"); }, "x y.af: HTTP 403");
}

TEST_F(HttpPlace, AReplacedObjectIsStale) {
  auto store = open_store_url(http_url(), "");
  std::string large(200000, 'a');
  faults_.let_owner_in();
  auto owner = open_store_url(s3_url_, "");
  owner->put("blob", as_bytes(large), Condition::always());
  faults_.let_everybody_in();
  std::unique_ptr<Object> object = store->open("blob");
  std::byte byte;
  object->read(5, {&byte, 1});
  EXPECT_EQ(static_cast<char>(byte), 'a');
  faults_.let_owner_in();
  owner->put("blob", as_bytes(std::string(200000, 'b')), Condition::always());
  faults_.let_everybody_in();
  expect_error(
      Status::kStale,
      [&] {
        object->read(5, {&byte, 1});
      },
      "blob");
}

}  // namespace
}  // namespace af
