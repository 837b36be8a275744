// Where the keys that requests to S3 are signed with come from.
#pragma once

#include <memory>

#include "store/signing/sigv4.h"

namespace af {

// Called by many threads at once.
class AccessKeySource {
 public:
  virtual ~AccessKeySource() = default;
  // A key that is good for a while yet. Throws kUnauthenticated where there is none.
  virtual AccessKey current() = 0;
  // The service refused the last one. Answers whether there may be another.
  virtual bool renew() { return false; }
};

}  // namespace af
