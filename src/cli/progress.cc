#include "cli/progress.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "cli/failure.h"
#include "cli/handles.h"

namespace af::cli {
namespace {

constexpr int kWidth = 30;
constexpr auto kPause = std::chrono::milliseconds(100);

volatile sig_atomic_t g_interrupted = 0;

void leave_mark(int) { g_interrupted = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = leave_mark;
  action.sa_flags = SA_RESTART | SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return g_interrupted != 0; }

void check_interrupted() {
  if (interrupted()) fail(kCancelled, "interrupted");
}

Progress::Progress(std::string label, af_file* file)
    : label_(std::move(label)),
      file_(file),
      terminal_(isatty(STDERR_FILENO) != 0),
      next_(std::chrono::steady_clock::now() + kPause) {
  if (file_ != nullptr) call(af_file_set_progress, file_, &Progress::report, this);
}

Progress::~Progress() {
  if (file_ != nullptr) af_file_set_progress(file_, nullptr, nullptr, nullptr);
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(int64_t done, int64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || total <= 0 || now < next_) return;
  next_ = now + kPause;
  drawn_ = true;
  const double part = std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
  std::string bar(static_cast<size_t>(part * kWidth), '#');
  bar.resize(kWidth, ' ');
  const std::string line = text_of("\r\x1b[K", label_, " [", bar, "] ", static_cast<int>(part * 100), "%");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int32_t Progress::report(void* context, int64_t done, int64_t total) {
  static_cast<Progress*>(context)->show(done, total);
  return interrupted() ? 1 : 0;
}

}  // namespace af::cli
