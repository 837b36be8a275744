// What an exported function answers to what is thrown inside it.
#include "capi/guard.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

namespace af {
namespace {

// An answered error, and the status that came with it.
class Answer {
 public:
  template <typename Body>
  explicit Answer(Body body) : status_(guard(&error_, body)) {}
  ~Answer() { af_error_free(error_); }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  af_status status() const {
    EXPECT_EQ(af_error_code(error_), status_);
    return status_;
  }
  const af_error* error() const { return error_; }
  std::string message() const { return af_error_message(error_); }

 private:
  af_error* error_ = nullptr;
  af_status status_;
};

TEST(Guard, PassesOnWhatTheLibraryThrows) {
  const Answer answer([] { throw Error(Status::kStale, "it moved", ESTALE, 412); });
  EXPECT_EQ(answer.status(), AF_STALE);
  EXPECT_EQ(answer.message(), "it moved");
  EXPECT_EQ(af_error_os_errno(answer.error()), ESTALE);
  EXPECT_EQ(af_error_http_status(answer.error()), 412);
}

TEST(Guard, HasAStatusForWhateverIsThrown) {
  EXPECT_EQ(Answer([] { throw std::bad_alloc(); }).status(), AF_OUT_OF_MEMORY);
  EXPECT_EQ(Answer([] { throw std::bad_array_new_length(); }).status(), AF_OUT_OF_MEMORY);
  EXPECT_EQ(Answer([] { throw std::length_error("long"); }).status(), AF_OUT_OF_MEMORY);
  EXPECT_EQ(Answer([] { throw std::system_error(EAGAIN, std::generic_category()); }).status(), AF_IO);
  EXPECT_EQ(Answer([] { throw std::logic_error("ours"); }).status(), AF_INTERNAL);
  EXPECT_EQ(Answer([] { throw 7; }).status(), AF_INTERNAL);
}

TEST(Guard, KeepsTheErrorOfTheSystem) {
  const Answer answer([] { throw std::system_error(EAGAIN, std::generic_category()); });
  EXPECT_EQ(af_error_os_errno(answer.error()), EAGAIN);
}

TEST(Guard, NeverCallsAFailureOk) {
  EXPECT_EQ(Answer([] { throw Error(Status::kOk, "odd"); }).status(), AF_INTERNAL);
  EXPECT_EQ(Answer([] { throw Error(static_cast<Status>(99), "odd"); }).status(), AF_INTERNAL);
}

TEST(Guard, ClearsTheErrorOfASuccess) {
  af_error* error = reinterpret_cast<af_error*>(8);
  EXPECT_EQ(guard(&error, [] {}), AF_OK);
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(guard(nullptr, [] { throw 7; }), AF_INTERNAL);
}

// The error must be there without any memory: the same one each time, and freeing it does nothing.
TEST(Guard, HasAnErrorInStoreForWhenMemoryIsOut) {
  const Answer first([] { throw std::bad_alloc(); });
  const Answer second([] { throw std::bad_alloc(); });
  EXPECT_EQ(first.error(), second.error());
  af_error_free(const_cast<af_error*>(first.error()));
  EXPECT_EQ(second.message(), "out of memory");
}

TEST(Guard, ClearsOutParametersBeforeAnythingFails) {
  int64_t out = 7;
  EXPECT_EQ(guard(nullptr,
                  [&] {
                    cleared(&out, "out");
                    throw 7;
                  }),
            AF_INTERNAL);
  EXPECT_EQ(out, 0);
  const Answer answer([] { cleared(static_cast<int64_t*>(nullptr), "out"); });
  EXPECT_EQ(answer.status(), AF_INVALID_ARGUMENT);
  EXPECT_EQ(answer.message(), "out is NULL");
}

}  // namespace
}  // namespace af
