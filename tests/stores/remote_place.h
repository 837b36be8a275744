// Where the tests of remote stores work: a folder of its own in the bucket that AF_TEST_URL names.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "store/url.h"

namespace af {

inline std::string new_remote_url() {
  static std::atomic<int> count{0};
  const char* bucket = std::getenv("AF_TEST_URL");
  if (!bucket)
    throw std::runtime_error("AF_TEST_URL is not set: tests/servers/run starts a server and sets it");
  return std::string(bucket) + "/" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

class RemoteBackend {
 public:
  static constexpr bool kHasLocks = false, kHasMaps = false;
  ObjectStore& store() { return *store_; }
  void make_folder(const std::string&) {}

 private:
  std::shared_ptr<ObjectStore> store_ = open_store_url(new_remote_url(), "");
};

}  // namespace af
