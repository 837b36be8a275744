// What a store of the user's may answer, and may answer wrongly.
#include <arrayformat/arrayformat.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "store/store.h"
#include "support/expect_error.h"
#include "support/map_callbacks.h"

namespace af {
namespace {

class CallbackStoreTest : public testing::Test {
 protected:
  std::optional<std::string> put(const char* key, const char* text,
                                 const Condition& condition = Condition::always()) {
    return store_->put(key, as_bytes(text), condition);
  }
  static std::string text_in(const Object& object) {
    std::string text(static_cast<size_t>(object.info().size), '?');
    object.read(0, {reinterpret_cast<std::byte*>(text.data()), text.size()});
    return text;
  }

  MapCallbacks map_;
  std::shared_ptr<ObjectStore> store_ = create_callback_store(map_.functions());
};

TEST_F(CallbackStoreTest, StatusesKeepTheirNumbers) {
  put("x", "data");
  std::unique_ptr<Object> object = store_->open("x");
  for (int32_t number = AF_OK + 1; number <= AF_INTERNAL; number++) {
    map_.stat_answer = map_.get_answer = map_.put_answer = map_.remove_answer = map_.list_answer = number;
    Status status = static_cast<Status>(number);
    std::string text = "answered status " + std::to_string(number);
    expect_error(
        status, [&] { put("x", "y"); }, text);
    expect_error(
        status, [&] { store_->list("", 10); }, text);
    if (number == AF_NOT_FOUND) continue;  // that has a meaning of its own in the others
    expect_error(
        status, [&] { store_->stat("x"); }, text);
    expect_error(
        status, [&] { store_->open("x"); }, text);
    expect_error(
        status, [&] { store_->remove("x"); }, text);
    expect_error(
        status, [&] { text_in(*object); }, text);
  }
}

TEST_F(CallbackStoreTest, UnknownNumbersAreFailuresOfTheStore) {
  for (int32_t number : {AF_INTERNAL + 1, 1000, -1, std::numeric_limits<int32_t>::min()}) {
    map_.stat_answer = map_.put_answer = map_.list_answer = number;
    expect_error(
        Status::kIo, [&] { store_->stat("x"); }, std::to_string(number));
    expect_error(Status::kIo, [&] { put("x", "y"); });
    expect_error(Status::kIo, [&] { store_->list("", 10); });
  }
}

TEST_F(CallbackStoreTest, WhicheverWayAConditionIsRefusedItDoesNotHold) {
  auto answers = [&](af_status answer, const Condition& condition) {
    map_.put_answer = answer;
    return put("x", "y", condition).has_value();
  };
  EXPECT_FALSE(answers(AF_CONFLICT, Condition::if_absent()));
  EXPECT_FALSE(answers(AF_ALREADY_EXISTS, Condition::if_absent()));
  EXPECT_FALSE(answers(AF_CONFLICT, Condition::if_match("v")));
  EXPECT_FALSE(answers(AF_NOT_FOUND, Condition::if_match("v")));
  expect_error(Status::kAlreadyExists, [&] { answers(AF_ALREADY_EXISTS, Condition::if_match("v")); });
  expect_error(Status::kConflict, [&] { answers(AF_CONFLICT, Condition::always()); });
}

TEST_F(CallbackStoreTest, AnObjectThatIsGoneOrReplacedIsStale) {
  put("x", "data");
  std::unique_ptr<Object> object = store_->open("x");
  map_.place("x", "DATA");
  expect_error(
      Status::kStale, [&] { text_in(*object); }, "'x'");
  map_.drop("x");
  expect_error(
      Status::kStale, [&] { text_in(*object); }, "'x'");
}

TEST_F(CallbackStoreTest, APutAnswersTheVersionOfWhatItStored) {
  map_.after_put = [&] { map_.place("x", "rival"); };
  std::optional<std::string> own = put("x", "other");
  EXPECT_TRUE(own && !own->empty());
  EXPECT_NE(own, store_->stat("x")->version);
  EXPECT_FALSE(store_->remove("x", own));
  EXPECT_EQ(text_in(*store_->open("x")), "rival");
}

TEST_F(CallbackStoreTest, APutThatTookPlaceDoesNotFailAfterwards) {
  map_.after_put = [&] { map_.stat_answer = AF_IO; };
  EXPECT_EQ(put("x", "data"), "v1");
}

TEST_F(CallbackStoreTest, AnUploadWhosePutFailedMayTryAgain) {
  std::unique_ptr<Upload> upload = store_->start_upload("x");
  upload->append(as_bytes("body "));
  map_.put_answer = AF_TIMED_OUT;
  expect_error(Status::kTimedOut, [&] { upload->finish("x", as_bytes("tail"), Condition::if_absent()); });
  EXPECT_EQ(upload->size(), 5u);
  map_.put_answer.reset();
  EXPECT_TRUE(upload->finish("x", as_bytes("tail"), Condition::if_absent()));
  EXPECT_EQ(text_in(*store_->open("x")), "body tail");
}

TEST_F(CallbackStoreTest, ARenamedObjectThatWasReplacedMeanwhileKeepsItsSuccessor) {
  put("from", "data");
  map_.after_put = [&] { map_.place("from", "successor"); };
  EXPECT_TRUE(store_->rename("from", "to"));
  EXPECT_EQ(text_in(*store_->open("to")), "data");
  EXPECT_EQ(text_in(*store_->open("from")), "successor");
}

TEST_F(CallbackStoreTest, IsReleasedOnceWithItsLastUser) {
  put("x", "data");
  std::unique_ptr<Object> object = store_->open("x");
  std::unique_ptr<Upload> upload = store_->start_upload("x");
  store_.reset();
  upload.reset();
  EXPECT_EQ(map_.released, 0);
  EXPECT_EQ(text_in(*object), "data");
  object.reset();
  EXPECT_EQ(map_.released, 1);
}

TEST_F(CallbackStoreTest, ALackingFunctionIsRefusedAndNothingReleased) {
  af_store_callbacks whole = map_.functions();
  auto refused = [](af_store_callbacks callbacks) {
    expect_error(
        Status::kInvalidArgument, [&] { create_callback_store(callbacks); }, "af_store_callbacks");
  };
  auto without = [&](auto member) {
    af_store_callbacks callbacks = whole;
    callbacks.*member = nullptr;
    refused(callbacks);
  };
  without(&af_store_callbacks::stat);
  without(&af_store_callbacks::get);
  without(&af_store_callbacks::put);
  without(&af_store_callbacks::remove);
  without(&af_store_callbacks::list);
  af_store_callbacks callbacks = whole;
  callbacks.struct_size -= 8;
  refused(callbacks);
  EXPECT_EQ(map_.released, 0);
  callbacks = whole;
  callbacks.release = nullptr;
  callbacks.struct_size += 800;  // of a later version, which has more at its end
  create_callback_store(callbacks).reset();
}

// --- stores that claim absurd things

// Everything goes to a map, but for what a test puts its own in place of.
class AbsurdStoreTest : public testing::Test {
 protected:
  std::shared_ptr<ObjectStore> store() { return create_callback_store(functions_); }
  MapCallbacks map_;
  af_store_callbacks functions_ = map_.functions();
};

TEST_F(AbsurdStoreTest, ANegativeSizeIsRefused) {
  functions_.stat = [](void*, const char*, int64_t, int64_t* size, char*) -> af_status {
    *size = -5;
    return AF_OK;
  };
  expect_error(
      Status::kIo, [&] { store()->stat("x"); }, "size of -5");
  expect_error(Status::kIo, [&] { store()->open("x"); });
  map_.emit_instead = [](af_store_emit_fn emit, void* to) { return emit(to, "x", 1, -1); };
  expect_error(
      Status::kIo, [&] { store()->list("", 10); }, "size of -1");
}

TEST_F(AbsurdStoreTest, ATokenWithoutEndIsRefused) {
  functions_.stat = [](void*, const char*, int64_t, int64_t* size, char* token) -> af_status {
    *size = 1;
    std::fill_n(token, AF_VERSION_TOKEN_SIZE, 'v');
    return AF_OK;
  };
  expect_error(
      Status::kIo, [&] { store()->stat("x"); }, "token without an end");
}

TEST_F(AbsurdStoreTest, ATokenWithoutEndAfterAPutMatchesNothing) {
  functions_.put = [](void*, const char*, int64_t, const void*, int64_t, int32_t, const char*,
                      char* token) -> af_status {
    std::fill_n(token, AF_VERSION_TOKEN_SIZE, 'v');
    return AF_OK;
  };
  EXPECT_EQ(store()->put("x", {}, Condition::always()), "");
}

TEST_F(AbsurdStoreTest, ATokenMayFillItsRoomButForTheNul) {
  functions_.stat = [](void*, const char*, int64_t, int64_t* size, char* token) -> af_status {
    *size = 1;
    std::fill_n(token, AF_VERSION_TOKEN_SIZE, 'v');
    token[AF_VERSION_TOKEN_SIZE - 1] = 0;
    return AF_OK;
  };
  EXPECT_EQ(store()->stat("x")->version, std::string(AF_VERSION_TOKEN_SIZE - 1, 'v'));
}

TEST_F(AbsurdStoreTest, AListWithoutEndIsStopped) {
  map_.emit_instead = [](af_store_emit_fn emit, void* to) -> af_status {
    for (int64_t i = 0;; i++) {
      std::string key = "x" + std::to_string(i);
      if (af_status answer = emit(to, key.data(), static_cast<int64_t>(key.size()), 0)) return answer;
    }
  };
  expect_error(
      Status::kLimitExceeded, [&] { store()->list("x", 1000); }, "more than 1000");
}

TEST_F(AbsurdStoreTest, AListThatDoesNotStopWhenToldIsFoundOut) {
  map_.emit_instead = [](af_store_emit_fn emit, void* to) -> af_status {
    for (const char* key : {"x0", "x1", "x2", "x3", "another"})
      EXPECT_EQ(emit(to, key, -1, 0) == AF_OK, key == std::string("x0") || key == std::string("x1")) << key;
    return AF_OK;
  };
  expect_error(
      Status::kLimitExceeded, [&] { store()->list("x", 2); }, "more than 2");
}

TEST_F(AbsurdStoreTest, AKeyThatIsNoneIsRefused) {
  map_.emit_instead = [](af_store_emit_fn emit, void* to) { return emit(to, nullptr, 5, 0); };
  expect_error(
      Status::kIo, [&] { store()->list("x", 2); }, "no key");
  map_.emit_instead = [](af_store_emit_fn emit, void* to) { return emit(to, "x\xff", 2, 0); };
  expect_error(
      Status::kIo, [&] { store()->list("x", 2); }, "UTF-8");
}

TEST_F(AbsurdStoreTest, KeysThatWereNotAskedForAreLeftOutAndDoubleOnesCountOnce) {
  map_.emit_instead = [](af_store_emit_fn emit, void* to) -> af_status {
    for (const char* key : {"x.2", "y", "x.2", "x.a/b", "", "x.1"}) emit(to, key, -1, 7);
    return AF_OK;
  };
  std::vector<ObjectInfo> found = store()->list("x.", 10);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].key, "x.1");
  EXPECT_EQ(found[1].key, "x.2");
  EXPECT_EQ(found[1].size, 7);
}

}  // namespace
}  // namespace af
