// A progress bar on a terminal, and Ctrl-C.
#pragma once

#include <arrayformat/arrayformat.h>

#include <chrono>
#include <string>

namespace af::cli {

// From now on Ctrl-C and a polite kill only leave a mark, for long work to see; a second one ends the program
// at once.
void catch_interrupts();
bool interrupted();
// Throws Failure(kCancelled) when there was one.
void check_interrupted();

// Draws on standard error while it lives, if that is a terminal, a few times a second, and wipes itself off
// at the end.
class Progress {
 public:
  // With a file its long calls are shown, and cancelled on Ctrl-C, until the bar is gone. The file must live
  // longer.
  explicit Progress(std::string label, af_file* file = nullptr);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(int64_t done, int64_t total);

  // An af_progress_fn; the context is a Progress.
  static int32_t report(void* context, int64_t done, int64_t total);

 private:
  std::string label_;
  af_file* file_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace af::cli
