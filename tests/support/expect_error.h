// Expecting the library's own exception.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"

namespace af {

// Expects `action` to throw an Error of this status whose message contains `text`.
template <typename Action>
void expect_error(Status status, const Action& action, const std::string& text = "") {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << error.message();
    EXPECT_NE(error.message().find(text), std::string::npos) << "the message is: " << error.message();
    return;
  }
  ADD_FAILURE() << "nothing failed; expected status " << static_cast<int>(status);
}

}  // namespace af
