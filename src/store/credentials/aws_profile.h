// The config and credentials files of Amazon's tools.
#pragma once

#include <map>
#include <string>

#include "store/credentials/outside.h"

namespace af {

// The settings of one profile; those of the credentials file go first. Names are in lower case.
class AwsProfile {
 public:
  // `name` "": AWS_PROFILE, then "default". Throws kUnauthenticated for a profile that was named and is not
  // there.
  static AwsProfile load(const Outside& outside, const std::string& name);

  const std::string& name() const { return name_; }
  // "" for what is not set.
  std::string operator[](const std::string& setting) const;

 private:
  std::string name_;
  std::map<std::string, std::string> settings_;
};

}  // namespace af
