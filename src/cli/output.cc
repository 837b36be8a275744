#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "cli/progress.h"
#include "cli/text.h"

namespace af::cli {
namespace {

constexpr size_t kBufferSize = 64 * 1024;

bool is_special(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

}  // namespace

Output::Output() : descriptor_(STDOUT_FILENO) {}

Output::Output(const std::string& path) : Output() {
  if (path == "-") return;
  path_ = path;
  if (is_special(path)) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail_write(errno);
  } else {
    temporary_.emplace(path);
    descriptor_ = temporary_->descriptor();
  }
}

Output::~Output() {
  if (!path_.empty() && descriptor_ >= 0) close(descriptor_);
}

void Output::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kBufferSize - buffer_.size());
    buffer_ += part;
    bytes.remove_prefix(part.size());
    if (buffer_.size() < kBufferSize) return;
    // Only here: a last few words about work that is done are not to be interrupted.
    check_interrupted();
    drain();
  }
}

void Output::drain() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t taken = ::write(descriptor_, left.data(), left.size());
    if (taken >= 0) {
      left.remove_prefix(static_cast<size_t>(taken));
    } else if (errno != EINTR) {
      fail_write(errno);
    }
  }
  buffer_.clear();
}

void Output::finish() {
  drain();
  if (path_.empty()) return;
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (close(descriptor) != 0) fail_write(errno);
  if (temporary_) temporary_->put_in_place();
}

void Output::fail_write(int error) {
  buffer_.clear();
  fail_os(error, path_.empty() ? "standard output" : escaped(path_));
}

}  // namespace af::cli
