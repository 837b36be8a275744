// Files and folders that become results, or vanish.
#pragma once

#include <string>

namespace af::cli {

// A new file beside `target`, removed again unless it is put into the target's place. Throws Failure naming
// the target.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }
  // Open for writing; the caller closes it.
  int descriptor() const { return descriptor_; }
  // Gives it the target's name.
  void put_in_place();

 private:
  std::string target_;
  std::string path_;
  int descriptor_;
};

// An empty folder beside `target`, of a URL where temporary files go; removed with all that is in it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& target);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Throws Failure with the code that fits an errno: "<what>: <its text>".
[[noreturn]] void fail_os(int error, const std::string& what);

}  // namespace af::cli
