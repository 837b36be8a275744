#include "cli/failure.h"

#include <gtest/gtest.h>

#include "cli/handles.h"

namespace af::cli {
namespace {

TEST(ExitCodes, AreBelowAHundredForEveryStatus) {
  EXPECT_EQ(exit_code_of(AF_OK), kOk);
  for (af_status status = AF_NOT_FOUND; status <= AF_INTERNAL; status++) {
    EXPECT_GE(exit_code_of(status), kUsage) << af_status_name(status);
    EXPECT_LE(exit_code_of(status), kInternal) << af_status_name(status);
  }
  EXPECT_EQ(exit_code_of(9999), kInternal);
}

TEST(Calls, ThrowWhatTheLibrarySays) {
  try {
    make<File>(af_file_open, "/nowhere/x.af", int64_t{-1}, static_cast<const af_file_options*>(nullptr));
    FAIL() << "there is no such file";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), kNotFound);
    EXPECT_NE(std::string(failure.what()).find("x.af"), std::string::npos);
  }
}

}  // namespace
}  // namespace af::cli
