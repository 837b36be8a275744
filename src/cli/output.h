// Where results go: standard output or a file. Every failure to write is noticed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/temporary.h"

namespace af::cli {

// Buffered bytes to a descriptor. What was not finished may be lost: finish says whether all of it arrived.
class Output {
 public:
  // Standard output.
  Output();
  // A file that appears under `path`, in the place of an old one, when it is finished. "-" is standard
  // output; devices and pipes are written as they are.
  explicit Output(const std::string& path);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Throws Failure: kIo when the descriptor does not take it, kCancelled after Ctrl-C.
  void write(std::string_view bytes);
  // Writes what is left and checks that it was taken.
  void finish();

 private:
  void drain();
  [[noreturn]] void fail_write(int error);

  std::string path_;  // "" for standard output
  std::optional<TemporaryFile> temporary_;
  int descriptor_;
  std::string buffer_;
};

}  // namespace af::cli
