#include "cli/temporary.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/failure.h"
#include "cli/text.h"

namespace af::cli {
namespace {

// mkstemp makes files for the owner alone; a result has the rights that any new file gets.
bool give_usual_rights(int descriptor) {
  const mode_t mask = umask(0);
  umask(mask);
  return fchmod(descriptor, 0666 & ~mask) == 0;
}

ExitCode exit_code_of_errno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return kNotFound;
    case EEXIST: return kExists;
    case EACCES:
    case EPERM:
    case EROFS: return kPermission;
    case ENOMEM: return kLimit;
    default: return kIo;
  }
}

}  // namespace

void fail_os(int error, const std::string& what) {
  fail(exit_code_of_errno(error), what, ": ", std::strerror(error));
}

TemporaryFile::TemporaryFile(const std::string& target) : target_(target), path_(target + ".XXXXXX") {
  descriptor_ = mkostemp(path_.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail_os(errno, escaped(target));
  if (give_usual_rights(descriptor_)) return;
  const int error = errno;
  close(descriptor_);
  unlink(path_.c_str());
  fail_os(error, escaped(target));
}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

void TemporaryFile::put_in_place() {
  if (std::rename(path_.c_str(), target_.c_str()) != 0) fail_os(errno, escaped(target_));
  path_.clear();
}

TemporaryFolder::TemporaryFolder(const std::string& target) {
  namespace fs = std::filesystem;
  const fs::path beside = is_url(target) ? fs::temp_directory_path() : fs::path(target).parent_path();
  path_ = (beside / ".af-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) fail_os(errno, escaped(target));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace af::cli
